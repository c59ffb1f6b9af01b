"""The dialect: what an analyst writes on a BPMN element, read into frozen dataclasses.

The extensions are those of Camunda 8's Modeler (namespace zeebe), plus task headers of ours: `diverso_da`, `unita`,
`scrive`, `messaggio`, `chiave` (see engine/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine import json
from engine.adhoc import AD_HOC, CHOICES, expanded
from engine.tags import FLOW_NODES, bpmn, zeebe

HEADER_DIFFERENT_FROM = "diverso_da"
HEADER_UNITA = "unita"
HEADER_WRITES = "scrive"
HEADER_MESSAGE = "messaggio"
HEADER_KEY = "chiave"

CYCLE = re.compile(r"R(?P<times>\d{0,6})/(?P<interval>P.+)")
"""A timer that repeats, `R3/PT24H`; without a number it goes on for ever."""

ACCOUNT = re.compile(r"[0-9]{1,18}")
"""The number of an operator, who is to have a human step."""

EVENT_KINDS = (
    "message",
    "timer",
    "error",
    "escalation",
    "signal",
    "terminate",
    "conditional",
    "compensate",
    "cancel",
    "link",
)


@dataclass(frozen=True)
class Assignment:
    """One line of an io mapping: a FEEL source and a dotted target."""

    source: str
    target: str


@dataclass(frozen=True)
class Event:
    """The definition of an event: its kind and what it waits for or throws."""

    kind: str
    name: str | None = None
    key: str | None = None
    code: str | None = None
    timer: str | None = None
    when: str | None = None


@dataclass(frozen=True)
class Loop:
    """Multi-instance characteristics."""

    sequential: bool
    collection: str
    item: str | None
    output: str | None
    output_item: str | None
    until: str | None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `drawn` as one, or by two link events of one name, which stand for a flow."""

    id: str
    name: str | None
    source: str
    target: str
    condition: str | None
    drawn: bool = True


@dataclass(frozen=True)
class Element:
    """A flow node of the diagram with everything the engine reads of it.

    `kind` is the BPMN tag (userTask, serviceTask, …); `lane` the id of its lane.
    Texts that begin with «=» are FEEL; the others are taken as they are. `ad_hoc`: the ad hoc subprocess that an
    element is of without being drawn, or that it is itself; `choices` what may be chosen there, value and words.
    `handler`: of a compensation on a border, the step that compensates.
    """

    id: str
    kind: str
    name: str
    lane: str | None
    parent: str
    documentation: str
    line: int
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    event_subprocess: bool = False
    event: Event | None = None
    form_id: str | None = None
    group: str | None = None
    assignee: str | None = None
    due: str | None = None
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str | None = None
    retries: int = 5
    decision: str | None = None
    result: str | None = None
    script: str | None = None
    called: str | None = None
    passes_all: bool = True
    returns_all: bool = True
    loop: Loop | None = None
    ad_hoc: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    compensates: bool = False
    handler: str | None = None

    @property
    def throws(self) -> bool:
        """Whether it is an event that makes something happen, if anything, instead of waiting for it."""
        return self.kind in ("endEvent", "intermediateThrowEvent")

    @property
    def links(self) -> str | None:
        """The name by which a link event finds its other end."""
        return self.event.name if self.event is not None and self.event.kind == "link" else None


@dataclass(frozen=True)
class Diagram:
    """An executable process: its elements and flows by id, its lanes in order (id → name)."""

    process_id: str
    name: str
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, str]

    def starts(self) -> Iterator[Element]:
        """The start events of the process itself."""
        return (e for e in self.elements.values() if e.kind == "startEvent" and e.parent == self.process_id)

    def awaited(self, kind: str) -> set[str]:
        """The names of the messages, or of the signals, that somebody in it waits for."""
        events = (e.event for e in self.elements.values() if e.event is not None and not e.throws)
        return {event.name for event in events if event.kind == kind and event.name}


def read(root: etree._Element) -> list[Diagram]:
    """The executable processes of a BPMN file, in document order; ad hoc subprocesses as cycles (engine/adhoc.py)."""
    root = expanded(root)
    definitions = _Definitions(root)
    return [
        _read_process(process, definitions)
        for process in root.iter(bpmn("process"))
        if process.get("isExecutable", "false") == "true"
    ]


class _Definitions:
    """Messages, errors, signals and escalations of a file, by id."""

    def __init__(self, root: etree._Element) -> None:
        self._by_id = {node.get("id"): node for node in root if isinstance(node.tag, str)}

    def get(self, ref: str | None) -> etree._Element | None:
        return self._by_id.get(ref.split(":")[-1]) if ref else None


def _read_process(process: etree._Element, definitions: _Definitions) -> Diagram:
    lanes = {lane.get("id", ""): lane.get("name", "") for lane in process.iter(bpmn("lane"))}
    lane_of = {
        (ref.text or "").strip(): lane.get("id", "")
        for lane in process.iter(bpmn("lane"))
        for ref in lane.iterfind(bpmn("flowNodeRef"))
    }
    elements = {
        node.get("id", ""): _read_element(node, lane_of, definitions)
        for node in process.iter()
        if node.tag in FLOW_NODES
    }
    for association in process.iter(bpmn("association")):
        for one, other in (("sourceRef", "targetRef"), ("targetRef", "sourceRef")):
            border, handler = (elements.get(association.get(each, "")) for each in (one, other))
            if border is not None and handler is not None and handler.compensates and border.attached_to:
                elements[border.id] = replace(border, handler=handler.id)
    flows = {
        flow.get("id", ""): Flow(
            id=flow.get("id", ""),
            name=flow.get("name"),
            source=flow.get("sourceRef", ""),
            target=flow.get("targetRef", ""),
            condition=_text(flow.find(bpmn("conditionExpression"))),
        )
        for flow in process.iter(bpmn("sequenceFlow"))
    }
    return Diagram(
        process_id=process.get("id", ""),
        name=process.get("name") or process.get("id") or "",
        documentation=_text(process.find(bpmn("documentation"))) or "",
        elements=elements,
        flows=flows | {flow.id: flow for flow in _links(elements)},
        lanes=lanes,
    )


def _links(elements: Mapping[str, Element]) -> Iterator[Flow]:
    """The flow that each pair of link events stands for, from who throws to the first of its scope that catches."""
    caught: dict[tuple[str, str | None], str] = {}
    for element in elements.values():
        if element.links and element.kind == "intermediateCatchEvent":
            caught.setdefault((element.parent, element.links), element.id)
    for element in elements.values():
        target = caught.get((element.parent, element.links))
        if element.kind == "intermediateThrowEvent" and target is not None:
            yield Flow(f"{element.id}→{target}", element.links, element.id, target, None, drawn=False)


def _read_element(node: etree._Element, lane_of: Mapping[str, str], definitions: _Definitions) -> Element:
    extensions = node.find(bpmn("extensionElements"))
    identity = node.get("id", "")
    parent = node.getparent()
    task = _extension(extensions, "taskDefinition")
    decision = _extension(extensions, "calledDecision")
    script = _extension(extensions, "script")
    called = _extension(extensions, "calledElement")
    assignment = _extension(extensions, "assignmentDefinition")
    return Element(
        id=identity,
        kind=etree.QName(node).localname,
        name=" ".join((node.get("name") or identity).split()),
        lane=lane_of.get(identity),
        parent=parent.get("id", "") if parent is not None else "",
        documentation=_text(node.find(bpmn("documentation"))) or "",
        line=node.sourceline if isinstance(node.sourceline, int) else 0,
        incoming=tuple((ref.text or "").strip() for ref in node.iterfind(bpmn("incoming"))),
        outgoing=tuple((ref.text or "").strip() for ref in node.iterfind(bpmn("outgoing"))),
        default=node.get("default"),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) == "true",
        event_subprocess=node.get("triggeredByEvent", "false") == "true",
        event=_read_event(node, definitions),
        form_id=_attribute(extensions, "formDefinition", "formId"),
        group=assignment.get("candidateGroups") if assignment is not None else None,
        assignee=assignment.get("assignee") if assignment is not None else None,
        due=_attribute(extensions, "taskSchedule", "dueDate"),
        inputs=_mappings(extensions, "input"),
        outputs=_mappings(extensions, "output"),
        headers=_headers(extensions),
        operation=task.get("type") if task is not None else None,
        retries=_int(task.get("retries") if task is not None else None, default=5),
        decision=decision.get("decisionId") if decision is not None else None,
        result=_result_variable(decision, script),
        script=script.get("expression") if script is not None else _text(node.find(bpmn("script"))),
        called=called.get("processId") if called is not None else node.get("calledElement"),
        passes_all=_flag(called, "propagateAllParentVariables"),
        returns_all=_flag(called, "propagateAllChildVariables"),
        loop=_read_loop(node),
        compensates=node.get("isForCompensation", "false") == "true",
        ad_hoc=node.get(AD_HOC),
        choices=tuple((value, words) for value, words in json.loads(node.get(CHOICES, "[]"))),
    )


def _read_event(node: etree._Element, definitions: _Definitions) -> Event | None:
    if node.get("messageRef") and node.tag == bpmn("receiveTask"):
        return _message(definitions.get(node.get("messageRef")))
    for child in node:
        if not isinstance(child.tag, str):
            continue
        kind = etree.QName(child).localname.removesuffix("EventDefinition")
        if kind not in EVENT_KINDS or not child.tag.endswith("EventDefinition"):
            continue
        if kind == "message":
            return _sent(node, _message(definitions.get(child.get("messageRef"))))
        if kind == "timer":
            return _timer(child)
        if kind == "compensate":
            return Event(kind="compensate", name=child.get("activityRef"))
        if kind == "link":
            return Event(kind="link", name=child.get("name"))
        referred = definitions.get(child.get(f"{kind}Ref"))
        if referred is None:
            return Event(kind=kind)
        return Event(kind=kind, name=referred.get("name"), code=referred.get(f"{kind}Code"))
    return None


def _message(message: etree._Element | None) -> Event:
    if message is None:
        return Event(kind="message")
    key = _attribute(message.find(bpmn("extensionElements")), "subscription", "correlationKey")
    return Event(kind="message", name=message.get("name"), key=key)


def _sent(node: etree._Element, message: Event) -> Event:
    """A message that an event throws: its headers say which and for whom, where the Modeler has no place for it."""
    if node.tag not in (bpmn("endEvent"), bpmn("intermediateThrowEvent")):
        return message
    headers = _headers(node.find(bpmn("extensionElements")))
    return replace(
        message, name=headers.get(HEADER_MESSAGE) or message.name, key=headers.get(HEADER_KEY) or message.key
    )


def _timer(definition: etree._Element) -> Event:
    for tag in ("timeDate", "timeDuration", "timeCycle"):
        when = _text(definition.find(bpmn(tag)))
        if when is not None:
            return Event(kind="timer", timer=tag, when=when)
    return Event(kind="timer")


def _read_loop(node: etree._Element) -> Loop | None:
    found = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if found is None:
        return None
    loop = _extension(found.find(bpmn("extensionElements")), "loopCharacteristics")
    return Loop(
        sequential=found.get("isSequential", "false") == "true",
        collection=loop.get("inputCollection", "") if loop is not None else "",
        item=loop.get("inputElement") if loop is not None else None,
        output=loop.get("outputCollection") if loop is not None else None,
        output_item=loop.get("outputElement") if loop is not None else None,
        until=_text(found.find(bpmn("completionCondition"))),
    )


def _mappings(extensions: etree._Element | None, tag: str) -> tuple[Assignment, ...]:
    mapping = _extension(extensions, "ioMapping")
    if mapping is None:
        return ()
    return tuple(
        Assignment(line.get("source", ""), line.get("target", "")) for line in mapping.iterfind(zeebe(tag))
    )


def _headers(extensions: etree._Element | None) -> dict[str, str]:
    headers = _extension(extensions, "taskHeaders")
    if headers is None:
        return {}
    return {h.get("key", ""): h.get("value", "") for h in headers.iterfind(zeebe("header"))}


def _result_variable(*extensions: etree._Element | None) -> str | None:
    for extension in extensions:
        if extension is not None and extension.get("resultVariable"):
            return extension.get("resultVariable")
    return None


def _extension(extensions: etree._Element | None, tag: str) -> etree._Element | None:
    return None if extensions is None else extensions.find(zeebe(tag))


def _attribute(extensions: etree._Element | None, tag: str, name: str) -> str | None:
    extension = _extension(extensions, tag)
    return None if extension is None else extension.get(name)


def _flag(called: etree._Element | None, name: str) -> bool:
    return called is None or called.get(name, "true") == "true"


def _text(node: etree._Element | None) -> str | None:
    return None if node is None else (node.text or "").strip()


def _int(text: str | None, *, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else default
