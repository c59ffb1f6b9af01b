"""From the XML of a model to its elements: item definitions and the decision requirement graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.dmn.boxed_reader import BoxedReader
from engine.dmn.errors import ModelRefused
from engine.dmn.graph import Decision, Element, InputData, KnowledgeModel, Service
from engine.dmn.item import ItemDefinition, read_item
from engine.dmn.namespace import MODEL_NAMESPACES, child, children, local_name, name_of

MAX_ELEMENTS = 5_000
"""Decisions, inputs, functions and types together."""


@dataclass(frozen=True, slots=True)
class Import:
    """That a model reads another, of that namespace, whose elements it calls `name.element`."""

    element_id: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """A model as read, before its references are resolved. `names` are those that FEEL has to be told."""

    name: str
    namespace: str
    names: frozenset[str]
    items: Sequence[ItemDefinition]
    elements: Sequence[Element]
    repeated_ids: Sequence[str]


def read_imports(root: etree._Element) -> list[Import]:
    """What a `definitions` element imports. Raises ModelRefused for XML that is not one, or of other versions."""
    tag = etree.QName(root)
    if tag.localname != "definitions" or tag.namespace not in MODEL_NAMESPACES:
        raise ModelRefused(root.get("id") or tag.localname, "Il file non è un modello DMN 1.1-1.6.")
    return [
        Import(
            imported.get("id") or imported.get("name") or imported.get("namespace") or "import",
            imported.get("namespace") or imported.get("locationURI") or "?",
            name_of(imported),
        )
        for imported in children(root, "import")
    ]


def read_definitions(root: etree._Element, imported: Iterable[Definitions] = ()) -> Definitions:
    """Read a `definitions` element, after the models that it imports. Raises ModelRefused."""
    if sum(1 for _ in root) > MAX_ELEMENTS:
        raise ModelRefused(name_of(root), f"Il modello ha più di {MAX_ELEMENTS} elementi.")
    boxed = BoxedReader.for_model(root, frozenset().union(*(other.names for other in imported)))
    namespace = root.get("namespace") or ""
    reader = _GraphReader(namespace, boxed)
    items = [read_item(element, boxed.tests) for element in children(root, "itemDefinition")]
    elements = reader.elements(root)
    return Definitions(name_of(root), namespace, boxed.names, items, elements, _repeated_ids(root))


def _repeated_ids(root: etree._Element) -> list[str]:
    """Ids that more than one element of the model has (the drawing has its own)."""
    namespace = etree.QName(root).namespace
    ids = Counter(element.get("id") for element in root.iter(f"{{{namespace}}}*"))
    return sorted(identifier for identifier, times in ids.items() if identifier and times > 1)


class _GraphReader:
    """Reads decisions, input data, functions and services."""

    def __init__(self, namespace: str, boxed: BoxedReader) -> None:
        self.namespace = namespace
        self.boxed = boxed

    def elements(self, root: etree._Element) -> list[Element]:
        readers = {
            "inputData": self.input_data,
            "decision": self.decision,
            "businessKnowledgeModel": self.knowledge_model,
            "decisionService": self.service,
        }
        return [
            readers[local_name(element)](element)
            for element in children(root)
            if local_name(element) in readers
        ]

    def input_data(self, element: etree._Element) -> Element:
        return InputData(*self._header(element))

    def decision(self, element: etree._Element) -> Element:
        header = self._header(element)
        requires = self._required(element, "informationRequirement", "requiredDecision", "requiredInput")
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        return Decision(*header, requires, knowledge, self.boxed.inside(element, header[0]))

    def knowledge_model(self, element: etree._Element) -> Element:
        header = self._header(element)
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        logic = child(element, "encapsulatedLogic")
        function = None if logic is None else self.boxed.function(logic, header[0])
        return KnowledgeModel(*header, knowledge, function)

    def service(self, element: etree._Element) -> Element:
        return Service(
            *self._header(element),
            outputs=self._references(element, "outputDecision"),
            encapsulated=self._references(element, "encapsulatedDecision"),
            input_decisions=self._references(element, "inputDecision"),
            input_data=self._references(element, "inputData"),
        )

    def _header(self, element: etree._Element) -> tuple[str, str, list[str], str | None]:
        """Id, name, names to be read by, and type."""
        name = name_of(element)
        identifier = element.get("id") or name
        variable = child(element, "variable")
        if variable is None:
            return identifier, name, [name, identifier], None
        return identifier, name, [name_of(variable) or name], variable.get("typeRef")

    def _required(self, element: etree._Element, requirement: str, *references: str) -> list[str]:
        return [
            reference
            for required in children(element, requirement)
            for reference in self._references(required, *references)
        ]

    def _references(self, element: etree._Element, *names: str) -> list[str]:
        return [self._local(reference.get("href") or "") for reference in children(element, *names)]

    def _local(self, href: str) -> str:
        """`#id` or `namespace#id` of this very model; anything else stays as it is, and is not found."""
        namespace, mark, identifier = href.rpartition("#")
        return identifier if mark and namespace in ("", self.namespace) else href
