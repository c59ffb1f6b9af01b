"""Paths that a message opens."""

from __future__ import annotations

from collections.abc import Callable

from engine import system
from tests.engine.conftest import ANNA, Story
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    event,
    extensions,
    gateway,
    human,
    message,
    on_message,
    start,
)

Begin = Callable[..., Story]

ARRIVES = diagram(
    "prova",
    start()
    + event(
        "arrivata",
        "start",
        extensions(output="chi: =segnalante.nome; quando: =giorno") + on_message("segnala"),
    )
    + gateway("poi")
    + human("valuta")
    + boundary("altra", "valuta", on_message("segnala"), interrupting=False)
    + human("aggiungi")
    + end()
    + end("fine_2"),
    "inizio poi; arrivata poi; poi valuta; valuta fine; altra aggiungi; aggiungi fine_2",
    before=message("segnala", "=persona"),
)
SCHOOL = {"segnalante": {"nome": "scuola"}, "giorno": "2026-11-20"}


def told(story: Story, key: str, content: dict[str, object], message_id: str | None = None) -> Story:
    delivery = story.engine.correlate("segnala", key, content, system("prova"), message_id=message_id)
    assert delivery.outcome == "correlated"
    return Story(story.engine, delivery.instances[0])


def test_a_message_opens_its_path_and_brings_the_first_data(begin: Begin) -> None:
    # given
    by_hand = begin(bundle("prova", ARRIVES), persona="1")
    # when
    opened = told(by_hand, "12", SCHOOL)
    # then
    assert (by_hand.todo(), opened.todo()) == (["valuta"], ["valuta"])
    assert (opened.variables["chi"], opened.variables["quando"]) == ("scuola", "2026-11-20")
    assert opened.variables["persona"] == "12"
    assert (by_hand.crossed()[0], opened.crossed()[0]) == ("inizio", "arrivata")
    opened.do("valuta")
    assert opened.status == "done"


def test_a_message_that_a_pratica_awaits_opens_no_other_of_the_same_path(begin: Begin) -> None:
    # given
    waiting = begin(bundle("prova", ARRIVES), persona="12")
    # when
    reached = told(waiting, "12", SCHOOL)
    # then
    assert reached.id == waiting.id
    assert waiting.todo() == ["aggiungi", "valuta"]


def test_the_same_message_opens_once(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", ARRIVES), persona="1")
    told(story, "12", SCHOOL, "m1")
    # when
    again = story.engine.correlate("segnala", "12", SCHOOL, ANNA, message_id="m1")
    # then
    assert again.outcome == "already"


def test_a_message_that_the_start_cannot_read_opens_all_the_same(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", ARRIVES), persona="1")
    # when
    opened = told(story, "12", {"segnalante": "scuola", "giorno": "ieri"})
    # then
    assert opened.todo() == ["valuta"]


def test_a_new_release_without_the_start_is_not_opened_any_more(begin: Begin) -> None:
    # given
    story = begin(bundle("prova", ARRIVES), persona="1")
    plain = diagram("prova", start() + human("valuta") + end(), "inizio valuta; valuta fine")
    # when
    story.engine.publish(bundle("prova", plain), ANNA)
    # then
    assert story.engine.correlate("segnala", "12", SCHOOL, ANNA).outcome == "buffered"
