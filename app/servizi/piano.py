"""Plans of home care: writing a version, putting it in force, ending it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.servizi.models import PianoDomiciliare, Quota, Turno
from app.values import CENT, to_money, to_time
from engine import Refused

WEEKS_IN_A_MONTH: Final = Decimal(52) / 12
DAY: Final = timedelta(days=1)


def shifts(prestazioni: Sequence[Mapping[str, Any]]) -> list[Turno]:
    """The weekly shifts, one a day. Refused: orario_errato, when one ends before it begins."""
    found = []
    for row in prestazioni:
        dalle, alle = to_time(row["dalle"]), to_time(row["alle"])
        if dalle is None or alle is None or alle <= dalle:
            raise Refused("orario_errato", "Un orario finisce prima di cominciare.", "prestazioni")
        found += [
            Turno(
                prestazione=row["prestazione"], profilo=row["profilo"], giorno=giorno, dalle=dalle, alle=alle
            )
            for giorno in row["giorni"]
        ]
    return found


def monthly_hours(turni: Sequence[Turno]) -> dict[str, Decimal]:
    """Decimal hours in a month by profile: the week's, times 52, by 12."""
    minutes: dict[str, int] = defaultdict(int)
    for turno in turni:
        minutes[turno.profilo] += turno.minutes
    return {profilo: Decimal(total) / 60 * WEEKS_IN_A_MONTH for profilo, total in minutes.items()}


def monthly_cost(
    hours: Mapping[str, Decimal], tariffe: Mapping[str, Decimal], massimale: Decimal | None
) -> Decimal:
    """What the ente spends in a month, in euro: never more than the massimale."""
    cost = sum((tariffe[profilo] * amount for profilo, amount in hours.items()), Decimal(0))
    cost = cost.quantize(CENT, ROUND_HALF_UP)
    return cost if massimale is None else min(cost, massimale)


def variation(before: Decimal, after: Decimal) -> Decimal:
    """The rise (or fall) in per cent, to one decimal; from nothing, the rise is of a hundred."""
    if before == after:
        return Decimal(0)
    if before == 0:
        return Decimal(100)
    return ((after - before) * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_UP)


def replace_shifts(session: Session, piano: PianoDomiciliare, turni: Sequence[Turno]) -> None:
    """Write a draft's shifts anew."""
    session.execute(
        delete(Turno).where(Turno.ente_id == piano.ente_id, Turno.piano_id == piano.id),
        execution_options={"synchronize_session": False},
    )
    for turno in turni:
        turno.ente_id, turno.piano_id = piano.ente_id, piano.id
    session.add_all(turni)
    session.flush()


def shifts_of(session: Session, piano: PianoDomiciliare) -> list[Turno]:
    t = Turno
    return list(
        session.scalars(select(t).where(t.ente_id == piano.ente_id, t.piano_id == piano.id).order_by(t.id))
    )


def versions(session: Session, ente_id: int, radice: int) -> list[PianoDomiciliare]:
    """Every version, oldest first."""
    p = PianoDomiciliare
    query = select(p).where(p.ente_id == ente_id, func.coalesce(p.radice_id, p.id) == radice)
    return list(session.scalars(query.order_by(p.versione, p.id)))


def in_force(session: Session, ente_id: int, radice: int, on: date) -> PianoDomiciliare | None:
    """The version that held on a day: the latest that was approved and had begun."""
    return held_on(versions(session, ente_id, radice), on)


def held_on(known: Sequence[PianoDomiciliare], on: date) -> PianoDomiciliare | None:
    """As `in_force`, among versions already read, oldest first."""
    held = [
        piano
        for piano in known
        if piano.stato in ("approvato", "attivo", "superato", "chiuso")
        and piano.dal <= on
        and (piano.al is None or on <= piano.al)
    ]
    return held[-1] if held else None


def put_in_force(session: Session, piano: PianoDomiciliare, decorrenza: date) -> None:
    """This version holds from a day on; the one before it ends the day before."""
    for other in versions(session, piano.ente_id, piano.radice):
        if other.id != piano.id and other.stato in ("attivo", "approvato"):
            other.stato, other.al = "superato", max(decorrenza - DAY, other.dal - DAY)
    session.flush()  # before the new one: one version is active at a time
    piano.stato, piano.dal = "attivo", decorrenza
    session.flush()


def close(session: Session, ente_id: int, radice: int, on: date) -> None:
    """The plan ends with the day before `on`; drafts come to nothing."""
    for piano in versions(session, ente_id, radice):
        if piano.stato in ("approvato", "attivo"):
            piano.stato, piano.al = "chiuso", max(on - DAY, piano.dal - DAY)
        elif piano.stato in ("bozza", "respinto"):
            piano.stato = "chiuso"
            piano.al = piano.dal - DAY
    q = Quota
    mine = (q.ente_id == ente_id, q.piano_id == radice)
    for quota in session.scalars(select(q).where(*mine, or_(q.al.is_(None), q.al >= on))):
        quota.al = max(on - DAY, quota.dal - DAY)
    session.flush()


def set_quota(
    session: Session,
    piano: PianoDomiciliare,
    quota: Mapping[str, Any],
    dal: date,
    motivo: str | None,
    by: str | None,
) -> None:
    """What the persona pays for an hour from a day on: {fascia, tariffa_oraria}. The quota before it ends."""
    q = Quota
    before = session.scalars(
        select(q).where(q.ente_id == piano.ente_id, q.piano_id == piano.radice, q.al.is_(None)).order_by(q.id)
    )
    for old in before:
        old.al = max(dal - DAY, old.dal - DAY)
    fascia = quota.get("fascia")
    session.add(
        Quota(
            ente_id=piano.ente_id,
            piano_id=piano.radice,
            fascia=None if fascia is None else str(fascia),
            tariffa_oraria=to_money(quota.get("tariffa_oraria")),
            dal=dal,
            motivo=motivo,
            da_chi=by,
        )
    )
    session.flush()
