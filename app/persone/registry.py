"""Finding a persona by what is known of her, or writing her down: the registry never guesses between two.

A codice fiscale is searched in all its spellings: omocodia gives one person another spelling of the code, and
gives two people one code, so a spelling alone never joins two names that differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from app.columns import LIVELLI
from app.enti.model import Ente
from app.persone.model import Identificativo, Persona, Recapito, Residenza
from app.persone.names import plain
from engine.form.codice_fiscale import CodiceFiscale, parse

TIPI = {"persona": "cf", "provvisorio": "temporaneo", "stp": "stp", "eni": "eni"}
_SAME_NAME = text("select persona_id from persona_cerca(:words, null, null, null, null, :livelli, 50)")


@dataclass(frozen=True)
class Known:
    """What is known of somebody; `telefono` and `indirizzo` are written only with a new persona."""

    cognome: str | None = None
    nome: str | None = None
    nata_il: date | None = None
    codice: CodiceFiscale | None = None
    telefono: str | None = None
    indirizzo: str | None = None
    lingua: str | None = None
    unita_id: str | None = None

    @property
    def name(self) -> str:
        return plain(self.cognome, self.nome)


class Ambiguous(Exception):
    """More than one may be meant, or the only one does not quite fit: somebody chooses among `ids`."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__(f"{len(ids)} candidates")
        self.ids = ids


def read_code(codice_fiscale: str | None, today: date) -> CodiceFiscale | None:
    """A codice fiscale, STP or ENI; None for none. Raises CodiceFiscaleWrong."""
    return parse(codice_fiscale, today) if codice_fiscale else None


def find_or_create(session: Session, ente_id: int, known: Known, on: date) -> Persona:
    """The one persona who is meant, or a new one; a new spelling of her code is kept. Raises Ambiguous.

    Two desks that write down the same persona at once wait for each other.
    """
    _lock(session, ente_id, known)
    persona = find(session, ente_id, known)
    if persona is None:
        return create(session, ente_id, known, on)
    if known.codice is not None:
        add_code(session, persona, known.codice, on)
    return persona


def find(session: Session, ente_id: int, known: Known) -> Persona | None:
    """By code, then by name and birth. Raises Ambiguous."""
    if known.codice is not None:
        found = _by_code(session, ente_id, known.codice)
        if found:
            return _the_one(found, known)
    if not known.name:
        return None
    return _of_name(session, ente_id, known)


def create(session: Session, ente_id: int, known: Known, on: date) -> Persona:
    """Write down somebody new. In a synthetic ente everybody is invented."""
    code, ente = known.codice, session.get_one(Ente, ente_id)
    persona = Persona(
        ente_id=ente_id,
        cognome=known.cognome,
        nome=known.nome,
        nata_il=known.nata_il or (code.birth_on if code else None),
        nata_a=code.belfiore if code else None,
        sesso=code.sex if code else None,
        lingua=known.lingua,
        unita_id=known.unita_id,
        sintetico=ente.sintetico,
    )
    session.add(persona)
    session.flush()
    if code is not None:
        add_code(session, persona, code, on)
    if known.telefono:
        session.add(
            Recapito(ente_id=ente_id, persona_id=persona.id, tipo="telefono", valore=known.telefono, dal=on)
        )
    if known.indirizzo and ente.codice_istat:
        session.add(
            Residenza(
                ente_id=ente_id,
                persona_id=persona.id,
                comune=ente.codice_istat,
                indirizzo=known.indirizzo,
                fonte="dichiarata",
                dal=on,
            )
        )
    session.flush()
    return persona


def add_code(session: Session, persona: Persona, code: CodiceFiscale, on: date) -> None:
    """Keep a code by which the persona is known, once; a second spelling of a codice fiscale is an alias."""
    i = Identificativo
    own = session.scalars(
        select(i).where(i.ente_id == persona.ente_id, i.persona_id == persona.id, i.al.is_(None))
    ).all()
    if any(each.valore == code.value for each in own):
        return
    tipo = TIPI[code.kind]
    if tipo == "cf" and any(each.tipo == "cf" for each in own):
        tipo = "omocodia"
    session.add(
        Identificativo(
            ente_id=persona.ente_id,
            persona_id=persona.id,
            tipo=tipo,
            valore=code.value,
            canonico=code.canonical,
            dal=on,
        )
    )
    session.flush()


def replace_code(session: Session, persona: Persona, code: CodiceFiscale, on: date) -> None:
    """Add the right codice fiscale and end those that were a mistake; another spelling of it stays beside it."""
    i = Identificativo
    for row in session.scalars(
        select(i).where(
            i.ente_id == persona.ente_id,
            i.persona_id == persona.id,
            i.al.is_(None),
            i.tipo.in_(("cf", "omocodia")),
            i.canonico.is_distinct_from(code.canonical),
        )
    ):
        row.al = max(row.dal, on)
    session.flush()
    add_code(session, persona, code, on)


def holder(session: Session, ente_id: int, code: CodiceFiscale) -> int | None:
    """The id of the persona who has this very code."""
    i = Identificativo
    return session.scalar(
        select(i.persona_id).where(i.ente_id == ente_id, i.valore == code.value, i.al.is_(None))
    )


def codice_fiscale(session: Session, persona: Persona) -> str | None:
    """The codice fiscale as it was issued, or the temporary one; None when she has none."""
    i = Identificativo
    found = session.execute(
        select(i.tipo, i.valore).where(
            i.ente_id == persona.ente_id, i.persona_id == persona.id, i.al.is_(None)
        )
    ).all()
    codes = {row.tipo: row.valore for row in found}
    return codes.get("cf") or codes.get("temporaneo")


def _lock(session: Session, ente_id: int, known: Known) -> None:
    key = known.codice.canonical if known.codice else known.name
    if key:
        lock = func.hashtextextended(f"persona:{ente_id}:{key}", 0)
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def _by_code(session: Session, ente_id: int, code: CodiceFiscale) -> list[Persona]:
    """Who has this very code; else who has another spelling of it."""
    i = Identificativo
    rows = session.execute(
        select(Persona, i.valore)
        .join(i, (i.ente_id == Persona.ente_id) & (i.persona_id == Persona.id))
        .where(
            Persona.ente_id == ente_id,
            i.al.is_(None),
            or_(i.valore == code.value, i.canonico == code.canonical),
        )
        .order_by(Persona.id)
    ).all()
    exact = [persona for persona, valore in rows if valore == code.value]
    return exact or list(dict.fromkeys(persona for persona, _ in rows))


def _the_one(found: list[Persona], known: Known) -> Persona:
    if len(found) > 1 or not _agree(_name(found[0]), known.name):
        raise Ambiguous([persona.id for persona in found])
    return found[0]


def _agree(one: str, other: str) -> bool:
    """«rosa parodi» and «rosa maria parodi» agree: a mother's code given for her child does not pass."""
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words


def _of_name(session: Session, ente_id: int, known: Known) -> Persona | None:
    """Who has this name and birth. Without a birth date a namesake is never taken for granted."""
    birth = known.nata_il or (known.codice.birth_on if known.codice else None)
    same = [persona for persona in _namesakes(session, ente_id, known) if birth in (None, persona.nata_il)]
    if known.codice is not None:
        # whoever has another code is somebody else
        same = [persona for persona in same if codice_fiscale(session, persona) is None]
    if not same:
        return None
    if len(same) > 1 or birth is None or not (known.cognome and known.nome):
        raise Ambiguous([persona.id for persona in same])
    return same[0]


def _namesakes(session: Session, ente_id: int, known: Known) -> list[Persona]:
    ids = session.scalars(_SAME_NAME, {"words": known.name, "livelli": list(LIVELLI)}).all()
    people = session.scalars(select(Persona).where(Persona.ente_id == ente_id, Persona.id.in_(ids))).all()
    return sorted((p for p in people if _name(p) == known.name), key=lambda persona: persona.id)


def _name(persona: Persona) -> str:
    return plain(persona.cognome, persona.nome)
