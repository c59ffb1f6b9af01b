"""Why a file is not taken."""


class FileRefused(Exception):
    """The file is not kept. `reason`: `vuoto`, `grande`, `tipo` (not what its name says), `attivo` (it would do
    something when opened), `protetto` (a password hides what is in it), `rotto`, `virus`, `spazio`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
