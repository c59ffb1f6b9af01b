"""The three ways in which an outside body can fail us. No message ever carries personal data."""

from __future__ import annotations


class ConnectorError(Exception):
    """Base of what an operation of a connector raises on purpose."""


class Refused(ConnectorError):
    """A business refusal: the diagram may catch `code`. `message` is an Italian sentence for the operator."""

    def __init__(self, code: str, message: str = "", field: str | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.field = field


class Transient(ConnectorError):
    """The body is not available now: try again, not before `retry_after` seconds where it is known."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LimitReached(Transient):
    """The body counts our requests and we have made too many; the connector knows when it starts afresh."""


class Broken(ConnectorError):
    """Something that only a person can mend: wrong settings, a changed protocol, a senseless answer."""
