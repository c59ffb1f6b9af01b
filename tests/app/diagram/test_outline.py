"""The path told in words."""

import pytest

from app.diagram import outline
from app.diagram.outline import flat


@pytest.fixture
def told(visita):
    return outline(visita, {"inizio": "fatto", "visita_a_casa": "ora", "non_serve": "saltato"})


def step(told, element_id):
    return next(
        found for top in (*told.steps, *told.anytime) for found in flat(top) if found.id == element_id
    )


def test_steps_follow_the_flow_and_short_branches_stand_by_their_question(told):
    assert [found.id for found in told.steps] == [
        "inizio",
        "visita_a_casa",
        "sollecita",
        "sollecitato",
        "serve",
        "non_serve",
        "scrivi_piano",
        "fine",
    ]


def test_a_join_without_a_name_is_not_a_step(told):
    assert "unione" not in {found.id for found in told.steps}


def test_only_activities_are_counted_also_inside_a_subprocess(told):
    numbers = {found.id: found.number for top in (*told.steps, *told.anytime) for found in flat(top)}
    assert {key: number for key, number in numbers.items() if number} == {
        "visita_a_casa": 1,
        "sollecita": 2,
        "scrivi_piano": 3,
        "turni": 4,
        "decesso": 5,
        "chiudi": 6,
    }
    assert told.activities == 6
    assert told.number_of("turni") == 4
    assert told.number_of("serve") is None


def test_a_question_names_its_answers_and_where_each_leads(told):
    answers = step(told, "serve").ways
    assert [(way.label, way.target_name, way.default, way.back) for way in answers] == [
        ("Sì", "Scrivi il piano", False, False),
        ("No", "Piano non necessario", True, False),
        ("Da rifare", "Fai la visita a casa", False, True),
    ]


def test_a_step_says_where_it_goes_only_when_the_next_line_does_not(told):
    assert step(told, "sollecita").ways == ()
    assert [way.target for way in step(told, "visita_a_casa").ways] == ["serve"]


def test_an_event_on_the_border_is_told_with_its_step(told):
    (late,) = step(told, "visita_a_casa").border
    assert (late.name, late.kind, late.interrupting) == ("Termine superato", "scadenza", False)
    assert [way.target_name for way in late.ways] == ["Sollecita"]


def test_states_have_words(told):
    assert step(told, "inizio").state_word == "fatto"
    assert step(told, "visita_a_casa").state_word == "in corso"
    assert step(told, "non_serve").state_word == "non percorso"
    assert step(told, "fine").state_word == "da fare"


def test_what_may_start_at_any_moment_stands_apart(told):
    assert [found.id for found in told.anytime] == ["decesso"]
    assert [found.name for found in told.anytime[0].inside] == ["Decesso registrato", "Chiudi il caso"]


def test_a_step_in_a_subprocess_has_the_lane_of_the_subprocess(told):
    assert step(told, "turni").lane == "Assistente sociale"
