"""Who of a supplier goes to whom and when, so that nobody is in two homes at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.city import GENOVA
from app.servizi import piano
from app.servizi.models import OperatoreFornitore, Ordine, Rendiconto, SospensioneOrdine, Turno
from app.servizi.models.piano import GIORNI

Slot = tuple[str, str, str]  # weekday, begin, end


class Rota:
    """The week of every supplier's people."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._busy: dict[str, set[Slot]] = defaultdict(set)
        self._given: dict[tuple[int, Slot], str] = {}
        o = OperatoreFornitore
        rows = session.execute(
            select(o.fornitore_id, o.qualifica, o.codice).where(o.ente_id == GENOVA).order_by(o.codice)
        )
        self._people: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            self._people[row.fornitore_id, row.qualifica].append(row.codice)

    def events(self, rendiconto: Rendiconto, until: date) -> list[dict[str, Any]]:
        """The visits that the supplier made of a month's plan, as it declares them; none while suspended."""
        order = self._session.get_one(Ordine, (GENOVA, rendiconto.ordine_id))
        pauses = self._session.scalars(
            select(SospensioneOrdine).where(
                SospensioneOrdine.ente_id == GENOVA, SospensioneOrdine.ordine_id == order.id
            )
        ).all()
        plans = piano.versions(self._session, GENOVA, order.piano_id)
        shifts = {plan.id: piano.shifts_of(self._session, plan) for plan in plans}
        found: list[dict[str, Any]] = []
        day, last = rendiconto.dal, min(rendiconto.al, until)
        while day <= last:
            plan = piano.held_on(plans, day)
            if plan is not None and not any(p.dal <= day and (p.al is None or day <= p.al) for p in pauses):
                weekday = GIORNI[day.weekday()]
                found += [self._event(order, t, day) for t in shifts[plan.id] if t.giorno == weekday]
            day += timedelta(days=1)
        return found

    def _event(self, order: Ordine, turno: Turno, day: date) -> dict[str, Any]:
        return {
            "data": day.isoformat(),
            "dalle": f"{turno.dalle:%H:%M}",
            "alle": f"{turno.alle:%H:%M}",
            "operatore": self._who(order, turno),
            "prestazione": turno.prestazione,
            "conferma": "nfc" if turno.profilo == "oss" else "firma",
            "esito_tecnico": "svolto",
        }

    def _who(self, order: Ordine, turno: Turno) -> str:
        slot = (turno.giorno, f"{turno.dalle:%H:%M}", f"{turno.alle:%H:%M}")
        given = self._given.get((order.id, slot))
        if given is not None:
            return given
        people = self._people[order.fornitore_id, turno.profilo]
        free = next((code for code in people if not _meets(slot, self._busy[code])), people[-1])
        self._busy[free].add(slot)
        self._given[order.id, slot] = free
        return free


def spoil(events: list[dict[str, Any]], how: Mapping[str, int]) -> None:
    """Make some visits go wrong: `assente` were not confirmed, `fuori_orario` began when nobody expected them."""
    for number in range(min(how.get("assente", 0), len(events))):
        events[number * 2 % len(events)]["conferma"] = "assente"
    for number in range(min(how.get("fuori_orario", 0), len(events))):
        row = events[-1 - number]
        begin = datetime.fromisoformat(f"{row['data']}T{row['dalle']}") + timedelta(hours=6)
        end = datetime.fromisoformat(f"{row['data']}T{row['alle']}") + timedelta(hours=6)
        row |= {"dalle": f"{begin:%H:%M}", "alle": f"{end:%H:%M}", "nota": "Spostato al pomeriggio"}


def _meets(slot: Slot, busy: set[Slot]) -> bool:
    giorno, dalle, alle = slot
    return any(giorno == other and dalle < end and begin < alle for other, begin, end in busy)
