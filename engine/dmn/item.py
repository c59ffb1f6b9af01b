"""Item definitions (DMN 1.5, 7.3.2): the types of a model, as FEEL types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine import feel
from engine.dmn.literal import Tests
from engine.dmn.namespace import child, children, name_of, text_of
from engine.feel import types
from engine.feel.cursor import Cursor
from engine.feel.type_syntax import read_type

ReadTests = Callable[[etree._Element, str], Tests]

ALIASES = {
    "any": "Any",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    **dict.fromkeys(("integer", "int", "long", "short", "double", "float", "decimal"), "number"),
    **dict.fromkeys(("Undefined", "<Undefined>"), "Any"),
}
"""How DMN 1.1, XML Schema and Camunda call these types; modelers still write them, and «undefined» too."""

_PREFIX = re.compile(r"\A[\w.-]+:(?=\S)")
"""Of a qualified name, as DMN 1.1 wrote types: those of FEEL, of XML Schema, and of the model itself."""


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type as written. `allowed` restricts each item, `constraint` the whole of a collection.

    `function` holds the types of parameters and, last, of the result.
    """

    element_id: str
    name: str
    type_ref: str | None
    is_collection: bool
    components: Sequence[ItemDefinition]
    function: Sequence[str | None] | None
    allowed: Tests | None
    allowed_text: str
    constraint: Tests | None


def read_item(element: etree._Element, tests: ReadTests) -> ItemDefinition:
    """Read an `itemDefinition` or an `itemComponent`."""
    name = name_of(element)
    identifier = element.get("id") or name
    type_ref = child(element, "typeRef")
    allowed, constraint = child(element, "allowedValues"), child(element, "typeConstraint")
    function = child(element, "functionItem")
    return ItemDefinition(
        identifier,
        name,
        None if type_ref is None else (type_ref.text or "").strip(),
        element.get("isCollection") in ("true", "1"),
        [read_item(component, tests) for component in children(element, "itemComponent")],
        None if function is None else _signature(function),
        None if allowed is None else tests(allowed, identifier),
        text_of(allowed),
        None if constraint is None else tests(constraint, identifier),
    )


def _signature(element: etree._Element) -> list[str | None]:
    parameters = [parameter.get("typeRef") for parameter in children(element, "parameters")]
    return [*parameters, element.get("outputTypeRef")]


def base_name(type_ref: str) -> str:
    """A type name without the prefix of its namespace, as it is called today."""
    local = _PREFIX.sub("", type_ref.strip(), count=1)
    return ALIASES.get(local, local)


@dataclass(frozen=True, slots=True)
class ImportedType:
    """A type of another model: the names in it mean what they mean there."""

    type: types.Type
    names: types.Names

    def admits(self, value: object, named: types.Names) -> bool:
        return self.type.admits(value, self.names)


class ItemTypes:
    """The types that a model can name: FEEL's own, its item definitions, and `name.type` of what it imports."""

    def __init__(
        self, items: Sequence[ItemDefinition], imported: Mapping[str, ItemTypes] | None = None
    ) -> None:
        self.items: Mapping[str, ItemDefinition] = {item.name: item for item in items}
        others = [
            (f"{prefix}.{name}" if prefix else name, name, other)
            for prefix, other in (imported or {}).items()
            for name in other.named
        ]
        self._imported = frozenset(qualified for qualified, _, _ in others)
        self._names = frozenset(self.items) | self._imported
        circle: dict[str, types.Type] = dict.fromkeys(items_in_a_circle(items), types.ANY)
        # `instance of` does not look at allowed values (the conformance kit's 0070 says so); inputs and
        # results must be among them.
        self.conformance: Mapping[str, types.Type] = {
            **{own: ImportedType(other.conformance[name], other.conformance) for own, name, other in others},
            **{item.name: self._conforming(item) for item in items},
            **circle,
        }
        self.named: Mapping[str, types.Type] = {
            **{own: ImportedType(other.named[name], other.named) for own, name, other in others},
            **{item.name: self._defined(item) for item in items},
            **circle,
        }
        self._known: dict[str, types.Type] = {}

    def of(self, type_ref: str) -> types.Type:
        """The type of this name; one that does not exist admits everything (a Problem names it)."""
        if type_ref not in self._known:
            self._known[type_ref] = self.find(type_ref) or types.ANY
        return self._known[type_ref]

    def find(self, type_ref: str) -> types.Type | None:
        """The type of this name, or None."""
        name = base_name(type_ref)
        if name in self.items or name in self._imported:
            return types.NamedType(name)
        try:
            cursor = Cursor(name, self._names)
            found = read_type(cursor)
            cursor.expect_end()
        except feel.FeelSyntaxError:
            return None
        return None if isinstance(found, types.NamedType) else found

    def admits(self, wanted: types.Type, value: object) -> bool:
        return value is None or wanted.admits(value, self.named)

    def shape(self, wanted: types.Type) -> types.Type:
        """What a type is made of, below its names and its allowed values."""
        names = self.named
        while isinstance(wanted, types.NamedType | types.Restricted | ImportedType):
            if isinstance(wanted, types.NamedType):
                wanted = names.get(wanted.name, types.ANY)
            elif isinstance(wanted, ImportedType):
                names, wanted = wanted.names, wanted.type
            else:
                wanted = wanted.base
        return wanted

    def allowed_text(self, type_ref: str) -> str:
        """The allowed values of a named type, as written; empty when there are none."""
        for _ in self.items:
            item = self.items.get(base_name(type_ref))
            if item is None or item.is_collection:
                break
            if item.allowed_text or not item.type_ref:
                return item.allowed_text
            type_ref = item.type_ref
        return ""

    def result_of(self, type_ref: str | None) -> str | None:
        """The type of what a function gives: a function's declared type may be that of its result,
        as in DMN 1.1, or a function type."""
        item = self.items.get(base_name(type_ref)) if type_ref else None
        if item is not None and item.function is not None:
            return item.function[-1]
        return type_ref

    def _conforming(self, item: ItemDefinition) -> types.Type:
        """The type without its allowed values."""
        content = self._content(item, self._conforming)
        return types.ListType(content) if item.is_collection else content

    def _defined(self, item: ItemDefinition) -> types.Type:
        """The type with its allowed values."""
        defined = self._content(item, self._defined)
        if item.allowed is not None:
            defined = types.Restricted(defined, _allows(item.allowed))
        if item.is_collection:
            defined = types.ListType(defined)
        if item.constraint is not None:
            defined = types.Restricted(defined, _allows(item.constraint))
        return defined

    def _content(self, item: ItemDefinition, component: Callable[[ItemDefinition], types.Type]) -> types.Type:
        if item.components:
            return types.ContextType(tuple((part.name, component(part)) for part in item.components))
        if item.function is not None:
            *parameters, result = [self._reference(name) for name in item.function]
            return types.FunctionType(tuple(parameters), result)
        return self._reference(item.type_ref)

    def _reference(self, type_ref: str | None) -> types.Type:
        return (self.find(type_ref) if type_ref else None) or types.ANY


def _allows(tests: Tests) -> Callable[[object], bool | None]:
    if tests.tests is None:
        return lambda value: True
    unary = tests.tests
    return lambda value: unary.matches(value, {}, None)


def items_in_a_circle(items: Sequence[ItemDefinition]) -> list[str]:
    """Types that are only another name of one another, and so of nothing."""
    aliases = {
        item.name: base_name(item.type_ref)
        for item in items
        if item.type_ref and not item.components and not item.is_collection
    }
    circle = []
    for name in aliases:
        seen = {name}
        following = aliases.get(name)
        while following in aliases and following not in seen:
            seen.add(following)
            following = aliases[following]
        if following == name:
            circle.append(name)
    return circle
