"""The policy in SQL: conditions for lists, so that no inbox shows what `may` would refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from app.accounts.operator import ExtraordinaryAccess, Operator, RoleGrant
from app.rights.checks import DESPITE_SEAL
from app.rights.roles import ROLES, SIGILLATI, Ambito, Role

Text = ColumnElement[str] | ColumnElement[str | None]
Number = ColumnElement[int] | ColumnElement[int | None]


@dataclass(frozen=True)
class CaseColumns:
    """Where a list query keeps the facts of a case.

    `follows`: given an account id, the condition "that account is in relation with the case" (an EXISTS on
    whatever table holds it). `excluded`: the same for conflicts. `sintetico`: the persona is invented.
    `persona_id` (text) and `pratica_id` let a break-glass access open its case in the list.
    """

    unita_id: Text
    livello: Text
    follows: Callable[[int], ColumnElement[bool]]
    excluded: Callable[[int], ColumnElement[bool]] = lambda account_id: false()
    sintetico: ColumnElement[bool] = false()
    fornitore_unita: Text | None = None
    persona_id: Text | None = None
    pratica_id: Number | None = None


@dataclass(frozen=True)
class TaskColumns:
    """Where a task query keeps the facts: its own columns, and those of the case it belongs to."""

    ruolo: Text
    assignee_id: Number
    case: CaseColumns


def task_filter(operator: Operator, task: TaskColumns) -> ColumnElement[bool]:
    """The tasks for which `may(operator, "task:see", …)` holds. The ente is the transaction's (RLS)."""
    follows = or_(
        task.case.follows(operator.account_id), task.assignee_id.is_not_distinct_from(operator.account_id)
    )
    return _any_grant(operator, task.case, lambda grant, role: _sees_task(grant, role, task, follows))


def case_filter(operator: Operator, section: str, case: CaseColumns) -> ColumnElement[bool]:
    """The cases whose `section` the operator may read: `may(operator, "read:<section>", …)`."""
    follows = case.follows(operator.account_id)
    seen = _any_grant(operator, case, lambda grant, role: _sees_case(grant, role, section, case, follows))
    return or_(seen, and_(_opened(operator, section, case), not_(case.excluded(operator.account_id))))


def action_filter(operator: Operator, action: str, case: CaseColumns) -> ColumnElement[bool]:
    """The cases on which the operator may do an action of roles.json: `may(operator, action, …)`.

    A role without cases (ambito `nessuno`) does it on all of them, and on what belongs to none.
    """
    follows = case.follows(operator.account_id)

    def does(grant: RoleGrant, role: Role) -> ColumnElement[bool]:
        if action not in role.azioni:
            return false()
        if role.ambito is Ambito.NESSUNO:
            return true()
        return and_(_reach(grant, role, case), true() if action in DESPITE_SEAL else _seal(case, follows))

    return _any_grant(operator, case, does)


def _any_grant(
    operator: Operator, case: CaseColumns, condition: Callable[[RoleGrant, Role], ColumnElement[bool]]
) -> ColumnElement[bool]:
    clauses = [condition(grant, ROLES[grant.ruolo]) for grant in operator.roles if grant.ruolo in ROLES]
    return and_(or_(false(), *clauses), not_(case.excluded(operator.account_id)))


def _sees_task(
    grant: RoleGrant, role: Role, task: TaskColumns, follows: ColumnElement[bool]
) -> ColumnElement[bool]:
    if "inbox" not in role.vede:
        return false()
    waits_for = true() if role.supervises else task.ruolo.in_(sorted(role.candidate_for))
    own = _strictly(grant, task.case.unita_id) if role.ambito is Ambito.ORDINI else true()
    return and_(waits_for, own, _reach(grant, role, task.case), _seal(task.case, follows))


def _sees_case(
    grant: RoleGrant, role: Role, section: str, case: CaseColumns, follows: ColumnElement[bool]
) -> ColumnElement[bool]:
    if section not in role.vede:
        return false()
    if role.ambito is Ambito.ORDINI:
        relation = false() if case.fornitore_unita is None else _strictly(grant, case.fornitore_unita)
    elif role.ambito is Ambito.ASSEGNATI and section not in role.vede_in_unita:
        relation = follows
    else:
        relation = true()
    return and_(relation, _reach(grant, role, case), _seal(case, follows))


def _reach(grant: RoleGrant, role: Role, case: CaseColumns) -> ColumnElement[bool]:
    units = grant.units
    unit = true() if units is None else or_(case.unita_id.is_(None), case.unita_id.in_(sorted(units)))
    synthetic = case.sintetico if role.ambito is Ambito.SINTETICI else true()
    return and_(unit, case.livello.in_(sorted(role.livelli)), synthetic)


def _seal(case: CaseColumns, follows: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(case.livello.not_in(sorted(SIGILLATI)), follows)


def _strictly(grant: RoleGrant, unit: Text) -> ColumnElement[bool]:
    return false() if grant.units is None else unit.in_(sorted(grant.units))


def _opened(operator: Operator, section: str, case: CaseColumns) -> ColumnElement[bool]:
    """The cases opened by a break-glass access, for who sees that section at all."""
    roles = [ROLES[ruolo] for ruolo in operator.ruoli if ruolo in ROLES]
    if not any("accesso:request" in role.azioni and section in role.vede for role in roles):
        return false()
    return or_(false(), *(_opened_by(access, case) for access in operator.accesses))


def _opened_by(access: ExtraordinaryAccess, case: CaseColumns) -> ColumnElement[bool]:
    of_persona: ColumnElement[bool] = false()
    of_pratica: ColumnElement[bool] = false()
    if case.persona_id is not None and access.persona_id is not None:
        of_persona = case.persona_id == access.persona_id
    if case.pratica_id is not None and access.pratica_id is not None:
        of_pratica = case.pratica_id == access.pratica_id
    level = true() if access.sealed else case.livello.not_in(sorted(SIGILLATI))
    return and_(or_(of_persona, of_pratica), level)
