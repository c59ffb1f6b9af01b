"""The engine's front door: every command and every view. Commands flush; the use case commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import (
    incidents,
    invariants,
    jobs,
    mending,
    messages,
    queries,
    release,
    sendback,
    signals,
    tasks,
    timers,
)
from engine.actor import Actor, system
from engine.bundle import Bundle
from engine.calendar import Calendar
from engine.clock import Clock, DatabaseClock
from engine.incidents import Remedy
from engine.invariants import Finding
from engine.migration import batch
from engine.migration import plan as migrations
from engine.migration.plan import Plan
from engine.operation import Operation, Operations, Refused
from engine.program import Program
from engine.request import check_request
from engine.running import Running
from engine.step import Step
from engine.views import (
    HistoryView,
    IncidentView,
    InstanceView,
    JobToRun,
    SendBackTarget,
    TaskView,
)

Parameters = Callable[[Program, dict[str, Any], datetime], dict[str, Any]]
Dispatch = Callable[[Session, int, int, datetime | None], None]
Opened = Callable[[Session, int, str, str, dict[str, Any], Actor], int]
Ended = Callable[[Session, int, int, str, str | None, datetime], None]
Took = Callable[[str, int, str, float], None]


def default_parameters(program: Program, variables: dict[str, Any], on: datetime) -> dict[str, Any]:
    """The parameters of a path as its bundle has them, under those that the caller passes."""
    return {p.key: p.default for p in program.bundle.parameters} | dict(variables.get("parametri") or {})


class Engine:
    """Runs the paths of one ente within one session.

    `parameters` resolves an ente's parameters when an instance starts; `dispatch` hands a job to the workers in
    the same transaction, and `dispatch_migration` a migration; `on_end` hears that the root instance of a pratica
    has ended; `on_open` starts a path that an event opens, and gives back the id of its instance; `on_step` hears of
    each step: its path, its pratica's root, who commanded it, the seconds it took.

    For scenarios: `live` keeps instances in memory between commands instead of loading them each time, and
    `stub_calls` lets a call activity wait for `give_back` instead of starting the called path.
    """

    def __init__(
        self,
        session: Session,
        ente_id: int,
        operations: Operations,
        *,
        calendar: Calendar | None = None,
        clock: Clock | None = None,
        parameters: Parameters = default_parameters,
        dispatch: Dispatch | None = None,
        dispatch_migration: Dispatch | None = None,
        on_end: Ended | None = None,
        on_open: Opened | None = None,
        on_step: Took | None = None,
        live: dict[int, Running] | None = None,
        stub_calls: bool = False,
    ) -> None:
        self.session = session
        self.ente_id = ente_id
        self.operations = operations
        self.calendar = calendar or Calendar()
        self.clock = clock or DatabaseClock()
        self.parameters = parameters
        self._dispatch = dispatch
        self._dispatch_migration = dispatch_migration
        self._on_end = on_end
        self._on_open = on_open
        self._on_step = on_step
        self.live = live
        self.stub_calls = stub_calls

    # ---- what a step asks of the engine

    def now(self) -> datetime:
        """The instant of a command that has locked nothing yet."""
        return self.clock.now(self.session.execute(select(func.clock_timestamp())).scalar_one())

    def program(self, bundle_hash: str) -> Program:
        """The compiled release with this hash. Raises ReleaseNotFound."""
        return release.program(self.session, bundle_hash)

    def current(self, slug: str) -> tuple[int, Program]:
        """Number and program of the release that new instances take. Raises ReleaseNotFound."""
        return release.current(self.session, self.ente_id, slug)

    def dispatch(self, session: Session, ente_id: int, job_id: int, run_at: datetime | None) -> None:
        """Hand a job to the workers, if there are any."""
        if self._dispatch is not None:
            self._dispatch(session, ente_id, job_id, run_at)

    def took(self, slug: str, root_id: int, by: Actor, seconds: float) -> None:
        """Tell whoever measures that a step is over."""
        if self._on_step is not None:
            self._on_step(slug, root_id, by.label, seconds)

    def dispatch_migration(self, migration_id: int, run_at: datetime | None) -> None:
        """Hand a migration to the workers, if there are any."""
        if self._dispatch_migration is not None:
            self._dispatch_migration(self.session, self.ente_id, migration_id, run_at)

    def ended(self, root_id: int, status: str, ended_in: str | None, now: datetime) -> None:
        """Tell the application that a pratica's own path has ended."""
        if self._on_end is not None:
            self._on_end(self.session, self.ente_id, root_id, status, ended_in, now)

    def check_request(self, operation: Operation, request: dict[str, Any]) -> None:
        """Hold a request against its schema. Raises Broken, naming the field."""
        check_request(operation, request)

    def open(self, slug: str, at: str, data: dict[str, Any], by: Actor) -> int:
        """Start a path that an event opens, as the application wants it opened; the id of its instance."""
        if self._on_open is not None:
            return self._on_open(self.session, self.ente_id, slug, at, data, by)
        return self.start(slug, data, by, at=at).id

    # ---- releases

    def publish(self, bundle: Bundle, by: Actor) -> int:
        """Check a bundle and make it current; returns its number. Raises ReleaseRefused."""
        return release.publish(self.session, self.ente_id, bundle, self.operations, by.label, self.now())

    def plan_migration(
        self, slug: str, from_release: int, to_release: int, mapping: Mapping[str, str] | None = None
    ) -> Plan:
        """What would become of the open instances of a release; nothing is changed.

        `mapping` says which element of the new release takes the place of one of the old. Raises ReleaseNotFound,
        MappingUnknown.
        """
        return migrations.plan(self, slug, from_release, to_release, mapping or {})

    def migrate(
        self, slug: str, from_release: int, to_release: int, mapping: Mapping[str, str] | None, by: Actor
    ) -> int:
        """Begin to move the open instances of a release to another; the migration's id.

        Raises ReleaseNotFound, MappingUnknown.
        """
        return batch.begin(self, slug, from_release, to_release, mapping or {}, by)

    def next_to_migrate(self, migration_id: int) -> int | None:
        """The next instance that a migration has to move or to put back."""
        return batch.following(self, migration_id)

    def migrate_instance(self, migration_id: int, instance_id: int) -> None:
        """Move or put back one instance, or write down why not; one transaction each. Raises InstanceBusy."""
        batch.advance(self, migration_id, instance_id)

    def leave_instance(self, migration_id: int, instance_id: int, why: str) -> None:
        """Leave to a person an instance that a mistake of ours keeps from being moved."""
        batch.leave(self, migration_id, instance_id, why)

    def rest_migration(self, migration_id: int) -> int:
        """Look again later at the instances that must leave a step first; how many."""
        return batch.rest(self, migration_id)

    def undo_migration(self, migration_id: int, by: Actor) -> None:
        """Begin to put back the instances in which nothing new was done. Raises MigrationNotFound."""
        batch.take_back(self, migration_id, by)

    def last_migration(self, slug: str, from_release: int, to_release: int) -> int:
        """The id of the last migration between two releases. Raises MigrationNotFound."""
        return batch.latest(self, slug, from_release, to_release)

    def migration_progress(self, migration_id: int) -> dict[str, int]:
        """How many instances are "pending", "moved", "waiting", "kept", "to_undo" or "undone"."""
        return batch.progress(self, migration_id)

    # ---- instances

    def start(self, slug: str, data: dict[str, Any], by: Actor, *, at: str | None = None) -> InstanceView:
        """Start a path with its first variables and run it to its first waits. Raises ReleaseNotFound.

        `at`: the start event to begin at; the plain one, unless told.
        """
        step = Step(self, by)
        running = step.start(slug, data, at=at)
        step.run()
        return self.instance(running.id)

    def cancel(self, instance_id: int, reason: str, by: Actor) -> None:
        """Stop an instance and all that it has called; a person has given the reason."""
        step = Step(self, by)
        running = step.lock(instance_id)
        element = next(running.program.diagram.starts())
        running.record(element, "cancelled", by.label, why={"motivo": reason})
        step.cancel(running)
        step.run()

    # ---- human steps

    def complete(self, task_id: int, answers: dict[str, Any], by: Actor) -> None:
        """Complete a human step with the answers of its form and run on.

        Raises TaskNotOpen, NotAllowed (four eyes), FormInvalid, AnswerRefused.
        """
        tasks.complete(self, task_id, answers, by)

    def hold(self, task_id: int) -> None:
        """Keep a task as it is until the transaction ends. Raises TaskNotOpen, InstanceBusy.

        Who waited here may have lost the right meanwhile: ask about rights after it.
        """
        tasks.hold(self, task_id)

    def assign(self, task_id: int, account_id: int | None, by: Actor, *, only_free: bool = False) -> None:
        """Give an open task to a person, or to nobody; `only_free` claims it only if nobody has it.

        Raises TaskNotOpen (also when somebody else took it first), NotAllowed (four eyes).
        """
        tasks.assign(self, task_id, account_id, only_free=only_free)

    def send_back_targets(self, task_id: int) -> list[SendBackTarget]:
        """The earlier human steps to which this one may go back; none while other work runs beside it."""
        return sendback.targets(self, task_id)

    def send_back(self, task_id: int, to_element: str, reason: str, by: Actor) -> None:
        """Go back to an earlier human step. Raises TaskNotOpen, CannotSendBack."""
        sendback.send_back(self, task_id, to_element, reason, by)

    # ---- the outside

    def correlate(
        self,
        name: str,
        key: str,
        payload: dict[str, Any],
        by: Actor,
        *,
        source: str = "interno",
        message_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> messages.Delivery:
        """Deliver a message once per (source, message_id); it waits when nobody waits for it yet."""
        return messages.correlate(Step(self, by), name, key, payload, source, message_id, expires_at)

    def hold_waiting(self, name: str, key: str) -> None:
        """Keep whoever waits for a message as it is until the transaction ends. Raises InstanceBusy.

        For who writes, before telling the paths, what their steps write too.
        """
        messages.hold(self, name, key)

    def broadcast(self, name: str, payload: dict[str, Any], by: Actor) -> list[int]:
        """Throw a signal; the instances that heard it, and those that it has opened."""
        return signals.broadcast(Step(self, by), name, payload)

    def give_back(self, instance_id: int, element_id: str, variables: dict[str, Any], by: Actor) -> bool:
        """End a stubbed call with these variables; False when the instance does not wait there."""
        step = Step(self, by)
        running = step.lock(instance_id)
        for token, kind in list(running.state.waits.items()):
            task = running.task(token)
            if kind == "call" and task is not None and task.task_spec.bpmn_id == element_id:
                step.give_back(running, token, variables)
                step.run()
                return True
        return False

    def fire_timer(self, timer_id: int, by: Actor) -> bool:
        """Fire a due timer; False when it is gone or not yet due."""
        return timers.fire(self, timer_id, by)

    def stop_timer(self, timer_id: int, message: str, by: Actor) -> bool:
        """Make an incident of a due timer that a mistake of ours keeps from being fired; False when it is gone."""
        return timers.stop(self, timer_id, message, by)

    def due_timers(self, limit: int = 100) -> list[int]:
        """Timers of this ente that are due, oldest first."""
        return timers.due(self, limit)

    def claim_job(self, job_id: int) -> JobToRun | None:
        """Take a job for one attempt, counted before it runs; None when there is nothing to do."""
        return jobs.claim(self, job_id)

    def finish_job(self, job_id: int, response: dict[str, Any], by: Actor) -> None:
        """An outside operation has answered."""
        jobs.finish(self, job_id, response, by)

    def refuse_job(self, job_id: int, error: Refused, by: Actor) -> None:
        """An outside operation has refused: the diagram or a person decides."""
        jobs.refuse(self, job_id, error, by)

    def fail_job(self, job_id: int, message: str, by: Actor, retry_at: datetime | None) -> None:
        """An attempt has failed: again at `retry_at`, or an incident when it is None."""
        jobs.fail(self, job_id, message, by, retry_at)

    # ---- incidents

    def hold_incident(self, incident_id: int) -> None:
        """As `hold`, of what an incident stops. Raises IncidentNotOpen, InstanceBusy."""
        incidents.hold(self, incident_id)

    def retry(self, incident_id: int, by: Actor) -> None:
        """Try again what an incident stopped. Raises IncidentNotOpen, CannotMend."""
        incidents.retry(self, incident_id, by)

    def remedy(self, incident_id: int) -> Remedy:
        """What else may be done about an open incident. Raises IncidentNotOpen."""
        return incidents.remedy(self, incident_id)

    def answer_incident(self, incident_id: int, response: dict[str, Any], reason: str, by: Actor) -> None:
        """Give the outside body's result by hand. Raises IncidentNotOpen, CannotMend, FormInvalid."""
        incidents.answer(self, incident_id, response, reason, by)

    def skip(self, incident_id: int, reason: str, by: Actor) -> None:
        """Mark the stopped step as done. Raises IncidentNotOpen, CannotMend."""
        incidents.skip(self, incident_id, reason, by)

    def correct(self, incident_id: int, values: dict[str, Any], reason: str, by: Actor) -> None:
        """Correct what the stopped step reads, and try again.

        Raises IncidentNotOpen, CannotMend, FormInvalid, CorrectionRefused; nothing is changed then.
        """
        incidents.correct(self, incident_id, values, reason, by)

    def give_incident(self, incident_id: int, account_id: int | None) -> None:
        """Say who sees to an incident, or nobody. Raises IncidentNotOpen."""
        incidents.give(self, incident_id, account_id)

    def check(self, deep: bool = True) -> list[Finding]:
        """What must never be and is; `deep` loads every open state. In a transaction of its own snapshot."""
        return invariants.deep(self) if deep else invariants.light(self)

    def report(self, findings: Iterable[Finding], kinds: Iterable[str]) -> int:
        """Make of each finding an incident, once; returns how many are new."""
        return mending.report(self, findings, kinds, system("controllo"))

    # ---- views

    def task(self, task_id: int) -> TaskView:
        """One task, open or closed. Raises TaskNotOpen when it does not exist."""
        return queries.task(self.session, self.ente_id, task_id)

    def seen_by(self, task_id: int) -> dict[str, Any]:
        """The variables that a human step sees, those of its round included. Raises TaskNotOpen."""
        return queries.seen_by(self.session, self.ente_id, task_id)

    def open_tasks(self, root_id: int) -> list[TaskView]:
        return queries.open_tasks(self.session, self.ente_id, root_id)

    def instance(self, instance_id: int) -> InstanceView:
        """One instance with its variables. Raises InstanceNotFound."""
        return queries.instance(self.session, self.ente_id, instance_id)

    def instances_of(self, root_id: int) -> list[InstanceView]:
        return queries.instances_of(self.session, self.ente_id, root_id)

    def history(self, root_id: int) -> list[HistoryView]:
        return queries.history(self.session, self.ente_id, root_id)

    def marks(self, instance_id: int) -> dict[str, str]:
        return queries.marks(self.session, self.ente_id, instance_id)

    def last_answers(self, root_id: int, element_ids: list[str]) -> dict[str, Any]:
        return queries.last_answers(self.session, self.ente_id, root_id, element_ids)

    def incident(self, incident_id: int) -> IncidentView:
        """One incident that waits for a person. Raises IncidentNotOpen."""
        return queries.open_incident(self.session, self.ente_id, incident_id)

    def open_incidents(self, root_id: int | None = None) -> list[IncidentView]:
        return queries.open_incidents(self.session, self.ente_id, root_id)
