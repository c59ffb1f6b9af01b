"""Decision tables (DMN 1.5, chapter 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.dmn.errors import TableUndefined, TypeMismatch
from engine.dmn.hit_policy import POLICIES, Hit
from engine.dmn.item import ItemTypes
from engine.dmn.literal import Literal, Tests, read_literal
from engine.dmn.run import Run, Scope
from engine.feel.comparison import equal


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions: the expression that is tested, and the values it may take."""

    element_id: str
    label: str
    expression: Literal
    allowed: Tests | None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results; `allowed` lists its values, highest priority first."""

    element_id: str
    name: str | None
    type_ref: str | None
    allowed: Tests | None
    default: Literal | None

    def order_text(self, types: ItemTypes) -> str:
        """The list of its values: its own, else that of its type."""
        if self.allowed is not None:
            return self.allowed.text
        return types.allowed_text(self.type_ref) if self.type_ref else ""

    def order(self, run: Run) -> list[object] | None:
        """The values in order of priority, or None where there is no list of them."""
        text = self.order_text(run.types)
        if not text:
            return None
        order = read_literal(self.element_id, f"[{text}]", None, frozenset()).evaluate({}, run)
        return order if isinstance(order, list) else None


@dataclass(frozen=True, slots=True)
class Rule:
    element_id: str
    conditions: Sequence[Tests]
    results: Sequence[Literal]

    def matches(self, values: Sequence[object], scope: Scope, run: Run) -> bool:
        for condition, value in zip(self.conditions, values, strict=False):
            if condition.text != "-" and not condition.match(value, scope, run):
                return False
        return True


@dataclass(frozen=True, slots=True)
class DecisionTable:
    element_id: str
    type_ref: str | None
    hit_policy: str
    aggregation: str | None
    inputs: Sequence[Input]
    outputs: Sequence[Output]
    rules: Sequence[Rule]

    def evaluate(self, scope: Scope, run: Run) -> object:
        """The value of the rules that match, as the hit policy says; their ids go to `run.tables`."""
        policy = POLICIES.get(self.hit_policy)
        if policy is None:
            return run.null(TableUndefined(self.element_id, f"politica {self.hit_policy} sconosciuta"))
        values = self._input_values(scope, run)
        if values is None:
            return None
        matched = [rule for rule in self.rules if rule.matches(values, scope, run)]
        run.tables.append((run.owner or self.element_id, tuple(rule.element_id for rule in matched)))
        if not matched:
            return self._default(scope, run)
        if self.hit_policy == "FIRST":
            matched = matched[:1]
        return policy(self, [self._hit(rule, scope, run) for rule in matched], run)

    def _input_values(self, scope: Scope, run: Run) -> list[object] | None:
        """The tested values; None when one of them is outside the values its column allows."""
        values = []
        for column in self.inputs:
            expression = column.expression
            value = run.coerce(column.element_id, expression.type_ref, expression.evaluate(scope, run))
            if column.allowed and value is not None and not column.allowed.match(value, scope, run):
                run.null(TypeMismatch(column.element_id, column.allowed.text))
                return None
            values.append(value)
        return values

    def _hit(self, rule: Rule, scope: Scope, run: Run) -> Hit:
        outputs = [
            self._checked(column, cell.evaluate(scope, run), run)
            for column, cell in zip(self.outputs, rule.results, strict=False)
        ]
        return Hit(rule.element_id, outputs, self._value(outputs))

    def _checked(self, column: Output, value: object, run: Run) -> object:
        value = run.coerce(column.element_id, column.type_ref, value)
        if column.allowed and value is not None and not column.allowed.match(value, {}, run):
            return run.null(TypeMismatch(column.element_id, column.allowed.text))
        return value

    def _value(self, outputs: Sequence[object]) -> object:
        """One column gives its value, more give a context by the columns' names."""
        if len(self.outputs) == 1:
            return outputs[0] if outputs else None
        names = [column.name or "" for column in self.outputs]
        return dict(zip(names, outputs, strict=False))

    def _default(self, scope: Scope, run: Run) -> object:
        """What is answered when no rule matches: the default outputs, an empty count, or null."""
        if any(column.default for column in self.outputs):
            return self._value(
                [column.default.evaluate(scope, run) if column.default else None for column in self.outputs]
            )
        return Decimal(0) if self.aggregation == "COUNT" else None

    def rank(self, hit: Hit, run: Run) -> tuple[int, ...]:
        """Places of the outputs in their columns' lists; columns without a list do not count."""
        orders = [column.order(run) for column in self.outputs]
        return tuple(
            _place(value, order, run)
            for order, value in zip(orders, hit.outputs, strict=False)
            if order is not None
        )


def _place(value: object, order: list[object], run: Run) -> int:
    for place, candidate in enumerate(order):
        if equal(value, candidate, run.meter) is True:
            return place
    return len(order)
