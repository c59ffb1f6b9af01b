"""Events: each definition at each place where BPMN 2.0.2 (table 10.93) lets it stand."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engine.coverage.row import NEWS, Moves, Row, days, do, executed, one, path, refused, wait
from tests.engine.drawing import (
    COMPENSATION,
    beside,
    boundary,
    compensating,
    diagram,
    end,
    error,
    escalation,
    event,
    gateway,
    human,
    inside,
    message,
    on_error,
    on_escalation,
    on_message,
    on_signal,
    on_timer,
    signal,
    start,
    undone,
)

SIGNAL = on_signal("allerta")

DEFINITIONS = {
    "none": "",
    "message": on_message("notizia"),
    "timer": on_timer("P5D"),
    "error": on_error("negato"),
    "escalation": on_escalation("urgente"),
    "cancel": "<bpmn:cancelEventDefinition/>",
    "compensation": COMPENSATION,
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>=grave</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
    "link": "<bpmn:linkEventDefinition name='A'/>",
    "signal": SIGNAL,
    "terminate": "<bpmn:terminateEventDefinition/>",
    "multiple": on_message("notizia") + SIGNAL,
    "parallel multiple": on_message("notizia") + SIGNAL,
}
BEFORE = message("notizia", "=chi") + error("negato") + escalation("urgente") + signal("allerta")
THROWN_INSIDE = ("error", "escalation")
"""What only a token of the same scope can make happen."""

OUTSIDE: dict[str, Moves] = {
    "message": [NEWS],
    "timer": [days(6, "arriva")],
    "signal": [{"segnale": "allerta"}],
}
"""How the event «arriva» is made to come."""


def attributes_of(kind: str) -> str:
    return "parallelMultiple='true'" if kind == "parallel multiple" else ""


def at_the_start() -> Iterator[Row]:
    yield executed("start, none", one(human("uno")), [do("uno")])
    for kind in ("message", "timer", "conditional", "signal", "multiple", "parallel multiple"):
        drawn = path(
            event("arriva", "start", DEFINITIONS[kind], attributes_of(kind)) + gateway("poi") + human("uno"),
            "inizio poi; arriva poi; poi uno; uno fine",
            BEFORE,
        )
        if kind in ("message", "signal"):
            yield executed(f"start, {kind}", drawn, [do("uno")], inizio="arriva", mai=["inizio"])
        else:
            yield refused(f"start, {kind}", drawn, "arriva")


def beside_the_path() -> Iterator[Row]:
    kinds = ("message", "timer", "error", "escalation", "compensation", "conditional", "signal", "multiple")
    for kind in (*kinds, "parallel multiple"):
        for interrupting in (True, False) if kind not in ("error", "compensation") else (True,):
            name = f"event subprocess, {kind}{'' if interrupting else ', not interrupting'}"
            yield _beside(name, kind, interrupting)


def _beside(name: str, kind: str, interrupting: bool) -> Row:
    thrown = kind in THROWN_INSIDE
    throw = event("lancia", "intermediateThrow", DEFINITIONS[kind]) if kind == "escalation" else ""
    last = event("lancia", "end", DEFINITIONS[kind]) if kind == "error" else end()
    flows = {
        "escalation": "inizio uno; uno lancia; lancia due; due fine",
        "error": "inizio uno; uno lancia",
    }.get(kind, "inizio uno; uno due; due fine")
    middle = "" if kind == "error" else human("due")
    handler = beside(
        "via",
        DEFINITIONS[kind],
        human("chiudi") + end("chiusa"),
        "arriva chiudi; chiudi chiusa",
        interrupting=interrupting,
        begin="arriva",
    )
    drawn = _whole(start() + human("uno") + throw + middle + last + handler, flows)
    if kind not in (*OUTSIDE, *THROWN_INSIDE):
        return refused(name, drawn, "arriva")
    comes = [do("uno")] if thrown else OUTSIDE[kind]
    if interrupting:
        return executed(name, drawn, [*comes, do("chiudi")], "chiusa", mai=["due"])
    if not thrown:
        comes = [*comes, do("uno")]
    return executed(name, drawn, [*comes, wait("due", "chiudi"), do("chiudi"), do("due")])


def linked() -> bytes:
    """A path that goes on elsewhere on the page."""
    caught = event("arriva", "intermediateCatch", DEFINITIONS["link"])
    thrown = event("lancia", "intermediateThrow", DEFINITIONS["link"])
    return path(
        human("prima") + thrown + caught + human("uno"), "inizio prima; prima lancia; arriva uno; uno fine"
    )


def in_the_flow() -> Iterator[Row]:
    for kind in ("message", "timer", "conditional", "link", "signal", "multiple", "parallel multiple"):
        caught = event("arriva", "intermediateCatch", DEFINITIONS[kind], attributes_of(kind))
        drawn = path(caught + human("uno"), "inizio arriva; arriva uno; uno fine", BEFORE)
        if kind == "link":
            yield executed("intermediate catch and throw, link", linked(), [do("prima"), do("uno")])
        elif kind in OUTSIDE:
            yield executed(f"intermediate catch, {kind}", drawn, [wait("arriva"), *OUTSIDE[kind], do("uno")])
        else:
            yield refused(f"intermediate catch, {kind}", drawn, "arriva")
    for kind in ("none", "message", "escalation", "compensation", "link", "signal", "multiple"):
        thrown = event("lancia", "intermediateThrow", DEFINITIONS[kind])
        drawn = path(thrown + human("uno"), "inizio lancia; lancia uno; uno fine", BEFORE)
        if kind == "link":
            yield refused("intermediate throw, link to nowhere", drawn, "lancia")
        elif kind == "compensation":
            yield undoing("intermediate throw", thrown, "tre", "fine")
        elif kind == "message":
            yield _heard_beside("intermediate throw", thrown, kind, human("tre"))
        elif kind in ("none", "escalation", "signal"):
            yield executed(f"intermediate throw, {kind}", drawn, [do("uno")], attraversa=["lancia"])
        else:
            yield refused(f"intermediate throw, {kind}", drawn, "lancia")


def on_the_border() -> Iterator[Row]:
    kinds = ("message", "timer", "error", "escalation", "cancel", "compensation", "conditional", "signal")
    for kind in (*kinds, "multiple", "parallel multiple"):
        both = kind not in ("error", "cancel", "compensation")
        for interrupting in (True, False) if both else (True,):
            name = f"boundary, {kind}{'' if interrupting else ', not interrupting'}"
            if kind == "compensation":
                yield undoing("boundary", event("lancia", "intermediateThrow", COMPENSATION), "tre", "fine")
            else:
                yield _border(name, kind, interrupting)


def undoing(name: str, throws: str, after: str, into: str) -> Row:
    """Two steps, undone the last first by an event «lancia» and nothing else."""
    steps = human("uno") + human("due") + throws + (human("tre") if after else "")
    undo = undone("uno", "disdici") + undone("due", "avvisa")
    handlers = compensating(human("disdici")) + compensating(human("avvisa"))
    ends = end() if after else ""
    flows = "inizio uno; uno due; due lancia" + ("; lancia tre; tre fine" if after else "")
    moves = [do("uno"), do("due"), do("avvisa"), do("disdici"), *([do("tre")] if after else [])]
    return executed(
        f"{name}, compensation", _whole(start() + steps + undo + handlers + ends, flows), moves, into
    )


def _border(name: str, kind: str, interrupting: bool) -> Row:
    if kind in THROWN_INSIDE:
        throws = event("lancia", "end", DEFINITIONS[kind])
        host = inside("dentro", start("i2") + human("uno") + throws, "i2 uno; uno lancia")
    else:
        host = inside("dentro", start("i2") + human("uno") + end("f2"), "i2 uno; uno f2")
    border = boundary("arriva", "dentro", DEFINITIONS[kind], interrupting=interrupting)
    if kind == "parallel multiple":
        border = border.replace("attachedToRef", "parallelMultiple='true' attachedToRef")
    drawn = path(
        host + border + human("dopo") + human("oltre") + end("altrove"),
        "inizio dentro; dentro dopo; dopo fine; arriva oltre; oltre altrove",
        BEFORE,
    )
    if kind not in (*OUTSIDE, *THROWN_INSIDE):
        return refused(name, drawn, "arriva")
    comes = [do("uno")] if kind in THROWN_INSIDE else OUTSIDE[kind]
    if interrupting:
        return executed(name, drawn, [*comes, do("oltre")], "altrove", mai=["dopo"])
    if kind not in THROWN_INSIDE:
        comes = [*comes, wait("uno"), do("uno")]
    return executed(name, drawn, [*comes, do("oltre"), do("dopo")])


def at_the_end() -> Iterator[Row]:
    for kind in (
        "none",
        "message",
        "error",
        "escalation",
        "cancel",
        "compensation",
        "signal",
        "terminate",
        "multiple",
    ):
        last = event("lancia", "end", DEFINITIONS[kind])
        drawn = _whole(start() + human("uno") + last, "inizio uno; uno lancia")
        if kind in ("message", "signal"):
            yield _heard_beside("end", last, kind)
        elif kind == "compensation":
            yield undoing("end", last, "", "lancia")
        elif kind in ("none", "escalation"):
            yield executed(f"end, {kind}", drawn, [do("uno")], "lancia")
        elif kind == "error":
            yield _border("end, error", kind, True)
        elif kind == "terminate":
            two = path(
                gateway("dividi", "parallel") + human("uno") + human("due") + last,
                "inizio dividi; dividi uno; dividi due; uno lancia; due fine",
            )
            yield executed(f"end, {kind}", two, [do("uno")], "lancia", mai=["fine"])
        else:
            yield refused(f"end, {kind}", drawn, "lancia")


def _heard_beside(place: str, throws: str, kind: str, after: str = "") -> Row:
    """An event whose message or signal another branch waits for; the step «tre» `after` it, if any."""
    drawn = path(
        gateway("dividi", "parallel")
        + human("uno")
        + throws
        + after
        + event("arriva", "intermediateCatch", DEFINITIONS[kind])
        + human("due"),
        "inizio dividi; dividi uno; uno lancia; dividi arriva; arriva due; due fine"
        + ("; lancia tre; tre fine" if after else ""),
        BEFORE,
    )
    return executed(f"{place}, {kind}", drawn, [do("uno"), do("due"), *([do("tre")] if after else [])])


def _whole(body: str, flows: str) -> bytes:
    """A path with starts and ends of its own."""
    return diagram("prova", body, flows, before=BEFORE)


ROWS: list[Row] = [*at_the_start(), *beside_the_path(), *in_the_flow(), *on_the_border(), *at_the_end()]
