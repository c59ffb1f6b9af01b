"""Lists whose rows are known before anybody answers: a schema says `"$comment": "righe: obiettivi"`.

On a list, the page shows a row for each, with its words fixed, and asks the rest; on a text, it offers them to choose
from; on a yes or no, it shows them before one answers. Where there are none, the question stays as it was written.
The engine checks the answer as the text that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import format as written
from app.database import db
from app.progetti.model import Intervento, Obiettivo, Progetto
from app.servizi.models import Contestazione, EventoErogazione, PianoDomiciliare
from app.servizi.pagine.parole import PRESTAZIONI
from app.values import to_id

MARK = "righe: "
MOST = 200
SHOWN = 20  # before a yes or no

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Riga:
    """What a row is kept as, and how it is told."""

    valore: str
    testo: str


@dataclass(frozen=True)
class Fonte:
    """The question of a row that its words answer, and the rows as the variables of a path lead to them."""

    domanda: str
    righe: Callable[[int, Variables], list[Riga]]


def with_rows(schema: dict[str, Any], ente_id: int, variables: Variables) -> dict[str, Any]:
    """The schema with its known rows; the original is not changed."""
    found: dict[str, Any] = _walk(schema, ente_id, variables)
    return found


def first_rows(schema: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The answers that the known rows of a schema (as `with_rows` made it) begin with, by question."""
    return {
        name: [{key: value["const"] for key, value in row["properties"].items() if "const" in value}
               for row in question["prefixItems"]]
        for name, question in schema.get("properties", {}).items()
        if _fonte(question) is not None and "prefixItems" in question
    }  # fmt: skip


def dressed(ui: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The UI schema for a schema with its known rows: what the row's words say is not asked."""
    hidden = {
        f"{name}.*.{key}": {"widget": "nascosto"}
        for name, rows in first_rows(schema).items()
        for key in (rows[0] if rows else ())
    }
    return {**ui, "campi": {**ui.get("campi", {}), **hidden}}


def same_rows(rows: list[dict[str, Any]], answered: Any) -> bool:
    """Whether answers given before are about these very rows."""
    return (
        isinstance(answered, list)
        and len(answered) == len(rows)
        and all(row.items() <= old.items() for row, old in zip(rows, answered, strict=True))
    )


def _fonte(node: Mapping[str, Any]) -> Fonte | None:
    comment = node.get("$comment")
    marked = isinstance(comment, str) and comment.startswith(MARK)
    return FONTI.get(comment.removeprefix(MARK)) if marked and isinstance(comment, str) else None


def _walk(node: Any, ente_id: int, variables: Variables) -> Any:
    if isinstance(node, list):
        return [_walk(item, ente_id, variables) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _walk(value, ente_id, variables) for key, value in node.items()}
    fonte = _fonte(node)
    rows = fonte.righe(ente_id, variables)[:MOST] if fonte else []
    if fonte is None or not rows:
        return found
    if node.get("type") == "array":
        found["prefixItems"] = [_fixed(found["items"], fonte.domanda, row) for row in rows]
        return {**found, "items": False, "minItems": len(rows), "maxItems": len(rows)}
    if node.get("type") == "boolean":
        return {**found, "description": _shown(rows)}
    kept = {key: value for key, value in found.items() if key not in ("minLength", "maxLength")}
    return {**kept, "oneOf": [{"const": row.valore, "title": row.testo} for row in rows]}


def _shown(rows: list[Riga]) -> str:
    more = len(rows) - SHOWN
    left = [f"E altre {more} righe."] if more > 0 else []
    return "\n".join([*(row.testo for row in rows[:SHOWN]), *left])


def _fixed(items: dict[str, Any], domanda: str, row: Riga) -> dict[str, Any]:
    said = {**items["properties"][domanda], "const": row.valore}
    return {**items, "title": row.testo, "properties": {**items["properties"], domanda: said}}


def _goals(ente_id: int, variables: Variables) -> list[Riga]:
    """The goals of the project, in the order in which they were written."""
    progetto_id = to_id(variables.get("progetto_id"))
    progetto = db.session.get(Progetto, (ente_id, progetto_id)) if progetto_id else None
    if progetto is None:
        progetto = _project_of_plan(ente_id, to_id(variables.get("piano_id")))
    if progetto is None:
        return []
    o = Obiettivo
    query = select(o.descrizione).where(o.ente_id == ente_id, o.progetto_id == progetto.id).order_by(o.id)
    return [Riga(words, words) for words in db.session.scalars(query)]


def _project_of_plan(ente_id: int, piano_id: int | None) -> Progetto | None:
    """The project, in its last version, that opened the pratica of a plan; a service that ends alone is weighed by
    the goals it was given for, and the project itself goes on."""
    plan = db.session.get(PianoDomiciliare, (ente_id, piano_id)) if piano_id else None
    if plan is None or plan.pratica_id is None:
        return None
    opened = select(Intervento.progetto_id).where(
        Intervento.ente_id == ente_id, Intervento.pratica_id == plan.pratica_id
    )
    query = select(Progetto).where(Progetto.ente_id == ente_id, Progetto.id.in_(opened))
    return db.session.scalars(query.order_by(Progetto.id.desc())).first()


def _visits(ente_id: int, variables: Variables) -> list[Riga]:
    """The visits of the month, first those that the table did not pass, with its reason."""
    said = _not_passed(variables)
    events = sorted(_events(ente_id, variables), key=lambda event: str(event.riga) not in said)
    return [Riga(str(e.riga), _told(e, said.get(str(e.riga), ""))) for e in events]


def _anomalies(ente_id: int, variables: Variables) -> list[Riga]:
    """The visits of the month that the table did not pass, each with its reason."""
    said = _not_passed(variables)
    return [row for row in _visits(ente_id, variables) if row.valore in said]


def _not_passed(variables: Variables) -> dict[str, str]:
    """The rows that the table did not pass, with its reason."""
    return {
        str(row.get("evento_id")): row.get("motivo") or ""
        for row in variables.get("esiti_controllo") or []
        if isinstance(row, dict) and row.get("esito") != "ok"
    }


def _contested(ente_id: int, variables: Variables) -> list[Riga]:
    """The visits of the month that the ente contests, and why."""
    c, events = Contestazione, list(_events(ente_id, variables))
    rows = db.session.execute(
        select(c.evento_id, c.motivo).where(c.ente_id == ente_id, c.evento_id.in_([e.id for e in events]))
    )
    why = {row.evento_id: row.motivo for row in rows}
    return [Riga(str(e.riga), _told(e, why[e.id])) for e in events if e.id in why]


def _events(ente_id: int, variables: Variables) -> Iterator[EventoErogazione]:
    e, rendiconto_id = EventoErogazione, to_id(variables.get("rendiconto_id"))
    query = select(e).where(e.ente_id == ente_id, e.rendiconto_id == rendiconto_id).order_by(e.riga)
    yield from db.session.scalars(query) if rendiconto_id else ()


def _told(event: EventoErogazione, why: str) -> str:
    hours = f"{event.dalle:%-H:%M}–{event.alle:%-H:%M}"
    said = f"Riga {event.riga}: {written.full(event.data)}, {hours}, {PRESTAZIONI[event.prestazione].lower()}"
    return f"{said}. {why}" if why else said


FONTI: dict[str, Fonte] = {
    "obiettivi": Fonte("obiettivo", _goals),
    "interventi": Fonte("evento_id", _visits),
    "anomalie": Fonte("evento_id", _anomalies),
    "contestate": Fonte("evento_id", _contested),
}
