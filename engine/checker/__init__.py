"""What a bundle must be before it can be published: every refusal names file, element and a way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.bundle import Bundle, BundleUnreadable
from engine.checker import (
    cycles,
    decisions,
    elements,
    expressions,
    flows,
    forms,
    manifest,
    news,
    raw,
    rivals,
    stories,
    tokens,
    uncaught,
    variables,
)
from engine.checker.context import Context, Found
from engine.dialect import Diagram, read
from engine.errors import Problem
from engine.operation import Operations
from engine.parser import Unrunnable, compile_diagram
from engine.xml import XmlRefused, parse_xml

MAX_ELEMENTS = 400
"""SpiffWorkflow's parser is recursive: a chain of 400 elements parses, one of 500 does not."""


def check(bundle: Bundle, operations: Operations | None = None) -> list[Problem]:
    """Every reason to refuse a bundle; an empty list means that it can be published.

    Without `operations` their names are not held against what is installed.
    """
    return _Reading(bundle, operations).refused


def advise(bundle: Bundle, operations: Operations | None = None) -> list[Problem]:
    """What is worth a second look in a bundle, though it can be published."""
    return _Reading(bundle, operations).advice


def check_diagram(name: str, content: bytes) -> list[Problem]:
    """Reasons to refuse a diagram looked at alone, without its forms and tables."""
    root, diagrams, problems = _read(name, content)
    for diagram in diagrams:
        problems += [Problem(name, *found) for found in _inside(root, diagram, Context())]
    return problems


def check_decisions(name: str, content: bytes) -> list[Problem]:
    """Reasons to refuse a file of decision tables looked at alone."""
    return decisions.check_model(name, content)[1]


def check_form(name: str, content: bytes, common: Mapping[str, Any]) -> list[Problem]:
    """Reasons to refuse a form looked at alone; `common`: the shared parts by reference."""
    return forms.check_schema(name, content, common)


class _Reading:
    """One pass over a bundle."""

    def __init__(self, bundle: Bundle, operations: Operations | None) -> None:
        self.refused: list[Problem] = []
        self.advice: list[Problem] = []
        self._bundle = bundle
        try:
            self._read(operations)
        except BundleUnreadable as error:
            self.refused.append(error.problem)

    def _read(self, operations: Operations | None) -> None:
        bundle = self._bundle
        found = list(manifest.check(bundle))
        self.refused += found
        for name, content in sorted(bundle.files.items()):
            if name.endswith(".json"):
                self.refused += forms.twice(name, content)
        if any(problem.element.startswith("parametri") for problem in found):
            return
        models, problems = decisions.read(bundle)
        dressed = forms.read(bundle)
        self.refused += [*problems, *dressed.refused]
        diagram = self._diagram(
            Context(
                operations=operations,
                models=models,
                forms=dressed.schemas,
                parameters=frozenset(parameter.key for parameter in bundle.parameters),
                letters=frozenset(bundle.named("lettere/", ".txt")),
                told=stories.told(bundle),
            )
        )
        if diagram is not None:
            self.refused += [
                *forms.echoes(dressed, diagram),
                *stories.check(bundle, diagram),
                *news.check(bundle, diagram, dressed.common),
            ]

    def _diagram(self, context: Context) -> Diagram | None:
        name, slug = f"{self._bundle.slug}.bpmn", self._bundle.slug
        root, diagrams, problems = _read(name, self._bundle.diagram)
        self.refused += problems
        if problems:
            return None
        diagram = next((d for d in diagrams if d.process_id == slug), None)
        if diagram is None:
            message = (
                f"serve un processo eseguibile con id «{slug}», come la cartella: cambia l'id del processo"
            )
            self.refused.append(Problem(name, "-", message))
            return None
        self.refused += [Problem(name, *found) for found in _inside(root, diagram, context)]
        self.advice += [Problem(name, *found) for found in raw.unread(root)]
        self.advice += [Problem(name, *found) for found in variables.check(diagram, context)]
        self.advice += [Problem(name, *found) for found in uncaught.check(diagram)]
        return diagram


def _read(name: str, content: bytes) -> tuple[etree._Element, list[Diagram], list[Problem]]:
    try:
        root = parse_xml(content)
    except XmlRefused as error:
        return etree.Element("none"), [], [Problem(name, "-", error.message_it)]
    problems = [Problem(name, *found) for found in raw.check(root)]
    diagrams = [] if problems else read(root)
    if not problems and not diagrams:
        problems.append(
            Problem(name, "-", "nessun processo eseguibile: metti la spunta «Executable» sul processo")
        )
    return root, diagrams, problems


def _inside(root: etree._Element, diagram: Diagram, context: Context) -> Iterator[Found]:
    """Refusals about a diagram: the later looks presume that the earlier found nothing."""
    if len(diagram.elements) > MAX_ELEMENTS:
        yield (
            diagram.process_id,
            f"{len(diagram.elements)} elementi: al massimo {MAX_ELEMENTS}. "
            "Porta una parte in un percorso chiamato.",
        )
        return
    unexecuted = list(raw.unexecuted(root, diagram.process_id))
    refused = {identity for identity, _ in unexecuted}
    looks = (
        *elements.check(diagram, context),
        *flows.check(diagram),
        *expressions.check(diagram, context),
        *rivals.check(diagram),
    )
    found = unexecuted + [each for each in looks if each[0] not in refused]
    found = found or list(flows.unreachable(diagram))
    found = found or [*cycles.check(diagram, context), *tokens.check(diagram, context)]
    if not found:
        try:
            compile_diagram(root, diagram)
        except Unrunnable as error:
            found = [(error.element, f"il motore non sa eseguirlo: {error}")]
    # what is not drawn is told of the ad hoc subprocess that it stands for
    yield from ((_drawn(identity, diagram), message) for identity, message in found)


def _drawn(identity: str, diagram: Diagram) -> str:
    element = diagram.elements.get(identity)
    return (element.ad_hoc if element is not None else None) or identity
