"""An element of a diagram with what a vendor has written on it; and our own dialect, written on it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.foreign import juel
from engine.foreign.drawing import pop
from engine.foreign.note import Notes
from engine.tags import bpmn, zeebe

FAMILY = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
    "http://camunda.org/schema/1.0/bpmn20",
)
_UNHEARD = {
    "executionListener": "gli ascoltatori di eventi",
    "taskListener": "gli ascoltatori di eventi",
    "connector": "il connettore",
    "properties": "le proprietà libere",
    "inputOutput": "",
    "in": "",
    "out": "",
    "formData": "",
    "formProperty": "",
}


class Annotated:
    """An element with what a vendor has written on it."""

    def __init__(self, node: etree._Element, notes: Notes) -> None:
        self.node, self.notes = node, notes
        self.id = node.get("id", "")

    def take(self, name: str) -> str | None:
        """A vendor's attribute, taken away."""
        for namespace in FAMILY:
            value = pop(self.node, f"{{{namespace}}}{name}")
            if value is not None:
                return value.strip() or None
        return None

    def parts(self, name: str) -> Iterator[etree._Element]:
        """A vendor's extension elements of this name."""
        extensions = self.node.find(bpmn("extensionElements"))
        for child in [] if extensions is None else list(extensions):
            if child.tag in {f"{{{namespace}}}{name}" for namespace in FAMILY}:
                yield child

    def say(self, name: str, **attributes: str) -> etree._Element:
        """Write an extension of our dialect, or on the one that is there."""
        return say(self.node, name, **attributes)

    def translated(self, text: str, what: str) -> str | None:
        """FEEL for an expression, the text itself otherwise; None, with a note, when there is no counterpart."""
        try:
            return juel.value(text)
        except juel.Untranslatable:
            self.notes.dropped(
                self.id, f"{what}: l'espressione «{text[:120]}» non ha un corrispondente in FEEL"
            )
            return None

    def forget(self) -> None:
        """Note what a vendor asks for and nobody here does."""
        for tag, words in _UNHEARD.items():
            for _ in self.parts(tag):
                if words:
                    self.notes.dropped(self.id, words)


def say(node: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Write an extension of our dialect on an element, or on the one that is there."""
    extensions = node.find(bpmn("extensionElements"))
    if extensions is None:
        extensions = etree.Element(bpmn("extensionElements"))
        node.insert(len(node.findall(bpmn("documentation"))), extensions)
    found = extensions.find(zeebe(name))
    if found is None:
        found = etree.SubElement(extensions, zeebe(name))
    for key, value in attributes.items():
        found.set(key, value)
    return found


def owning(node: etree._Element) -> str:
    """The id of the element that an expression is written on, or of the nearest around it."""
    for above in (node, *node.iterancestors()):
        if above.get("id") and etree.QName(above).localname not in (
            "conditionExpression",
            "timerEventDefinition",
        ):
            return str(above.get("id"))
    return "-"
