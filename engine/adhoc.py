"""An ad hoc subprocess, read as the cycle that it stands for: a person chooses the next activity, again and again.

Its activities are drawn without flows, or with flows between some of them. Here the choice becomes a step of a
person (`<id>-scelta`, with the role of the subprocess), in a cycle: one activity at a time when the ordering is
Sequential (what an event begins beside it ends by itself); otherwise the choice stays open while what was chosen
is under way. Without a completion condition the person also chooses when it is over; with one, it is over when that
holds after an activity.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from engine.json import dumps_text
from engine.tags import FLOW_NODES, bpmn, zeebe

AD_HOC = "{urn:percorsi}adHoc"
CHOICES = "{urn:percorsi}choices"
"""Attributes of what is written here: the subprocess that it belongs to; what may be chosen."""

ENOUGH = ("concludi", "Nient’altro: concludi")
CHOSEN = "prossima"
"""The question of the choice; its answer becomes the variable `<id>_prossima`."""

_OF_THE_CHOICE = ("assignmentDefinition", "taskSchedule")


def expanded(root: etree._Element) -> etree._Element:
    """A BPMN file with its ad hoc subprocesses as plain ones; the file itself when it has none."""
    if next(root.iter(bpmn("adHocSubProcess")), None) is None:
        return root
    copy = deepcopy(root)
    for node in list(copy.iter(bpmn("adHocSubProcess"))):
        _Cycle(node).write()
    return copy


def question(name: str, choices: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The JSON Schema of the choice, asked anew each time."""
    options = [{"const": value, "title": words} for value, words in choices]
    asked = {"title": "Che cosa si fa adesso?", "type": "string", "oneOf": options}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "da capo",
        "title": name,
        "type": "object",
        "properties": {CHOSEN: asked},
        "required": [CHOSEN],
        "additionalProperties": False,
    }


class _Cycle:
    """The elements and flows of one ad hoc subprocess; its ends: where an activity leads when it is done."""

    def __init__(self, node: etree._Element) -> None:
        self.node = node
        self.id = node.get("id", "")
        self._by_id: dict[str, etree._Element] = {}
        self.sequential = node.get("ordering") == "Sequential"
        self.variable = f"{self.id.replace('-', '_')}_{CHOSEN}"
        condition = node.find(bpmn("completionCondition"))
        self.until = None if condition is None else (condition.text or "").strip()
        if condition is not None:
            node.remove(condition)
        flows = node.findall(bpmn("sequenceFlow"))
        into, out = {f.get("targetRef") for f in flows}, {f.get("sourceRef") for f in flows}
        inside = [each for each in node if each.tag in FLOW_NODES and not _stands_beside(each)]
        self.entries = [e for e in inside if e.get("id") not in into and not _hangs(e)]
        self.leaves = [e.get("id", "") for e in inside if e.get("id") not in out and not _throws_link(e)]
        self._chosen = self._reached(inside, flows)

    def _reached(self, inside: list[etree._Element], flows: list[etree._Element]) -> set[str]:
        """The elements that what was chosen comes to; the others are what an event has begun beside it."""
        links = {_link(e): e.get("id", "") for e in inside if _hangs(e) and not e.get("attachedToRef")}
        after: dict[str, list[str]] = {}
        for flow in flows:
            after.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
        for each in inside:
            if each.get("attachedToRef") and each.get("cancelActivity") != "false":
                after.setdefault(each.get("attachedToRef", ""), []).append(each.get("id", ""))
            if _throws_link(each) and _link(each) in links:
                after.setdefault(each.get("id", ""), []).append(links[_link(each)])
        found: set[str] = set()
        stack = [entry.get("id", "") for entry in self.entries]
        while stack:
            here = stack.pop()
            if here not in found:
                found.add(here)
                stack.extend(after.get(here, ()))
        return found

    def write(self) -> None:
        """Put the cycle in the place of the subprocess."""
        node = self.node
        node.tag = bpmn("subProcess")
        node.set(AD_HOC, self.id)
        for name in ("ordering", "cancelRemainingInstances"):
            node.attrib.pop(name, "")
        begin = self._add("startEvent", "inizio")
        again = self._add("exclusiveGateway", "ancora")
        which = self._add("exclusiveGateway", "quale")
        self._flow(begin, again)
        self._flow(again, self._choice())
        self._flow(self._at("scelta"), which)
        for entry in self.entries:
            self._begin(entry.get("id", ""))
        self._over()

    def _begin(self, entry: str) -> None:
        """Lead from the choice to an activity; in parallel, back to the choice as well."""
        target = entry
        if not self.sequential:
            target = self._add("parallelGateway", f"apri-{entry}")
            self._flow(target, entry)
            self._flow(target, self._at("ancora"))
        if self.until is not None and entry == self.entries[-1].get("id"):
            self._default(self._at("quale"), target)
        else:
            self._flow(self._at("quale"), target, f'={self.variable} = "{entry}"')

    def _over(self) -> None:
        """Where activities lead when they are done, and how the whole ends."""
        end = self._add("endEvent", "fine")
        after = self._at("ancora") if self.sequential else self._add("endEvent", "fatto")
        if self.until is None:
            self._default(self._at("quale"), end)
        else:
            enough = self._add("exclusiveGateway", "basta")
            self._default(enough, after)
            self._flow(enough, end, f"={self.until.removeprefix('=').strip()}")
            after = enough
            if not self.sequential:
                etree.SubElement(self._by_id[end], bpmn("terminateEventDefinition"))
        beside = [leaf for leaf in self.leaves if self.sequential and leaf not in self._chosen]
        over = self._add("endEvent", "accanto") if beside else after  # or there would be two choices at once
        for leaf in self.leaves:
            self._flow(leaf, over if leaf in beside else after)

    def _choice(self) -> str:
        """The person's step: who has the subprocess has it, in its lane and by its term; its id."""
        identity = self._add("userTask", "scelta")
        choice = self._by_id[identity]
        choice.set("name", self.node.get("name") or self.id)
        options = [(e.get("id", ""), e.get("name") or e.get("id", "")) for e in self.entries]
        choice.set(CHOICES, dumps_text([*options, *([ENOUGH] if self.until is None else [])]))
        documentation = self.node.find(bpmn("documentation"))
        if documentation is not None:
            choice.append(deepcopy(documentation))
        extensions = etree.SubElement(choice, bpmn("extensionElements"))
        etree.SubElement(extensions, zeebe("formDefinition"), {"formId": identity})
        mapping = etree.SubElement(extensions, zeebe("ioMapping"))
        etree.SubElement(mapping, zeebe("output"), {"source": f"={CHOSEN}", "target": self.variable})
        own = self.node.find(bpmn("extensionElements"))
        for name in _OF_THE_CHOICE if own is not None else ():
            for part in own.findall(zeebe(name)):  # type: ignore[union-attr]
                extensions.append(part)
        for ref in list(self.node.getroottree().getroot().iter(bpmn("flowNodeRef"))):
            lane = ref.getparent()
            if (ref.text or "").strip() == self.id and lane is not None:
                etree.SubElement(lane, bpmn("flowNodeRef")).text = identity
        return identity

    def _at(self, name: str) -> str:
        return f"{self.id}-{name}"

    def _add(self, kind: str, name: str) -> str:
        """An element that is not drawn; its id."""
        identity = self._at(name)
        attributes = {"id": identity, AD_HOC: self.id}
        self._by_id[identity] = etree.SubElement(self.node, bpmn(kind), attributes)
        return identity

    def _default(self, source: str, target: str) -> None:
        self._by_id[source].set("default", self._flow(source, target))

    def _flow(self, source: str, target: str, condition: str | None = None) -> str:
        """A flow that is not drawn; its id."""
        identity = f"{source}__{target}"
        attributes = {"id": identity, "sourceRef": source, "targetRef": target}
        made = etree.SubElement(self.node, bpmn("sequenceFlow"), attributes)
        if condition is not None:
            etree.SubElement(made, bpmn("conditionExpression")).text = condition
        return identity


def _stands_beside(node: etree._Element) -> bool:
    compensates = node.get("isForCompensation") == "true"
    return compensates or node.get("triggeredByEvent") == "true" or _is_compensation(node)


def _is_compensation(node: etree._Element) -> bool:
    return node.tag == bpmn("boundaryEvent") and node.find(bpmn("compensateEventDefinition")) is not None


def _hangs(node: etree._Element) -> bool:
    """Whether an element begins by something else than a flow: on a border, or at the far end of a link."""
    caught = node.tag == bpmn("intermediateCatchEvent") and node.find(bpmn("linkEventDefinition")) is not None
    return node.get("attachedToRef") is not None or caught


def _link(node: etree._Element) -> str | None:
    """The name by which a link event finds its other end."""
    link = node.find(bpmn("linkEventDefinition"))
    return None if link is None else link.get("name")


def _throws_link(node: etree._Element) -> bool:
    return node.tag == bpmn("intermediateThrowEvent") and node.find(bpmn("linkEventDefinition")) is not None
