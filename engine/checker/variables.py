"""Advice about variables: what is read though no step ever writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine import feel
from engine.checker.context import Context, Found
from engine.checker.expressions import expressions
from engine.dialect import HEADER_WRITES, Diagram, Element

GIVEN = frozenset({"parametri", "unita", "persona_id", "contatto_id", "pratica_id", "loopCounter"})
"""Variables that the application gives to every path, and that of a repetition."""

COUNTS = frozenset(f"numberOf{which}Instances" for which in ("", "Completed", "Active", "Terminated"))
"""What a completion condition may ask."""

FUNCTIONS = frozenset({"dopo_giorni_lavorativi"})

Rounds = tuple[str, ...]
"""The repetitions that a place is in, the outermost first."""


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """Advice: one line for each variable that an element reads and nobody writes, or only in rounds around others."""
    known = _Known(diagram, context)
    for element in diagram.elements.values():
        rounds = known.rounds(element)
        for name in sorted(_read(element, context)):
            yield from ((element.id, f"legge {fault}") for fault in known.fault(name, rounds))
        request = _request(element, context, known.names)
        yield from ((element.id, message) for message in request)
    for flow in diagram.flows.values():
        source = diagram.elements.get(flow.source)
        rounds = known.rounds(diagram.elements.get(source.parent)) if source is not None else ()
        for name in sorted(_names(flow.condition or "null")):
            yield from ((flow.id, f"la condizione legge {fault}") for fault in known.fault(name, rounds))


class _Known:
    """Who writes each variable, and in which rounds."""

    def __init__(self, diagram: Diagram, context: Context) -> None:
        self._elements = diagram.elements
        self._written: dict[str, set[Rounds]] = {
            name: {()} for name in GIVEN | COUNTS | FUNCTIONS | context.told
        }
        for element in diagram.elements.values():
            inside = self.rounds(element)
            self._write(context.assigns(element), inside)
            if element.loop is not None:
                self._write(context.writes(element), inside[:-1])
                self._write({element.loop.item} - {None}, inside)

    def _write(self, paths: Iterable[str | None], rounds: Rounds) -> None:
        for path in paths:
            self._written.setdefault((path or "").split(".")[0], set()).add(rounds)

    @property
    def names(self) -> set[str]:
        return set(self._written)

    def rounds(self, element: Element | None) -> Rounds:
        """The repetitions around an element, its own included."""
        if element is None:
            return ()
        return (*self.rounds(self._elements.get(element.parent)), *([element.id] if element.loop else []))

    def fault(self, name: str, rounds: Rounds) -> Iterator[str]:
        """Why a variable has no value here."""
        written = self._written.get(name)
        if written is None:
            yield f"«{name}», che nessun passo scrive: controlla il nome, o chi la porta"
        elif not any(rounds[: len(where)] == where for where in written):
            repeats = min(written)[-1]
            yield (
                f"«{name}», che si scrive solo nei giri di «{repeats}» e resta lì: "
                "raccoglila con «Output collection»"
            )


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
