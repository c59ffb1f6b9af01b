"""Where the engine meets the connectors and the domain: the only module that knows all three."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from app import logs
from app.enti import parametri
from app.enti.patrono import PatronDays
from app.observe import step
from app.operations import domestic
from app.pratiche import arriving
from app.pratiche.ended import on_end
from app.pratiche.service import Start
from connectors import errors as outside
from connectors.base import CallInfo
from connectors.base import Operation as ConnectorOperation
from connectors.registry import build
from engine import (
    Broken,
    Calendar,
    Call,
    Clock,
    Engine,
    Operation,
    Operations,
    Program,
    Refused,
    Transient,
)
from engine.actor import Actor
from engine.calendar import ROME
from engine.engine import Opened
from engine.json import dumps_text

QUEUE = "percorsi"
TASK = "engine.job"
MIGRATION = "engine.migration"

_CLOCK = "percorsi_clock"

_DEFER = text("""
    select procrastinate_defer_jobs_v1(array[row(
        :queue, :task, 0, null, null, cast(:args as jsonb), cast(:run_at as timestamptz)
    )::procrastinate_job_to_defer_v1])
""")

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class EngineMaker:
    """Makes engines that know every installed operation; one for each process."""

    operations: Operations

    @property
    def start(self) -> Start:
        """What opens a pratica with (see app/pratiche/service.py)."""
        return _starter(self)

    def __call__(self, session: AnySession, ente_id: int, clock: Clock | None = None) -> Engine:
        """An engine for one ente and one session."""
        plain = session() if isinstance(session, scoped_session) else session
        if clock is not None:
            plain.info[_CLOCK] = clock
        return Engine(
            plain,
            ente_id,
            self.operations,
            calendar=CalendarOf(plain, ente_id),
            clock=clock,
            parameters=_parameters(plain, ente_id),
            dispatch=dispatch,
            dispatch_migration=dispatch_migration,
            on_end=on_end,
            on_open=_opener(self),
            on_step=step.took,
        )


@cache
def engines() -> EngineMaker:
    """The engines of this process, with connectors as the environment sets them."""
    return make_engines(os.environ)


def make_engines(environ: Mapping[str, str]) -> EngineMaker:
    """Engines with connectors set by `environ`. Raises connectors.environment.SettingInvalid."""
    operations = Operations()
    maker = EngineMaker(operations)
    for operation in domestic(maker.start):
        operations.add(operation)
    for connector in build(environ).values():
        for declared in connector.operations():
            operations.add(_outside(declared))
    return maker


def _starter(maker: EngineMaker) -> Start:
    def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
        """Start a path for an operation of ours, by the clock of the step that calls it."""
        return maker(session, ente_id, session.info.get(_CLOCK)).start(slug, variables, Actor(by)).id

    return start


def _opener(maker: EngineMaker) -> Opened:
    def on_open(
        session: Session, ente_id: int, slug: str, at: str, variables: dict[str, Any], by: Actor
    ) -> int:
        """Open the pratica of a path that a message opens, at the start event which awaits it."""
        clock = session.info.get(_CLOCK)

        def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
            return maker(session, ente_id, clock).start(slug, variables, Actor(by), at=at).id

        now = maker(session, ente_id, clock).now()
        return arriving.open_for(session, ente_id, slug, variables, by.label, start=start, now=now)

    return on_open


def _outside(declared: ConnectorOperation) -> Operation:
    def call(call: Call, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return declared.call(
                CallInfo(call.ente_id, call.idempotency_key, call.now, call.request_name), request
            )
        except outside.Refused as error:
            raise Refused(error.code, error.message, error.field) from error
        except outside.Transient as error:
            raise Transient(str(error), error.retry_after) from error
        except outside.Broken as error:
            raise Broken(str(error)) from error

    return Operation(
        name=declared.name,
        title=declared.title,
        request=declared.request,
        response=declared.response,
        call=call,
        inside=False,
        errors=declared.errors,
    )


def dispatch(session: Session, ente_id: int, job_id: int, run_at: datetime | None) -> None:
    """Hand a job to the workers in the transaction that wants it: committed together, or not at all.

    The queue's table is not under row-level security: it carries two numbers, and the name of the request that
    wanted the job, by which the logs of web and worker meet.
    """
    args: dict[str, Any] = {"ente_id": ente_id, "job_id": job_id}
    name = logs.request_name()
    _defer(session, TASK, dumps_text(args if name is None else {**args, "request": name}), run_at)


def dispatch_migration(session: Session, ente_id: int, migration_id: int, run_at: datetime | None) -> None:
    """Hand the next batch of a migration to the workers, as `dispatch` does with a job."""
    _defer(session, MIGRATION, f'{{"ente_id": {ente_id}, "migration_id": {migration_id}}}', run_at)


def _defer(session: Session, task: str, args: str, run_at: datetime | None) -> None:
    session.execute(_DEFER, {"queue": QUEUE, "task": task, "args": args, "run_at": run_at})


class CalendarOf(Calendar):
    """The working days of an ente; its patron saint's day is read when first asked for."""

    def __init__(self, session: Session, ente_id: int) -> None:
        super().__init__()
        self._patrons = PatronDays(session, ente_id)

    def patron_on(self, day: date) -> tuple[int, int] | None:
        return self._patrons.on(day)


def _parameters(
    session: Session, ente_id: int
) -> Callable[[Program, dict[str, Any], datetime], dict[str, Any]]:
    def resolve(program: Program, variables: dict[str, Any], on: datetime) -> dict[str, Any]:
        """The bundle's parameters as the ente has set them on that day; a caller that maps its own wins."""
        defaults = {p.key: p.default for p in program.bundle.parameters}
        own = parametri.values(ente_id, program.slug, defaults, on.astimezone(ROME).date(), session)
        passed = variables.get("parametri")
        return {**own, **(passed if isinstance(passed, dict) else {})}

    return resolve
