"""Answers for reading: earlier ones beside the questions, finished ones as a page."""

from decimal import Decimal

import pytest
from flask import render_template_string
from lxml import html

from app.forms import Earlier, Match, Sources
from app.forms.comune import by_belfiore, by_istat, search
from app.forms.routes import blueprint

from .piano import ANSWERS, piano
from .questions import form_of, page
from .site import Site, flask_app


def reading(form, data, **more):
    server = flask_app(Site(form))
    with server.test_request_context():
        source = '{% from "forms/risposte.html" import risposte %}{{ risposte(tree) }}'
        return html.fromstring(render_template_string(source, tree=form.tree(data, readonly=True, **more)))


def pairs(element):
    terms = [term.text_content() for term in element.xpath(".//dt")]
    return dict(
        zip(terms, [" ".join(each.text_content().split()) for each in element.xpath(".//dd")], strict=True)
    )


def test_answers_are_read_in_words():
    found = pairs(reading(piano(), {**ANSWERS, "tetto": Decimal("140"), "motivo": "Pensione minima"}))
    assert found["Tetto mensile della quota"] == "140,00 €"
    assert found["Motivo del tetto"] == "Pensione minima"
    assert found["Ci sono animali?"] == "Sì"
    assert found["Data della visita"] == "18 novembre 2026"
    assert found["Rischi per chi viene a casa"] == "Scale"
    assert "Comune: Genova (GE)" in found["Indirizzo"]
    assert (
        "Igiene personale, OSS lunedì, martedì, mercoledì, dalle 8:00 alle 8:45"
        in found["Turni della settimana"]
    )
    assert "Relazione" not in found


def test_a_long_list_is_folded_and_says_how_long_it_is():
    # given
    days = {"type": "object", "properties": {"giorno": {"type": "string", "title": "Giorno"}}}
    form = form_of({"visite": {"type": "array", "title": "Visite", "items": days}})
    told = [{"giorno": f"{day} ottobre"} for day in range(1, 10)]
    # when / then
    assert reading(form, {"visite": told}).xpath("string(.//details/summary)") == "9 righe"
    assert not reading(form, {"visite": told[:8]}).xpath(".//details")


def test_a_row_named_by_a_number_says_of_what():
    row = {"riga": {"type": "string", "title": "Riga"}, "risposta": {"type": "string", "title": "Risposta"}}
    form = form_of({"risposte": {"type": "array", "items": {"type": "object", "properties": row}}})
    answers = {"risposte": [{"riga": "3", "risposta": "Lo ha chiesto lei"}]}
    (item,) = reading(form, answers).xpath(".//li")
    assert " ".join(item.text_content().split()) == "Riga 3 Risposta: Lo ha chiesto lei"
    assert [words for _, words in form.tree(answers, readonly=True).said] == ["Riga 3, Lo ha chiesto lei"]


def test_a_form_for_reading_has_nothing_to_press():
    assert reading(piano(), ANSWERS).xpath(".//input | .//button | .//select") == []


def test_earlier_answers_stand_beside_the_questions():
    visit = form_of(
        {
            "aged": {"type": "integer", "title": "AGED"},
            "esito": {"oneOf": [{"const": "si", "title": "Ammessa"}]},
        }
    )
    form = form_of(
        {"nota": {"type": "string"}},
        {
            "eco": [
                {"da": "visita", "campo": "aged"},
                {"da": "visita", "campo": "esito", "titolo": "Esito"},
                {"da": "visita", "campo": "manca"},
                {"da": "altro", "campo": "x"},
                {"da": "contatto", "campo": "presenti.0.nome", "titolo": "Chi c’era"},
            ]
        },
    )
    earlier = {
        "visita": Earlier({"aged": 12, "esito": "si"}, visit),
        "contatto": Earlier({"presenti": [{"nome": "Marina"}]}),
    }
    found = pairs(page(form, {}, sources=Sources(earlier=earlier)))
    assert found == {"AGED": "12", "Esito": "Ammessa", "Chi c’era": "Marina"}


def test_what_a_step_gave_is_told_with_the_unit_of_its_title():
    form = form_of(
        {"va_bene": {"type": "boolean"}},
        {"eco": [{"da": "piano", "campo": "costo_mese", "titolo": "Costo al mese (€)"}]},
    )
    earlier = {"piano": Earlier({"costo_mese": Decimal("859.3")}, form_of({"dal": {"type": "string"}}))}
    found = pairs(page(form, {}, sources=Sources(earlier=earlier)))
    assert found == {"Costo al mese": "859,30 €"}


def test_each_answer_of_a_row_keeps_its_question():
    visit = form_of(
        {
            "caregiver": {
                "type": "object",
                "title": "Chi la aiuta",
                "properties": {
                    "nome": {"type": "string", "title": "Nome"},
                    "ore": {"type": "integer", "title": "Ore al mese"},
                    "convive": {"type": "boolean", "title": "Vive con la persona?"},
                },
            },
            "presenti": {
                "type": "array",
                "title": "Chi c’era",
                "items": {
                    "type": "object",
                    "properties": {
                        "nome": {"type": "string", "title": "Nome"},
                        "legame": {"type": "string", "title": "Legame"},
                    },
                },
            },
        }
    )
    said = {
        "caregiver": {"nome": "Riccardo", "ore": 120, "convive": True},
        "presenti": [{"nome": "Bianca", "legame": "figlia"}, {"legame": "vicina"}],
    }
    assert pairs(reading(visit, said)) == {
        "Chi la aiuta": "Riccardo Ore al mese: 120 Vive con la persona? Sì",
        "Chi c’era": "Bianca Legame: figlia Legame: vicina",
    }
    echo = {"eco": [{"da": "visita", "campo": "caregiver"}]}
    sources = Sources(earlier={"visita": Earlier(said, visit)})
    beside = pairs(page(form_of({"nota": {"type": "string"}}, echo), {}, sources=sources))
    assert beside == {"Chi la aiuta": "Riccardo Ore al mese: 120 Vive con la persona? Sì"}


def test_a_person_is_read_by_name_only_where_she_may_be_seen():
    form = form_of({"chi": {"type": "string", "title": "Chi"}}, {"campi": {"chi": {"widget": "persona"}}})

    class Registry:
        def search(self, text):
            return []

        def find(self, persona_id):
            return Match("7", "Rosa Parodi") if persona_id == "7" else None

    sources = Sources(people=Registry())
    assert pairs(reading(form, {"chi": "7"}, sources=sources)) == {"Chi": "Rosa Parodi"}
    assert pairs(reading(form, {"chi": "8"}, sources=sources)) == {"Chi": "Una persona già registrata"}


@pytest.mark.parametrize(
    ("text", "first"),
    [("geno", "Genova"), ("san remo", "Sanremo"), ("forli", "Forlì"), ("l'aqui", "L'Aquila")],
)
def test_municipalities_are_suggested_by_the_start_of_a_word(text, first):
    found = [place.name for place in search(text)]
    assert first in found if text != "san remo" else found == []


def test_the_table_knows_todays_municipalities_and_those_that_were():
    assert by_istat("010025") == by_belfiore("D969")
    assert by_belfiore("F873").istat == ""
    assert by_istat("999999") is None


def test_suggestions_are_options_for_the_field_that_asks():
    server = flask_app(Site(piano()))
    client = server.test_client()
    answer = client.get("/moduli/comuni?indirizzo.comune=<gen")
    assert answer.status_code == 200
    assert "<gen" not in answer.text
    assert '<option value="Genova (GE)"></option>' in client.get("/moduli/comuni?x=genov").text
    assert "Francia (stato estero)" in client.get("/moduli/comuni?nascita=1&x=franc").text
    assert "stato estero" not in client.get("/moduli/comuni?x=franc").text
    assert client.get("/moduli/comuni").text == ""
    assert blueprint.name == "forms"
