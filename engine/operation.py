"""What a service task can call: operations, and the three ways in which one can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session


class OperationError(Exception):
    """Base of what an operation may raise on purpose."""


class Refused(OperationError):
    """A business refusal: the diagram may catch `code` with an error boundary event."""

    def __init__(self, code: str, message: str = "", field: str | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.field = field


class Transient(OperationError):
    """The other side is not available now: try again later, after `retry_after` seconds when it is known.

    The message carries no personal data.
    """

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Broken(OperationError):
    """Something that only a person can mend: an incident. The message carries no personal data."""


@dataclass(frozen=True)
class Call:
    """The circumstances of one call: who, when, in which step; `session` only for inside operations.

    `request_name`: of the request, or of what else, began it all, for the logs of both sides.
    """

    ente_id: int
    idempotency_key: str
    instance_id: int
    root_id: int
    element_id: str
    by: str | None
    now: datetime
    session: Session | None = None
    request_name: str | None = None


@dataclass(frozen=True)
class Operation:
    """A named operation with the JSON Schemas of its request and response.

    `inside` operations belong to our own domain and run in the step's transaction;
    the others reach an outside body and become a job.
    """

    name: str
    title: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    call: Callable[[Call, dict[str, Any]], dict[str, Any]]
    inside: bool = True
    errors: tuple[str, ...] = ()


class Operations:
    """The operations known to this installation, by name."""

    def __init__(self, operations: list[Operation] | None = None) -> None:
        self._by_name: dict[str, Operation] = {}
        for operation in operations or []:
            self.add(operation)

    def add(self, operation: Operation) -> None:
        if operation.name in self._by_name:
            raise ValueError(f"operation {operation.name} is declared twice")
        self._by_name[operation.name] = operation

    def get(self, name: str) -> Operation | None:
        return self._by_name.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_name.values())
