"""What people do with a task: take it, leave it, give it, complete it, send it back. One transaction each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import Unauthorized

from app import audit
from app.accounts import operators
from app.accounts.operator import Operator
from app.attivita import drafts
from app.database import db
from app.database.transaction import transactional
from app.inbox import rows
from app.pratiche.access import task_subject
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.checks import Reason
from app.rights.roles import ROLES
from app.rights.subject import Subject
from engine import Engine, TaskNotOpen, TaskView
from engine import operator as acting
from engine.calendar import ROME


@dataclass(frozen=True)
class Case:
    """A task with the pratica it belongs to and the facts that decide who may do what with it."""

    task: TaskView
    pratica: Pratica
    subject: Subject


def engine_of(operator: Operator) -> Engine:
    """The engine of the operator's ente, in this request's session."""
    engine: Engine = current_app.extensions["percorsi_engines"](db.session, operator.ente_id)
    return engine


def find(operator: Operator, task_id: int, action: str = "task:see") -> Case:
    """A task that the operator may see (or more). Raises TaskNotOpen when there is none, NotAllowed."""
    task = engine_of(operator).task(task_id)
    query = select(Pratica).where(Pratica.instance_id == task.root_id)
    pratica = db.session.scalar(query.execution_options(populate_existing=True))
    if pratica is None:
        raise TaskNotOpen(task_id)
    subject = task_subject(db.session, pratica, task)
    policy.require(operator, action, subject)
    return Case(task, pratica, subject)


def hold(operator: Operator, task_id: int, action: str = "task:see") -> Case:
    """As `find`, for a command: nobody else moves the task until it ends.

    Asked again once the task is ours: who waited for it may have lost a role, or the task, meanwhile.
    """
    find(operator, task_id, action)  # who may not, keeps nobody waiting
    engine_of(operator).hold(task_id)
    now = operators.load(db.session, operator.account_id)
    if now is None:
        raise Unauthorized
    return find(now, task_id, action)


@transactional
def claim(operator: Operator, task_id: int) -> None:
    """Take a task that nobody has. Raises TaskNotOpen, NotAllowed."""
    case = hold(operator, task_id, "task:claim")
    engine_of(operator).assign(task_id, operator.account_id, acting(operator.account_id), only_free=True)
    _record(operator, "task.claim", case)


@transactional
def release(operator: Operator, task_id: int) -> None:
    """Leave a task for the others of the unit."""
    case = hold(operator, task_id, "task:release")
    engine_of(operator).assign(task_id, None, acting(operator.account_id))
    _record(operator, "task.release", case)


@transactional
def give(operator: Operator, task_id: int, account_id: int) -> None:
    """Give a task to a colleague: who supervises, or who has it and hands it on."""
    mine = find(operator, task_id).task.assignee_id == operator.account_id
    case = hold(operator, task_id, "task:release" if mine else "task:assign")
    if all(colleague != account_id for colleague, _ in takers(operator, case)):
        raise policy.NotAllowed("task:assign", Reason.UNIT)
    engine_of(operator).assign(task_id, account_id, acting(operator.account_id))
    _record(operator, "task.give", case, a=account_id)


def takers(operator: Operator, case: Case) -> list[tuple[int, str]]:
    """The colleagues who could complete the task once it is theirs; with anybody else it would stand still."""
    ruoli = [role.id for role in ROLES.values() if case.task.ruolo in role.candidate_for]
    return [
        (account_id, name)
        for account_id, name in rows.colleagues(db.session, operator, ruoli)
        if _could_complete(account_id, case.subject)
    ]


def _could_complete(account_id: int, subject: Subject) -> bool:
    colleague = operators.load(db.session, account_id)
    theirs = replace(subject, assignee_id=account_id, assigned=subject.assigned | {account_id})
    return colleague is not None and bool(policy.may(colleague, "task:complete", theirs))


@transactional
def complete(operator: Operator, task_id: int, answers: dict[str, Any]) -> Case:
    """Complete a task with its answers.

    Raises TaskNotOpen, NotAllowed, FormInvalid, AnswerRefused; nothing is changed then.
    """
    case = hold(operator, task_id, "task:complete")
    engine_of(operator).complete(task_id, answers, acting(operator.account_id))
    drafts.drop(task_id)
    _record(operator, "task.complete", case)
    return case


@transactional
def send_back(operator: Operator, task_id: int, to_element: str, reason: str) -> None:
    """Send the work back to an earlier step, saying why. Raises TaskNotOpen, CannotSendBack, NotAllowed."""
    case = hold(operator, task_id, "task:complete")
    engine_of(operator).send_back(task_id, to_element, reason, acting(operator.account_id))
    drafts.drop(task_id)
    _record(operator, "task.send_back", case, a=to_element)


@transactional
def keep_draft(operator: Operator, task_id: int, values: Any) -> str:
    """Keep what is typed; returns the time to show. Raises TaskNotOpen when the task is closed."""
    case = find(operator, task_id)
    if case.task.status != "open":
        raise TaskNotOpen(task_id, case.task.status, case.task.closed_by)
    saved = drafts.keep(operator, task_id, values)
    return f"{saved.astimezone(ROME):%H:%M}"


def _record(operator: Operator, azione: str, case: Case, **dettaglio: Any) -> None:
    audit.record(
        db.session,
        azione,
        "task",
        case.task.id,
        by=operator,
        pratica_id=case.pratica.id,
        persona_id=case.pratica.persona_id,
        dettaglio={"passo": case.task.element_id, **dettaglio},
    )
