"""A plan knows its hours and its cost, and its versions never touch each other's days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.servizi import piano
from app.servizi.models import PianoDomiciliare, Quota, Turno
from engine import Refused
from tests.app.domain.conftest import PRESTAZIONI

Ask = Callable[..., dict[str, Any]]


def test_four_hours_a_week_are_seventeen_and_a_third_a_month(ask: Ask, a_persona: Callable[..., str]) -> None:
    # when three hours of OSS and one of family assistant
    written = ask("piano.register", persona_id=a_persona(), prestazioni=PRESTAZIONI, dal="2026-12-01")
    # then 13 h at 24.50 and 4.33 h at 20.80
    assert written["ore_mese"] == Decimal("17.33")
    assert written["costo_mese"] == Decimal("408.63")
    assert written["variazione_percento"] == 0


def test_the_ente_never_spends_more_than_the_massimale(ask: Ask, a_persona: Callable[..., str]) -> None:
    written = ask(
        "piano.register",
        persona_id=a_persona(),
        prestazioni=PRESTAZIONI,
        dal="2026-12-01",
        massimale_mensile=Decimal("300"),
    )
    assert written["costo_mese"] == 300


def test_a_draft_is_written_again_in_its_place(
    ask: Ask, a_persona: Callable[..., str], session: Session
) -> None:
    # given
    persona_id = a_persona()
    first = ask("piano.register", persona_id=persona_id, prestazioni=PRESTAZIONI, dal="2026-12-01")
    ask("progetto.approve", piano_id=first["piano_id"], piano_approvato=False, motivi="Troppo poco.")
    # when
    again = ask(
        "piano.register",
        persona_id=persona_id,
        prestazioni=PRESTAZIONI[:1],
        dal="2026-12-01",
        piano_id=first["piano_id"],
    )
    # then
    assert again["piano_id"] == first["piano_id"]
    assert len(session.scalars(select(Turno)).all()) == 2
    assert session.get_one(PianoDomiciliare, (1, int(again["piano_id"]))).stato == "bozza"


def test_a_new_version_follows_the_one_in_force_without_overlapping(
    ask: Ask, a_plan: Callable[..., str], session: Session
) -> None:
    # given
    first = a_plan()
    persona_id = str(session.get_one(PianoDomiciliare, (1, int(first))).persona_id)
    # when
    new = ask(
        "piano.register",
        persona_id=persona_id,
        prestazioni=[*PRESTAZIONI, {**PRESTAZIONI[0], "giorni": ["sab"]}],
        piano_id=first,
        decorrenza="2027-02-01",
        motivo="evento_clinico",
    )
    revised = ask("piano.revise", piano_id=new["piano_id"], decorrenza="2027-02-01", motivo="evento_clinico")
    # then
    assert new["variazione_percento"] == Decimal("39.0")
    assert revised == {"piano_id": new["piano_id"], "ordine_id": None}
    held = [(each.versione, each.stato, each.dal, each.al) for each in piano.versions(session, 1, int(first))]
    assert held == [
        (1, "superato", date(2026, 12, 1), date(2027, 1, 31)),
        (2, "attivo", date(2027, 2, 1), None),
    ]
    for day, version in ((date(2027, 1, 31), 1), (date(2027, 2, 1), 2)):
        found = piano.in_force(session, 1, int(first), day)
        assert found is not None
        assert found.versione == version
    assert piano.in_force(session, 1, int(first), date(2026, 11, 30)) is None


def test_a_quota_ends_where_the_next_begins(ask: Ask, a_plan: Callable[..., str], session: Session) -> None:
    # given
    plan = a_plan()
    ask(
        "progetto.approve",
        piano_id=plan,
        piano_approvato=True,
        quota={"fascia": 2, "tariffa_oraria": Decimal("5.86")},
    )
    # when
    ask(
        "piano.revise",
        piano_id=plan,
        decorrenza="2027-01-01",
        motivo="isee",
        quota={"fascia": "massima", "tariffa_oraria": 18},
    )
    # then
    told = [(q.tariffa_oraria, q.dal, q.al) for q in session.scalars(select(Quota).order_by(Quota.id))]
    assert told == [
        (Decimal("5.86"), date(2026, 12, 1), date(2026, 12, 31)),
        (Decimal(18), date(2027, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prestazioni": [{**PRESTAZIONI[0], "alle": "07:00"}]}, "prestazioni"),
        ({"dal": None}, "dal"),
        ({"al": "2026-11-01"}, "al"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    wrong: dict[str, Any], field: str, ask: Ask, a_persona: Callable[..., str]
) -> None:
    given = {"persona_id": a_persona(), "prestazioni": PRESTAZIONI, "dal": "2026-12-01", **wrong}
    with pytest.raises(Refused) as refused:
        ask("piano.register", **given)
    assert refused.value.field == field
