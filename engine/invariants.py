"""What must hold of every instance, looked for in the rows: an open one waits for something, an ended one for nothing.

`light` asks the tables alone; `deep` also loads every open state and holds it against the tables and the history.
Read under one snapshot (REPEATABLE READ): between two statements a step would look like a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Row, text

from engine import compensation
from engine import state as states
from engine.scripts import Scripts
from engine.spiff import Activity, element_of, live_tasks

if TYPE_CHECKING:
    from engine.engine import Engine

PREFIX = "check."
IDLE = PREFIX + "idle"
LATE_TIMER = PREFIX + "late_timer"
STALLED_JOB = PREFIX + "stalled_job"
LEFTOVER = PREFIX + "leftover"
UNREADABLE = PREFIX + "unreadable"
LOST_WAIT = PREFIX + "lost_wait"
ORPHAN = PREFIX + "orphan"
HISTORY = PREFIX + "history"

LIGHT = (IDLE, LATE_TIMER, LEFTOVER)
DEEP = (*LIGHT, UNREADABLE, LOST_WAIT, ORPHAN, HISTORY)

LATE_AFTER = "15 minutes"
"""Workers look at timers every second and rest one minute after a failure: this late, something is wrong."""

PAGE = 200  # instances loaded at a time

NAMES = {
    "task": "un’attività",
    "timer": "un termine",
    "message": "una notizia",
    "signal": "un segnale",
    "job": "una chiamata",
    "incident": "un problema",
    "call": "un percorso chiamato",
}


@dataclass(frozen=True)
class Finding:
    """One thing that must never be. `token` tells apart two of a kind in an instance; `message` is for a person
    and holds no personal data."""

    kind: str
    instance_id: int
    root_id: int
    element_id: str
    token: str
    message: str


# What stands open for an instance, one row each; «call» is a child that has not ended.
_OPEN = f"""
    select 'task' as what, ente_id, instance_id, token::text as token, element_id, id
    from engine_task where status = 'open'
    union all select 'timer', ente_id, instance_id, token, element_id, id from engine_timer
    union all select kind, ente_id, instance_id, token, element_id, id from engine_subscription
    union all select 'job', ente_id, instance_id, token::text, element_id, id
    from engine_job where status in ('waiting', 'running')
    union all select 'incident', ente_id, instance_id, token, element_id, id
    from engine_incident where resolved_at is null and kind not like '{PREFIX}%'
    union all select 'call', ente_id, parent_id, parent_token::text, slug, id
    from engine_instance where status = 'open' and parent_id is not null
"""  # noqa: S608 - constant text

_OPEN_ROWS = text(f"""
    select o.what, o.token from ({_OPEN}) o where o.ente_id = :ente_id and o.instance_id = :instance_id
""")  # noqa: S608

_IDLE = text(f"""
    select i.id, coalesce(i.root_id, i.id) as root_id,
           coalesce((select h.element_id from engine_history h
                     where h.ente_id = i.ente_id and h.instance_id = i.id order by h.id desc limit 1), '') as element_id
    from engine_instance i
    where i.ente_id = :ente_id and i.status = 'open' and not exists (
        select from ({_OPEN}) o where o.ente_id = i.ente_id and o.instance_id = i.id)
    order by i.id
""")  # noqa: S608

_LEFTOVER = text(f"""
    select i.id, coalesce(i.root_id, i.id) as root_id, o.what, o.token, o.element_id
    from ({_OPEN}) o join engine_instance i on i.ente_id = o.ente_id and i.id = o.instance_id
    where i.ente_id = :ente_id and i.status <> 'open'
    order by i.id, o.what, o.id
""")  # noqa: S608

_LATE = text(f"""
    select i.id, coalesce(i.root_id, i.id) as root_id, t.token, t.element_id
    from engine_timer t join engine_instance i on i.ente_id = t.ente_id and i.id = t.instance_id
    where t.ente_id = :ente_id and i.status = 'open' and t.due_at < :now - interval '{LATE_AFTER}'
    order by t.due_at
""")  # noqa: S608

_STATES = text(f"""
    select i.id, i.hash, i.state, coalesce(i.root_id, i.id) as root_id,
           (select json_agg(json_build_array(o.what, o.token, o.element_id))
            from ({_OPEN}) o where o.ente_id = i.ente_id and o.instance_id = i.id) as open
    from engine_instance i
    where i.ente_id = :ente_id and i.status = 'open' and i.id > :after
    order by i.id limit :page
""")  # noqa: S608

# A human step is one command, so one version; each leaves its row in history, and an end leaves its own.
_HISTORY = text("""
    with looked as (
        select i.* from engine_instance i
        where i.ente_id = :ente_id and (i.status = 'open' or i.ended_at > :now - interval '7 days'))
    select i.id, coalesce(i.root_id, i.id) as root_id, t.element_id, t.token::text as token,
           'un’attività fatta non c’è nella storia' as message
    from looked i join engine_task t on t.ente_id = i.ente_id and t.instance_id = i.id and t.status = 'done'
    where not exists (
        select from engine_history h
        where h.ente_id = i.ente_id and h.instance_id = i.id and h.token = t.token::text and h.event = 'done')
    union all
    select i.id, coalesce(i.root_id, i.id), i.ended_in, 'fine', 'la fine del percorso non c’è nella storia'
    from looked i
    where i.status = 'done' and i.ended_in is not null and not exists (
        select from engine_history h
        where h.ente_id = i.ente_id and h.instance_id = i.id and h.element_id = i.ended_in and h.event = 'done')
    union all
    select i.id, coalesce(i.root_id, i.id), '', 'versione', 'lo stato è più vecchio delle attività fatte'
    from looked i
    where i.version <= (
        select count(*) from engine_task t
        where t.ente_id = i.ente_id and t.instance_id = i.id and t.status = 'done')
    order by 1
""")


def light(engine: Engine) -> list[Finding]:
    """What the tables alone tell: nobody waits, a timer is long due, something outlives its instance."""
    return [*_idle(engine), *_late(engine), *_leftovers(engine)]


def deep(engine: Engine) -> list[Finding]:
    """All of it; costs a state loaded for each open instance."""
    return [*light(engine), *_states(engine), *_gaps(engine)]


def open_rows(engine: Engine, instance_id: int) -> Sequence[Row[Any]]:
    """What stands open for an instance: `what` and `token`."""
    return _rows(engine, _OPEN_ROWS, instance_id=instance_id)


def _rows(engine: Engine, statement: Any, **parameters: Any) -> Sequence[Row[Any]]:
    return engine.session.execute(statement, {"ente_id": engine.ente_id, **parameters}).all()


def _idle(engine: Engine) -> Iterator[Finding]:
    message = "non ha niente da fare e non aspetta niente: da solo non andrebbe più avanti"
    for row in _rows(engine, _IDLE):
        yield Finding(IDLE, row.id, row.root_id, row.element_id, "", message)


def _late(engine: Engine) -> Iterator[Finding]:
    message = "un termine è passato da più di 15 minuti e non è scattato"
    for row in _rows(engine, _LATE, now=engine.now()):
        yield Finding(LATE_TIMER, row.id, row.root_id, row.element_id, row.token, message)


def _leftovers(engine: Engine) -> Iterator[Finding]:
    for row in _rows(engine, _LEFTOVER):
        message = f"il percorso è finito, ma resta aperto: {NAMES[row.what]}"
        yield Finding(LEFTOVER, row.id, row.root_id, row.element_id, f"{row.what}:{row.token}", message)


def _gaps(engine: Engine) -> Iterator[Finding]:
    for row in _rows(engine, _HISTORY, now=engine.now()):
        yield Finding(HISTORY, row.id, row.root_id, row.element_id, row.token, row.message)


def _states(engine: Engine) -> Iterator[Finding]:
    after, now = 0, engine.now()
    while page := _rows(engine, _STATES, after=after, page=PAGE):
        for row in page:
            yield from _state(engine, row, now)
        after = page[-1].id


def _state(engine: Engine, row: Row[Any], now: datetime) -> Iterator[Finding]:
    """One state held against its rows."""
    try:
        program = engine.program(row.hash)
        scripts = Scripts({}, now, engine.calendar, program.models)
        state = states.load(bytes(row.state), program.spec, program.subprocesses, scripts)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person must know which one it is
        message = f"lo stato non si legge ({type(error).__name__})"
        yield Finding(UNREADABLE, row.id, row.root_id, "", "", message)
        return
    there = {(what, token): element for what, token, element in row.open or ()}
    elements = {str(task.id): element_of(task) for task in live_tasks(state.workflow)}
    for token, what in state.waits.items():
        if what != compensation.WAIT and (what, token) not in there:
            element = elements.get(token)
            message = f"aspetta {NAMES.get(what, what)} che non c’è più"
            yield Finding(LOST_WAIT, row.id, row.root_id, element.id if element else "", token, message)
    for (what, token), element_id in there.items():
        if state.waits.get(token) != what:
            message = f"resta aperto, e il percorso non lo aspetta più: {NAMES[what]}"
            yield Finding(ORPHAN, row.id, row.root_id, element_id, f"{what}:{token}", message)
    for task in live_tasks(state.workflow, TaskState.READY):
        element = element_of(task)
        if isinstance(task.task_spec, Activity) and str(task.id) not in state.waits and element is not None:
            yield Finding(
                LOST_WAIT,
                row.id,
                row.root_id,
                element.id,
                str(task.id),
                "un passo pronto non è mai cominciato",
            )
