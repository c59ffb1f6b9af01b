"""Why the program will not start."""


class StartupRefused(Exception):
    """The program cannot start; the message is an Italian sentence for whoever starts it, without secrets."""


class DatabaseAway(StartupRefused):
    """The database does not answer: it may a little later."""
