"""Which FEEL texts a boxed expression holds, and which names each of them sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.dmn.boxed import BoxedContext, BoxedList, Conditional, Filter, For, Quantified, Relation
from engine.dmn.function import FunctionDefinition, Invocation
from engine.dmn.literal import Literal, Tests
from engine.dmn.run import Boxed
from engine.dmn.table import DecisionTable

Names = frozenset[str]


NOTHING: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """A text of FEEL, the names around it, and whether it may read others: the input of a table may
    (its variables come from the process), and so may what stands among the entries of an unknown item."""

    text: Literal | Tests
    names: Names
    open: bool = False

    def unknown(self) -> Names:
        """The variables that the text reads and nothing around it gives."""
        text = self.text
        compiled = text.expression if isinstance(text, Literal) else text.tests
        return NOTHING if compiled is None else compiled.variables - self.names


def names_from_outside(logic: Boxed) -> Names:
    """The variables that an expression reads and does not make itself."""
    return NOTHING.union(*(reading.unknown() for reading in readings(logic, NOTHING)))


def readings(node: Boxed, names: Names) -> Iterator[Reading]:
    """The texts inside an expression that sees `names`."""
    match node:
        case Literal():
            yield Reading(node, names)
        case DecisionTable():
            yield from _table(node, names)
        case BoxedContext():
            yield from _context(node, names)
        case FunctionDefinition():
            if node.body is not None:
                yield from readings(node.body, names | {parameter.name for parameter in node.parameters})
        case Filter():
            yield from readings(node.items, names)
            for reading in readings(node.match, names | {"item"}):
                yield Reading(reading.text, reading.names, open=True)
        case For():
            yield from readings(node.items, names)
            yield from readings(node.result, names | {node.variable, "partial"})
        case Quantified():
            yield from readings(node.items, names)
            yield from readings(node.satisfies, names | {node.variable})
        case _:
            for part in parts(node):
                yield from readings(part, names)


def parts(node: Boxed) -> Iterable[Boxed]:
    """The expressions directly inside another, where they see what it sees."""
    match node:
        case BoxedList():
            return node.items
        case Relation():
            return [cell for row in node.rows for cell in row]
        case Conditional():
            return [node.condition, node.then, node.otherwise]
        case Invocation():
            return [node.called, *(binding.value for binding in node.bindings)]
        case _:
            return []


def _context(node: BoxedContext, names: Names) -> Iterator[Reading]:
    for entry in node.entries:
        yield from readings(entry.value, names)
        if entry.name is not None:
            names |= {entry.name}


def _table(table: DecisionTable, names: Names) -> Iterator[Reading]:
    inside = names
    for column in table.inputs:
        read = Reading(column.expression, names, open=True)
        inside |= read.unknown()
        yield read
    for texts in _cells(table):
        yield from (Reading(text, inside) for text in texts if text is not None)


def _cells(table: DecisionTable) -> Iterator[Iterable[Literal | Tests | None]]:
    yield (column.allowed for column in table.inputs)
    for output in table.outputs:
        yield output.allowed, output.default
    for rule in table.rules:
        yield rule.conditions
        yield rule.results


def tables(node: Boxed) -> Iterator[DecisionTable]:
    """The decision tables inside an expression, itself included."""
    if isinstance(node, DecisionTable):
        yield node
    for part in _inside(node):
        yield from tables(part)


def functions(node: Boxed) -> Iterator[FunctionDefinition]:
    """The boxed functions inside an expression, itself included."""
    if isinstance(node, FunctionDefinition):
        yield node
    for part in _inside(node):
        yield from functions(part)


def _inside(node: Boxed) -> Iterable[Boxed]:
    match node:
        case BoxedContext():
            return [entry.value for entry in node.entries]
        case FunctionDefinition():
            return [] if node.body is None else [node.body]
        case Filter():
            return [node.items, node.match]
        case For():
            return [node.items, node.result]
        case Quantified():
            return [node.items, node.satisfies]
        case _:
            return parts(node)
