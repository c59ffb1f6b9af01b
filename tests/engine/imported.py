"""Files as other tools write them, and what becomes of them: for the tests of the importer."""

from __future__ import annotations

from engine import check
from engine.dialect import Diagram, read
from engine.foreign import Imported, bring_in
from engine.xml import parse_xml

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:flowable="http://flowable.org/bpmn" xmlns:signavio="http://www.signavio.com"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:bizagi="http://www.bizagi.com/bpmn20"
  targetNamespace="http://www.example.org" id="sid-defs">
"""


def drawn(
    body: str, before: str = "", after: str = "", process: str = 'id="contributo" name="Contributo"'
) -> bytes:
    return f"{HEAD}{before}<process {process}>{body}</process>{after}</definitions>".encode()


def flow(source: str, target: str, inner: str = "", identity: str = "") -> str:
    return f'<sequenceFlow id="{identity or f"Flow_{source}{target}1"}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def one(content: bytes, name: str = "contributo.bpmn") -> Imported:
    (imported,) = bring_in(name, content)
    return imported


def diagram_of(imported: Imported) -> Diagram:
    return read(parse_xml(imported.bundle.diagram))[0]


def problems(imported: Imported) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in check(imported.bundle):
        found.setdefault(problem.element, []).append(problem.message)
    return found


def notes(imported: Imported, kind: str) -> list[str]:
    return [f"{note.element}: {note.message}" for note in imported.notes if note.kind == kind]
