"""Deadlines and timers written as plain text: can they be read as a date, a duration or a cycle?"""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.dialect import CYCLE, Element

MOMENTS = (feel.Date, feel.DateTime)
DURATIONS = (feel.DayTimeDuration, feel.YearMonthDuration)


def check(element: Element) -> Iterator[str]:
    """Refusals about the times of one element; expressions are looked at elsewhere."""
    if (
        element.due
        and not element.due.startswith("=")
        and not isinstance(_read(element.due), MOMENTS + DURATIONS)
    ):
        yield f"scadenza: «{element.due}» non è una data né una durata (P5D)"
    event = element.event
    if event is None or event.kind != "timer":
        return
    if not event.when:
        yield "il timer non dice quando scatta: scrivi una data, una durata o un'espressione"
    elif event.timer == "timeCycle":
        yield from _cycle(element, event.when)
    elif not event.when.startswith("="):
        wanted = MOMENTS if event.timer == "timeDate" else DURATIONS
        if not isinstance(_read(event.when), wanted):
            example = "una data (2026-12-31)" if event.timer == "timeDate" else "una durata (P5D, PT24H)"
            yield f"timer: «{event.when}» non è {example}"


def _cycle(element: Element, text: str) -> Iterator[str]:
    if element.kind not in ("boundaryEvent", "startEvent"):
        yield "un ciclo si mette sul bordo di un passo o all'inizio di un sottoprocesso a evento: qui usa una durata"
    if text.startswith("="):
        return
    match = CYCLE.fullmatch(text)
    interval = _read(match["interval"]) if match else None
    if not isinstance(interval, DURATIONS):
        yield f"timer: «{text}» non è un ciclo: scrivi quante volte e ogni quanto, per esempio R3/PT24H"
    elif feel.parse('d <= @"PT0S" or d <= @"P0M"').evaluate({"d": interval}) is True:
        yield f"timer: «{text}» scatterebbe senza mai fermarsi: serve un intervallo maggiore di zero"


def _read(text: str) -> object:
    try:
        return feel.parse(f'@"{text}"').evaluate({})
    except feel.FeelError:
        return None
