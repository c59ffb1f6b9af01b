"""Operators and cases for the tests of rights."""

from dataclasses import replace
from datetime import UTC, datetime

from app.accounts.operator import ExtraordinaryAccess, Operator, RoleGrant
from app.rights.subject import Subject

ME, COLLEAGUE = 7, 8
MY_UNIT, SUB_UNIT, OTHER_UNIT, SUPPLIER = "valpolcevera", "bolzaneto", "levante", "coop_aurora"


def an_operator(ruolo: str, unita_id: str | None = MY_UNIT, **changes: object) -> Operator:
    below = frozenset({SUB_UNIT}) if unita_id == MY_UNIT else frozenset()
    operator = Operator(ME, 1, "Giulia Parodi", (RoleGrant(ruolo, unita_id, below),))
    return replace(operator, **changes)


def a_case(**facts: object) -> Subject:
    return replace(Subject(1, unita_id=MY_UNIT, persona_id="12", pratica_id=90), **facts)


def an_access(*, persona_id: str | None = None, pratica_id: int | None = None, sealed: bool = False):
    return ExtraordinaryAccess(1, persona_id, pratica_id, datetime(2027, 1, 1, tzinfo=UTC), sealed)
