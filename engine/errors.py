"""What the engine raises: facts, never prose for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.form import FieldError


class EngineError(Exception):
    """Base of the engine's own errors."""


@dataclass
class ReleaseNotFound(EngineError):
    """No published release of this path in this ente."""

    slug: str


@dataclass
class ReleaseRefused(EngineError):
    """A bundle that the checker refuses; `problems` says where and why."""

    slug: str
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a bundle: the file, the element in it, an Italian sentence."""

    file: str
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.element}: {self.message}"


@dataclass
class InstanceNotFound(EngineError):
    instance_id: int


@dataclass
class InstanceBusy(EngineError):
    """Another step holds this instance and did not finish in time."""

    instance_id: int


@dataclass
class TaskNotOpen(EngineError):
    """The task is closed or does not exist; `status` and `closed_by` say what happened meanwhile."""

    task_id: int
    status: str | None = None
    closed_by: int | None = None


@dataclass
class NotAllowed(EngineError):
    """Four eyes: this person may not complete this task."""

    task_id: int
    reason: str


@dataclass
class FormInvalid(EngineError):
    """The answers do not satisfy the form."""

    errors: Sequence[FieldError]


@dataclass
class AnswerRefused(EngineError):
    """The operation behind a human step refused the answers (`code`, an Italian `message`, the `field`)."""

    code: str
    message: str
    field: str | None = None


@dataclass
class CannotSendBack(EngineError):
    """The step cannot go back there: other work runs in parallel, or the step was never done."""

    task_id: int
    to_element: str


@dataclass
class IncidentNotOpen(EngineError):
    incident_id: int


@dataclass
class CannotMend(EngineError):
    """This is not done about this incident: its step takes no result by hand, or only a guess would mend it."""

    incident_id: int


@dataclass
class CorrectionRefused(EngineError):
    """With the data as corrected the step could not run either; `message` names fields, never values."""

    message: str


@dataclass
class MappingUnknown(EngineError):
    """A mapping names elements that the one or the other release does not have."""

    slug: str
    elements: Sequence[str]


@dataclass
class MigrationNotFound(EngineError):
    migration_id: int
