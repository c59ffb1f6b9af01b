"""What the registry learns later is a fact beside the others, and moves the paths once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.persone import decesso, residenza
from app.persone.model import Persona, Residenza
from engine import Engine
from tests.app.domain.conftest import ANNA, GENOVA

SEARCH = text("select persona_id from persona_cerca(:words, :code, :dal, :al, :unita, :livelli, 20)")
Find = Callable[..., list[int]]


def test_a_death_is_told_once(a_engine: Engine, a_persona: Callable[..., str], session: Session) -> None:
    # given
    persona_id = int(a_persona())
    # when
    first = decesso.register(a_engine, persona_id, date(2026, 11, 20), ANNA)
    again = decesso.register(a_engine, persona_id, date(2026, 11, 20), ANNA)
    # then
    assert (first.outcome, again.outcome) == ("buffered", "already")
    assert session.get_one(Persona, (1, persona_id)).deceduta_il == date(2026, 11, 20)


@pytest.mark.parametrize("on", [date(2026, 11, 24), date(1943, 12, 31)])
def test_a_death_that_cannot_be_is_refused(on: date, a_engine: Engine, a_persona: Callable[..., str]) -> None:
    with pytest.raises(decesso.DeathImpossible):
        decesso.register(a_engine, int(a_persona()), on, ANNA)


def test_a_move_leaves_the_old_address_in_its_days(
    a_engine: Engine, a_persona: Callable[..., str], session: Session
) -> None:
    # given
    persona_id = int(a_persona())
    # when
    delivery = residenza.change(
        a_engine, persona_id, "010047", date(2026, 12, 1), ANNA, indirizzo="Via Aurelia 1"
    )
    # then
    assert delivery is not None
    assert delivery.outcome == "buffered"
    held = [(r.comune, r.dal, r.al) for r in session.scalars(select(Residenza).order_by(Residenza.id))]
    assert held == [
        (GENOVA, date(2026, 11, 23), date(2026, 11, 30)),
        ("010047", date(2026, 12, 1), None),
    ]
    old = residenza.current(session, 1, persona_id, date(2026, 11, 30))
    assert old is not None
    assert old.indirizzo == "Via Prè 12"


def test_a_move_within_the_comune_moves_no_path(a_engine: Engine, a_persona: Callable[..., str]) -> None:
    moved = residenza.change(
        a_engine, int(a_persona()), GENOVA, date(2026, 12, 1), ANNA, indirizzo="Via Luccoli 3"
    )
    assert moved is None


def test_a_protected_address_is_not_written(
    a_engine: Engine, a_persona: Callable[..., str], session: Session
) -> None:
    residenza.change(
        a_engine, int(a_persona()), GENOVA, date(2026, 12, 1), ANNA, indirizzo="Segreto 1", protetta=True
    )
    assert session.scalars(select(Residenza.indirizzo).order_by(Residenza.id.desc())).first() is None


def test_a_move_before_the_one_in_force_is_refused(a_engine: Engine, a_persona: Callable[..., str]) -> None:
    with pytest.raises(residenza.ResidenzaImpossible):
        residenza.change(a_engine, int(a_persona()), GENOVA, date(2026, 1, 1), ANNA)


@pytest.fixture
def find(session: Session) -> Find:
    def find(words: str | None = None, **more: Any) -> list[int]:
        asked = {
            "words": words,
            "code": None,
            "dal": None,
            "al": None,
            "unita": None,
            "livelli": ["ordinaria"],
            **more,
        }
        return list(session.scalars(SEARCH, asked))

    return find


def test_people_are_found_by_the_beginning_of_their_names(a_persona: Callable[..., str], find: Find) -> None:
    rosa = int(a_persona(cognome="D'Angelò", codice_fiscale="PRDRSO44A41D969J"))
    a_persona(cognome="Bruzzone", nome="Ada")
    for words in ("rosa", "dange ros".replace("dange", "d ange"), "ROS D'ANG", "angelo"):
        assert find(words) == [rosa], words
    assert find("osa") == []
    assert find("rosa & | ! bruzzone:*") == []


def test_people_are_found_by_code_and_by_birth(a_persona: Callable[..., str], find: Find) -> None:
    rosa = int(a_persona(codice_fiscale="PRDRSO44A41D969J"))
    ada = int(a_persona(cognome="Bruzzone", nome="Ada", data_nascita="1950-05-05"))
    assert find(code="PRDRSO44") == [rosa]
    assert find(dal=date(1950, 1, 1), al=date(1950, 12, 31)) == [ada]
    assert find("parodi", dal=date(1950, 1, 1), al=date(1950, 12, 31)) == []


def test_levels_and_units_narrow_the_search(
    a_persona: Callable[..., str], find: Find, session: Session
) -> None:
    persona = session.get_one(Persona, (1, int(a_persona(unita="ats_centro_est"))))
    assert find("parodi", unita=["ats_centro_est"]) == [persona.id]
    assert find("parodi", unita=["altra"]) == []
    persona.livello_riservatezza = "violenza"
    session.flush()
    assert find("parodi") == []


def test_the_search_stays_in_its_ente(a_persona: Callable[..., str], find: Find, session: Session) -> None:
    # given the same name in the neighbour
    rosa = int(a_persona())
    session.commit()
    session.execute(text("select set_config('app.ente_id', '2', true)"))
    assert (
        session.scalars(
            SEARCH,
            {"words": "rosa", "code": None, "dal": None, "al": None, "unita": None, "livelli": ["ordinaria"]},
        ).all()
        == []
    )
    session.rollback()
    assert find("rosa") == [rosa]
