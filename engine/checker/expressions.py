"""Every FEEL expression of a diagram: can it be read, and does it ask for parameters that exist?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import feel
from engine.checker.context import Context, Found
from engine.dialect import Assignment, Diagram, Element
from engine.scripts import MOST_ROUNDS

NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
PARAMETERS = "parametri"


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """Refusals about expressions and about the names of variables."""
    for element in diagram.elements.values():
        for place, text in expressions(element):
            yield from ((element.id, message) for message in _expression(place, text, context))
        yield from ((element.id, message) for message in _names(element))
        if element.loop is not None and element.loop.collection:
            yield from ((element.id, message) for message in _rounds(element.loop.collection))
    for flow in diagram.flows.values():
        if flow.condition:
            for message in _expression("condizione", flow.condition, context):
                yield flow.id, message


def expressions(element: Element) -> Iterator[tuple[str, str]]:
    """Where an element has an expression, and its FEEL text without «=»."""
    places = [
        ("gruppo", element.group),
        ("assegnatario", element.assignee),
        ("scadenza", element.due),
        ("percorso chiamato", element.called),
        ("decisione", element.decision),
        *((f"input «{line.target}»", line.source) for line in element.inputs),
        *((f"output «{line.target}»", line.source) for line in element.outputs),
        *((f"intestazione «{key}»", value) for key, value in element.headers.items()),
    ]
    if element.event is not None:
        places += [("chiave del messaggio", element.event.key), ("timer", element.event.when)]
    yield from ((place, text[1:].strip()) for place, text in places if text and text.startswith("="))
    always = [("script", element.script)]
    if element.loop is not None:
        loop = (element.loop.collection, element.loop.output_item, element.loop.until)
        always += [("ripetizione", text) for text in loop]
    yield from ((place, text.removeprefix("=").strip()) for place, text in always if text)


def _expression(place: str, text: str, context: Context) -> Iterator[str]:
    try:
        expression = feel.parse(text.removeprefix("=").strip())
    except feel.FeelError as error:
        yield f"{place}: {error}"
        return
    if context.parameters is None:
        return
    for path in sorted(expression.paths):
        if len(path) > 1 and path[0] == PARAMETERS and path[1] not in context.parameters:
            yield f"{place}: il parametro «{path[1]}» non è in bundle.json: aggiungilo a «{PARAMETERS}»"


def _names(element: Element) -> Iterator[str]:
    """Names that an expression could not read back, and the parameters, which only the ente sets."""
    written = [line.target for line in element.outputs]
    written += [name for name in (element.result,) if name]
    if element.loop is not None:
        written += [name for name in (element.loop.item, element.loop.output) if name]
    for name in (*written, *(line.target for line in element.inputs)):
        if not NAME.fullmatch(name) or not _readable(name):
            yield f"«{name}» non può essere il nome di una variabile: usa lettere, cifre e «_»"
    for name in written:
        if name.split(".")[0] == PARAMETERS:
            yield f"«{PARAMETERS}» li decide il comune: scrivi in un'altra variabile"
    for mapping in (element.inputs, element.outputs):
        yield from _twice(mapping)


def _readable(name: str) -> bool:
    try:
        return feel.parse(name).paths == {tuple(name.split("."))}
    except feel.FeelError:
        return False


def _twice(mapping: tuple[Assignment, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for line in mapping:
        if line.target in seen:
            yield f"«{line.target}» è scritta due volte dallo stesso passo: lascia una riga sola"
        seen.add(line.target)


def _rounds(collection: str) -> Iterator[str]:
    """A list that depends on nothing is known before anything runs."""
    try:
        expression = feel.parse(collection.removeprefix("=").strip())
        if expression.variables:
            return
        items = expression.evaluate({})
    except feel.FeelBudgetExceeded:
        yield f"la lista della ripetizione è troppo lunga: al massimo {MOST_ROUNDS} giri"
        return
    except feel.FeelError:
        return
    if not isinstance(items, list):
        yield "la ripetizione vuole una lista («Input collection»)"
    elif len(items) > MOST_ROUNDS:
        yield f"la ripetizione fa {len(items)} giri: al massimo {MOST_ROUNDS}"
