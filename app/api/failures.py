"""What goes wrong in the API, as facts; the words are in problems.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One field that will not do: where it is in the request, the rule it breaks if a form has one, why."""

    path: Path
    message: str
    rule: str | None = None

    @property
    def pointer(self) -> str:
        """RFC 6901: «/risposte/componenti/0/nome»."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)


@dataclass
class RequestInvalid(Exception):
    """The request is readable and does not make sense; `faults` names every field."""

    faults: Sequence[Fault]


@dataclass
class BodyUnreadable(Exception):
    """The body is not JSON that can be kept."""

    reason: str


@dataclass
class NotJson(Exception):
    """The body says that it is something else."""

    content_type: str


@dataclass
class ThingNotFound(LookupError):
    """No such pratica or task for this token: not there, of another ente, or sealed."""

    kind: str
    id: int


@dataclass
class TaskClosed(Exception):
    """Somebody closed the task before: who and when."""

    task_id: int
    status: str
    at: datetime | None
    by: str | None


@dataclass
class PersonNeeded(Exception):
    """The step checks the work of somebody else: a person must do it."""

    task_id: int


class KeyMissing(Exception):
    """The request needs an Idempotency-Key."""


class KeyMalformed(Exception):
    """The Idempotency-Key is empty, too long, or not plain text."""


class KeyReused(Exception):
    """The Idempotency-Key came before with another request."""


class RequestUnderWay(Exception):
    """The same Idempotency-Key is being served right now."""
