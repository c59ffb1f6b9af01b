"""Everything that the page of a task shows beside its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from app import diagram
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.registri import with_choices
from app.attivita.service import Case, engine_of
from app.database import db
from app.documenti.uploads import OfTask
from app.forms import Earlier, Form, Sources, Tree
from app.persone.people import OfOperator
from app.persone.view import flags, head
from app.pratiche.segni import marks_of
from app.rights import policy
from engine import Engine, HistoryView, Program, TaskView
from engine.dialect import Element
from engine.running import HUMAN
from engine.xml import parse_xml

EARLIER = 4  # steps shown beside the form
ANEW = "da capo"


@dataclass(frozen=True)
class Answered:
    """An earlier step with its answers in words."""

    element_id: str
    name: str
    at: datetime
    by: str
    tree: Tree | None


@dataclass(frozen=True)
class Page:
    """The task's page, as the template reads it."""

    case: Case
    element: Element
    program: Program
    form: Form | None
    sources: Sources
    persona: dict[str, Any] | None
    bandiere: list[dict[str, Any]]
    disegno: Markup
    precedenti: list[Answered]
    perche: list[str]
    chi: str | None
    may_complete: policy.Decision
    may_claim: bool
    may_release: bool
    targets: bool

    @property
    def guida(self) -> str:
        """What to do: the first line of the step's documentation that is not about norms and terms.

        A form with an introduction of its own says it better.
        """
        if self.form is not None and self.form.ui.get("intro"):
            return ""
        lines = self.element.documentation.split("\n")
        return next((line for line in lines if not line.startswith(("Norma:", "Termine:", "Scrive:"))), "")


def build(operator: Operator, case: Case) -> Page:
    """Gather what the page needs; reads of the persona are the caller's to note."""
    engine = engine_of(operator)
    instance = engine.instance(case.task.instance_id)
    program = engine.program(instance.hash)
    element = program.element(case.task.element_id)
    history = engine.history(case.task.root_id)
    names = _names(history, case.task)
    reads = policy.may(operator, "read:cartella", case.subject) or policy.may(
        operator, "read:economico", case.subject
    )
    return Page(
        case=case,
        element=element,
        program=program,
        form=_form(program, case.task.form_id, case.task.unita_id or case.pratica.unita_id),
        sources=_sources(operator, engine, program, case),
        persona=head(case.pratica, operator),
        bandiere=flags(case.pratica),
        disegno=_drawing(engine, program, case.task),
        precedenti=_earlier(operator, engine, history, case, names) if reads else [],
        perche=_why(history, program),
        chi=names.get(case.task.assignee_id or 0),
        may_complete=policy.may(operator, "task:complete", case.subject),
        may_claim=case.task.assignee_id is None and bool(policy.may(operator, "task:claim", case.subject)),
        may_release=case.task.assignee_id is not None
        and bool(policy.may(operator, "task:release", case.subject)),
        targets=bool(engine.send_back_targets(case.task.id)) if case.task.status == "open" else False,
    )


def first_answers(operator: Operator, page: Page) -> dict[str, Any]:
    """What the form begins with: the last answers to this very step, over variables of the same name.

    A step of every month, or of every stay in hospital, says `"$comment": "da capo"` at the top of its schema: the
    last time was another story, unless the step comes back to be done again.
    """
    engine = engine_of(operator)
    task = page.case.task
    if page.form is None:
        return {}
    variables = engine.instance(task.instance_id).variables
    asked = page.form.schema.root.get("properties", {})
    known = {name: variables[name] for name in asked if variables.get(name) is not None}
    if page.form.schema.root.get("$comment") == ANEW and not task.note:
        return known
    last = engine.last_answers(task.root_id, [task.element_id]).get(task.element_id)
    return {**known, **(last or {})}


def _form(program: Program, form_id: str | None, unita_id: str | None = None) -> Form | None:
    schema = program.schema(form_id) if form_id else None
    if schema is None or form_id is None:
        return None
    return Form(with_choices(schema, unita_id), program.ui(form_id), program.common)


def _sources(operator: Operator, engine: Engine, program: Program, case: Case) -> Sources:
    asked = set(_echoed(program.ui(case.task.form_id or "")))
    answers = engine.last_answers(case.task.root_id, sorted(asked))
    earlier = {
        element: Earlier(data, _form(_program_of(engine, case, element), _form_id(engine, case, element)))
        for element, data in answers.items()
        if isinstance(data, dict)
    }
    return Sources(people=OfOperator(operator), uploads=OfTask(operator, case), earlier=earlier)


def _echoed(dress: Any) -> Iterator[str]:
    """The steps whose answers a form's dress shows: at its top, in its groups, above its questions."""
    if isinstance(dress, list):
        for part in dress:
            yield from _echoed(part)
    elif isinstance(dress, dict):
        for line in dress.get("eco") or []:
            if isinstance(line, dict) and line.get("da"):
                yield str(line["da"])
        for part in dress.values():
            yield from _echoed(part)


def _program_of(engine: Engine, case: Case, element: str) -> Program:
    """The program that has an element, among the paths that this pratica has run."""
    programs = [engine.program(i.hash) for i in engine.instances_of(case.task.root_id)]
    return next((p for p in programs if element in p.diagram.elements), programs[0])


def _form_id(engine: Engine, case: Case, element: str) -> str | None:
    found = _program_of(engine, case, element).diagram.elements.get(element)
    return found.form_id if found else None


def _drawing(engine: Engine, program: Program, task: TaskView) -> Markup:
    marks = marks_of(engine, program, engine.instance(task.instance_id))
    return diagram.svg(parse_xml(program.bundle.diagram), marks, around=task.element_id, key="mini")


def _earlier(
    operator: Operator, engine: Engine, history: Sequence[HistoryView], case: Case, names: dict[int, str]
) -> list[Answered]:
    programs = {i.id: engine.program(i.hash) for i in engine.instances_of(case.task.root_id)}
    sources = Sources(uploads=OfTask(operator, case))
    found: dict[str, Answered] = {}
    for row in history:
        program = programs.get(row.instance_id)
        element = program.diagram.elements.get(row.element_id) if program else None
        if program is None or element is None or element.kind not in HUMAN or row.event != "done":
            continue
        form = _form(program, element.form_id)
        answered = form is not None and isinstance(row.answers, dict)
        tree = form.tree(row.answers, sources=sources, readonly=True) if form and answered else None
        found.pop(row.element_id, None)
        found[row.element_id] = Answered(
            row.element_id, element.name, row.at, names.get(_account(row.by), ""), tree
        )
    return list(reversed(found.values()))[:EARLIER]


def _why(history: Sequence[HistoryView], program: Program) -> list[str]:
    """The last decisions taken by tables, in a line each."""
    lines = []
    for row in reversed(history):
        element = program.diagram.elements.get(row.element_id)
        if element is not None and element.kind == "businessRuleTask" and isinstance(row.answers, dict):
            said = _reason(row.answers)
            lines.append(f"{element.name}: {said}")
    return lines[:3]


def _reason(decided: dict[str, Any]) -> str:
    """A table that gives its reason in words is quoted; else what it gave, output by output."""
    reason = decided.get("motivo")
    if isinstance(reason, str):
        return reason[:1].lower() + reason[1:]
    return ", ".join(f"{_label(key)} {_short(value)}" for key, value in decided.items() if _short(value))


def _label(key: str) -> str:
    return key.replace("_", " ")


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)
    if isinstance(value, dict) or value is None:
        return ""
    return str(value).replace(".", ",") if not isinstance(value, str) else value.replace("_", " ")


def _names(history: Sequence[HistoryView], task: TaskView) -> dict[int, str]:
    ids = {_account(row.by) for row in history} | {task.assignee_id or 0, task.closed_by or 0}
    rows = db.session.execute(select(Account.id, Account.nome, Account.cognome).where(Account.id.in_(ids)))
    return {row.id: f"{row.nome} {row.cognome}" for row in rows}


def _account(by: str) -> int:
    kind, _, number = by.partition(":")
    return int(number) if kind == "account" and number.isdigit() else 0


def crumbs(case: Case) -> list[tuple[str, str | None]]:
    """Where the page stands."""
    return [
        ("Scrivania", url_for("inbox.scrivania")),
        (f"Pratica {case.pratica.protocol_number}", url_for("pratiche.show", pratica_id=case.pratica.id)),
        (case.task.name, None),
    ]
