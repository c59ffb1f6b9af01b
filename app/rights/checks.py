"""The checks behind the policy: for one grant of one role, is the action granted, and if not why."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cache

from app.accounts.operator import Operator, RoleGrant
from app.rights.roles import CATALOGUE, Ambito, Role
from app.rights.subject import Subject


class Reason(IntEnum):
    """Why not; the greater, the nearer the operator came, so the more useful to tell."""

    GRANTED = 0
    EXTRAORDINARY = 1  # granted, by a break-glass access in force
    OTHER_ENTE = 2
    CONFLICT = 3
    ROLE = 4
    PURPOSE = 5
    SYNTHETIC_ONLY = 6
    LEVEL = 7
    UNIT = 8
    RELATION = 9
    ASSIGNED_TO_OTHERS = 10
    FOUR_EYES = 11


class UnknownAction(LookupError):
    """A page asked about an action that no role can have: a mistake of ours, never a refusal."""


Check = Callable[[Operator, RoleGrant, Role, Subject], Reason]

# Settings and models have no case; a break-glass request is for cases beyond one's reach, by its nature.
_WITHOUT_CASE = frozenset(
    {
        "ente:configure",
        "account:manage",
        "fornitore:manage",
        "connettore:manage",
        "percorso:edit",
        "percorso:approve",
        "accesso:request",
        "token:approve",
    }
)

# A sealed case needs somebody to give it to another, to look at who opened it, to set a machine going again:
# none of these shows what is in it.
DESPITE_SEAL = frozenset({"pratica:assign", "pratica:seal", "accesso:review", "incidente:resolve"})


# What is written of a persona binds whoever follows her: where one must follow to act, so one must here.
_ON_PERSONA = frozenset({"diario:write", "residenza:write", "decesso:write", "isee:ask"})


@cache
def check_of(action: str) -> Check:
    """The check of an action. Raises UnknownAction."""
    if action == "read:esiste":
        return _exists
    kind, _, what = action.partition(":")
    if kind == "read" and what in CATALOGUE.sezioni:
        return _read(what)
    if action in _TASK_RULES:
        return _task(_TASK_RULES[action])
    if action in CATALOGUE.azioni:
        return _act(action)
    raise UnknownAction(action)


def reach(grant: RoleGrant, role: Role, subject: Subject) -> Reason:
    """Synthetic data, level and unit: the part common to every question about a case."""
    if role.ambito is Ambito.SINTETICI and not subject.sintetico:
        return Reason.SYNTHETIC_ONLY
    if subject.livello not in role.livelli:
        return Reason.LEVEL
    return Reason.GRANTED if grant.covers(subject.unita_id) else Reason.UNIT


def _seal(operator: Operator, subject: Subject) -> Reason:
    """Violence and adoption: nobody without a relation to the case, whatever the role."""
    if subject.sealed and not subject.follows(operator.account_id):
        return Reason.RELATION
    return Reason.GRANTED


def _first_refusal(*reasons: Reason) -> Reason:
    return next((reason for reason in reasons if reason is not Reason.GRANTED), Reason.GRANTED)


def _exists(operator: Operator, grant: RoleGrant, role: Role, subject: Subject) -> Reason:
    """That there is a case and who follows it: for those who work on cases, across the units."""
    if not role.knows_of_cases:
        return Reason.ROLE
    if subject.livello not in role.livelli:
        return Reason.LEVEL
    return _seal(operator, subject)


def _read(section: str) -> Check:
    def check(operator: Operator, grant: RoleGrant, role: Role, subject: Subject) -> Reason:
        if section not in role.vede:
            return Reason.ROLE
        if section == "inbox":  # the page; each row has its own task:see
            return Reason.GRANTED
        return _first_refusal(
            reach(grant, role, subject),
            _seal(operator, subject),
            _relation(operator, grant, role, subject, section),
        )

    return check


def _relation(operator: Operator, grant: RoleGrant, role: Role, subject: Subject, section: str) -> Reason:
    if role.ambito is Ambito.ORDINI:
        # a supplier sees an order only through its own unit: a grant on the whole ente opens nothing
        own = grant.units is not None and subject.fornitore_unita in grant.units
        return Reason.GRANTED if own else Reason.RELATION
    free = role.ambito is not Ambito.ASSEGNATI or section in role.vede_in_unita
    return Reason.GRANTED if free or subject.follows(operator.account_id) else Reason.RELATION


def _act(action: str) -> Check:
    def check(operator: Operator, grant: RoleGrant, role: Role, subject: Subject) -> Reason:
        if action not in role.azioni:
            return Reason.ROLE
        if action in _WITHOUT_CASE or role.ambito is Ambito.NESSUNO:
            return Reason.GRANTED
        if action in _ON_PERSONA:
            return _first_refusal(
                reach(grant, role, subject),
                _seal(operator, subject),
                _relation(operator, grant, role, subject, action),  # no section: of no use «vede_in_unita»
            )
        sealed = Reason.GRANTED if action in DESPITE_SEAL else _seal(operator, subject)
        return _first_refusal(reach(grant, role, subject), sealed)

    return check


_TaskRule = Callable[[Operator, Role, Subject], Reason]


def _task(rule: _TaskRule) -> Check:
    def check(operator: Operator, grant: RoleGrant, role: Role, subject: Subject) -> Reason:
        if "inbox" not in role.vede or not (subject.ruolo in role.candidate_for or role.supervises):
            return Reason.ROLE
        if role.ambito is Ambito.ORDINI and (grant.units is None or subject.unita_id not in grant.units):
            return Reason.UNIT
        return _first_refusal(
            reach(grant, role, subject), _seal(operator, subject), rule(operator, role, subject)
        )

    return check


def _see(operator: Operator, role: Role, subject: Subject) -> Reason:
    return Reason.GRANTED


def _complete(operator: Operator, role: Role, subject: Subject) -> Reason:
    if subject.ruolo not in role.candidate_for:
        return Reason.ROLE
    if subject.assignee_id not in (None, operator.account_id):
        return Reason.ASSIGNED_TO_OTHERS
    return Reason.FOUR_EYES if operator.account_id in subject.acted else Reason.GRANTED


def _release(operator: Operator, role: Role, subject: Subject) -> Reason:
    if subject.assignee_id == operator.account_id or role.supervises:
        return Reason.GRANTED
    return Reason.ASSIGNED_TO_OTHERS


def _assign(operator: Operator, role: Role, subject: Subject) -> Reason:
    return Reason.GRANTED if role.supervises else Reason.ROLE


_TASK_RULES: dict[str, _TaskRule] = {
    "task:see": _see,
    "task:claim": _complete,  # who could not complete it has no business holding it
    "task:complete": _complete,
    "task:release": _release,
    "task:assign": _assign,
}
