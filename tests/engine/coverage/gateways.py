"""Gateways."""

from __future__ import annotations

from tests.engine.coverage.row import NEWS, Row, days, do, executed, path, refused, tag, wait
from tests.engine.drawing import end, event, gateway, human, message, on_message, on_timer

TWO = human("uno") + human("due") + gateway("unisci", "{0}")
FORKED = "inizio dividi; dividi uno; dividi due{0}; uno unisci; due unisci; unisci fine"
EVENTS = (
    "{0}"
    + event("arriva", "intermediateCatch", on_message("notizia"))
    + event("scade", "intermediateCatch", on_timer("P5D"))
    + human("uno")
    + human("due")
    + end("scaduta")
)
EVENT_FLOWS = "dividi arriva; dividi scade; arriva uno; scade due; uno fine; due scaduta"
KEYED = message("notizia", "=chi")


def after_events(attributes: str = "") -> bytes:
    split = tag("eventBasedGateway", identity="dividi", attributes=attributes)
    return path(EVENTS.format(split), f"inizio dividi; {EVENT_FLOWS}", KEYED)


def opening(attributes: str) -> bytes:
    """An event-based gateway that begins a path, beside the plain start."""
    split = tag("eventBasedGateway", identity="dividi", attributes=attributes)
    return path(EVENTS.format(split) + human("tre") + end("f3"), f"inizio tre; tre f3; {EVENT_FLOWS}", KEYED)


ROWS: list[Row] = [
    executed(
        "exclusive gateway",
        path(
            gateway("dividi", default="due") + TWO.format("exclusive"),
            FORKED.format("").replace("dividi uno", "dividi uno [grave = true]"),
        ),
        [do("uno")],
        mai=["due"],
    ),
    executed(
        "inclusive gateway",
        path(
            gateway("dividi", "inclusive", default="due") + TWO.format("inclusive"),
            FORKED.format("").replace("dividi uno", "dividi uno [grave = true]"),
        ),
        [do("uno")],
        mai=["due"],
    ),
    executed(
        "parallel gateway",
        path(gateway("dividi", "parallel") + TWO.format("parallel"), FORKED.format("")),
        [wait("uno", "due"), do("due"), do("uno")],
    ),
    executed("event-based gateway, first event", after_events(), [NEWS, do("uno")], mai=["due", "scade"]),
    executed(
        "event-based gateway, another event",
        after_events(),
        [days(6, "scade"), do("due")],
        "scaduta",
        mai=["uno"],
    ),
    refused(
        "event-based gateway before a receive task",
        path(
            gateway("dividi", "eventBased")
            + tag("receiveTask", attributes="messageRef='m_notizia'")
            + event("scade", "intermediateCatch", on_timer("P5D"))
            + end("scaduta"),
            "inizio dividi; dividi uno; dividi scade; uno fine; scade scaduta",
            KEYED,
        ),
        at="dividi",
    ),
    refused(
        "event-based gateway that opens the path (instantiate)", opening("instantiate='true'"), at="dividi"
    ),
    refused(
        "parallel event-based gateway",
        opening("instantiate='true' eventGatewayType='Parallel'"),
        at="dividi",
    ),
    refused("complex gateway", path(tag("complexGateway"), "inizio uno; uno fine")),
]
