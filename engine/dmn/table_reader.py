"""From the XML of a decision table to its compiled form."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from engine.dmn.literal import Literal, Tests
from engine.dmn.namespace import child, children, name_of, text_of
from engine.dmn.table import DecisionTable, Input, Output, Rule

ReadText = Callable[[etree._Element | None, str], Literal]
ReadTests = Callable[[etree._Element, str], Tests]


def read_table(element: etree._Element, default_id: str, text: ReadText, tests: ReadTests) -> DecisionTable:
    """Read a `decisionTable`; rules without an id are called `table/number`."""
    identifier = element.get("id") or default_id
    reader = _TableReader(identifier, text, tests)
    return DecisionTable(
        identifier,
        element.get("typeRef"),
        element.get("hitPolicy") or "UNIQUE",
        element.get("aggregation"),
        [reader.input(column, number) for number, column in enumerate(children(element, "input"), 1)],
        [reader.output(column, number) for number, column in enumerate(children(element, "output"), 1)],
        [reader.rule(rule, number) for number, rule in enumerate(children(element, "rule"), 1)],
    )


class _TableReader:
    def __init__(self, table_id: str, text: ReadText, tests: ReadTests) -> None:
        self.table_id = table_id
        self.text = text
        self.tests = tests

    def input(self, element: etree._Element, number: int) -> Input:
        identifier = element.get("id") or f"{self.table_id}/input/{number}"
        expression = self.text(child(element, "inputExpression"), identifier)
        label = element.get("label") or expression.text
        return Input(identifier, label, expression, self._allowed(child(element, "inputValues"), identifier))

    def output(self, element: etree._Element, number: int) -> Output:
        identifier = element.get("id") or f"{self.table_id}/output/{number}"
        default = child(element, "defaultOutputEntry")
        return Output(
            identifier,
            name_of(element) or None,
            element.get("typeRef"),
            self._allowed(child(element, "outputValues"), identifier),
            None if default is None else self.text(default, f"{identifier}/default"),
        )

    def _allowed(self, element: etree._Element | None, default_id: str) -> Tests | None:
        """Allowed values, unless empty."""
        if element is None or not text_of(element).strip():
            return None
        return self.tests(element, default_id)

    def rule(self, element: etree._Element, number: int) -> Rule:
        identifier = element.get("id") or f"{self.table_id}/{number}"
        conditions = [
            self.tests(cell, f"{identifier}/input/{place}")
            for place, cell in enumerate(children(element, "inputEntry"), 1)
        ]
        results = [
            self.text(cell, f"{identifier}/output/{place}")
            for place, cell in enumerate(children(element, "outputEntry"), 1)
        ]
        return Rule(identifier, conditions, results)
