"""Human steps: a person has one, completes it, gives it to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from engine import queries, store, tables
from engine.actor import Actor
from engine.errors import FormInvalid, NotAllowed, TaskNotOpen
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine


def complete(engine: Engine, task_id: int, answers: dict[str, Any], by: Actor) -> None:
    """Bring the answers in and run on. Raises TaskNotOpen, NotAllowed, FormInvalid, AnswerRefused."""
    rows = store.lock_task(engine.session, engine.ente_id, task_id)
    if not rows:
        raise TaskNotOpen(task_id)
    row = rows[0]
    if row.task_status != "open":
        raise TaskNotOpen(task_id, row.task_status, row.closed_by)
    if row.excluded_id is not None and row.excluded_id == by.account_id:
        raise NotAllowed(task_id, "quattro_occhi")
    step = Step(engine, by)
    running = step.admit(rows, row.instance_id)
    task = running.task(str(row.token))
    if task is None or running.state.waits.get(str(row.token)) != "task":
        raise _closed_meanwhile(engine, task_id)
    element = running.program.element(row.element_id)
    form = running.program.form(row.form_id) if row.form_id else None
    errors = form.errors(answers) if form is not None else []
    if errors:
        raise FormInvalid(errors)
    step.answer(running, task, element, answers)
    step.run()


def hold(engine: Engine, task_id: int) -> None:
    """Keep a task as it is until the transaction ends. Raises TaskNotOpen, InstanceBusy."""
    if not store.lock_task(engine.session, engine.ente_id, task_id):
        raise TaskNotOpen(task_id)


def assign(engine: Engine, task_id: int, account_id: int | None, *, only_free: bool) -> None:
    """Give an open task to a person, or to nobody. Raises TaskNotOpen, NotAllowed."""
    t = tables.task.c
    where = [t.ente_id == engine.ente_id, t.id == task_id, t.status == "open"]
    if only_free:
        where.append(t.assignee_id.is_(None) | (t.assignee_id == account_id))
    row = engine.session.execute(
        update(tables.task).where(*where).values(assignee_id=account_id).returning(t.excluded_id)
    ).one_or_none()
    if row is None:
        raise _closed_meanwhile(engine, task_id)
    if account_id is not None and row.excluded_id == account_id:
        raise NotAllowed(task_id, "quattro_occhi")


def _closed_meanwhile(engine: Engine, task_id: int) -> TaskNotOpen:
    found = queries.task(engine.session, engine.ente_id, task_id)
    return TaskNotOpen(task_id, found.status, found.closed_by)
