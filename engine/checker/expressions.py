"""Every FEEL expression of a diagram: can it be read, and does it ask for parameters that exist?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import feel
from engine.dialect import Diagram, Element

Found = tuple[str, str]

NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def check(diagram: Diagram, parameters: set[str] | None) -> Iterator[Found]:
    """Refusals about expressions; `parameters` are those that bundle.json declares."""
    for element in diagram.elements.values():
        for place, text in _expressions(element):
            yield from ((element.id, message) for message in _expression(place, text, parameters))
        for line in (*element.inputs, *element.outputs):
            if not NAME.fullmatch(line.target):
                yield element.id, f"«{line.target}» non può essere il nome di una variabile"
    for flow in diagram.flows.values():
        if flow.condition:
            for message in _expression("condizione", flow.condition, parameters):
                yield flow.id, message


def _expressions(element: Element) -> Iterator[tuple[str, str]]:
    for line in element.inputs:
        yield f"input «{line.target}»", line.source
    for line in element.outputs:
        yield f"output «{line.target}»", line.source
    for place, text in (
        ("gruppo", element.group),
        ("assegnatario", element.assignee),
        ("scadenza", element.due),
        ("percorso chiamato", element.called),
        ("decisione", element.decision),
    ):
        if text and text.startswith("="):
            yield place, text
    if element.script:
        yield "script", "=" + element.script.removeprefix("=")
    for key, value in element.headers.items():
        if value.startswith("="):
            yield f"intestazione «{key}»", value
    if element.event is not None:
        if element.event.key:
            yield "chiave del messaggio", element.event.key
        if element.event.when:
            yield "timer", element.event.when
    if element.loop is not None:
        for text in (element.loop.collection, element.loop.output_item, element.loop.until):
            if text:
                yield "ripetizione", text


def _expression(place: str, text: str, parameters: set[str] | None) -> Iterator[str]:
    if not text.startswith("=") and place not in ("condizione", "ripetizione"):
        return
    try:
        expression = feel.parse(text.removeprefix("=").strip())
    except feel.FeelError as error:
        yield f"{place}: {error}"
        return
    if parameters is None:
        return
    for path in expression.paths:
        if len(path) > 1 and path[0] == "parametri" and path[1] not in parameters:
            yield f"{place}: il parametro «{path[1]}» non è in bundle.json"
