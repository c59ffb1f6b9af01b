"""A release compiled to run: diagram, token specification, decision models, forms. Cached by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine import dmn, json
from engine.adhoc import question
from engine.bundle import Bundle, BundleUnreadable
from engine.dialect import Diagram, Element, read
from engine.form import FormSchema
from engine.parser import Unrunnable, compile_diagram
from engine.xml import XmlRefused, parse_xml


@dataclass(frozen=True)
class Program:
    """What is needed to run instances of one release."""

    bundle: Bundle
    diagram: Diagram
    spec: BpmnProcessSpec
    subprocesses: dict[str, BpmnProcessSpec]
    models: Mapping[str, dmn.Model]

    @property
    def hash(self) -> str:
        return self.bundle.hash

    @property
    def slug(self) -> str:
        return self.bundle.slug

    def element(self, element_id: str) -> Element:
        return self.diagram.elements[element_id]

    @cached_property
    def handlers(self) -> Mapping[str, tuple[Element, ...]]:
        """The start events of event subprocesses, by the process or subprocess they stand in."""
        found: dict[str, tuple[Element, ...]] = {}
        for start in self.diagram.elements.values():
            holder = self.diagram.elements.get(start.parent)
            if start.kind == "startEvent" and holder is not None and holder.event_subprocess:
                found[holder.parent] = (*found.get(holder.parent, ()), start)
        return found

    @cached_property
    def undone_by(self) -> Mapping[str, str]:
        """The step that undoes an activity, by the activity's id."""
        borders = (e for e in self.diagram.elements.values() if e.handler is not None)
        return {border.attached_to or "": border.handler or "" for border in borders}

    @cached_property
    def common(self) -> dict[str, Any]:
        """The shared definitions that forms refer to, by reference."""
        common = self.bundle.named("forms/common/", ".json")
        return {f"common/{name}.json": json.loads(content) for name, content in common.items()}

    @cached_property
    def _forms(self) -> dict[str, FormSchema]:
        return {}

    def schema(self, form_id: str) -> dict[str, Any] | None:
        """The JSON Schema of a form; None when the step has none."""
        content = self.bundle.files.get(f"forms/{form_id}.schema.json")
        if content is not None:
            return dict(json.loads(content))
        choice = self.diagram.elements.get(form_id)
        return question(choice.name, choice.choices) if choice is not None and choice.choices else None

    def form(self, form_id: str) -> FormSchema | None:
        """What checks the answers of a form; None when the step has none. Read and compiled once."""
        known = self._forms.get(form_id)
        if known is not None:
            return known
        schema = self.schema(form_id)
        return None if schema is None else self._forms.setdefault(form_id, FormSchema(schema, self.common))

    def ui(self, form_id: str) -> dict[str, Any]:
        """The UI schema of a form; empty when there is none."""
        content = self.bundle.files.get(f"forms/{form_id}.ui.json")
        return {} if content is None else dict(json.loads(content))

    def letter(self, name: str) -> str | None:
        """The text of a letter's template."""
        content = self.bundle.files.get(f"lettere/{name}.txt")
        return None if content is None else content.decode()


def compile_bundle(bundle: Bundle) -> Program:
    """Compile a checked bundle. Raises Unrunnable, XmlRefused, DmnError, BundleUnreadable."""
    root = parse_xml(bundle.diagram)
    diagram = _diagram(root, bundle)
    spec, subprocesses = compile_diagram(root, diagram)
    models: dict[str, dmn.Model] = {}
    for content in bundle.named("", ".dmn").values():
        model = dmn.load(content)
        models.update(dict.fromkeys(model.decision_ids, model))
    return Program(bundle, diagram, spec, subprocesses, models)


def diagrams(bundle: Bundle) -> list[Diagram]:
    """The executable processes of a bundle that need not be checked; none when it cannot be read."""
    try:
        return read(parse_xml(bundle.diagram))
    except (XmlRefused, BundleUnreadable):
        return []


def diagram_of(bundle: Bundle) -> Diagram:
    """The executable process of a checked bundle. Raises Unrunnable, XmlRefused."""
    return _diagram(parse_xml(bundle.diagram), bundle)


def _diagram(root: etree._Element, bundle: Bundle) -> Diagram:
    diagram = next((d for d in read(root) if d.process_id == bundle.slug), None)
    if diagram is None:
        raise Unrunnable(bundle.slug, f"no executable process with id {bundle.slug}")
    return diagram


_programs: dict[str, Program] = {}
_lock = Lock()


def cached(bundle_hash: str) -> Program | None:
    """The program of a release compiled before in this process."""
    return _programs.get(bundle_hash)


def keep(program: Program) -> Program:
    """Remember a compiled program by its hash."""
    with _lock:
        return _programs.setdefault(program.hash, program)
