"""What a bundle must be before it can be published: every refusal names the file, the element and a way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from engine import dmn, json
from engine.bundle import Bundle, BundleUnreadable
from engine.checker import elements, expressions, flows
from engine.dialect import Diagram, read
from engine.errors import Problem
from engine.form import FormSchema
from engine.operation import Operations
from engine.spiff import Unrunnable, compile_diagram
from engine.xml import XmlRefused, parse_xml

MAX_ELEMENTS = 400


def check(bundle: Bundle, operations: Operations | None = None) -> list[Problem]:
    """Every reason to refuse a bundle, in the order of its files; an empty list means that it can be published.

    Without `operations` (a diagram looked at alone) their names are not held against what is installed.
    """
    try:
        manifest = _manifest(bundle)
        problems = list(manifest)
        models, found = _decisions(bundle)
        problems += found
        problems += _forms(bundle)
        problems += _diagram(bundle, operations, models)
    except BundleUnreadable as error:
        return [error.problem]
    return problems


def check_diagram(name: str, content: bytes) -> list[Problem]:
    """Reasons to refuse a diagram looked at alone, without its forms and tables."""
    root, diagrams, problems = _read(name, content)
    for diagram in diagrams:
        problems += [Problem(name, *found) for found in _inside(root, diagram, None)]
    return problems


def _manifest(bundle: Bundle) -> Iterator[Problem]:
    for key in ("nome", "codice"):
        if not isinstance(bundle.manifest.get(key), str):
            yield Problem("bundle.json", key, "manca, o non è un testo")
    if bundle.manifest.get("slug", bundle.slug) != bundle.slug:
        yield Problem("bundle.json", "slug", f"deve essere «{bundle.slug}», come la cartella")
    parameters = bundle.manifest.get("parametri", {})
    if not isinstance(parameters, dict):
        yield Problem("bundle.json", "parametri", "deve essere un oggetto")
        return
    for key, entry in parameters.items():
        if not isinstance(entry, dict) or "valore" not in entry or not entry.get("titolo"):
            yield Problem("bundle.json", f"parametri.{key}", "servono «titolo» e «valore»")


def _decisions(bundle: Bundle) -> tuple[set[str], list[Problem]]:
    decisions: set[str] = set()
    problems = []
    for name, content in sorted(bundle.named("", ".dmn").items()):
        file = f"{name}.dmn"
        try:
            model = dmn.load(content)
        except (dmn.DmnError, XmlRefused) as error:
            problems.append(Problem(file, "-", str(error)))
            continue
        problems += [Problem(file, found.element_id, found.message) for found in model.problems()]
        for decision in model.decision_ids:
            if decision in decisions:
                problems.append(Problem(file, decision, "un'altra tabella ha la stessa decisione"))
            decisions.add(decision)
    return decisions, problems


def _forms(bundle: Bundle) -> Iterator[Problem]:
    common: dict[str, Any] = {}
    for name, content in sorted(bundle.named("forms/common/", ".json").items()):
        try:
            common[f"common/{name}.json"] = json.loads(content)
        except ValueError as error:
            yield Problem(f"forms/common/{name}.json", "-", f"JSON malformato: {error}")
    for name, content in sorted(bundle.named("forms/", ".schema.json").items()):
        file = f"forms/{name}.schema.json"
        try:
            schema = json.loads(content)
        except ValueError as error:
            yield Problem(file, "-", f"JSON malformato: {error}")
            continue
        for found in FormSchema(schema, common).problems():
            yield Problem(file, found.pointer or "-", found.message)
    for name, content in sorted(bundle.named("forms/", ".ui.json").items()):
        try:
            json.loads(content)
        except ValueError as error:
            yield Problem(f"forms/{name}.ui.json", "-", f"JSON malformato: {error}")


def _diagram(bundle: Bundle, operations: Operations | None, decisions: set[str]) -> Iterator[Problem]:
    name = f"{bundle.slug}.bpmn"
    root, diagrams, problems = _read(name, bundle.diagram)
    yield from problems
    if problems:
        return
    diagram = next((d for d in diagrams if d.process_id == bundle.slug), None)
    if diagram is None:
        yield Problem(name, "-", f"serve un processo eseguibile con id «{bundle.slug}», come la cartella")
        return
    forms = set(bundle.named("forms/", ".schema.json"))
    parameters = {p.key for p in bundle.parameters}
    context = elements.Context(operations, decisions, forms, parameters)
    for element, message in _inside(root, diagram, context):
        yield Problem(name, element, message)


def _read(name: str, content: bytes) -> tuple[etree._Element, list[Diagram], list[Problem]]:
    try:
        root = parse_xml(content)
    except XmlRefused as error:
        return etree.Element("none"), [], [Problem(name, "-", str(error))]
    problems = [Problem(name, *found) for found in elements.raw(root)]
    diagrams = read(root)
    if not problems and not diagrams:
        problems.append(
            Problem(name, "-", "nessun processo eseguibile: metti la spunta «Executable» sul processo")
        )
    return root, diagrams, problems


Found = tuple[str, str]


def _inside(root: etree._Element, diagram: Diagram, context: elements.Context | None) -> Iterable[Found]:
    if len(diagram.elements) > MAX_ELEMENTS:
        return [
            (
                diagram.process_id,
                f"{len(diagram.elements)} elementi: al massimo {MAX_ELEMENTS}. "
                "Porta una parte in un percorso chiamato.",
            )
        ]
    found = [
        *elements.check(diagram, context),
        *flows.check(diagram, context.operations if context else None),
        *expressions.check(diagram, context.parameters if context else None),
    ]
    if not found:
        try:
            compile_diagram(root, diagram)
        except Unrunnable as error:
            found.append((error.element, f"il motore non sa eseguirlo: {error}"))
    return found
