"""Advice about variables: what is read though no step ever writes it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.checker.context import Context, Found
from engine.checker.expressions import expressions
from engine.dialect import HEADER_WRITES, Diagram, Element

GIVEN = frozenset({"parametri", "unita", "persona_id", "contatto_id", "pratica_id", "loopCounter"})
"""Variables that the application gives to every path, and that of a repetition."""

FUNCTIONS = frozenset({"dopo_giorni_lavorativi"})


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """Advice: one line for each variable that an element reads and nobody writes."""
    known = set(GIVEN | FUNCTIONS | context.told)
    for element in diagram.elements.values():
        known.update(path.split(".")[0] for path in context.writes(element))
        if element.loop is not None and element.loop.item:
            known.add(element.loop.item)
    for element in diagram.elements.values():
        for name in sorted(_read(element, context) - known):
            yield element.id, f"legge «{name}», che nessun passo scrive: controlla il nome, o chi la porta"
        yield from ((element.id, message) for message in _request(element, context, known))
    for flow in diagram.flows.values():
        for name in sorted(_names(flow.condition or "null") - known):
            yield flow.id, f"la condizione legge «{name}», che nessun passo scrive: controlla il nome"


def _read(element: Element, context: Context) -> set[str]:
    """Variables of the instance that an element's expressions read."""
    local = {line.target.split(".")[0] for line in element.inputs}
    result = context.result(element)
    read: set[str] = set()
    for place, text in expressions(element):
        if place.startswith("output"):
            # what a message or an unknown operation brings cannot be told
            read |= set() if result is None else _names(text) - local - result
        else:
            read |= _names(text) - (local if place != "scadenza" else set())
    if element.kind == "businessRuleTask" and context.models is not None:
        model = context.models.get(element.decision or "")
        read |= set(model.inputs(element.decision or "")) - local if model is not None else set()
    return read


def _request(element: Element, context: Context, known: set[str]) -> Iterator[str]:
    """What a human step writes must get what its operation requires from the form or from the variables."""
    operation = context.operation(element.headers.get(HEADER_WRITES))
    asked = context.asked(element)
    if operation is None or asked is None:
        return
    given = known | asked | {line.target.split(".")[0] for line in element.inputs}
    for name in sorted(set(operation.request.get("required", ())) - given):
        yield f"«{operation.name}» ha bisogno di «{name}»: chiedilo nel modulo, o scrivilo in un passo prima"


def _names(text: str) -> set[str]:
    try:
        return set(feel.parse(text.removeprefix("=").strip()).variables)
    except feel.FeelError:
        return set()
