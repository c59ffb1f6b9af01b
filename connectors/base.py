"""What every connector is: a class per outside body whose operations are declared by a decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

from connectors.errors import Broken
from connectors.schema import find_fault

Data = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Data])


@dataclass(frozen=True)
class CallInfo:
    """For which ente, under which key (the same at every attempt) and when (aware) an operation is called.

    `request_name`: what began it all, as our logs call it; a body that takes it can look for it in its own.
    """

    ente_id: int
    idempotency_key: str
    now: datetime
    request_name: str | None = None


@dataclass(frozen=True)
class Declaration:
    """What the decorator says of an operation; the schemas' titles are what the analyst reads."""

    name: str
    title: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    errors: tuple[str, ...] = ()
    idempotent: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation(Declaration):
    """A declaration bound to a connector.

    `call` takes JSON data of the request schema and gives data of the response schema, or raises
    Refused with one of `errors`, Transient or Broken.
    """

    call: Callable[[CallInfo, Data], Data]


def operation(
    name: str,
    *,
    title: str,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    errors: tuple[str, ...] = (),
    idempotent: bool = False,
) -> Callable[[Method], Method]:
    """Declare a method `(CallInfo, request) -> response` as the operation `name` of its connector.

    `idempotent` promises that calling twice with one idempotency key has one effect outside.
    """
    declaration = Declaration(name, title, request, response, errors, idempotent)

    def declare(method: Method) -> Method:
        method.declaration = declaration  # type: ignore[attr-defined]
        return method

    return declare


class Connector:
    """One outside body. Built once for each process from the installation's settings; safe in threads."""

    slug: ClassVar[str]
    title: ClassVar[str]

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Build from the environment. Raises SettingInvalid on a malformed value, not on a missing one."""
        raise NotImplementedError

    def check_config(self) -> list[str]:
        """What an administrator must still set before this connector can work: Italian sentences."""
        raise NotImplementedError

    def operations(self) -> list[Operation]:
        """The operations of this body, ready to be called."""
        return [
            Operation(**vars(declaration), call=partial(_call, declaration, method))
            for declaration, method in self._declared()
        ]

    def _declared(self) -> Iterator[tuple[Declaration, Callable[[CallInfo, Data], Data]]]:
        for name in dir(type(self)):
            method = getattr(type(self), name)
            declaration = getattr(method, "declaration", None)
            if isinstance(declaration, Declaration):
                yield declaration, partial(method, self)


def _call(
    declaration: Declaration, method: Callable[[CallInfo, Data], Data], info: CallInfo, request: Data
) -> Data:
    fault = find_fault(declaration.request, request)
    if fault:
        raise Broken(f"La richiesta di {declaration.name} non va bene: {fault}.")
    response = method(info, request)
    fault = find_fault(declaration.response, response)
    if fault:
        raise Broken(f"La risposta di {declaration.name} non va bene: {fault}.")
    return response
