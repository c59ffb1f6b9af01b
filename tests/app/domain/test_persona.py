"""The registry never writes the same persona twice, and never guesses between two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.persone.model import Identificativo, Persona
from engine import Refused
from engine.form.codice_fiscale import parse, variants

Ask = Callable[..., dict[str, Any]]
ROSA = "PRDRSO44A41D969J"


def _codes(session: Session, persona_id: str) -> list[tuple[str, str]]:
    query = select(Identificativo.tipo, Identificativo.valore).where(
        Identificativo.persona_id == int(persona_id)
    )
    return [(tipo, valore) for tipo, valore in session.execute(query.order_by(Identificativo.id))]


def test_the_same_codice_fiscale_is_the_same_persona(ask: Ask, a_contact: Callable[..., str]) -> None:
    # given
    first = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA), codice_fiscale=ROSA)
    # when
    again = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA.lower()))
    # then
    assert again == first


@pytest.mark.parametrize("spelling", [1, 42, 127])
def test_a_code_with_omocodia_finds_the_same_persona_and_is_kept(
    spelling: int, session: Session, ask: Ask, a_contact: Callable[..., str]
) -> None:
    # given
    alias = variants(parse(ROSA))[spelling]
    first = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA))
    # when
    again = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=alias))
    # then
    assert again == first
    assert _codes(session, first["persona_id"]) == [("cf", ROSA), ("omocodia", alias)]


def test_one_code_and_two_names_are_left_to_a_person(ask: Ask, a_contact: Callable[..., str]) -> None:
    # given
    ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA))
    # when
    other = a_contact(codice_fiscale=variants(parse(ROSA))[3], cognome="Prado", nome="Rosanna")
    # then
    with pytest.raises(Refused) as refused:
        ask("persona.find_or_create", contatto_id=other)
    assert refused.value.code == "persona_ambigua"


def test_the_code_of_another_spelling_of_the_name_is_the_same_persona(
    ask: Ask, a_contact: Callable[..., str]
) -> None:
    # given
    first = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA))
    # when
    again = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA, nome="Rosa Maria"))
    # then
    assert again == first


def test_without_a_code_name_and_birth_are_enough(ask: Ask, a_contact: Callable[..., str]) -> None:
    # given
    first = ask("persona.find_or_create", contatto_id=a_contact(cognome="D'Angelò"))
    # when
    again = ask("persona.find_or_create", contatto_id=a_contact(cognome="D ANGELO"))
    # then
    assert again == first


def test_a_namesake_without_a_birth_date_is_left_to_a_person(ask: Ask, a_contact: Callable[..., str]) -> None:
    # given
    ask("persona.find_or_create", contatto_id=a_contact())
    # then
    with pytest.raises(Refused, match="scegli tu"):
        ask("persona.find_or_create", contatto_id=a_contact(data_nascita=None))


def test_a_code_learnt_later_joins_the_persona_who_had_none(
    session: Session, ask: Ask, a_contact: Callable[..., str]
) -> None:
    # given
    first = ask("persona.find_or_create", contatto_id=a_contact())
    # when
    again = ask("persona.find_or_create", contatto_id=a_contact(codice_fiscale=ROSA))
    # then
    assert again == first
    assert _codes(session, first["persona_id"]) == [("cf", ROSA)]


def test_who_is_unknown_is_written_down_without_a_name(
    session: Session, ask: Ask, a_contact: Callable[..., str]
) -> None:
    # given two people who did not say who they are
    nobody = {"cognome": None, "nome": None, "data_nascita": None, "anonimo": True}
    # when
    ids = [ask("persona.find_or_create", contatto_id=a_contact(**nobody))["persona_id"] for _ in range(2)]
    # then
    assert ids[0] != ids[1]
    assert session.get_one(Persona, (1, int(ids[0]))).name == "Persona senza nome"


def test_a_person_chooses_among_those_who_look_alike(ask: Ask, a_contact: Callable[..., str]) -> None:
    # given
    first = ask("persona.find_or_create", contatto_id=a_contact())
    doubtful = a_contact(data_nascita=None)
    # when
    chosen = ask(
        "persona.choose",
        contatto_id=doubtful,
        scelta="esistente",
        persona_scelta=first["persona_id"],
        motivo="Stessa via e stessa figlia.",
    )
    other = ask("persona.choose", contatto_id=a_contact(), scelta="nuova", motivo="È la nipote.")
    # then
    assert chosen == first
    assert other != first


def test_choosing_nobody_is_refused_at_its_field(ask: Ask, a_contact: Callable[..., str]) -> None:
    with pytest.raises(Refused) as refused:
        ask("persona.choose", contatto_id=a_contact(), scelta="esistente", motivo="Non so.")
    assert refused.value.field == "persona_scelta"


def test_a_code_badly_written_is_refused_at_its_field(a_contact: Callable[..., str]) -> None:
    with pytest.raises(Refused) as refused:
        a_contact(codice_fiscale="PRDRSO44A41D969X")
    assert (refused.value.code, refused.value.field) == ("codice_fiscale_errato", "codice_fiscale")
