"""Parameters in force on a day, an ente's own before those of the ente above it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.enti import parametri

AMBITO, COMUNE, NEIGHBOUR = 10, 11, 12
PERCORSO = "domiciliarita"
DEFAULTS: dict[str, parametri.Valore] = {"giorni_visita": 15, "tariffa_eur": Decimal("18.50")}
TODAY = date(2026, 11, 23)


@pytest.fixture
def tree(owner_engine: Engine) -> Iterator[None]:
    """An ambito with two comuni; the test works for the first comune."""
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "insert into ente (id, slug, nome, tipo, parent_id, sintetico) values "
                "(10, 'dss-9', 'Distretto 9', 'ambito', null, true), "
                "(11, 'genova', 'Comune di Genova', 'comune', 10, true), "
                "(12, 'recco', 'Comune di Recco', 'comune', 10, true)"
            )
        )
    with ente_context(COMUNE):
        yield


def _decide(
    engine: Engine, ente_id: int, valore: parametri.Valore, dal: str = "2026-01-01", al: str | None = None
) -> None:
    end = date.fromisoformat(al) if al else None
    with ente_context(ente_id), Session(engine) as session:
        parametri.decide(
            ente_id,
            PERCORSO,
            "giorni_visita",
            valore,
            dal=date.fromisoformat(dal),
            al=end,
            by="a.rossi",
            session=session,
        )
        session.commit()


def _giorni(session: Session, on: date = TODAY, ente_id: int = COMUNE) -> object:
    return parametri.values(ente_id, PERCORSO, DEFAULTS, on, session)["giorni_visita"]


def test_without_decisions_the_defaults_hold(tree: None, session: Session) -> None:
    assert parametri.values(COMUNE, PERCORSO, DEFAULTS, TODAY, session) == DEFAULTS


def test_a_comune_follows_its_ambito(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, AMBITO, 20)
    # then
    assert _giorni(session) == 20


def test_its_own_decision_wins_over_its_ambito(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, COMUNE, 10)
    _decide(engine, AMBITO, 20, dal="2026-06-01")
    # then
    assert _giorni(session) == 10


def test_a_neighbours_decision_does_not_count(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, NEIGHBOUR, 99)
    # then
    assert _giorni(session) == 15


def test_an_ambito_does_not_follow_its_comuni(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, COMUNE, 10)
    # then
    with ente_context(AMBITO):
        assert _giorni(session, ente_id=AMBITO) == 15


def test_another_ente_cannot_be_asked_about(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, NEIGHBOUR, 99)
    # then
    assert _giorni(session, ente_id=NEIGHBOUR) == 15


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-02-28", 15), ("2026-03-01", 30), ("2026-03-31", 30), ("2026-04-01", 15)]
)
def test_a_decision_holds_from_its_first_to_its_last_day(
    tree: None, engine: Engine, session: Session, on: str, expected: int
) -> None:
    # given
    _decide(engine, COMUNE, 30, dal="2026-03-01", al="2026-03-31")
    # then
    assert _giorni(session, date.fromisoformat(on)) == expected


def test_the_later_decision_counts(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, COMUNE, 10, dal="2026-05-01")
    _decide(engine, COMUNE, 11, dal="2026-02-01")
    _decide(engine, COMUNE, 12, dal="2026-05-01")
    # then
    assert _giorni(session) == 12


def test_amounts_stay_exact(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, COMUNE, Decimal("0.10"))
    # then
    assert str(_giorni(session)) == "0.10"


def test_a_parameter_that_the_bundle_dropped_is_left_out(
    tree: None, engine: Engine, session: Session
) -> None:
    # given
    _decide(engine, COMUNE, 10)
    # then
    assert parametri.values(COMUNE, PERCORSO, {}, TODAY, session) == {}


def test_what_was_decided_stays_on_record(tree: None, engine: Engine, session: Session) -> None:
    # given
    _decide(engine, COMUNE, 10)
    # then
    for change in ("update parametro set valore = '99'", "delete from parametro"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(change))
        session.rollback()
