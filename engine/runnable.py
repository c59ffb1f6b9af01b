"""What SpiffWorkflow is given of a diagram: a copy of it without what is only documentation.

Its parser reads data objects, associations and correlations by rules of its own, and refuses, or fails at run
time ("Missing data input"), what an analyst has drawn to be read by people. Variables live in the instance here.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine.dialect import bpmn

DOCUMENTATION = frozenset(
    bpmn(tag)
    for tag in (
        *("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property"),
        *("dataObject", "dataObjectReference", "dataStore", "dataStoreReference"),
        *("correlationProperty", "correlationKey", "correlationSubscription"),
        *("textAnnotation", "association", "group", "category"),
    )
)


def runnable(root: etree._Element) -> etree._Element:
    """A copy of a BPMN file with only what runs in it."""
    copy = deepcopy(root)
    for node in [node for node in copy.iter() if node.tag in DOCUMENTATION]:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    return copy
