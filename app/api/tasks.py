"""Human steps as a program sees them: finding, listing, completing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, cast, select

from app.accounts.tokens import ApiClient
from app.api.access import actor, engine_of, sees_data
from app.api.answers import fault, faults
from app.api.failures import Fault, PersonNeeded, RequestInvalid, TaskClosed, ThingNotFound
from app.api.people import OfEnte
from app.api.seal import not_sealed
from app.api.traces import did_then, saw
from app.attivita import registri, vincoli
from app.database import db
from app.forms import Form, Sources
from app.forms.messages import OTHERWISE
from app.pratiche.model import Pratica
from app.rights.roles import SIGILLATI
from app.values import day_of
from engine import AnswerRefused, FormInvalid, Program, TaskNotOpen
from engine.dialect import HEADER_DIFFERENT_FROM
from engine.form import FieldError
from engine.plain import send
from engine.tables import history as history_table
from engine.tables import instance as instance_table
from engine.tables import task as task_table

STATI: Final = {"open": "aperta", "done": "fatta", "cancelled": "annullata"}
ANSWERS: Final = "risposte"


@dataclass(frozen=True)
class Task:
    """One human step with the pratica it belongs to."""

    id: int
    root_id: int
    pratica_id: int
    pratica_numero: str
    pratica_stato: str
    pratica_esito: str | None
    persona_id: int | None
    percorso: str
    passo: str
    nome: str
    ruolo: str
    unita: str | None
    assegnata: bool
    serve_una_persona: bool
    status: str
    aperta_il: datetime
    scade_il: datetime | None
    chiusa_il: datetime | None
    nota: str | None
    form_id: str | None
    program: Program

    @property
    def stato(self) -> str:
        return STATI[self.status]


OF_PRATICA: Final = (
    "pratica_id",
    "pratica_numero",
    "pratica_stato",
    "pratica_esito",
    "persona_id",
    "percorso",
)


@dataclass(frozen=True)
class Wanted:
    """Which open tasks to list, from after the one with id `cursore`."""

    percorso: str | None
    ruolo: str | None
    unita: str | None
    persona_id: str | None
    cursore: str | None
    limite: int


def page(client: ApiClient, wanted: Wanted) -> tuple[list[Task], str | None]:
    """A page of open tasks and the cursor of the next one, if there is one."""
    t = task_table.c
    conditions: list[ColumnElement[bool]] = [t.status == "open"]
    if wanted.cursore is not None:
        conditions.append(t.id > int(wanted.cursore))
    if wanted.percorso is not None:
        conditions.append(Pratica.percorso == wanted.percorso)
    if wanted.ruolo is not None:
        conditions.append(t.ruolo == wanted.ruolo)
    if wanted.unita is not None:
        conditions.append(t.unita_id == wanted.unita)
    if wanted.persona_id is not None:
        conditions.append(Pratica.persona_id == int(wanted.persona_id))
    found = _tasks(client, _OF_ENTE.where(*conditions).limit(wanted.limite + 1), {})
    shown = found[: wanted.limite]
    saw(client, ((task.pratica_id, task.persona_id) for task in shown), "attivita")
    return shown, str(shown[-1].id) if len(found) > wanted.limite else None


def open_in(client: ApiClient, pratica_id: int) -> list[Task]:
    """The open tasks of a pratica, oldest first."""
    return _tasks(client, _OPEN_IN, {"pratica_id": pratica_id})


def find(client: ApiClient, task_id: int) -> Task:
    """A task, open or closed. Raises ThingNotFound."""
    asked = {"ente_id": client.ente_id, "task_id": task_id, "sealed": sorted(SIGILLATI)}
    found = send(db.session, _ONE, asked)
    if not found:
        raise ThingNotFound("attivita", task_id)
    return _task(found[0], engine_of(client).program(found[0].hash))


def show(client: ApiClient, task_id: int) -> dict[str, Any]:
    """A task with its form. Raises ThingNotFound."""
    task = find(client, task_id)
    saw(client, [(task.pratica_id, task.persona_id)], "attivita")
    form = _form(task)
    shown = {name: getattr(task, name) for name in (*Task.__dataclass_fields__, "stato")}
    shown["modulo"] = form and {"id": task.form_id, "schema": form.schema.root, "ui": form.ui}
    if not sees_data(client):
        del shown["nota"]
    return shown


def complete(client: ApiClient, task_id: int, answers: dict[str, Any]) -> dict[str, Any]:
    """Complete a task; returns it with what is open in its pratica now.

    Raises ThingNotFound, TaskClosed, PersonNeeded, RequestInvalid; nothing is changed then.
    """
    task = find(client, task_id)
    _refuse_closed(task)
    if task.serve_una_persona:
        raise PersonNeeded(task_id)
    form = _form(task)
    _refuse_beyond_schema(client, form, answers, task.unita)
    try:
        engine_of(client).complete(task_id, answers, actor(client))
    except FormInvalid as error:
        raise _invalid(client, form, answers, error.errors) from error
    except AnswerRefused as error:
        raise RequestInvalid([_refusal(error)]) from error
    return _after(client, task)


def closed(client: ApiClient, error: TaskNotOpen) -> Exception:
    """What happened meanwhile to a task that was open a moment ago: TaskClosed, or ThingNotFound."""
    try:
        _refuse_closed(find(client, error.task_id))
    except (TaskClosed, ThingNotFound) as found:
        return found
    return error


def _of_ente() -> Select[Any]:
    t, i, p = task_table.c, instance_table.c, Pratica.__table__.c
    return (
        select(t, i.hash, p.id.label("pratica_id"), p.anno, p.numero, p.persona_id)
        .add_columns(p.percorso, p.chiusa_at, p.esito)
        .join(Pratica.__table__, (p.ente_id == t.ente_id) & (p.instance_id == t.root_id))
        .join(instance_table, (i.ente_id == t.ente_id) & (i.id == t.instance_id))
        .where(t.ente_id == bindparam("ente_id"), not_sealed())
        .order_by(t.id)
    )


# Made once: building them for each request cost more than running them.
_OF_ENTE: Final = _of_ente()
_OPEN_IN: Final = _OF_ENTE.where(
    Pratica.__table__.c.id == bindparam("pratica_id"), task_table.c.status == "open"
)
_ONE: Final = "select * from api_task(%(ente_id)s, %(task_id)s, %(sealed)s)"
_AFTER: Final = "select * from api_tasks_after(%(ente_id)s, %(root_id)s, %(task_id)s)"


def _tasks(client: ApiClient, statement: Select[Any], values: dict[str, Any]) -> list[Task]:
    program = engine_of(client).program
    rows = db.session.execute(statement, {**values, "ente_id": client.ente_id})
    return [_task(row, program(row.hash)) for row in rows]


def _task(row: Row[Any], program: Program) -> Task:
    return Task(
        pratica_id=row.pratica_id,
        pratica_numero=f"{row.anno}/{row.numero}",
        pratica_stato="aperta" if row.chiusa_at is None else "chiusa",
        pratica_esito=row.esito,
        persona_id=row.persona_id,
        percorso=row.percorso,
        **_of_step(row, program),
    )


def _of_step(row: Row[Any], program: Program) -> dict[str, Any]:
    """What a task says of its own step, not of its pratica."""
    return {
        "id": row.id,
        "root_id": row.root_id,
        "passo": row.element_id,
        "nome": row.name,
        "ruolo": row.ruolo,
        "unita": row.unita_id,
        "assegnata": row.assignee_id is not None,
        "serve_una_persona": HEADER_DIFFERENT_FROM in program.element(row.element_id).headers,
        "status": row.status,
        "aperta_il": row.created_at,
        "scade_il": row.due_at,
        "chiusa_il": row.closed_at,
        "nota": row.note,
        "form_id": row.form_id,
        "program": program,
    }


def _refuse_closed(task: Task) -> None:
    if task.status == "open":
        return
    t, h = task_table.c, history_table.c
    by = db.session.scalar(
        select(h.by)
        .join(task_table, (t.ente_id == h.ente_id) & (t.instance_id == h.instance_id))
        .where(t.id == task.id, h.token == cast(t.token, Text))
        .order_by(h.id.desc())
        .limit(1)
    )
    raise TaskClosed(task.id, task.stato, task.chiusa_il, by)


def _form(task: Task) -> Form | None:
    schema = task.program.form(task.form_id) if task.form_id else None
    return Form(schema, task.program.ui(task.form_id)) if task.form_id and schema else None


def _refuse_beyond_schema(
    client: ApiClient, form: Form | None, answers: dict[str, Any], unita: str | None
) -> None:
    """What the page of the task checks and the engine does not, which holds the answers against their schema.

    Raises RequestInvalid naming every answer.
    """
    if form is None:
        if answers:
            raise RequestInvalid(
                [Fault((ANSWERS,), "Questa attività non ha un modulo: non chiede risposte.")]
            )
        return
    root = form.schema.root
    refused = (
        *vincoli.refusals(root, answers, lambda: day_of(engine_of(client).now())),
        *registri.not_offered(root, answers, unita),
    )
    if refused or any(form.beyond_schema(answers, Sources(people=OfEnte(client)))):
        raise RequestInvalid(faults(client, form, answers, ANSWERS, refused))


def _invalid(
    client: ApiClient, form: Form | None, answers: dict[str, Any], errors: Sequence[FieldError]
) -> RequestInvalid:
    """All that is wrong, in the form's words; `errors`, if the release is another one meanwhile."""
    found = faults(client, form, answers, ANSWERS) if form else []
    return RequestInvalid(found or [fault((ANSWERS, *e.path), OTHERWISE, e.keyword) for e in errors])


def _refusal(error: AnswerRefused) -> Fault:
    path = tuple(error.field.split(".")) if error.field else ()
    return Fault((ANSWERS, *path), error.message or OTHERWISE, error.code)


def _after(client: ApiClient, task: Task) -> dict[str, Any]:
    """The task that was done and what is open in its pratica, which ends only when nothing is.

    Notes that it was done, and drops its drafts.
    """
    program = engine_of(client).program
    seen = task.pratica_id, task.persona_id
    asked = {"ente_id": client.ente_id, "root_id": task.root_id, "task_id": task.id}
    rows = did_then(client, "task.complete", "task", task.id, seen, _AFTER, asked, passo=task.passo)
    of_pratica = {name: getattr(task, name) for name in OF_PRATICA}
    found = [Task(**of_pratica, **_of_step(row, program(row.hash))) for row in rows]
    following = [each for each in found if each.id != task.id]
    done = next(each for each in found if each.id == task.id) if following else find(client, task.id)
    return {
        "attivita": done,
        "pratica_stato": done.pratica_stato,
        "pratica_esito": done.pratica_esito,
        "successive": following,
    }
