"""`percorsi move`: running paths from one release to another, after saying what becomes of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.audit.journal import record
from app.commands.place import opened
from app.commands.publish import BY, ente_of
from app.database.context import ente_context
from app.settings import Settings
from app.wiring import engines
from engine import Edit, Group, MappingUnknown, MigrationNotFound, Outcome, Plan, ReleaseNotFound

SAID = {
    Outcome.MOVES: "passano come sono",
    Outcome.MAPPED: "passano con la corrispondenza data",
    Outcome.WAITS: "aspettano di lasciare «{element}»: intanto restano dove sono, e si riprova da soli",
    Outcome.VANISHES: "hanno aperta «{element}», che lì non c'è: finitela prima, o date --map {element}=…",
    Outcome.PERSON: "hanno bisogno di una persona, per «{element}»: {why}",
}
WHY = {
    "missing": "nella nuova versione non c'è",
    "kind": "nella nuova versione è un'altra cosa",
    "scope": "nella nuova versione è in un altro sottoprocesso",
    "join": "il ricongiungimento non aspetta più quel ramo",
    "undo": "quello che è fatto lì non si potrebbe più disfare",
    "together": "nella nuova versione non si può essere lì in quel modo",
    "incident": "lì si fermerebbe subito",
    "expression": "un'espressione della nuova versione non dà un valore",
}
KINDS = {"routing": "nel percorso", "data": "nei dati", "cosmetic": "nell'aspetto"}


@dataclass(frozen=True)
class Asked:
    """What was typed: the path, its two releases, «prima=dopo» pairs."""

    slug: str
    old: int
    new: int
    pairs: Sequence[str]

    @property
    def mapping(self) -> dict[str, str]:
        """The pairs by what they replace. Raises PairUnreadable."""
        found = {}
        for pair in self.pairs:
            before, equals, after = pair.partition("=")
            if not (before and equals and after):
                raise PairUnreadable(f"«{pair}»: scrivi «prima=dopo», con gli id dei due passi")
            found[before] = after
        return found


class PairUnreadable(Exception):
    """A pair that is not one; the message is Italian."""


def run(settings: Settings, ente: str, asked: Asked, *, dry: bool) -> int:
    """Say what becomes of the running paths and, unless `dry`, begin to move them. Raises StartupRefused."""
    with opened(settings) as database:
        ente_id = ente_of(database, ente)
        try:
            mapping = asked.mapping
            with ente_context(ente_id), Session(database) as session, session.begin():
                engine = engines()(session, ente_id)
                plan = engine.plan_migration(asked.slug, asked.old, asked.new, mapping)
                number = 0 if dry else engine.migrate(asked.slug, asked.old, asked.new, mapping, BY)
                if number:
                    _note(session, "release.migrate", asked, number)
        except (PairUnreadable, ReleaseNotFound, MappingUnknown) as error:
            return _refuse(error)
    print(*_told(plan), sep="\n")
    if number:
        print(f"avviato ({number}): lo fa il worker, pochi alla volta; --undo lo riporta indietro")
    return 0


def undo(settings: Settings, ente: str, asked: Asked) -> int:
    """Begin to put back those in which nothing new was done. Raises StartupRefused."""
    with opened(settings) as database:
        ente_id = ente_of(database, ente)
        try:
            with ente_context(ente_id), Session(database) as session, session.begin():
                engine = engines()(session, ente_id)
                number = engine.last_migration(asked.slug, asked.old, asked.new)
                engine.undo_migration(number, BY)
                _note(session, "release.migrate.undo", asked, number)
                back = engine.migration_progress(number).get("to_undo", 0)
        except MigrationNotFound:
            print(f"«{asked.slug}» non è stato portato dalla {asked.old} alla {asked.new}", file=sys.stderr)
            return 1
    print(f"{asked.slug}: si riportano alla versione {asked.old}: {back} (se intanto non ci si lavora)")
    return 0


def _note(session: Session, what: str, asked: Asked, number: int) -> None:
    detail = {"da": asked.old, "a": asked.new, "migrazione": number}
    record(session, what, "release", asked.slug, by=None, dettaglio=detail)


def _refuse(error: Exception) -> int:
    if isinstance(error, ReleaseNotFound):
        print(f"«{error.slug}»: questa versione non c'è", file=sys.stderr)
    elif isinstance(error, MappingUnknown):
        named = ", ".join(error.elements)
        print(f"--map: non ci sono passi con questi id, da quella parte: {named}", file=sys.stderr)
    else:
        print(f"--map: {error}", file=sys.stderr)
    return 1


def _told(plan: Plan) -> Iterator[str]:
    yield f"{plan.slug}: dalla versione {plan.from_release} alla {plan.to_release}, {_changes(plan.edits)}"
    if not plan.groups:
        yield "  nessuno è in corso su quella versione"
    yield from (f"  {_line(group)}" for group in plan.groups)


def _changes(edits: Sequence[Edit]) -> str:
    counts = Counter(edit.kind for edit in edits)
    said = [f"{counts[kind]} {where}" for kind, where in KINDS.items() if counts[kind]]
    return f"cambiamenti: {', '.join(said)}" if said else "che è uguale"


def _line(group: Group) -> str:
    said = SAID[group.outcome].format(element=group.element, why=WHY.get(group.why, group.why))
    return f"{group.count} in {', '.join(group.elements) or 'nessun passo'}: {said}"
