"""Everything that the page of a task shows beside its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from app import diagram
from app import format as written
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.perche import reasons
from app.attivita.precedenti import Answered, Precedenti
from app.attivita.registri import form_to_fill
from app.attivita.service import Case, engine_of
from app.database import db
from app.forms import Form, Sources
from app.persone.view import flags, head
from app.pratiche.segni import marks_of
from app.rights import policy
from app.servizi.models import Rendiconto
from app.values import account_of, to_id
from engine import Engine, HistoryView, InstanceView, Program, TaskView
from engine.dialect import Element


@dataclass(frozen=True)
class Page:
    """The task's page, as the template reads it."""

    case: Case
    element: Element
    program: Program
    di_che: str
    form: Form | None
    sources: Sources
    pratica_url: str | None
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
    earlier = Precedenti(operator, engine, case, history)
    seen = engine.seen_by(case.task.id)
    reads = policy.may(operator, "read:cartella", case.subject) or policy.may(
        operator, "read:economico", case.subject
    )
    return Page(
        case=case,
        element=element,
        program=program,
        di_che=", ".join([case.pratica.titolo, *_month(case, seen)]),
        form=form_to_fill(
            program,
            case.task.form_id,
            case.task.unita_id or case.pratica.unita_id,
            operator.ente_id,
            seen,
        ),
        sources=earlier.sources(program.ui(case.task.form_id or "")),
        pratica_url=pratica_url(operator, case),
        persona=head(case.pratica, operator),
        bandiere=flags(case.pratica),
        disegno=_drawing(engine, program, instance, case.task),
        precedenti=earlier.answered(names) if reads else [],
        perche=reasons(history, program),
        chi=names.get(case.task.assignee_id or 0),
        may_complete=policy.may(operator, "task:complete", case.subject),
        may_claim=case.task.assignee_id is None and bool(policy.may(operator, "task:claim", case.subject)),
        may_release=case.task.assignee_id is not None
        and bool(policy.may(operator, "task:release", case.subject)),
        targets=bool(engine.send_back_targets(case.task.id)) if case.task.status == "open" else False,
    )


def given_answers(operator: Operator, case: Case) -> Answered | None:
    """What a task that was done has answered, for who may read the cartella or the costs."""
    if not any(
        policy.may(operator, f"read:{section}", case.subject) for section in ("cartella", "economico")
    ):
        return None
    engine = engine_of(operator)
    history = engine.history(case.task.root_id)
    return Precedenti(operator, engine, case, history).given(case.task, _names(history, case.task))


def _month(case: Case, seen: Mapping[str, Any]) -> list[str]:
    """Of a step about one month of an order, which: its path is called again every month."""
    number = to_id(seen.get("rendiconto_id"))
    month = db.session.get(Rendiconto, (case.pratica.ente_id, number)) if number else None
    return [] if month is None else [f"ordine {month.ordine_id}", written.month(month.mese)]


def _drawing(engine: Engine, program: Program, instance: InstanceView, task: TaskView) -> Markup:
    marks = marks_of(engine, program, instance)
    around = program.element(task.element_id).ad_hoc or task.element_id
    return diagram.svg(diagram.of_release(program.bundle.diagram), marks, around=around, key="mini")


def _names(history: Sequence[HistoryView], task: TaskView) -> dict[int, str]:
    ids = {account_of(row.by) or 0 for row in history} | {task.assignee_id or 0, task.closed_by or 0}
    rows = db.session.execute(select(Account.id, Account.nome, Account.cognome).where(Account.id.in_(ids)))
    return {row.id: f"{row.nome} {row.cognome}" for row in rows}


def pratica_url(operator: Operator, case: Case) -> str | None:
    """The page of the pratica, for who may open it: a supplier works at its steps and no more."""
    readable = policy.may(operator, "read:pratiche", case.subject)
    return url_for("pratiche.show", pratica_id=case.pratica.id) if readable else None


def crumbs(operator: Operator, case: Case) -> list[tuple[str, str | None]]:
    """Where the page stands."""
    return [
        ("Scrivania", url_for("inbox.scrivania")),
        (f"Pratica {case.pratica.protocol_number}", pratica_url(operator, case)),
        (case.task.name, None),
    ]
