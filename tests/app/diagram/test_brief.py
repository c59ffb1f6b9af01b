"""The path in a few lines."""

from app.diagram import After, brief, outline


def now(visita, marks):
    return [(step.id, after) for step, after in brief(outline(visita, marks)).now]


def test_only_activities_done_are_counted_among_all(visita):
    told = brief(outline(visita, {"inizio": "fatto", "visita_a_casa": "fatto", "sollecita": "fatto"}))
    assert (told.done, told.activities) == (2, 6)


def test_a_step_before_a_question_says_where_each_answer_leads(visita):
    assert now(visita, {"visita_a_casa": "ora"}) == [
        (
            "visita_a_casa",
            After(
                "Serve un piano?",
                (
                    ("Sì", "Scrivi il piano"),
                    ("No", "Piano non necessario"),
                    ("Da rifare", "Fai la visita a casa"),
                ),
            ),
        )
    ]


def test_a_group_of_steps_is_told_by_the_step_inside_it(visita):
    marks = {"scrivi_piano": "ora", "turni": "ora"}
    assert now(visita, marks) == [("turni", After("Piano pronto"))]


def test_steps_done_together_are_all_told_also_what_may_start_at_any_moment(visita):
    marks = {"visita_a_casa": "ora", "sollecita": "ora", "decesso": "ora", "chiudi": "ora"}
    assert [element for element, _ in now(visita, marks)] == ["visita_a_casa", "sollecita", "chiudi"]


def test_nothing_comes_after_the_last_step(visita):
    assert now(visita, {"chiudi": "ora"}) == [("chiudi", None)]


def test_a_path_that_has_ended_has_nothing_being_done(visita):
    assert now(visita, {"fine": "fatto"}) == []
