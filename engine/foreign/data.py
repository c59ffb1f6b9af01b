"""What a diagram says by data: which list a step goes through; in jBPM and Kogito also who, form, in and out."""

from __future__ import annotations

import re

from lxml import etree

from engine.foreign.annotated import FAMILY, say
from engine.tags import bpmn, zeebe

DROOLS = "http://www.jboss.org/drools"

_SAYS = {"GroupId": "candidateGroups", "ActorId": "assignee", "TaskName": "formKey"}
"""The inputs that mean something to the engine itself, by the attribute of Camunda's that means the same."""
_SILENT = frozenset(
    {*_SAYS, "Skippable", "Priority", "Comment", "Description", "CreatedBy", "NodeName", "Content", "Locale"}
)
_NAME = re.compile(r"[^\W\d]\w*")


def read(process: etree._Element) -> None:
    """Write beside each step what its inputs and outputs say, where the process is one of theirs."""
    if not any(str(name).startswith(f"{{{DROOLS}}}") for node in process.iter() for name in node.attrib):
        return
    properties = {
        node.get("id"): str(node.get("name") or node.get("id")) for node in process.iter(bpmn("property"))
    }
    for task in process.iter(*map(bpmn, ("userTask", "serviceTask", "sendTask", "businessRuleTask"))):
        _ins(task, properties)
        _outs(task, properties)


def rounds(process: etree._Element) -> None:
    """Say which list a repetition goes through, where plain BPMN says it by data (BPMN 2.0, 10.2.8)."""
    data = process.iter(*map(bpmn, ("property", "dataObject", "dataObjectReference")))
    names = {node.get("id"): str(node.get("name") or node.get("id")) for node in data}
    for loop in process.iter(bpmn("multiInstanceLoopCharacteristics")):
        owner = loop.getparent()
        reference, item = (loop.find(bpmn(tag)) for tag in ("loopDataInputRef", "inputDataItem"))
        if owner is None or reference is None:
            continue
        wanted = (reference.text or "").strip()
        sources = [
            _text(each, "sourceRef")
            for each in owner.iterfind(bpmn("dataInputAssociation"))
            if _text(each, "targetRef") == wanted
        ]
        name = names.get(next(iter(sources), wanted))
        if name is None or not _NAME.fullmatch(name):
            continue
        loop.set(f"{{{FAMILY[0]}}}collection", name)
        if item is not None and _NAME.fullmatch(str(item.get("name") or item.get("id"))):
            loop.set(f"{{{FAMILY[0]}}}elementVariable", str(item.get("name") or item.get("id")))
        loop.remove(reference)


def _ins(task: etree._Element, properties: dict[str | None, str]) -> None:
    names = {node.get("id"): node.get("name", "") for node in task.iter(bpmn("dataInput"))}
    for association in task.iterfind(bpmn("dataInputAssociation")):
        name = names.get(_text(association, "targetRef"), "")
        constant = association.findtext(f"{bpmn('assignment')}/{bpmn('from')}")
        if constant and name in _SAYS:
            task.set(f"{{{FAMILY[0]}}}{_SAYS[name]}", constant.strip())
        _line(task, "input", properties.get(_text(association, "sourceRef")), name)


def _outs(task: etree._Element, properties: dict[str | None, str]) -> None:
    names = {node.get("id"): node.get("name", "") for node in task.iter(bpmn("dataOutput"))}
    for association in task.iterfind(bpmn("dataOutputAssociation")):
        name = names.get(_text(association, "sourceRef"), "")
        _line(task, "output", name, properties.get(_text(association, "targetRef")))


def _line(task: etree._Element, side: str, source: str | None, target: str | None) -> None:
    if source is None or target is None or {source, target} & _SILENT:
        return
    if _NAME.fullmatch(source) and _NAME.fullmatch(target):
        line = etree.SubElement(say(task, "ioMapping"), zeebe(side))
        line.set("source", f"={source}")
        line.set("target", target)


def _text(association: etree._Element, name: str) -> str:
    return (association.findtext(bpmn(name)) or "").strip()
