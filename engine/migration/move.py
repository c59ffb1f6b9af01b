"""One instance moved to another release, in the step of a transaction of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from sqlalchemy import func, select, text, update

from engine import catching, store, tables, waiting
from engine import state as states
from engine.activities import Activities
from engine.actor import Actor
from engine.catching import Wait
from engine.dialect import HEADER_DIFFERENT_FROM, HEADER_UNITA, Element
from engine.migration.carry import Carrier
from engine.migration.verdict import Judge, Verdict
from engine.queries import MIGRATED
from engine.running import Running
from engine.scripts import Scripts
from engine.spiff import element_of
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine

_WHO_MAY_NOT = text("""
    select closed_by from engine_task
    where ente_id = :ente_id and instance_id = :instance_id and element_id = any(:elements) and status = 'done'
    order by closed_at desc limit 1
""")
_REPIN = text("""
    update engine_instance set release = :release, hash = :hash where ente_id = :ente_id and id = :id
""")


class MoveBlocked(Exception):
    """The instance would stop at once with an incident at an element of the new release."""

    def __init__(self, element: str) -> None:
        super().__init__(element)
        self.element = element


def move(
    engine: Engine,
    step: Step,
    running: Running,
    judge: Judge,
    verdict: Verdict,
    number: int,
    why: dict[str, Any],
) -> bool:
    """Move an open instance; True when it can be undone (nothing followed from it).

    `number` is the new release's; `why` joins the row of history. Raises MoveBlocked, ExpressionFailed; what was
    written must be rolled back then.
    """
    before = _marks(engine, running.root_id)
    work = _Move(step, running, judge, verdict)
    work.rewrite()
    start = next(work.now.program.diagram.starts())
    work.now.record(start, MIGRATED, step.by.label, why={**why, "hash": judge.old.hash})
    repin(engine, running.id, number, judge.new.hash)
    step.wake(work.now)
    step.run()
    history, jobs, incidents = (
        after - then for after, then in zip(_marks(engine, running.root_id), before, strict=True)
    )
    if incidents:
        raise MoveBlocked(_newest_incident(engine, running.root_id))
    return history == 1 and jobs == 0


def repin(engine: Engine, instance_id: int, number: int, bundle_hash: str) -> None:
    """Write which release an instance runs on."""
    values = {"ente_id": engine.ente_id, "id": instance_id, "release": number, "hash": bundle_hash}
    engine.session.execute(_REPIN, values)


def _marks(engine: Engine, root_id: int) -> tuple[int, int, int]:
    """How many rows of history, jobs and incidents a pratica has."""
    h, j, i, o = tables.history.c, tables.job.c, tables.incident.c, tables.instance.c
    ente = engine.ente_id
    jobs = (
        select(func.count())
        .select_from(tables.job)
        .join(tables.instance, (o.ente_id == j.ente_id) & (o.id == j.instance_id))
        .where(j.ente_id == ente, tables.of_root(root_id))
    )
    counts = (
        select(func.count()).select_from(tables.history).where(h.ente_id == ente, h.root_id == root_id),
        jobs,
        select(func.count()).select_from(tables.incident).where(i.ente_id == ente, i.root_id == root_id),
    )
    row = engine.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return int(row[0]), int(row[1]), int(row[2])


def _newest_incident(engine: Engine, root_id: int) -> str:
    i = tables.incident.c
    newest = (
        select(i.element_id).where(i.ente_id == engine.ente_id, i.root_id == root_id).order_by(i.id.desc())
    )
    return str(engine.session.scalars(newest.limit(1)).one())


class _Move:
    """The instance as it was and as it is `now`; `rewrite` makes its rows follow."""

    def __init__(self, step: Step, running: Running, judge: Judge, verdict: Verdict) -> None:
        self.step, self.engine, self.was = step, step.engine, running
        self.activities = Activities(step)
        self.carrier = Carrier(judge.old, judge.new, judge.mapping)
        self.waited = list(catching.waits(running))
        states.prune(running.state.workflow)
        scripts = Scripts({}, running.now, self.engine.calendar, judge.new.models)
        state = self.carrier.carry(states.dump(running.state), scripts, verdict.replanted)
        scripts.variables = state.variables
        self.now = replace(
            running,
            program=judge.new,
            state=state,
            scripts=scripts,
            opened=[],
            closed={},
            history=[],
            changed=False,
        )
        step.put(self.now)

    def rewrite(self) -> None:
        """Bring tasks, terms, messages, incidents and parameters to what the new release says of them."""
        self._parameters()
        self._tasks()
        self._waits()
        self._incidents()

    def _parameters(self) -> None:
        """New parameters take their value now; those that the instance began with keep theirs."""
        had = self.now.variables.get("parametri")
        has = self.engine.parameters(self.now.program, self.now.variables, self.now.now)
        if has != had:
            self.now.scripts.assign(None, "parametri", has)

    def _both(self, token: str) -> tuple[Task, Element, Element] | None:
        """A token that is still there, with its element as it was and as it is."""
        task, before = self.now.task(token), self.was.task(token)
        old, new = before and element_of(before), task and element_of(task)
        return (task, old, new) if task and old and new else None

    # ---- people

    def _tasks(self) -> None:
        t = tables.task.c
        rows = self.engine.session.execute(
            select(tables.task).where(
                t.ente_id == self.engine.ente_id, t.instance_id == self.now.id, t.status == "open"
            )
        ).all()
        changed = [row for row in (self._task(row) for row in rows) if row is not None]
        if changed:
            store.update_tasks(self.engine.session, self.engine.ente_id, changed)

    def _task(self, row: Any) -> dict[str, Any] | None:
        """An open human step as the new release has it; None when it goes with its token or stays as it is."""
        both = self._both(str(row.token))
        if both is None:
            return None
        task, old, new = both
        now = task_row(row) | {"element_id": new.id, "name": new.name, "form_id": new.form_id}
        if _given(old) != _given(new):
            with _As(self.now, row.created_at):  # terms count from the day the step was opened
                inbox = self.activities.inbox_row(self.now, task, new)
            now |= self._changed(old, new, row, inbox)
        return now if now != task_row(row) else None

    def _changed(self, old: Element, new: Element, row: Any, inbox: dict[str, Any]) -> dict[str, Any]:
        now: dict[str, Any] = {}
        if old.due != new.due:
            now["due_at"] = inbox["due_at"]
        if old.headers.get(HEADER_UNITA) != new.headers.get(HEADER_UNITA):
            now["unita_id"] = inbox["unita_id"]
        if _group(old) != _group(new):
            # who had it need not have the new role
            now |= {"ruolo": inbox["ruolo"], "assignee_id": inbox["assignee_id"]}
        if old.headers.get(HEADER_DIFFERENT_FROM) != new.headers.get(HEADER_DIFFERENT_FROM):
            now["excluded_id"] = self._excluded(inbox["different_from"])
        if (
            now.get("excluded_id") is not None
            and now.get("assignee_id", row.assignee_id) == now["excluded_id"]
        ):
            now["assignee_id"] = None
        return now

    def _excluded(self, elements: list[str]) -> int | None:
        values = {"ente_id": self.engine.ente_id, "instance_id": self.now.id, "elements": elements}
        return self.engine.session.execute(_WHO_MAY_NOT, values).scalar_one_or_none()

    # ---- timers and messages

    def _waits(self) -> None:
        t = tables.timer.c
        rows = self.engine.session.execute(
            select(t.token, t.due_at, t.begun_at).where(
                t.ente_id == self.engine.ente_id, t.instance_id == self.now.id
            )
        )
        timers = {row.token: row for row in rows}
        awaited = {wait.token: wait for wait in catching.waits(self.now)}
        for was in self.waited:
            key = self.carrier.key(was.token)
            now = awaited.get(key)
            if self.now.state.waits.get(key) == was.kind and not _same(was, now, key):
                store.forget(
                    self.engine.session,
                    was.kind,
                    self.engine.ente_id,
                    [was.token],
                    self.now.now,
                    self.step.by.label,
                )
                del self.now.state.waits[key]
                if was.kind == "timer" and now is not None and now.kind == "timer":
                    self._set(was, now, timers[was.token])

    def _set(self, was: Wait, now: Wait, row: Any) -> None:
        """A timer whose element has another name keeps its day; one with another term counts from when it began."""
        if was.element.event == now.element.event:
            self.now.state.waits[now.token] = "timer"
            kept = {
                "instance_id": self.now.id,
                "token": now.token,
                "element_id": now.element.id,
                "due_at": row.due_at.isoformat(),
                "begun_at": row.begun_at.isoformat() if row.begun_at else None,
            }
            store.insert_timers(self.engine.session, self.engine.ente_id, [kept])
            return
        with _As(self.now, row.begun_at or self.now.now):
            waiting.set_timer(self.engine.session, self.now, now)

    def _incidents(self) -> None:
        i = tables.incident.c
        for token, kind in self.now.state.waits.items():
            both = self._both(token) if kind == "incident" else None
            if both is not None and both[1].id != both[2].id:
                self.engine.session.execute(
                    update(tables.incident)
                    .where(i.ente_id == self.engine.ente_id, i.token == token, i.resolved_at.is_(None))
                    .values(element_id=both[2].id)
                )


class _As:
    """Evaluate expressions as if it were another instant."""

    def __init__(self, running: Running, instant: datetime) -> None:
        self._running, self._instant, self._now = running, instant, running.now

    def __enter__(self) -> None:
        self._running.at(self._instant)

    def __exit__(self, *_: object) -> None:
        self._running.at(self._now)


def task_row(row: Any) -> dict[str, Any]:
    """What a migration may change of an open task."""
    return {
        "token": str(row.token),
        "element_id": row.element_id,
        "name": row.name,
        "form_id": row.form_id,
        "ruolo": row.ruolo,
        "unita_id": row.unita_id,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "assignee_id": row.assignee_id,
        "excluded_id": row.excluded_id,
        "status": "open",
    }


def _group(element: Element) -> str | None:
    return element.group or element.lane


def _given(element: Element) -> tuple[Any, ...]:
    """What decides who has a step and until when."""
    headers = element.headers
    return (element.due, _group(element), headers.get(HEADER_UNITA), headers.get(HEADER_DIFFERENT_FROM))


def _same(was: Wait, now: Wait | None, key: str) -> bool:
    return (
        now is not None
        and key == was.token
        and was.element.id == now.element.id
        and was.element.event == now.element.event
    )


def label_of(begun_by: str) -> Actor:
    """Who begun a migration, as the actor of its steps."""
    _, _, account = begun_by.partition("account:")
    return Actor(begun_by, int(account) if account.isdigit() else None)
