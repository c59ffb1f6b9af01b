"""What SpiffWorkflow is given of a diagram: a copy of it without what is only documentation.

Its parser reads data objects, associations and correlations by rules of its own, and refuses, or fails at run
time ("Missing data input"), what an analyst has drawn to be read by people. Variables live in the instance here.
Link events it takes for steps that lead nowhere: it is given the flow that they stand for.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine.adhoc import expanded
from engine.dialect import Diagram
from engine.tags import bpmn

DOCUMENTATION = frozenset(
    bpmn(tag)
    for tag in (
        *("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property"),
        *("dataObject", "dataObjectReference", "dataStore", "dataStoreReference"),
        *("correlationProperty", "correlationKey", "correlationSubscription"),
        *("textAnnotation", "association", "group", "category"),
    )
)


def runnable(root: etree._Element, diagram: Diagram) -> etree._Element:
    """A copy of a BPMN file with only what runs in it, and the flows of a diagram that are not drawn as such."""
    copy = deepcopy(expanded(root))
    for node in [node for node in copy.iter() if node.tag in DOCUMENTATION]:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    for node in [node for node in copy.iter(bpmn("boundaryEvent")) if _compensates(node)]:
        node.getparent().remove(node)  # type: ignore[union-attr]
    for flow in diagram.flows.values():
        if not flow.drawn:
            scope = next(node for node in copy.iter() if node.get("id") == flow.source).getparent()
            assert scope is not None
            ends = {"sourceRef": flow.source, "targetRef": flow.target}
            etree.SubElement(scope, bpmn("sequenceFlow"), {"id": flow.id, **ends})
    return copy


def _compensates(border: etree._Element) -> bool:
    """Whether it says what undoes an activity, and waits for nothing (engine/compensation.py)."""
    return border.find(bpmn("compensateEventDefinition")) is not None
