"""What stories say at a step is what its form asks."""

from __future__ import annotations

import random
from datetime import date

import pytest

from app.demo import foundation
from app.demo.acts import KNOWN
from app.demo.filling import fill
from app.demo.people import Births
from app.demo.vicende import HERE, all_of, named, said, words_of
from engine import json
from engine.form import FormSchema

TODAY = date(2026, 11, 23)
FILES = sorted(path.stem for path in (HERE / "vicende").glob("*.json"))
FORMS = {
    path.name.removesuffix(".schema.json"): path
    for path in (foundation.PROCESSES.parent / "forms").glob("*/*.schema.json")
}
COMMON = {
    f"common/{path.name}": json.loads(path.read_bytes())
    for path in (foundation.PROCESSES.parent / "forms" / "common").glob("*.json")
}
USUAL = json.loads((HERE / "dati" / "risposte.json").read_bytes())


def form_of(step: str) -> FormSchema:
    return FormSchema(json.loads(FORMS[step].read_bytes()), COMMON)


@pytest.mark.parametrize("name", FILES)
def test_every_story_answers_the_forms_of_its_steps(name: str) -> None:
    vicenda = named(name)
    who = Births(3, TODAY).person(vicenda.eta, sesso=vicenda.sesso)
    words = words_of(who, random.Random(1))
    for step in {**USUAL, **vicenda.risposte}:
        answers = {**said(vicenda, step, words, TODAY), "codice_fiscale": who.codice}
        form = form_of(step)
        filled = fill(form, answers, TODAY)
        assert [(step, error.path, error.keyword) for error in form.errors(filled)] == []
        unknown = set(vicenda.risposte.get(step, {})) - set(filled) - {"esito_colloquio"}
        assert not unknown, f"{step} does not ask {unknown}"


def test_every_step_that_is_told_something_has_a_form() -> None:
    assert set(KNOWN) <= set(FORMS)
    assert set(USUAL) <= set(FORMS)


def test_texts_name_the_persona_and_her_people() -> None:
    vicenda = named("casa_scale")
    who = Births(3, TODAY).person(vicenda.eta, sesso="F")
    told = said(vicenda, "primo_colloquio", words_of(who, random.Random(1)), TODAY)
    assert who.cognome in told["narrazione"]
    assert "{" not in json.dumps_text(told["narrazione"])


def test_days_are_counted_from_the_step() -> None:
    told = said(named("presa_affitto"), "sottoscrizione", {}, TODAY)
    assert told["firmato_il"] == "2026-11-23"
    assert said(named("casa_parkinson"), "proposta_rimodulazione", {}, TODAY)["decorrenza"] == "2026-12-01"


def test_there_are_stories_of_every_kind() -> None:
    kinds = (
        "casa",
        "casa_intensa",
        "presa",
        "minore",
        "minore_grave",
        "informa",
        "invio",
        "urgenza",
        "violenza",
    )
    assert all(all_of(kind) for kind in kinds)
