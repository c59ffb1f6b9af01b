"""The person at work in this request: who, in which ente, with which roles now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class RoleGrant:
    """A role held now, in one unit and those below it, or in the whole ente when `unita_id` is None."""

    ruolo: str
    unita_id: str | None = None
    below: frozenset[str] = frozenset()

    @property
    def units(self) -> frozenset[str] | None:
        """The units covered; None means all of them."""
        return None if self.unita_id is None else self.below | {self.unita_id}

    def covers(self, unita_id: str | None) -> bool:
        """True when the grant reaches that unit. What belongs to no unit is reached by every grant."""
        units = self.units
        return units is None or unita_id is None or unita_id in units


@dataclass(frozen=True)
class ExtraordinaryAccess:
    """A break-glass access in force: one persona or one pratica, until an instant.

    `sealed`: two people opened it, for a sealed case; any other stops at the seal, even of the same persona.
    """

    id: int
    persona_id: str | None
    pratica_id: int | None
    until: datetime
    sealed: bool = False

    def opens(self, persona_id: str | None, pratica_id: int | None, sealed: bool) -> bool:
        """True for the persona or the pratica that it was asked for."""
        if sealed and not self.sealed:
            return False
        of_persona = self.persona_id is not None and self.persona_id == persona_id
        return of_persona or (self.pratica_id is not None and self.pratica_id == pratica_id)


@dataclass(frozen=True)
class Operator:
    """Loaded once per request; `roles` and `accesses` hold only what is in force at that moment."""

    account_id: int
    ente_id: int
    name: str
    roles: tuple[RoleGrant, ...] = ()
    accesses: tuple[ExtraordinaryAccess, ...] = field(default=())
    username: str = ""
    must_change: bool = False

    @property
    def ruoli(self) -> frozenset[str]:
        """The ids of the roles held, in whatever unit."""
        return frozenset(grant.ruolo for grant in self.roles)

    @property
    def unita(self) -> frozenset[str]:
        """The units named by the grants (without those below them)."""
        return frozenset(grant.unita_id for grant in self.roles if grant.unita_id is not None)

    def grants_of(self, *ruoli: str) -> Iterator[RoleGrant]:
        return (grant for grant in self.roles if grant.ruolo in ruoli)

    def __str__(self) -> str:
        """The stable text under which engine history and audit remember who acted."""
        return f"account:{self.account_id}"
