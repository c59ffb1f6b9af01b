"""Invented people have codes that hold together, and are the same every time."""

from __future__ import annotations

from datetime import date

import pytest

from app.demo import codes
from app.demo.people import Births, Inhabitant
from connectors.inps.codice_fiscale import find_refusal
from engine.form.codice_fiscale import parse

TODAY = date(2026, 11, 23)


@pytest.fixture
def births() -> Births:
    return Births(7, TODAY)


def test_a_code_says_who_she_is(births: Births) -> None:
    for _ in range(60):
        who = births.person((1, 99))
        code = parse(who.codice or "", TODAY)
        assert (code.kind, code.sex, code.birth_on, code.belfiore) == (
            "persona", who.sesso, who.nata_il, who.nata_a,
        )  # fmt: skip


def test_the_same_seed_gives_the_same_people(births: Births) -> None:
    again = Births(7, TODAY)
    assert [births.person((20, 80)) for _ in range(20)] == [again.person((20, 80)) for _ in range(20)]


def test_ages_and_sex_are_those_asked_for(births: Births) -> None:
    people = [births.person((78, 91), sesso="F") for _ in range(60)]
    assert {who.sesso for who in people} == {"F"}
    assert all(78 <= who.age(TODAY) <= 91 for who in people)


def test_nobody_has_the_code_of_another(births: Births) -> None:
    people = [births.person((70, 70), sesso="F", cognome="Parodi") for _ in range(200)]
    assert len({who.codice for who in people}) == 200


def test_omocodia_spells_one_code_anew(births: Births) -> None:
    who = births.person((40, 60))
    other = births.with_omocodia(who, 4)
    assert other.codice != who.codice
    assert parse(other.codice or "", TODAY).canonical == parse(who.codice or "", TODAY).canonical
    assert find_refusal(other.codice or "") is not None  # INPS takes only digits there


def test_provisional_codes_and_stp_are_what_they_look_like(births: Births) -> None:
    who = births.person((20, 40))
    assert parse(births.with_provisional(who).codice or "", TODAY).kind == "provvisorio"
    assert parse(births.with_stp(who).codice or "", TODAY).kind == "stp"
    assert codes.provisional(1) != codes.provisional(2)


def test_those_whom_inps_knows_keep_their_code(births: Births) -> None:
    rosa = births.known("rosa", "ats-centro-est")
    assert (rosa.name, rosa.codice, rosa.nata_il) == ("Rosa Rossi", "RSSRSO44A41D969U", date(1944, 1, 1))
    assert isinstance(rosa, Inhabitant)
    assert rosa.unita == "ats-centro-est"
