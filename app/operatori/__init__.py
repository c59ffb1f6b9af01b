"""Pages for who administers an ente: the people at work, their roles, the programs that have a token."""
