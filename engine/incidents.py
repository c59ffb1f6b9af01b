"""What people do about incidents: retry, correct the data, give the result by hand, skip; and what a check reports.

An incident of a step stops one token. One that a check reports (engine/invariants.py) stops nothing: it says that
an instance and its rows disagree, and `retry` puts right what can be put right without guessing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from sqlalchemy import Row, select, update

from engine import catching, feel, invariants, mending, store, tables
from engine.activities import RETURNED, Activities
from engine.actor import Actor, system
from engine.catching import Wait
from engine.dialect import Element
from engine.errors import CannotMend, CorrectionRefused, FormInvalid, IncidentNotOpen
from engine.form import FormSchema
from engine.operation import Broken
from engine.running import HUMAN, Running
from engine.scripts import ExpressionFailed
from engine.spiff import OVER, Activity, MultiInstance
from engine.step import Step

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True)
class Remedy:
    """What may be done about an open incident besides trying again.

    `corrects`: a form for the variables that the stopped step reads, and `values` what they are now (None: it reads
    none that a person could write); `response`: a form for the result that the outside body did not give, or None;
    `skippable`: the step may be marked as done.
    """

    corrects: dict[str, Any] | None
    values: dict[str, Any]
    response: dict[str, Any] | None
    skippable: bool


class _Stopped:
    """The token that an incident stops, locked for a step; only looked at when nobody (`by`) acts."""

    def __init__(self, engine: Engine, incident_id: int, by: Actor | None) -> None:
        self.engine = engine
        self.row = find_open(engine, incident_id)
        if self.row.kind.startswith(invariants.PREFIX):
            raise CannotMend(incident_id)
        self.step = Step(engine, by or system("lettura"))
        take = self.step.look if by is None else self.step.lock
        self.running: Running = take(self.row.instance_id)
        if self.running.state.waits.get(self.row.token) != "incident":
            raise IncidentNotOpen(incident_id)
        self.element: Element = self.running.program.element(self.row.element_id)
        self.wait: Wait | None = catching.find(self.running, self.row.token)
        self.task: Task | None = self.running.task(self.row.token) or (self.wait and self.wait.task)
        self.operation = engine.operations.get(self.element.operation or "")

    @property
    def activity(self) -> Task:
        """The token at an activity. Raises CannotMend when it stands at an event."""
        if self.task is None or not isinstance(self.task.task_spec, Activity):
            raise CannotMend(self.row.id)
        return self.task

    @property
    def came(self) -> Wait | None:
        """The event that has come and could not be followed, if that is what stopped."""
        return self.wait if self.row.kind == catching.CAME else None

    @property
    def skippable(self) -> bool:
        """Whether it may be marked as done: a person's step never."""
        spec = self.task.task_spec if self.task is not None else None
        if self.came is not None or self.rounds_over:
            return True
        stands = isinstance(spec, Activity | MultiInstance) or (spec is not None and self.element.throws)
        return stands and self.element.kind not in HUMAN

    @property
    def rounds_over(self) -> Sequence[Any]:
        """The rounds of a stopped repetition that it could not take in."""
        found: Sequence[Any] = self.task.internal_data.get(OVER, ()) if self.task is not None else ()
        return found

    @property
    def seen(self) -> Mapping[str, Any]:
        """The variables that the stopped token sees, those of its round included."""
        return self.running.scripts.context(self.task)

    def release(self) -> None:
        """Close the incident; the token moves again."""
        label, now = self.step.by.label, self.running.now
        store.forget(self.engine.session, "incident", self.engine.ente_id, [self.row.token], now, label)
        self.running.state.waits.pop(self.row.token, None)

    def run(self) -> None:
        """Run on, and write."""
        self.step.wake(self.running)
        self.step.run()

    def again(self) -> None:
        """Try again: an event that had come happens now, and is not waited for anew."""
        self.release()
        if self.came is not None:
            self.step.happen(self.running, self.came, {})
        self.run()


def find_open(engine: Engine, incident_id: int) -> Row[Any]:
    """The row of an incident that waits for a person. Raises IncidentNotOpen."""
    i = tables.incident.c
    row = engine.session.execute(
        select(tables.incident).where(i.ente_id == engine.ente_id, i.id == incident_id)
    ).one_or_none()
    if row is None or row.resolved_at is not None:
        raise IncidentNotOpen(incident_id)
    return row


def hold(engine: Engine, incident_id: int) -> None:
    """Keep what an incident stops as it is until the transaction ends. Raises IncidentNotOpen, InstanceBusy."""
    store.lock_instance(engine.session, engine.ente_id, find_open(engine, incident_id).instance_id)


def retry(engine: Engine, incident_id: int, by: Actor) -> None:
    """Try the same token again, or put right what a check found. Raises IncidentNotOpen, CannotMend."""
    row = find_open(engine, incident_id)
    if row.kind.startswith(invariants.PREFIX):
        mending.mend(engine, row, by)
        return
    _Stopped(engine, incident_id, by).again()


def answer(engine: Engine, incident_id: int, response: dict[str, Any], reason: str, by: Actor) -> None:
    """Give by hand the result that an outside body did not give.

    Raises IncidentNotOpen, CannotMend (nothing outside was asked), FormInvalid.
    """
    stopped = _Stopped(engine, incident_id, by)
    task, operation = stopped.activity, stopped.operation
    if operation is None or operation.inside:
        raise CannotMend(incident_id)
    errors = FormSchema(operation.response).errors(response)
    if errors:
        raise FormInvalid(errors)
    stopped.release()
    stopped.step.respond(
        stopped.running, task, stopped.element, response, why={"motivo": reason, "a_mano": True}
    )
    stopped.run()


def skip(engine: Engine, incident_id: int, reason: str, by: Actor) -> None:
    """Mark the step as done, without a result; of an event, go on without its outputs, or without what it throws.

    Raises IncidentNotOpen, CannotMend (a person's step, an event that has not come, a gateway).
    """
    stopped = _Stopped(engine, incident_id, by)
    if not stopped.skippable:
        raise CannotMend(incident_id)
    running, element, why = stopped.running, stopped.element, {"motivo": reason, "saltato": True}
    stopped.release()
    if stopped.came is not None:
        stopped.step.happen(running, stopped.came, {}, why)
    elif stopped.task is not None and isinstance(stopped.task.task_spec, MultiInstance):
        running.record(element, "skipped", by.label, token=stopped.task.id, why=why)
        stopped.task.task_spec.pass_over(stopped.task)
    else:
        assert stopped.task is not None
        Activities(stopped.step).pass_by(running, stopped.task, element, why)
    stopped.run()


def correct(engine: Engine, incident_id: int, values: Mapping[str, Any], reason: str, by: Actor) -> None:
    """Change what the stopped step reads, and try it again; history keeps what was and what is.

    Nothing is kept when the step could not run with it either. Raises IncidentNotOpen, CannotMend,
    FormInvalid, CorrectionRefused.
    """
    stopped = _Stopped(engine, incident_id, by)
    running, element = stopped.running, stopped.element
    form = _form(stopped)
    if form is None:
        raise CannotMend(incident_id)
    errors = FormSchema(form).errors(dict(values))
    if errors:
        raise FormInvalid(errors)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, schema in form["properties"].items():
        was = stopped.seen.get(name)
        now = _merged(was, values.get(name), schema)
        if now != was:
            before[name], after[name] = was, now
            running.scripts.assign(stopped.task, name, now)
    try:
        _check_request(stopped)
    except CorrectionRefused:
        for name, was in before.items():  # an instance kept in memory goes on from here
            running.scripts.assign(stopped.task, name, was)
        running.scripts.written.clear()
        raise
    running.record(
        element,
        "corrected",
        by.label,
        token=stopped.row.token,
        answers={"prima": before, "dopo": after},
        why={"motivo": reason},
    )
    stopped.again()


def give(engine: Engine, incident_id: int, account_id: int | None) -> None:
    """Say who sees to it."""
    find_open(engine, incident_id)
    i = tables.incident.c
    engine.session.execute(
        update(tables.incident)
        .where(i.ente_id == engine.ente_id, i.id == incident_id)
        .values(assignee_id=account_id)
    )


def remedy(engine: Engine, incident_id: int) -> Remedy:
    """What may be done about an open incident; changes nothing and holds nobody up. Raises IncidentNotOpen."""
    try:
        stopped = _Stopped(engine, incident_id, None)
    except CannotMend:
        return Remedy(None, {}, None, False)
    form, operation = _form(stopped), stopped.operation
    stands = stopped.task is not None and isinstance(stopped.task.task_spec, Activity)
    outside = stands and operation is not None and not operation.inside
    return Remedy(
        corrects=form,
        values={name: stopped.seen.get(name) for name in (form or {}).get("properties", {})},
        response=dict(operation.response) if outside and operation is not None else None,
        skippable=stopped.skippable,
    )


# ---- what a stopped step reads


def _form(stopped: _Stopped) -> dict[str, Any] | None:
    """A form for the variables that the step's expressions name; None when a person could write none of them."""
    properties: dict[str, Any] = {}
    for name in _names(stopped):
        schema = _schema(stopped, name)
        if schema is not None:
            properties[name] = schema
    return {"type": "object", "properties": properties} if properties else None


def _names(stopped: _Stopped) -> Sequence[str]:
    element = stopped.element
    if stopped.came is not None:
        return _read([line.source for line in element.outputs])
    if stopped.task is not None and isinstance(stopped.task.task_spec, MultiInstance):
        return _names_of_rounds(stopped)
    if stopped.task is not None and RETURNED in stopped.task.internal_data:
        return ()  # its outputs read what the called path has given back, and nothing of the instance
    key = element.event.key if element.event is not None else None
    made = {line.target.split(".")[0] for line in element.inputs}  # which a key may read too
    sources = [line.source for line in element.inputs]
    sources += [key] if key and key.removeprefix("=").strip() not in made else []
    sources += [*_terms(element), *(each for each in (element.assignee, element.group) if each)]
    sources += [f"={element.script}"] if element.script else []
    flows = stopped.running.program.diagram.flows.values()
    sources += [flow.condition for flow in flows if flow.condition and flow.source == element.id]
    return _read(sources)


def _names_of_rounds(stopped: _Stopped) -> Sequence[str]:
    """What a repetition reads of the instance; what a round has written is its own, and over."""
    loop = stopped.element.loop
    assert loop is not None
    if not stopped.rounds_over:
        return _read([f"={loop.collection.removeprefix('=')}"])
    kept = {name for _, written in stopped.rounds_over for name in written}
    read = _read([f"={each.removeprefix('=')}" for each in (loop.output_item, loop.until) if each])
    return [name for name in read if name not in kept and not name.startswith("numberOf")]


def _read(sources: Iterable[str]) -> Sequence[str]:
    """The variables that expressions name."""
    names: set[str] = set()
    for source in sources:
        if source.startswith("="):
            try:
                names |= feel.parse(source.lstrip("=").strip()).variables
            except feel.FeelError:  # checked when the path was published; a name it hides cannot be corrected
                continue
    return sorted(names - {"parametri", "loopCounter"})


def _schema(stopped: _Stopped, name: str) -> dict[str, Any] | None:
    """How a variable is asked: as the operation asks for it, as the form did that wrote it, or by what it holds."""
    operation = stopped.operation
    asked = operation.request.get("properties", {}) if operation is not None else {}
    for line in stopped.element.inputs:
        if line.source.removeprefix("=").strip() == name and line.target in asked:
            return {"title": name.replace("_", " "), **asked[line.target]}
    if name in {str(when).removeprefix("=").strip() for when in _terms(stopped.element)}:
        return {"title": name.replace("_", " "), "type": "string", "format": "date"}
    program = stopped.running.program
    for element in program.diagram.elements.values():
        schema = program.schema(element.form_id) if element.form_id else None
        found = (schema or {}).get("properties", {}).get(name)
        if isinstance(found, dict) and "$ref" not in str(found):
            return found
    return _like(name, stopped.seen.get(name))


def _terms(element: Element) -> Sequence[str]:
    """The expressions that must give a date."""
    when = element.event.when if element.event is not None else None
    return [each for each in (element.due, when) if each]


def _like(name: str, value: Any) -> dict[str, Any] | None:
    """A question for a value of the same kind; None for lists, which nobody corrects in a box."""
    title = {"title": name.replace("_", " ")}
    if isinstance(value, dict):
        parts = {key: found for key, each in value.items() if (found := _like(key, each)) is not None}
        return {**title, "type": "object", "properties": parts} if parts else None
    if isinstance(value, list):
        return None
    if isinstance(value, bool):
        return {**title, "type": "boolean"}
    return {**title, "type": "string" if value is None or isinstance(value, str) else "number"}


def _merged(was: Any, now: Any, schema: Mapping[str, Any]) -> Any:
    """What was asked, over what was not: a list inside an object stays as it is."""
    if not isinstance(was, dict) or not isinstance(now, dict | None) or schema.get("type") != "object":
        return now
    asked = schema.get("properties", {})
    kept = {key: value for key, value in was.items() if key not in asked}
    return {**kept, **{key: _merged(was.get(key), (now or {}).get(key), asked[key]) for key in asked}}


def _check_request(stopped: _Stopped) -> None:
    """The request as it would go out now. Raises CorrectionRefused, naming fields and never values."""
    if stopped.operation is None:
        return
    try:
        request = stopped.running.local(stopped.activity, stopped.element)
        stopped.engine.check_request(stopped.operation, request)
    except (ExpressionFailed, Broken) as error:
        raise CorrectionRefused(str(error)) from error
