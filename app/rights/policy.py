"""The policy: role ∧ unit ∧ relation to the case ∧ confidentiality level ∧ purpose (dominio.md §6).

Pure functions over frozen facts: no database, no request. `filters.py` says the same in SQL; a property
test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.accounts.operator import Operator, RoleGrant
from app.rights.checks import Check, Reason, check_of
from app.rights.roles import ROLES
from app.rights.subject import Subject


@dataclass(frozen=True)
class Decision:
    """The answer. `absent`: the refused operator must not even learn that the thing exists (404, not 403)."""

    allowed: bool
    reason: Reason
    absent: bool = False

    def __bool__(self) -> bool:
        return self.allowed


class NotAllowed(Exception):
    """The operator may not do that. Carries facts only; app/errors.py finds the words."""

    def __init__(self, action: str, reason: Reason, absent: bool = False) -> None:
        super().__init__(f"{action}: {reason.name}")
        self.action = action
        self.reason = reason
        self.absent = absent


def may(operator: Operator, action: str, subject: Subject, scopo: str | None = None) -> Decision:
    """May the operator do `action` on `subject`, for the purpose `scopo` (None: the role's own purpose)?

    Actions: `read:<section of roles.json>`, `read:esiste` (that a case exists, and its referent),
    `task:see|claim|complete|release|assign`, and the others under "azioni" in roles.json.
    Raises UnknownAction.
    """
    check = check_of(action)
    if operator.ente_id != subject.ente_id:
        return Decision(False, Reason.OTHER_ENTE, absent=True)
    hidden = subject.sealed and not subject.follows(operator.account_id)
    if operator.account_id in subject.excluded:
        return Decision(False, Reason.CONFLICT, absent=subject.sealed)
    found = [_judge(operator, grant, subject, scopo, check) for grant in operator.roles]
    if Reason.GRANTED in found:
        return Decision(True, Reason.GRANTED)
    if _broke_the_glass(operator, action, subject):
        return Decision(True, Reason.EXTRAORDINARY)
    return Decision(False, max(found, default=Reason.ROLE), absent=hidden)


def require(operator: Operator, action: str, subject: Subject, scopo: str | None = None) -> Decision:
    """As `may`, but raises NotAllowed on a refusal."""
    decision = may(operator, action, subject, scopo)
    if not decision:
        raise NotAllowed(action, decision.reason, decision.absent)
    return decision


def may_ever(operator: Operator, action: str) -> bool:
    """Does some role of the operator have the action at all? For menus and page doors, never for a case."""
    check_of(action)
    return any(ROLES[ruolo].can(action) for ruolo in operator.ruoli if ruolo in ROLES)


def require_ever(operator: Operator, action: str) -> None:
    """As `may_ever`, but raises NotAllowed."""
    if not may_ever(operator, action):
        raise NotAllowed(action, Reason.ROLE)


def _judge(operator: Operator, grant: RoleGrant, subject: Subject, scopo: str | None, check: Check) -> Reason:
    role = ROLES.get(grant.ruolo)
    outcome = Reason.ROLE if role is None else check(operator, grant, role, subject)
    if role is None or outcome is Reason.ROLE:
        return Reason.ROLE
    return Reason.PURPOSE if scopo is not None and scopo not in role.scopi else outcome


def _broke_the_glass(operator: Operator, action: str, subject: Subject) -> bool:
    """A break-glass access lends reach and relation for reading, never a section beyond the role."""
    kind, _, section = action.partition(":")
    roles = [ROLES[ruolo] for ruolo in operator.ruoli if ruolo in ROLES]
    if kind != "read" or not any("accesso:request" in role.azioni and section in role.vede for role in roles):
        return False
    return any(
        access.opens(subject.persona_id, subject.pratica_id, subject.sealed) for access in operator.accesses
    )
