"""What the engine shows of itself: frozen views, never tokens or rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class InstanceView:
    """A running or finished instance. `root_id` is the instance of the pratica it belongs to."""

    id: int
    slug: str
    release: int
    hash: str
    status: str
    ended_in: str | None
    root_id: int
    parent_id: int | None
    started_at: datetime
    ended_at: datetime | None
    variables: dict[str, Any]


@dataclass(frozen=True)
class TaskView:
    """A human step in an inbox."""

    id: int
    instance_id: int
    root_id: int
    slug: str
    element_id: str
    name: str
    form_id: str | None
    ruolo: str
    unita_id: str | None
    assignee_id: int | None
    excluded_id: int | None
    status: str
    note: str | None
    due_at: datetime | None
    created_at: datetime
    closed_at: datetime | None
    closed_by: int | None


@dataclass(frozen=True)
class HistoryView:
    """One thing that happened. `delta`: variables written; `why`: tables and rules, or a reason. `hash` is the
    release it happened under, when the instance has left that one since."""

    id: int
    instance_id: int
    element_id: str
    kind: str
    event: str
    at: datetime
    by: str
    answers: Any
    delta: dict[str, Any] | None
    why: Any
    hash: str | None = None


@dataclass(frozen=True)
class IncidentView:
    """Something that needs a person."""

    id: int
    instance_id: int
    root_id: int
    element_id: str
    job_id: int | None
    kind: str
    message: str
    created_at: datetime
    resolved_at: datetime | None
    assignee_id: int | None


@dataclass(frozen=True)
class JobToRun:
    """A claimed job: the operation to call, its request and its idempotency key."""

    id: int
    instance_id: int
    root_id: int
    element_id: str
    operation: str
    request: dict[str, Any]
    idempotency_key: str
    attempts: int
    retries: int


@dataclass(frozen=True)
class SendBackTarget:
    """A human step already done to which the work may go back."""

    element_id: str
    name: str
    done_at: datetime
    done_by: str
