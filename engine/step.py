"""A step: one command on one or more instances, in one transaction.

The step locks the root of the pratica, loads what it touches, moves the tokens until everything waits, and writes
states, tasks, timers, subscriptions, jobs and history together. Nothing is sent before `flush`; the use case commits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Row

from engine import catching, compensation, joins, store, thrown, waiting
from engine import state as states
from engine.activities import Activities
from engine.actor import Actor
from engine.catching import Wait
from engine.dialect import Element
from engine.errors import AnswerRefused, InstanceNotFound
from engine.operation import Refused
from engine.running import Running
from engine.scripts import ExpressionFailed, Scripts
from engine.spiff import Activity, MultiInstance, element_of, new_workflow

if TYPE_CHECKING:
    from engine.engine import Engine

BUDGET = 2_000
PRUNE_EVERY = 200
MOST_INSTANCES = 1_000
DEEPEST_CALL = 20


class Step:
    """The unit of work of one command by `by`."""

    def __init__(self, engine: Engine, by: Actor) -> None:
        self.engine = engine
        self.by = by
        self._running: dict[int, Running] = {} if engine.live is None else engine.live
        self._queue: deque[Callable[[], None]] = deque()
        self._activities = Activities(self)
        self._begun = perf_counter()

    # ---- loading

    def admit(self, rows: list[Row[Any]], instance_id: int) -> Running:
        """Take rows into the step, locked unless it only looks; returns the instance asked for."""
        row = next((row for row in rows if row.id == instance_id), None)
        if row is None:
            raise InstanceNotFound(instance_id)
        running = self._running.get(instance_id)
        if running is None:
            return self._load(row)
        if self.engine.live is not None:
            running.at(self.engine.clock.now(row.now))
        return running

    def lock(self, instance_id: int) -> Running:
        """Lock an instance and its root, and load it. Raises InstanceNotFound."""
        if self.engine.live is None and instance_id in self._running:
            return self._running[instance_id]
        return self.admit(
            store.lock_instance(self.engine.session, self.engine.ente_id, instance_id), instance_id
        )

    def look(self, instance_id: int) -> Running:
        """Load an instance without a lock, to look at it: this step must not run. Raises InstanceNotFound."""
        rows = store.read_instance(self.engine.session, self.engine.ente_id, instance_id)
        return self.admit(rows, instance_id)

    def lock_child(self, parent: Running, token: str) -> Running | None:
        """The open instance behind a call activity."""
        known = (
            r for r in self._running.values() if r.parent_id == parent.id and str(r.parent_token) == token
        )
        found = next(known, None)
        if found is not None:
            return found
        row = store.lock_child(self.engine.session, parent.ente_id, parent.id, token)
        return None if row is None else self._load(row)

    def _load(self, row: Row[Any]) -> Running:
        program = self.engine.program(row.hash)
        now = self.engine.clock.now(row.now)
        scripts = Scripts({}, now, self.engine.calendar, program.models)
        state = states.load(bytes(row.state), program.spec, program.subprocesses, scripts)
        scripts.variables = state.variables
        return self._keep(
            Running(
                id=row.id,
                ente_id=self.engine.ente_id,
                slug=row.slug,
                root_id=row.root_id or row.id,
                parent_id=row.parent_id,
                parent_token=row.parent_token,
                program=program,
                state=state,
                scripts=scripts,
                now=now,
                status=row.status,
                ended_in=row.ended_in,
            )
        )

    def put(self, running: Running) -> None:
        """Take an instance as it is, in place of how the step has loaded it."""
        self._keep(running)

    def _keep(self, running: Running) -> Running:
        self._running[running.id] = running
        return running

    # ---- commands

    def start(
        self,
        slug: str,
        variables: dict[str, Any],
        parent: Running | None = None,
        token: UUID | None = None,
        at: str | None = None,
    ) -> Running:
        """A new instance of the current release of a path; runs with the rest of the step.

        `at`: the start event that something other than a person or a path has opened it by.
        """
        engine = self.engine
        number, program = engine.current(slug)
        now = parent.now if parent is not None else engine.now()
        variables = {**variables, "parametri": engine.parameters(program, variables, now)}
        scripts = Scripts(variables, now, engine.calendar, program.models)
        identity = store.insert_instance(
            engine.session,
            ente_id=engine.ente_id,
            slug=slug,
            release=number,
            hash=program.hash,
            root_id=parent.root_id if parent else None,
            parent_id=parent.id if parent else None,
            parent_token=token,
            by=self.by.label,
            now=now,
        )
        running = self._keep(
            Running(
                id=identity,
                ente_id=engine.ente_id,
                slug=slug,
                root_id=parent.root_id if parent else identity,
                parent_id=parent.id if parent else None,
                parent_token=token,
                program=program,
                state=states.State(new_workflow(program.spec, program.subprocesses, scripts, at), variables),
                scripts=scripts,
                now=now,
                depth=parent.depth + 1 if parent else 0,
            )
        )
        scripts.written.update(variables)
        self.wake(running)
        return running

    def may_call(self, running: Running) -> bool:
        """Whether an instance may call one more path in this step: paths that call each other never end."""
        return running.depth < DEEPEST_CALL and len(self._running) < MOST_INSTANCES

    def wake(self, running: Running) -> None:
        """Run an instance before the step ends."""
        running.changed = True
        self._queue.append(lambda: self._advance(running))

    def another(self) -> Step:
        """A step by the same, which has loaded nothing yet."""
        return Step(self.engine, self.by)

    def loaded(self) -> list[Running]:
        """The instances that the step works on."""
        return list(self._running.values())

    def fire(self, running: Running, token: str, payload: dict[str, Any] | None = None) -> bool:
        """Let the event that a token waits for happen; False when nobody waits for it any more."""
        wait = catching.find(running, token)
        if wait is None:
            return False
        self.happen(running, wait, payload or {})
        return True

    def happen(self, running: Running, wait: Wait, payload: dict[str, Any], why: Any = None) -> None:
        """An event has come: bring its payload in and move its token, or stop it there with an incident.

        `why`: a person lets it happen without its outputs.
        """
        element = wait.element
        if (payload or element.outputs) and why is None:
            try:
                self._bring(running, wait, payload)
            except ExpressionFailed as error:
                self.stay(running, wait, str(error))
                return
        running.record(element, wait.kind, self.by.label, token=wait.token, answers=payload or None, why=why)
        catching.take(wait)
        waiting.forget(self, running, wait.kind, [wait.token])
        self.wake(running)

    def stay(self, running: Running, wait: Wait, message: str) -> None:
        """An event has come and cannot be followed: its token waits for a person, and no longer for the event."""
        waiting.forget(self, running, wait.kind, [wait.token])
        self.stop(running, wait.token, wait.element, catching.CAME, message)
        self.wake(running)

    def _bring(self, running: Running, wait: Wait, payload: dict[str, Any]) -> None:
        try:
            running.deliver(wait.task, wait.element, payload, {})
        except ExpressionFailed:
            if wait.kind not in ("message", "signal"):
                raise
            # what a listener cannot read is kept whole: who sent it is not to blame, and nothing is lost
            running.deliver(wait.task, replace(wait.element, outputs=()), payload, {})

    def give_back(self, running: Running, token: str, variables: dict[str, Any]) -> None:
        """A called path has come to its end with these variables."""
        self._activities.returned(running, token, variables)

    def answer(self, running: Running, task: Task, element: Element, answers: dict[str, Any]) -> None:
        """A person has done a step. Raises AnswerRefused."""
        try:
            self._activities.answer(running, task, element, answers)
        except ExpressionFailed as error:
            raise AnswerRefused("espressione", str(error)) from error
        self.wake(running)

    def respond(
        self, running: Running, task: Task, element: Element, response: dict[str, Any], why: Any = None
    ) -> None:
        """An outside operation has answered, or (`why`) a person in its stead."""
        try:
            self._activities.responded(running, task, element, response, why)
        except ExpressionFailed as error:
            self.incident(running, task, element, "expression", str(error))

    def refuse(self, running: Running, task: Task, element: Element, error: Refused) -> None:
        """An outside operation has refused."""
        self._activities.refused(running, task, element, error)

    # ---- running

    def run(self) -> None:
        """Move every awakened instance until all wait, then write everything."""
        while self._queue:
            self._queue.popleft()()
        for running in list(self._running.values()):
            if running.changed:
                self._flush(running)
        if thrown.tell(self.engine.session) and self.engine.live is None:
            self._running.clear()  # others may have moved what this step had loaded
        first = next(iter(self._running.values()), None)
        if first is not None:
            self.engine.took(first.slug, first.root_id, self.by, perf_counter() - self._begun)

    def _advance(self, running: Running) -> None:
        for count in range(1, BUDGET + 1):
            if running.status != "open":
                return  # before, or by what it has thrown to its caller
            task = running.next_ready()
            if task is None:
                if self._settle(running):
                    return
                continue
            self._move(running, task)
            if count % PRUNE_EVERY == 0:
                states.prune(running.state.workflow)
        task = running.next_ready()
        if task is not None:
            element = element_of(task) or next(iter(running.program.diagram.elements.values()))
            self.incident(running, task, element, "budget", f"{BUDGET} passi senza mai attendere: un ciclo?")

    def _move(self, running: Running, task: Task) -> None:
        element = element_of(task)
        if element is None:
            task.run()
            return
        try:
            if isinstance(task.task_spec, Activity):
                self._activities.perform(running, task, element)
            elif element.throws:
                self._activities.throw(running, task, element)
            else:
                task.run()
                if not isinstance(task.task_spec, MultiInstance):  # its rounds have told the story
                    running.record(element, "done", self.by.label, token=task.id)
                    compensation.note(running, element, task.id)
        except ExpressionFailed as error:
            if task._state & TaskState.FINISHED_MASK:
                # SpiffWorkflow marks a spec that raises as failed: the token waits here for a person instead
                task._set_state(TaskState.READY)
            self.incident(running, task, element, "expression", str(error))

    def _settle(self, running: Running) -> bool:
        """Register what the instance now waits for; False when that moved it again."""
        workflow = running.state.workflow
        if workflow.completed:
            self._end(running, "done")
            return True
        if joins.refresh(workflow) or compensation.go_on(running):
            return False
        events = {wait.token: wait for wait in catching.waits(running)}
        waiting.forget_the_gone(self, running, set(events))
        for token, wait in events.items():
            if token not in running.state.waits and waiting.announce(self, running, wait):
                return False
        return True

    # ---- ending

    def cancel(self, running: Running) -> None:
        """Stop an instance and all that it has called."""
        if running.status == "open":
            running.state.workflow.cancel()
            self._end(running, "cancelled")

    def _end(self, running: Running, status: str) -> None:
        running.status, running.changed = status, True
        by_kind: dict[str, list[str]] = {}
        for token, kind in running.state.waits.items():
            by_kind.setdefault(kind, []).append(token)
        for kind, tokens in by_kind.items():
            waiting.forget(self, running, kind, tokens)
        if running.parent_id is None:
            self.engine.ended(running.id, status, running.ended_in, running.now)
        elif status == "done":
            parent = self.lock(running.parent_id)
            token, variables = str(running.parent_token), running.variables
            self._queue.append(lambda: self._activities.returned(parent, token, variables))

    # ---- incidents

    def incident(
        self,
        running: Running,
        task: Task,
        element: Element,
        kind: str,
        message: str,
        job_id: int | None = None,
    ) -> None:
        """Stop this token until a person sees to it; other branches go on."""
        self.stop(running, str(task.id), element, kind, message, job_id)

    def stop(
        self,
        running: Running,
        token: str,
        element: Element,
        kind: str,
        message: str,
        job_id: int | None = None,
    ) -> None:
        """As `incident`, for what stands under the name of a token."""
        running.state.waits[token] = "incident"
        store.insert_incident(
            self.engine.session,
            ente_id=running.ente_id,
            instance_id=running.id,
            root_id=running.root_id,
            token=token,
            element_id=element.id,
            job_id=job_id,
            kind=kind,
            message=message[:2_000],
            now=running.now,
        )

    # ---- writing

    def _flush(self, running: Running) -> None:
        session, ente_id, now = self.engine.session, running.ente_id, running.now
        states.prune(running.state.workflow)
        running.finish_history()
        store.write_step(
            session,
            ente_id=ente_id,
            id=running.id,
            state=states.dump(running.state),
            status=running.status,
            ended_in=running.ended_in,
            now=now,
            history=running.history,
            closed=[
                {"token": token, "status": status, "closed_by": account_id}
                for token, (status, account_id) in running.closed.items()
            ],
            opened=[task for task in running.opened if task["token"] not in running.closed],
        )
        running.changed = False
        running.opened, running.closed, running.history = [], {}, []
