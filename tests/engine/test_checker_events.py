"""Events that compete for one thing, and errors that nobody catches."""

from __future__ import annotations

import pytest

from engine import advise, check
from tests.engine.drawing import (
    beside,
    boundary,
    bundle,
    diagram,
    end,
    error,
    event,
    gateway,
    human,
    inside,
    message,
    on_error,
    on_message,
    on_signal,
    on_timer,
    signal,
    start,
)

BEFORE = message("notizia", "=chiave") + message("altra", "=chiave") + signal("allerta") + error("no")
HEARD, OTHER, SIGNAL = on_message("notizia"), on_message("altra"), on_signal("allerta")


def after_a_gateway(one: str, other: str) -> bytes:
    return diagram(
        "prova",
        start()
        + gateway("attesa", "eventBased")
        + event("uno", "intermediateCatch", one)
        + event("due", "intermediateCatch", other)
        + end(),
        "inizio attesa; attesa uno; attesa due; uno fine; due fine",
        before=BEFORE,
    )


def on_a_border(one: str, other: str, *, interrupting: bool = True) -> bytes:
    return diagram(
        "prova",
        start()
        + inside("passo", start("i2") + human("fa") + event("no", "end", on_error("no")), "i2 fa; fa no")
        + boundary("uno", "passo", one, interrupting=interrupting)
        + boundary("due", "passo", other, interrupting=interrupting)
        + end()
        + end("fine_2")
        + end("fine_3"),
        "inizio passo; passo fine; uno fine_2; due fine_3",
        before=BEFORE,
    )


def beside_the_path(one: str, other: str, *, interrupting: bool = True) -> bytes:
    return diagram(
        "prova",
        start()
        + human("passo")
        + end()
        + beside("via", one, end("f2"), "uno f2", begin="uno", interrupting=interrupting)
        + beside("poi", other, end("f3"), "due f3", begin="due", interrupting=interrupting),
        "inizio passo; passo fine",
        before=BEFORE,
    )


@pytest.mark.parametrize(
    "drawn",
    [
        after_a_gateway(HEARD, HEARD),
        after_a_gateway(SIGNAL, SIGNAL),
        on_a_border(HEARD, HEARD),
        on_a_border(on_error("no"), on_error("no")),
        beside_the_path(HEARD, HEARD),
    ],
)
def test_a_way_that_would_never_be_taken_is_refused(drawn: bytes) -> None:
    (problem,) = check(bundle("prova", drawn))
    assert (problem.element, "la stessa cosa di «uno»" in problem.message) == ("due", True)


@pytest.mark.parametrize(
    "drawn",
    [
        after_a_gateway(HEARD, OTHER),
        after_a_gateway(on_timer("P1D"), on_timer("P1D")),
        on_a_border(HEARD, on_error("no")),
        on_a_border(on_error("no"), "<bpmn:errorEventDefinition/>"),
        on_a_border(HEARD, HEARD, interrupting=False),
        beside_the_path(HEARD, SIGNAL),
        beside_the_path(HEARD, HEARD, interrupting=False),
    ],
)
def test_ways_that_can_each_be_taken_are_fine(drawn: bytes) -> None:
    assert check(bundle("prova", drawn)) == []


def fails(*, border: bool = False, handler: bool = False, deeper: bool = False) -> bytes:
    """A subprocess «dentro» that ends with an error."""
    broken = start("i3") + human("fa") + event("rotto", "end", on_error("no"))
    body = (
        start("i2") + inside("fondo", broken, "i3 fa; fa rotto") + end("f2")
        if deeper
        else broken.replace("i3", "i2")
    )
    takes = beside("via", on_error("no"), human("rimedia") + end("f4"), "via_inizio rimedia; rimedia f4")
    return diagram(
        "prova",
        start()
        + inside(
            "dentro",
            body + (takes if handler else ""),
            "i2 fondo; fondo f2" if deeper else "i2 fa; fa rotto",
        )
        + (boundary("preso", "dentro", on_error("no")) + end("fine_2") if border else "")
        + end(),
        "inizio dentro; dentro fine" + ("; preso fine_2" if border else ""),
        before=BEFORE,
    )


@pytest.mark.parametrize("deeper", [False, True])
@pytest.mark.parametrize(("border", "handler"), [(False, False), (True, False), (False, True)])
def test_an_error_that_nobody_catches_here_is_worth_a_second_look(
    border: bool, handler: bool, deeper: bool
) -> None:
    # given
    made = bundle("prova", fails(border=border, handler=handler, deeper=deeper))
    assert check(made) == []
    # when
    found = [each for each in advise(made) if "nessuno raccoglie" in each.message]
    # then
    assert [each.element for each in found] == ([] if border or handler else ["rotto"])


def test_a_handler_does_not_catch_what_it_throws_itself() -> None:
    drawn = diagram(
        "prova",
        start()
        + human("fa")
        + event("rotto", "end", on_error("no"))
        + beside("via", on_error("no"), event("ancora", "end", on_error("no")), "via_inizio ancora"),
        "inizio fa; fa rotto",
        before=BEFORE,
    )
    assert [each.element for each in advise(bundle("prova", drawn))] == ["ancora"]
