"""Keeping the ISEE attestations that INPS gives, and finding the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.servizi.models import AttestazioneIsee
from app.values import to_day, to_money


def keep(
    session: Session,
    ente_id: int,
    persona_id: int,
    tipo: str,
    isee: Mapping[str, Any],
    now: datetime,
    dati: Mapping[str, Any] | None = None,
) -> AttestazioneIsee:
    """Keep what `inps.isee.read` answered: {valore, scade_il, protocollo_dsu, presentata_il, difforme}.

    Flushes. One with the same protocol is kept once.
    """
    a, protocollo = AttestazioneIsee, isee.get("protocollo_dsu")
    known = None
    if protocollo is not None:
        query = select(a).where(a.ente_id == ente_id, a.persona_id == persona_id)
        known = session.scalar(query.where(a.tipo == tipo, a.protocollo_dsu == protocollo).limit(1))
    if known is not None:
        return known
    made = AttestazioneIsee(
        ente_id=ente_id,
        persona_id=persona_id,
        tipo=tipo,
        valore_eur=to_money(isee["valore"]),
        protocollo_dsu=protocollo,
        presentata_il=to_day(isee.get("presentata_il")),
        scade_il=to_day(isee.get("scade_il")),
        difforme=bool(isee.get("difforme")),
        dati=dict(dati or {}),
        letta_at=now,
    )
    session.add(made)
    session.flush()
    return made


def in_force(session: Session, ente_id: int, persona_id: int, tipo: str, on: date) -> AttestazioneIsee | None:
    """The latest attestation of a kind that has not expired on a day."""
    a = AttestazioneIsee
    return session.scalar(
        select(a)
        .where(
            a.ente_id == ente_id,
            a.persona_id == persona_id,
            a.tipo == tipo,
            a.scade_il.is_(None) | (a.scade_il >= on),
        )
        .order_by(a.letta_at.desc(), a.id.desc())
        .limit(1)
    )
