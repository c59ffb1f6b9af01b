"""What an open pratica waits to be told, and by whom: the messages that its bundles declare.

`bundle.json` has a key `messaggi`: {message: {"titolo", "che_succede", "ruoli", "modulo" (JSON Schema), "vista"
(UI schema), "non_con" (messages or steps beside which it makes no sense), "passate" (days not in the future)}}.
The answers of the form are the message's payload. An analyst adds one without code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import func, select

from app.forms import Form, Tree
from app.values import day_of
from engine import Engine, HistoryView, Program, tables
from engine.form import FieldError

log = structlog.get_logger()


@dataclass(frozen=True)
class Messaggio:
    """A message as a bundle declares it."""

    nome: str
    titolo: str
    che_succede: str
    ruoli: tuple[str, ...]
    modulo: Mapping[str, Any]
    vista: Mapping[str, Any]
    non_con: frozenset[str]
    passate: tuple[str, ...]


@dataclass(frozen=True)
class Attesa:
    """A message that a path waits for now, under a key, and the form that makes its payload."""

    messaggio: Messaggio
    chiave: str
    form: Form

    def wrong(self, data: Mapping[str, Any], engine: Engine) -> list[FieldError]:
        """What the schema cannot say: a day that must have come already."""
        today = day_of(engine.now()).isoformat()
        return [
            FieldError((name,), "operazione", data[name], "Non può essere nel futuro.")
            for name in self.messaggio.passate
            if isinstance(data.get(name), str) and data[name] > today
        ]


@dataclass(frozen=True)
class Detto:
    """A message that came: what it said, in words."""

    riga: HistoryView
    titolo: str
    risposte: Tree


def declared(program: Program) -> dict[str, Messaggio]:
    """The messages that people may send to a path, by name.

    One that is half declared, or whose form cannot be shown, is left out: no mistake in a bundle takes away the
    page of a pratica.
    """
    found = _declared.get(program.hash)
    if found is None:
        entries = program.bundle.manifest.get("messaggi")
        found = {}
        for nome, entry in entries.items() if isinstance(entries, dict) else ():
            messaggio = _read(nome, entry)
            if messaggio is None or form_of(program, messaggio).problems():
                log.warning("messaggio.malformed", percorso=program.slug, messaggio=nome)
            else:
                found[nome] = messaggio
        _declared[program.hash] = found
    return found


_declared: dict[str, dict[str, Messaggio]] = {}  # by hash of the release, which never changes


def _read(nome: str, entry: Any) -> Messaggio | None:
    try:
        return Messaggio(
            nome=nome,
            titolo=str(entry["titolo"]),
            che_succede=str(entry["che_succede"]),
            ruoli=tuple(map(str, entry["ruoli"])),
            modulo=dict(entry["modulo"]),
            vista=dict(entry.get("vista", {})),
            non_con=frozenset(entry.get("non_con", ())),
            passate=tuple(map(str, entry.get("passate", ()))),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def form_of(program: Program, messaggio: Messaggio) -> Form:
    """The form that makes a message's payload."""
    return Form(dict(messaggio.modulo), messaggio.vista, program.common)


def heard_at(program: Program, element_id: str) -> Messaggio | None:
    """The message that an event of a path waits for; None when people do not send it."""
    element = program.diagram.elements.get(element_id)
    nome = element.event.name if element is not None and element.event is not None else None
    return declared(program).get(nome or "")


def awaited(engine: Engine, root_id: int) -> list[Attesa]:
    """What the paths of a pratica wait to be told by people, in the order in which they began to wait."""
    s, i = tables.subscription.c, tables.instance.c
    rows = engine.session.execute(
        select(s.message, s.key, i.hash)
        .join(tables.instance, (i.ente_id == s.ente_id) & (i.id == s.instance_id))
        .where(
            s.ente_id == engine.ente_id,
            s.kind == "message",
            tables.of_root(root_id),
            i.status == "open",
        )
        .order_by(s.id)
    ).all()
    busy = {row.message for row in rows} | {task.element_id for task in engine.open_tasks(root_id)}
    found: dict[tuple[str, str], Attesa] = {}
    for row in rows:
        program = engine.program(row.hash)
        messaggio = declared(program).get(row.message)
        if messaggio is not None and not messaggio.non_con & busy:
            found.setdefault((row.message, row.key), Attesa(messaggio, row.key, form_of(program, messaggio)))
    return list(found.values())


def listeners(engine: Engine, message: str, key: str) -> list[int]:
    """The root instances that a message would reach now."""
    s, i = tables.subscription.c, tables.instance.c
    rows = engine.session.scalars(
        select(func.coalesce(i.root_id, i.id))
        .distinct()
        .join(tables.subscription, (i.ente_id == s.ente_id) & (i.id == s.instance_id))
        .where(
            s.ente_id == engine.ente_id,
            s.kind == "message",
            s.message == message,
            s.key == key,
            i.status == "open",
        )
    )
    return sorted(rows)


def told(engine: Engine, root_id: int) -> list[Detto]:
    """The messages that people have sent to the paths of a pratica, newest first."""
    programs = {instance.id: engine.program(instance.hash) for instance in engine.instances_of(root_id)}
    found = []
    for row in engine.history(root_id):
        if row.event != "message" or not isinstance(row.answers, dict):
            continue
        program = engine.program(row.hash) if row.hash else programs[row.instance_id]
        messaggio = heard_at(program, row.element_id)
        if messaggio is not None:
            tree = form_of(program, messaggio).tree(row.answers, readonly=True)
            found.append(Detto(row, messaggio.titolo, tree))
    return found[::-1]
