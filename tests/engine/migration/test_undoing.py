"""What is to be undone moves along to another release, or waits for a person where it could not be."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.engine.conftest import ANNA, BRUNO, Story
from tests.engine.drawing import COMPENSATION, bundle, diagram, end, event, human, start, undone
from tests.engine.test_compensation import BOOKED, SMENTISCI, Begin


def moved(story: Story, old: int, drawn: bytes, **mapping: str) -> int:
    """Publish a drawing, move what runs to it, and say on which release it runs then."""
    engine = story.engine
    engine.publish(bundle("prova", drawn), ANNA)
    migration = engine.migrate("prova", old, old + 1, mapping, BRUNO)
    while (instance := engine.next_to_migrate(migration)) is not None:
        engine.migrate_instance(migration, instance)
    return engine.instance(story.id).release


def test_what_was_done_and_what_is_owed_move_to_a_new_release(begin: Begin) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + BOOKED + event("disfa", "end", COMPENSATION),
        "inizio prenota; prenota avvisa; avvisa disfa",
    )
    story = begin(bundle("prova", drawn))
    story.do("prenota")
    # when: what was done is called otherwise
    again = drawn.replace(b"prenota", b"riserva")
    assert moved(story, 1, again, prenota="riserva") == 2
    story.do("avvisa")
    # and: moved again while it is undone
    assert moved(story, 2, again.replace(b"name='disdici'", b"name='Disdici'")) == 3
    # then
    assert story.todo() == ["smentisci"]
    story.do("smentisci")
    assert story.todo() == ["disdici"]
    story.do("disdici")
    assert (story.status, story.ended_in) == ("done", "disfa")


@pytest.mark.parametrize("owed", [False, True], ids=["da chiedere", "chiesto"])
def test_a_release_that_could_not_undo_what_was_done_waits_for_a_person(begin: Begin, owed: bool) -> None:
    # given
    flows = "inizio prenota; prenota avvisa; avvisa disfa"
    last = event("disfa", "end", COMPENSATION)
    story = begin(bundle("prova", diagram("prova", start() + BOOKED + last, flows)))
    story.do("prenota")
    if owed:
        story.do("avvisa")
    # when: what undoes the first step is taken away
    less = human("prenota") + human("avvisa") + undone("avvisa", "smentisci") + SMENTISCI
    assert moved(story, 1, diagram("prova", start() + less + last, flows)) == 1
    # then
    reason = text("select outcome, element_id, why from engine_migrated")
    assert tuple(story.engine.session.execute(reason).one()) == (
        "person",
        "disdici" if owed else "prenota",
        "undo",
    )
    assert story.todo() == (["smentisci"] if owed else ["avvisa"])
    # and: where nobody asks any more there is nothing to undo
    if not owed:
        nobody = diagram(
            "prova",
            start() + human("prenota") + human("avvisa") + end(),
            "inizio prenota; prenota avvisa; avvisa fine",
        )
        story.engine.publish(bundle("prova", nobody), ANNA)
        plan = story.engine.plan_migration("prova", 1, 3)
        assert [(group.outcome, group.count) for group in plan.groups] == [("moves", 1)]
