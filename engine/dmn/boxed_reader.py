"""From the XML of boxed expressions to their compiled form."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from engine import feel
from engine.dmn.boxed import (
    BoxedContext,
    BoxedList,
    Column,
    Conditional,
    Entry,
    Filter,
    For,
    Quantified,
    Relation,
)
from engine.dmn.function import Binding, FunctionDefinition, Invocation, Parameter
from engine.dmn.literal import Literal, Tests, read_literal, read_tests
from engine.dmn.namespace import child, children, local_name, name_of, text_of
from engine.dmn.run import Boxed
from engine.dmn.table import DecisionTable
from engine.dmn.table_reader import read_table
from engine.feel.names import KEYWORDS

_OPERATOR = re.compile(r"[^\w\s]")


def _is_ambiguous(name: str) -> bool:
    """Whether FEEL could read the name as something else, unless it knows it."""
    return bool(_OPERATOR.search(name)) or not KEYWORDS.isdisjoint(name.split())


class BoxedReader:
    """Reads any boxed expression; `names` are those that hold operators or keywords, such as `A/B`."""

    def __init__(self, names: frozenset[str], language: str) -> None:
        self.names = names
        self.language = language
        self.readers: dict[str, Callable[[etree._Element, str], Boxed]] = {
            "literalExpression": self.literal,
            "decisionTable": self.table,
            "context": self.context,
            "list": self.list,
            "relation": self.relation,
            "invocation": self.invocation,
            "functionDefinition": self.function,
            "conditional": self.conditional,
            "filter": self.filter,
            "for": self.iteration,
            "every": self.quantified,
            "some": self.quantified,
        }

    @classmethod
    def for_model(cls, root: etree._Element, imported: frozenset[str] = frozenset()) -> BoxedReader:
        names = {name_of(element) for element in root.iter() if element.get("name")}
        ambiguous = frozenset(filter(_is_ambiguous, names))
        return cls(ambiguous | imported, root.get("expressionLanguage") or "feel")

    def inside(self, element: etree._Element, default_id: str) -> Boxed | None:
        """The boxed expression that the element holds, if any."""
        held = child(element, *self.readers)
        return None if held is None else self.readers[local_name(held)](held, default_id)

    def part(self, element: etree._Element, name: str, default_id: str) -> Boxed:
        """The expression in a named part (`if`, `in`, `match`…); a missing one is an empty literal."""
        held = child(element, name)
        found = None if held is None else self.inside(held, f"{default_id}/{name}")
        return found or Literal(f"{default_id}/{name}", "")

    def text(self, element: etree._Element | None, default_id: str) -> Literal:
        """The FEEL of an element with a `text` child."""
        if element is None:
            return Literal(default_id, "")
        identifier = element.get("id") or default_id
        refused = self._other_language(element)
        if refused is not None:
            return Literal(identifier, text_of(element), refused=refused)
        return read_literal(identifier, text_of(element), element.get("typeRef"), self.names)

    def tests(self, element: etree._Element, default_id: str) -> Tests:
        """The unary tests of an element with a `text` child."""
        identifier = element.get("id") or default_id
        refused = self._other_language(element)
        if refused is not None:
            return Tests(identifier, text_of(element), refused=refused)
        return read_tests(identifier, text_of(element), self.names)

    def _other_language(self, element: etree._Element) -> feel.FeelSyntaxError | None:
        """Why the text is not to be read as FEEL: it says that it is JUEL, JavaScript…"""
        language = element.get("expressionLanguage") or self.language
        if "feel" in language.lower():
            return None
        return feel.FeelSyntaxError(0, f"è scritta in {language}: si ammette solo FEEL")

    def literal(self, element: etree._Element, default_id: str) -> Boxed:
        return self.text(element, default_id)

    def table(self, element: etree._Element, default_id: str) -> DecisionTable:
        return read_table(element, default_id, self.text, self.tests)

    def context(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        entries = [self._entry(entry, identifier) for entry in children(element, "contextEntry")]
        return BoxedContext(identifier, element.get("typeRef"), entries)

    def _entry(self, element: etree._Element, context_id: str) -> Entry:
        variable = child(element, "variable")
        name = None if variable is None else name_of(variable)
        identifier = element.get("id") or f"{context_id}/{name or 'esito'}"
        type_ref = None if variable is None else variable.get("typeRef")
        return Entry(identifier, name, type_ref, self._held(element, identifier))

    def _held(self, element: etree._Element, default_id: str) -> Boxed:
        return self.inside(element, default_id) or Literal(default_id, "")

    def list(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        items = [
            self.readers[local_name(item)](item, f"{identifier}/{number}")
            for number, item in enumerate(children(element, *self.readers), 1)
        ]
        return BoxedList(identifier, element.get("typeRef"), items)

    def relation(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        columns = [Column(name_of(column), column.get("typeRef")) for column in children(element, "column")]
        rows = [
            [
                self.readers[local_name(cell)](cell, f"{identifier}/{number}")
                for cell in children(row, *self.readers)
            ]
            for number, row in enumerate(children(element, "row"), 1)
        ]
        return Relation(identifier, element.get("typeRef"), columns, rows)

    def invocation(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        bindings = [self._binding(binding, identifier) for binding in children(element, "binding")]
        return Invocation(identifier, element.get("typeRef"), self._held(element, identifier), bindings)

    def _binding(self, element: etree._Element, invocation_id: str) -> Binding:
        parameter = self._parameter(child(element, "parameter"))
        return Binding(parameter, self._held(element, f"{invocation_id}/{parameter.name}"))

    def _parameter(self, element: etree._Element | None) -> Parameter:
        return Parameter("", None) if element is None else Parameter(name_of(element), element.get("typeRef"))

    def function(self, element: etree._Element, default_id: str) -> FunctionDefinition:
        identifier = element.get("id") or default_id
        parameters = [self._parameter(parameter) for parameter in children(element, "formalParameter")]
        body = self.inside(element, f"{identifier}/corpo")
        return FunctionDefinition(
            identifier, element.get("typeRef"), element.get("kind") or "FEEL", parameters, body
        )

    def conditional(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        condition, then, otherwise = (self.part(element, name, identifier) for name in ("if", "then", "else"))
        return Conditional(identifier, element.get("typeRef"), condition, then, otherwise)

    def filter(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        items, match = (self.part(element, name, identifier) for name in ("in", "match"))
        return Filter(identifier, element.get("typeRef"), items, match)

    def iteration(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        items, result = (self.part(element, name, identifier) for name in ("in", "return"))
        return For(identifier, element.get("typeRef"), element.get("iteratorVariable") or "", items, result)

    def quantified(self, element: etree._Element, default_id: str) -> Boxed:
        identifier = element.get("id") or default_id
        items, satisfies = (self.part(element, name, identifier) for name in ("in", "satisfies"))
        every = local_name(element) == "every"
        variable = element.get("iteratorVariable") or ""
        return Quantified(identifier, element.get("typeRef"), every, variable, items, satisfies)
