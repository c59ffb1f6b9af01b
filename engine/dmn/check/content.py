"""Faults of what decisions and functions hold: FEEL that cannot be read, names of nothing, tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.dmn.check.fault import faults
from engine.dmn.check.reading import Names, Reading, functions, readings, tables
from engine.dmn.check.table import table_problems
from engine.dmn.graph import Decision, InputData, KnowledgeModel
from engine.dmn.literal import Literal, Tests
from engine.dmn.problem import Problem
from engine.dmn.run import Boxed

if TYPE_CHECKING:
    from engine.dmn.model import Model


def content_problems(model: Model, host: Names) -> Iterator[Problem]:
    draws_inputs = any(isinstance(element, InputData) for element in model.definitions.elements)
    for element in model.definitions.elements:
        if not isinstance(element, Decision | KnowledgeModel) or element.logic is None:
            continue
        for function in functions(element.logic):
            if function.kind != "FEEL":
                message = f"La funzione «{element.name}» è scritta in {function.kind}: si ammette solo FEEL."
                yield Problem(function.element_id, message)
        for table in tables(element.logic):
            yield from table_problems(table, model.types)
        names = host | _names(model, element)
        # Camunda 8 models often draw no input data at all: then any variable may come from the process.
        closed = draws_inputs or isinstance(element, KnowledgeModel)
        yield from _texts(element.logic, names, model.declared, closed)


def _names(model: Model, element: Decision | KnowledgeModel) -> Names:
    """The names an element sees: what it requires, and for a function itself."""
    required = list(element.knowledge)
    required += element.requires if isinstance(element, Decision) else [element.element_id]
    return frozenset(name for found in model.found(required) for name in found.names)


def _texts(logic: Boxed, names: Names, declared: Names, closed: bool) -> Iterator[Problem]:
    for reading in readings(logic, names):
        text = reading.text
        for fault in faults(text):
            yield Problem(text.element_id, f"FEEL illeggibile in «{_short(text)}»: {fault}.")
        if text is logic and not text.text.strip():
            yield Problem(text.element_id, "L'espressione è vuota.")
        for name in sorted(_unknown(reading, declared, closed)):
            yield Problem(text.element_id, _message(name, text, declared))


def _unknown(reading: Reading, declared: Names, closed: bool) -> Names:
    """The variables that the text reads and nobody gives it. The input of a table, and the match of a
    filter, may read others, but not an element of the model that is not required."""
    unknown = reading.unknown()
    return unknown if closed and not reading.open else unknown & declared


def _message(name: str, text: Literal | Tests, declared: Names) -> str:
    if name in declared:
        return f"«{_short(text)}» legge «{name}», ma non lo richiede: manca la freccia nel disegno."
    return f"«{_short(text)}» legge la variabile «{name}», che non esiste."


def _short(text: Literal | Tests) -> str:
    """The text on one line, at most sixty characters."""
    line = " ".join(text.text.split())
    return line if len(line) <= 60 else line[:59] + "…"
