"""The money of each chapter and who waits for it, in the order in which they will be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.accounts.operator import Operator
from app.database import db
from app.persone.model import Persona
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.subject import Subject
from app.servizi import budget, lista
from app.servizi.models import Budget, Iscrizione
from app.servizi.models.budget import SERVIZI
from app.servizi.pagine import parole

HOLDER = "amministrativo"  # the role whose lane holds the fund and the list in the paths


@dataclass(frozen=True)
class Capitolo:
    """A chapter in a year, in euro."""

    id: int
    nome: str
    servizio: str
    stanziato: Decimal
    prenotato: Decimal

    @property
    def disponibile(self) -> Decimal:
        return self.stanziato - self.prenotato


@dataclass(frozen=True)
class Posto:
    """A place in the list. `persona` and `pratica` are None for who may not read whose it is."""

    posizione: int
    iscrizione: Iscrizione
    persona: str | None
    pratica: Pratica | None
    serve: Decimal


@dataclass(frozen=True)
class Lista:
    """Who waits for a kind of service, and whether the money is enough for the first.

    `scoperti`: services that are running without money for this year; `scoperto`: euro that they need.
    """

    servizio: str
    titolo: str
    posti: list[Posto]
    chiamate: int
    disponibile: Decimal
    scoperti: int
    scoperto: Decimal

    @property
    def enough(self) -> bool:
        """The first could be called now: running services come before her."""
        return bool(self.posti) and not self.scoperti and self.posti[0].serve <= self.disponibile


def chapters(ente_id: int, anno: int) -> list[Capitolo]:
    """The chapters of a year."""
    b = Budget
    rows = db.session.scalars(
        select(b).where(b.ente_id == ente_id, b.anno == anno).order_by(b.servizio, b.capitolo)
    )
    return [
        Capitolo(
            row.id,
            row.capitolo + (f", {row.fondo}" if row.fondo else ""),
            parole.SERVIZI[row.servizio],
            row.stanziato_eur,
            row.prenotato_eur,
        )
        for row in rows
    ]


def lists(operator: Operator, on: date) -> list[Lista]:
    """A list for each kind of service."""
    return [_list(operator, servizio, on) for servizio in SERVIZI]


def _list(operator: Operator, servizio: str, on: date) -> Lista:
    session, i = db.session(), Iscrizione
    ranked = lista.ranked(session, operator.ente_id, servizio)
    called = session.scalars(
        select(i.id).where(i.ente_id == operator.ente_id, i.servizio == servizio, i.stato == "chiamata")
    )
    running = budget.uncovered(session, operator.ente_id, servizio, on.year)
    return Lista(
        servizio=servizio,
        titolo=parole.SERVIZI[servizio],
        posti=[_place(operator, n, row, on) for n, row in enumerate(ranked, 1)],
        chiamate=len(called.all()),
        disponibile=budget.available(session, operator.ente_id, servizio, on.year),
        scoperti=len(running),
        scoperto=sum((each.importo_mensile_eur * budget.YEAR for each in running), Decimal(0)),
    )


def _place(operator: Operator, posizione: int, row: Iscrizione, on: date) -> Posto:
    pratica = db.session.get(Pratica, (row.ente_id, row.pratica_id)) if row.pratica_id else None
    persona = db.session.get_one(Persona, (row.ente_id, row.persona_id))
    reads = pratica is not None and policy.may(operator, "read:economico", subject_of(db.session, pratica))
    return Posto(
        posizione=posizione,
        iscrizione=row,
        persona=persona.name if reads else None,
        pratica=pratica if reads else None,
        serve=row.importo_mensile_eur * budget.months_left(on),
    )


def may_release(operator: Operator) -> policy.Decision:
    """Calling who waits is a step of whoever holds the fund."""
    return policy.may(operator, "task:complete", Subject(operator.ente_id, ruolo=HOLDER))
