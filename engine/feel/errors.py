"""What can go wrong with a FEEL text: bad syntax, an unusable value, a budget used up."""


class FeelError(Exception):
    """Base of every error of this package. `message` is Italian, for the analyst who wrote the expression."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FeelSyntaxError(FeelError):
    """The text is not FEEL. `position` counts code points from 0; `line` and `column` count from 1."""

    def __init__(self, position: int, message: str, text: str = "") -> None:
        before = text[:position]
        self.position = position
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        super().__init__(f"riga {self.line}, colonna {self.column}: {message}")


class FeelEvaluationError(FeelError):
    """A value that FEEL cannot take or give (a binary float, a function sent out as JSON).

    A host function may raise it: the call then yields null, with this message as the warning.
    """


class FeelBudgetExceeded(FeelError):
    """The evaluation was stopped. `resource` is one of steps, depth, seconds, size."""

    def __init__(self, resource: str, limit: float) -> None:
        sentence = {
            "steps": "l'espressione richiede troppi passaggi",
            "depth": "l'espressione richiama funzioni a troppi livelli",
            "seconds": "l'espressione richiede troppo tempo",
            "size": "l'espressione produce troppi dati",
        }[resource]
        super().__init__(f"{sentence} (limite: {limit})")
        self.resource = resource
        self.limit = limit


class Nulled(Exception):
    """Inside the package: this operation yields null, and `message` says why in the warning."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
