"""The facts about each event of a month, against which the ente's table of controls decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.persone.model import Persona
from app.servizi import piano, tariffe
from app.servizi.models import (
    EventoErogazione,
    OperatoreFornitore,
    Ordine,
    PianoDomiciliare,
    Rendiconto,
    SospensioneOrdine,
    Turno,
)
from app.servizi.models.piano import GIORNI
from app.values import CENT

# Who may do the work of a profile: an OSS does what a family assistant does, not the other way round.
QUALIFIED: Final[Mapping[str, frozenset[str]]] = {
    "oss": frozenset({"oss"}),
    "assistente_familiare": frozenset({"oss", "assistente_familiare"}),
    "educatore": frozenset({"educatore"}),
}
DONE: Final = ("svolto", "parziale")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Fatti:
    """What is true of one event; `costo` in euro, zero when nothing was done."""

    evento: EventoErogazione
    in_piano: bool
    sovrapposto_operatore: bool
    sovrapposto_persona: bool
    in_sospensione: bool
    oltre_massimale: bool
    operatore_qualificato: bool
    confermato: bool
    costo: Decimal


def facts(session: Session, rendiconto: Rendiconto) -> list[Fatti]:
    """One row for each event of the month, in the order of their numbers."""
    ordine = session.get_one(Ordine, (rendiconto.ente_id, rendiconto.ordine_id))
    events = _events(session, rendiconto)
    book = _Book(session, ordine, rendiconto)
    neighbours = _Neighbours(session, rendiconto, ordine)
    total, found = Decimal(0), []
    for event in sorted(events, key=lambda each: (each.data, each.dalle, each.riga)):
        plan, turno = book.planned(event)
        cost = book.cost(event, turno)
        total += cost
        limit = plan.massimale_mensile if plan is not None else None
        overlapping = neighbours.overlapping(event)
        found.append(
            Fatti(
                evento=event,
                in_piano=turno is not None,
                sovrapposto_operatore=any(
                    other.operatore == event.operatore and other.fornitore_id == event.fornitore_id
                    for other in overlapping
                ),
                sovrapposto_persona=any(other.persona_id == event.persona_id for other in overlapping),
                in_sospensione=book.is_suspended(event.data),
                oltre_massimale=limit is not None and total > limit,
                operatore_qualificato=book.is_qualified(event, turno),
                confermato=event.conferma != "assente",
                costo=cost,
            )
        )
    return sorted(found, key=lambda fact: fact.evento.riga)


class _Book:
    """What is known of an order in a month: plans in force, suspensions, operators, tariffs."""

    def __init__(self, session: Session, ordine: Ordine, rendiconto: Rendiconto) -> None:
        self._session, self._ordine = session, ordine
        self._tariffe = tariffe.hourly(session, ordine.ente_id, rendiconto.dal)
        self._versions = piano.versions(session, ordine.ente_id, ordine.piano_id)
        self._turni: dict[int, list[Turno]] = {}
        s, o = SospensioneOrdine, OperatoreFornitore
        mine = (s.ente_id == ordine.ente_id, s.ordine_id == ordine.id)
        self._pauses = session.scalars(select(s).where(*mine)).all()
        self._operators = session.scalars(
            select(o).where(o.ente_id == ordine.ente_id, o.fornitore_id == ordine.fornitore_id)
        ).all()
        self._died = session.get_one(Persona, (ordine.ente_id, ordine.persona_id)).deceduta_il

    def planned(self, event: EventoErogazione) -> tuple[PianoDomiciliare | None, Turno | None]:
        """The plan of that day, and the shift of the same service that the visit meets."""
        plan, turni = self._of_day(event.data)
        begin, end = _span(event)
        for turno in turni:
            if turno.giorno != GIORNI[event.data.weekday()] or turno.prestazione != event.prestazione:
                continue
            if (
                begin < datetime.combine(event.data, turno.alle)
                and datetime.combine(event.data, turno.dalle) < end
            ):
                return plan, turno
        return plan, None

    def _of_day(self, day: date) -> tuple[PianoDomiciliare | None, list[Turno]]:
        plan = piano.held_on(self._versions, day)
        if plan is None:
            return None, []
        if plan.id not in self._turni:
            self._turni[plan.id] = piano.shifts_of(self._session, plan)
        return plan, self._turni[plan.id]

    def cost(self, event: EventoErogazione, turno: Turno | None) -> Decimal:
        """Euro for the time given; outside the plan, at the lowest tariff of the plan's profiles."""
        if event.esito_tecnico not in DONE:
            return Decimal(0)
        profiles = [turno.profilo] if turno is not None else [t.profilo for t in self._of_day(event.data)[1]]
        rate = min((self._tariffe[profilo] for profilo in profiles), default=min(self._tariffe.values()))
        return (rate * event.minuti / 60).quantize(CENT, ROUND_HALF_UP)

    def is_suspended(self, day: date) -> bool:
        """Suspended, closed, before the beginning, or after the persona's death."""
        pauses = any(p.dal <= day and (p.al is None or day <= p.al) for p in self._pauses)
        closed = self._ordine.chiuso_dal is not None and day >= self._ordine.chiuso_dal
        early = self._ordine.primo_intervento_il is not None and day < self._ordine.primo_intervento_il
        return pauses or closed or early or (self._died is not None and day > self._died)

    def is_qualified(self, event: EventoErogazione, turno: Turno | None) -> bool:
        """A supplier that has told us nobody is believed; one that has told is held to it."""
        if not self._operators:
            return True
        held = {
            each.qualifica
            for each in self._operators
            if each.codice == event.operatore
            and each.dal <= event.data
            and (each.al is None or event.data <= each.al)
        }
        return bool(held) if turno is None else bool(held & QUALIFIED[turno.profilo])


def _events(session: Session, rendiconto: Rendiconto) -> Sequence[EventoErogazione]:
    e = EventoErogazione
    query = select(e).where(e.ente_id == rendiconto.ente_id, e.rendiconto_id == rendiconto.id)
    return session.scalars(query.order_by(e.riga)).all()


class _Neighbours:
    """All that may overlap, by day: events of the same supplier or of the same persona, a day around the month."""

    def __init__(self, session: Session, rendiconto: Rendiconto, ordine: Ordine) -> None:
        e = EventoErogazione
        query = select(e).where(
            e.ente_id == rendiconto.ente_id,
            e.data.between(rendiconto.dal - DAY, rendiconto.al + DAY),
            or_(e.fornitore_id == ordine.fornitore_id, e.persona_id == ordine.persona_id),
            e.esito_tecnico.in_(DONE),
        )
        self._by_day: dict[date, list[EventoErogazione]] = defaultdict(list)
        for event in session.scalars(query):
            self._by_day[event.data].append(event)

    def overlapping(self, event: EventoErogazione) -> list[EventoErogazione]:
        """Other visits at the same time; a visit may end on the day after it began."""
        if event.esito_tecnico not in DONE:
            return []
        begin, end = _span(event)
        found = []
        for day in (event.data - DAY, event.data, event.data + DAY):
            for other in self._by_day.get(day, ()):
                start, stop = _span(other)
                if other.id != event.id and begin < stop and start < end:
                    found.append(other)
        return found


def _span(event: EventoErogazione) -> tuple[datetime, datetime]:
    begin = datetime.combine(event.data, event.dalle)
    return begin, begin + timedelta(minutes=event.minuti)
