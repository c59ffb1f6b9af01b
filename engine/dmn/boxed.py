"""Boxed contexts, lists, relations, conditionals, filters, iterations and quantifiers (DMN 1.5, 10.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine import feel
from engine.dmn.errors import ExpressionFailed
from engine.dmn.run import Boxed, Run, Scope
from engine.feel.compiler.iteration import domain_items
from engine.feel.errors import Nulled


@dataclass(frozen=True, slots=True)
class Entry:
    """A named part of a context; the last one may have no name: it is the result."""

    element_id: str
    name: str | None
    type_ref: str | None
    value: Boxed


@dataclass(frozen=True, slots=True)
class BoxedContext:
    element_id: str
    type_ref: str | None
    entries: Sequence[Entry]

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Each entry sees those before it."""
        seen = dict(scope)
        context: dict[str, object] = {}
        for entry in self.entries:
            value = run.coerce(entry.element_id, entry.type_ref, run.value(entry.value, seen))
            if entry.name is None:
                return value
            seen[entry.name] = context[entry.name] = value
        return context


@dataclass(frozen=True, slots=True)
class BoxedList:
    element_id: str
    type_ref: str | None
    items: Sequence[Boxed]

    def evaluate(self, scope: Scope, run: Run) -> object:
        return [run.value(item, scope) for item in self.items]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type_ref: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts drawn as a table."""

    element_id: str
    type_ref: str | None
    columns: Sequence[Column]
    rows: Sequence[Sequence[Boxed]]

    def evaluate(self, scope: Scope, run: Run) -> object:
        return [
            {
                column.name: run.coerce(cell.element_id, column.type_ref, run.value(cell, scope))
                for column, cell in zip(self.columns, row, strict=False)
            }
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Conditional:
    element_id: str
    type_ref: str | None
    condition: Boxed
    then: Boxed
    otherwise: Boxed

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Null takes the other way, as false does; a condition that is no truth value at all is an error."""
        condition = run.value(self.condition, scope)
        if condition is not None and not isinstance(condition, bool):
            return run.null(ExpressionFailed(self.element_id, "la condizione non è né vera né falsa"))
        return run.value(self.then if condition else self.otherwise, scope)


@dataclass(frozen=True, slots=True)
class Filter:
    element_id: str
    type_ref: str | None
    items: Boxed
    match: Boxed

    def evaluate(self, scope: Scope, run: Run) -> object:
        """The items for which `match` is true; it reads `item`, and the entries of a context.

        A null `match` is no match, as in FEEL; one that is no truth value at all is an error.
        """
        items = run.value(self.items, scope)
        if items is None:
            return None
        kept = []
        for item in items if isinstance(items, list) else [items]:
            run.meter.spend()
            verdict = run.value(self.match, _around(scope, item))
            if verdict is not None and not isinstance(verdict, bool):
                return run.null(ExpressionFailed(self.element_id, "il filtro non dà né vero né falso"))
            if verdict:
                kept.append(item)
        return kept


def _around(scope: Scope, item: object) -> Scope:
    """The names that a filter reads: an entry of the item hides what is around it, and even `item`."""
    entries = item if isinstance(item, dict) else {}
    return {**scope, "item": item, **entries}


@dataclass(frozen=True, slots=True)
class For:
    element_id: str
    type_ref: str | None
    variable: str
    items: Boxed
    result: Boxed

    def evaluate(self, scope: Scope, run: Run) -> object:
        """One result for each item; each may read `partial`, the results so far."""
        items = _iterated(self, run.value(self.items, scope), run)
        if items is None:
            return None
        partial: list[object] = []
        for item in items:
            run.meter.spend()
            inner = {**scope, "partial": list(partial), self.variable: item}
            partial.append(run.value(self.result, inner))
        return partial


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` and `every`: an item that is neither true nor false makes the whole null, unless another
    item decides it."""

    element_id: str
    type_ref: str | None
    every: bool
    variable: str
    items: Boxed
    satisfies: Boxed

    def evaluate(self, scope: Scope, run: Run) -> object:
        items = _iterated(self, run.value(self.items, scope), run)
        if items is None:
            return None
        unknown = False
        for item in items:
            run.meter.spend()
            verdict = run.value(self.satisfies, {**scope, self.variable: item})
            if verdict is not self.every and isinstance(verdict, bool):
                return verdict
            unknown = unknown or not isinstance(verdict, bool)
        return None if unknown else self.every


def _iterated(node: For | Quantified, items: object, run: Run) -> Iterable[object] | None:
    """The list, or the points of the range, to go through. Null gives null, as in FEEL; one value alone is
    an error, as the conformance kit wants."""
    if items is None:
        return None
    if not isinstance(items, list | feel.Range):
        run.null(ExpressionFailed(node.element_id, "non scorre una lista"))
        return None
    try:
        return domain_items(items)
    except Nulled as reason:
        run.null(ExpressionFailed(node.element_id, reason.message))
        return None
