"""What the rights ask about a pratica or a task, as columns for lists and as facts for one page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.pratiche.model import Assegnazione, Pratica
from app.rights.filters import CaseColumns, TaskColumns
from app.rights.subject import Subject
from engine import TaskView
from engine.tables import task as task_table

AnySession = Session | scoped_session[Any]


def follows(account_id: int) -> ColumnElement[bool]:
    """That account answers for the pratica, follows it, was given one of its steps, holds or has done one."""
    given = exists().where(
        Assegnazione.ente_id == Pratica.ente_id,
        Assegnazione.pratica_id == Pratica.id,
        Assegnazione.account_id == account_id,
        Assegnazione.al_at.is_(None),
    )
    t = task_table.alias("tenuta").c  # apart from the tasks that a list is about
    holding = exists().where(
        t.ente_id == Pratica.ente_id,
        t.root_id == Pratica.instance_id,
        or_(and_(t.status == "open", t.assignee_id == account_id), t.closed_by == account_id),
    )
    return or_(Pratica.responsabile_id == account_id, Pratica.case_manager_id == account_id, given, holding)


def case_columns() -> CaseColumns:
    """Where a query over `pratica` keeps what the rights ask."""
    return CaseColumns(
        unita_id=Pratica.unita_id.expression,
        livello=Pratica.riservatezza.expression,
        follows=follows,
        sintetico=Pratica.sintetico.expression,
        persona_id=cast(Pratica.persona_id, Text),
        pratica_id=Pratica.id.expression,
    )


def task_columns() -> TaskColumns:
    """Where a query over `engine_task` joined with `pratica` keeps what the rights ask."""
    t = task_table.c
    case = CaseColumns(
        unita_id=t.unita_id,
        livello=Pratica.riservatezza.expression,
        follows=follows,
        sintetico=Pratica.sintetico.expression,
        fornitore_unita=t.unita_id,
        persona_id=cast(Pratica.persona_id, Text),
        pratica_id=Pratica.id.expression,
    )
    return TaskColumns(ruolo=t.ruolo, assignee_id=t.assignee_id, case=case)


def subject_of(session: AnySession, pratica: Pratica) -> Subject:
    """The facts of a pratica. Whoever holds one of its open tasks is in relation with it."""
    return Subject(
        ente_id=pratica.ente_id,
        unita_id=pratica.unita_id,
        livello=pratica.riservatezza,
        assigned=_assigned(session, pratica),
        sintetico=pratica.sintetico,
        persona_id=None if pratica.persona_id is None else str(pratica.persona_id),
        pratica_id=pratica.id,
    )


def task_subject(session: AnySession, pratica: Pratica, task: TaskView) -> Subject:
    """The facts of one human step of a pratica."""
    return of_step(subject_of(session, pratica), task)


def of_step(subject: Subject, task: TaskView) -> Subject:
    """The facts of one human step of the pratica of which these are the facts, without asking them again."""
    return replace(
        subject,
        unita_id=task.unita_id,
        ruolo=task.ruolo,
        assignee_id=task.assignee_id,
        fornitore_unita=task.unita_id,
        acted=frozenset() if task.excluded_id is None else frozenset({task.excluded_id}),
    )


def _assigned(session: AnySession, pratica: Pratica) -> frozenset[int]:
    given = session.scalars(
        select(Assegnazione.account_id).where(
            Assegnazione.ente_id == pratica.ente_id,
            Assegnazione.pratica_id == pratica.id,
            Assegnazione.al_at.is_(None),
        )
    )
    t = task_table.c
    worked = session.scalars(
        select(case((t.status == "open", t.assignee_id), else_=t.closed_by)).where(
            t.ente_id == pratica.ente_id, t.root_id == pratica.instance_id
        )
    )
    people = {*given, *worked, pratica.responsabile_id, pratica.case_manager_id}
    return frozenset(account_id for account_id in people if account_id is not None)
