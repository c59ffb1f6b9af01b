"""Conditions, times and repetitions of other engines, in FEEL where they mean the same."""

from __future__ import annotations

import re
from collections import defaultdict

from lxml import etree

from engine import feel
from engine.foreign import juel
from engine.foreign.annotated import Annotated, owning
from engine.foreign.drawing import XSI, pop
from engine.foreign.note import Notes
from engine.tags import bpmn, zeebe

_WORDS = re.compile(r"""\s*(?:"[^"]*"|'[^']*')\s*""")
_WEEKS = re.compile(r"P(\d{1,4})W")
_COUNTED = re.compile(r"\bnrOf(Active|Completed|)Instances\b")
"""What Camunda 7, Flowable and Activiti call the rounds of a repetition."""


def translate(root: etree._Element, notes: Notes) -> None:
    """Rewrite what decides where a token goes, when and how often."""
    conditions = [(owning(node), node) for node in root.iter(bpmn("conditionExpression"))]
    lost = [owner for owner, node in conditions if not _condition(node, notes)]
    for node in list(root.iter(bpmn("completionCondition"))):
        _condition(node, notes)
    for node in list(root.iter(bpmn("timeDate"), bpmn("timeDuration"), bpmn("timeCycle"))):
        _time(node, notes)
    for node in list(root.iter(bpmn("multiInstanceLoopCharacteristics"))):
        _rounds(node, notes)
    _gateways(root, frozenset(lost), notes)


def _condition(node: etree._Element, notes: Notes) -> bool:
    """Whether what the condition says is still said, if it said anything."""
    owner, text = owning(node), (node.text or "").strip()
    language = (pop(node, "language") or _language(node)).lower()
    node.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    if text.startswith("="):
        return True
    try:
        if _is_label(node, text):
            raise juel.Untranslatable(text)
        node.text = _feel(text, language)
        notes.translated(owner, f"la condizione «{text[:80]}» diventa «{node.text[:80]}»")
        return True
    except juel.Untranslatable:
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
        if text:
            notes.dropped(owner, f"la condizione «{text[:120]}»: riscrivila in FEEL")
        return not text


def _is_label(node: etree._Element, text: str) -> bool:
    """Whether a condition only repeats what its flow is called, or says words between quotes."""
    flow = node.getparent()
    name = "" if flow is None else flow.get("name", "")
    return text.casefold() == name.strip().casefold() != "" or _WORDS.fullmatch(text) is not None


def _language(node: etree._Element) -> str:
    return node.getroottree().getroot().get("expressionLanguage") or ""


def _feel(text: str, language: str) -> str:
    """The FEEL of a condition, with its «=»: itself, when it says that it is FEEL. Raises Untranslatable."""
    text = _COUNTED.sub(r"numberOf\1Instances", text)
    if "feel" not in language:
        return juel.translate(text) if juel.is_expression(text) else juel.condition(text)
    try:
        feel.parse(text)
    except feel.FeelError as error:
        raise juel.Untranslatable(text) from error
    return f"={text}"


def _time(node: etree._Element, notes: Notes) -> None:
    text = (node.text or "").strip()
    pop(node, f"{{{XSI}}}type")
    pop(node, "language")
    weeks = _WEEKS.fullmatch(text)
    if weeks is not None:
        node.text = f"P{7 * int(weeks[1])}D"
        notes.translated(owning(node), f"il tempo «{text}» diventa «{node.text}»")
        return
    if not juel.is_expression(text):
        return
    try:
        node.text = juel.translate(text)
    except juel.Untranslatable:
        node.text = None
        notes.dropped(owning(node), f"il tempo «{text[:120]}»: riscrivilo come durata, data o FEEL")


def _rounds(node: etree._Element, notes: Notes) -> None:
    found = Annotated(node, notes)
    collection, item = found.take("collection"), found.take("elementVariable")
    cardinality = node.find(bpmn("loopCardinality"))
    if cardinality is not None:
        node.remove(cardinality)
    times = "" if cardinality is None else (cardinality.text or "").strip()
    if node.find(f".//{zeebe('loopCharacteristics')}") is not None:
        return
    try:
        source = _collection(collection) if collection else times and _times(times)
    except juel.Untranslatable:
        notes.dropped(
            owning(node),
            f"la lista dei giri: l'espressione «{(collection or times)[:120]}» non ha un corrispondente in FEEL",
        )
        return
    if source:
        found.say("loopCharacteristics", inputCollection=source, **({"inputElement": item} if item else {}))


def _collection(text: str) -> str:
    return juel.translate(text if juel.is_expression(text) else f"${{{text}}}")


def _times(text: str) -> str:
    """A list with as many items as an engine would make rounds: FEEL counts from 1 to 0 too. Raises Untranslatable."""
    if text.isdigit() and int(text) > 0:
        return f"=for giro in 1..{text} return giro"
    count = juel.translate(text) if juel.is_expression(text) else juel.script(text.removeprefix("="))
    return f"=if {count[1:]} < 1 then [] else for giro in 1..({count[1:]}) return giro"


def _gateways(root: etree._Element, lost: frozenset[str], notes: Notes) -> None:
    """A choice in which one way out has no condition means that one for the rest; not one whose condition is lost."""
    flows = {flow.get("id"): flow for flow in root.iter(bpmn("sequenceFlow"))}
    leaving: dict[str | None, list[etree._Element]] = defaultdict(list)
    for flow in flows.values():
        leaving[flow.get("sourceRef")].append(flow)
    for gateway in root.iter(bpmn("exclusiveGateway"), bpmn("inclusiveGateway")):
        out = leaving[gateway.get("id")]
        bare = [flow for flow in out if flow.find(bpmn("conditionExpression")) is None]
        default = flows.get(gateway.get("default"))
        if default is not None and default.find(bpmn("conditionExpression")) is not None:
            default.remove(default.find(bpmn("conditionExpression")))  # type: ignore[arg-type]
        if len(out) > 1 and len(bare) == 1 and default is None and bare[0].get("id") not in lost:
            gateway.set("default", bare[0].get("id", ""))
            notes.translated(
                gateway.get("id", ""), f"«{bare[0].get('id')}», senza condizione, vale per ogni altro caso"
            )
