"""The file as a whole: its namespaces, its processes, and what of the drawing goes with each."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy

from lxml import etree

from engine.foreign import pools
from engine.foreign.note import Notes, NotImportable
from engine.tags import BPMN, FLOW_NODES, ZEEBE, bpmn

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC, DD = "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {
    "bpmn": BPMN,
    "bpmndi": DI,
    "dc": DC,
    "di": DD,
    "zeebe": ZEEBE,
    "xsi": XSI,
}
_OURS = frozenset(PREFIXES.values())

_MAY_DANGLE = (
    *("definitionalCollaborationRef", "partitionElementRef", "evaluatesToTypeRef", "itemSubjectRef"),
    *("sourceElement", "targetElement", "labelStyle", "dataStoreRef", "categoryValueRef"),
)
MOST = 100
"""Processes in one file: each takes a copy of the whole to begin with."""

_NUMBER = re.compile(r"-?[0-9]{1,7}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")

_NOT_EXECUTED = ("choreography", "globalChoreographyTask", "conversation", "globalConversation")
_DATA = (
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "property",
    "ioBinding",
    "resourceRole",
)


def processes(root: etree._Element) -> list[etree._Element]:
    """The processes that have something in them. Raises NotImportable when there is none, or more than MOST."""
    found = [each for each in root.iterfind(bpmn("process")) if any(n.tag in FLOW_NODES for n in each.iter())]
    if len(found) > MOST:
        raise NotImportable(
            f"Ci sono {len(found)} processi in un file: esportane al massimo {MOST} per volta."
        )
    if found:
        return found
    if next(root.iter(*map(bpmn, _NOT_EXECUTED)), None) is not None:
        raise NotImportable(
            "È una coreografia o una conversazione: non dice i passi di nessuno. Disegna un processo."
        )
    closed = [name for name in pools.names(root).values() if name]
    if closed:
        listed = ", ".join(f"«{name}»" for name in closed[:5])
        raise NotImportable(
            f"Ci sono solo pool chiusi ({listed}): disegna dentro uno di questi i suoi passi."
        )
    raise NotImportable("Nel diagramma non c'è nessun processo con dei passi.")


def alone(root: etree._Element, process: etree._Element, notes: Notes) -> etree._Element:
    """A file with one of the processes, and of the rest only what that refers to and the drawing of it."""
    place = root.index(process)
    made = deepcopy(root)
    kept = made[place]
    for other in list(made.iter(bpmn("process"))):
        if other is not kept:
            _remove(other)
    pools.keep_own(made, kept, pools.names(root), notes)
    for tag in _NOT_EXECUTED:
        for node in list(made.iterfind(bpmn(tag))):
            notes.dropped("-", f"«{tag}»: non si esegue")
            _remove(node)
    kept.set("isExecutable", "true")
    return made


def without_data(process: etree._Element, notes: Notes) -> None:
    """What flows into and out of steps is said by mappings here; the pictures of documents and stores stay."""
    for node in list(process.iter(*map(bpmn, _DATA))):
        _remove(node)
        notes.dropped("-", "gli scambi con i dati disegnati: qui si scrivono negli input e output dei passi")


def tidy(root: etree._Element, notes: Notes) -> etree._Element:
    """Leave only what BPMN and our dialect say, under their usual prefixes; list the vendors whose marks went."""
    vendors: Counter[str] = Counter()
    for node in list(root.iter()):
        if etree.QName(node).namespace not in _OURS and node is not root:
            vendors[_vendor(node.tag)] += 1
            _remove(node)
            continue
        for name in map(str, list(node.attrib)):
            if name.startswith("{") and etree.QName(name).namespace not in _OURS:
                vendors[_vendor(name)] += 1
                del node.attrib[name]
    for extension in list(root.iter(bpmn("extensionElements"))):
        if not len(extension):
            _remove(extension)
    for vendor, count in vendors.items():
        notes.dropped("-", f"{count} annotazioni di «{vendor}», che qui non vogliono dire nulla")
    _types(root)
    _dangling(root)
    _undrawn(root, notes)
    _flows(root)
    _unindent(root)
    made = etree.Element(bpmn("definitions"), nsmap=PREFIXES)
    made.set("targetNamespace", "http://bpmn.io/schema/bpmn")
    made.extend(list(root))
    etree.cleanup_namespaces(made, keep_ns_prefixes=list(PREFIXES))
    return made


def _unindent(root: etree._Element) -> None:
    """Forget how the file was indented, so that it can be indented anew."""
    for node in root.iter():
        if len(node) and not (node.text or "").strip():
            node.text = None
        if not (node.tail or "").strip():
            node.tail = None


def _vendor(tag: str) -> str:
    """The last telling part of a namespace: «signavio.com», «camunda.org/schema/1.0/bpmn»."""
    return (
        (etree.QName(tag).namespace or "senza nome")
        .removeprefix("http://")
        .removeprefix("https://")
        .removeprefix("www.")
    )


def _undrawn(root: etree._Element, notes: Notes) -> None:
    """Take away the shapes of what is there no more or is drawn already, and pages without a drawing."""
    waiting = {node.get("id") for node in root.iter(f"{{{BPMN}}}*")} - {None}
    known = frozenset(waiting)
    _nowhere(root, known, notes)
    for shape in [*root.iter(f"{{{DI}}}BPMNShape"), *root.iter(f"{{{DI}}}BPMNEdge")]:
        if shape.get("bpmnElement") not in waiting:
            _remove(shape)
        waiting.discard(shape.get("bpmnElement"))
    _unseen(root, notes)
    owner = next(root.iter(bpmn("collaboration"), bpmn("process")), None)
    pages = list(root.iter(f"{{{DI}}}BPMNDiagram"))
    for page in pages:
        plane = page.find(f"{{{DI}}}BPMNPlane")
        if plane is None or next(plane.iter(f"{{{DI}}}BPMNShape"), None) is None:
            _remove(page)
        elif plane.get("bpmnElement") not in known and owner is not None:
            plane.set("bpmnElement", owner.get("id", ""))


def _unseen(root: etree._Element, notes: Notes) -> None:
    """Tell of the steps that a drawing does not show, though it could: not of those within a closed subprocess."""
    shapes = {shape.get("bpmnElement"): shape for shape in root.iter(f"{{{DI}}}BPMNShape")}
    closed = {key for key, shape in shapes.items() if shape.get("isExpanded", "false") != "true"}
    unseen = [
        node.get("id", "")
        for node in root.iter(*FLOW_NODES)
        if node.get("id") not in shapes
        and not any(above.get("id") in closed for above in node.iterancestors())
    ]
    if shapes and unseen:
        notes.dropped("-", f"nel disegno non si vedono, ma ci sono: {', '.join(unseen)[:300]}")


def _nowhere(root: etree._Element, known: frozenset[str | None], notes: Notes) -> None:
    """Take away what is drawn nowhere: a shape without its place, a line without its points."""
    lost = 0
    for shape in list(root.iter(f"{{{DI}}}BPMNShape")):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is None or not _measured(bounds, "x", "y", "width", "height"):
            _remove(shape)
            lost += shape.get("bpmnElement") in known
    for line in list(root.iter(f"{{{DI}}}BPMNEdge")):
        points = line.findall(f"{{{DD}}}waypoint")
        if len(points) < 2 or not all(_measured(point, "x", "y") for point in points):
            _remove(line)
            lost += line.get("bpmnElement") in known
    for bounds in list(root.iter(f"{{{DC}}}Bounds")):
        if not _measured(bounds, "x", "y", "width", "height"):
            _remove(bounds)
    if lost:
        notes.dropped("-", f"{lost} parti del disegno, che non dicono dove stanno")


def _measured(node: etree._Element, *names: str) -> bool:
    """Whether all these measures are numbers; those with a comma in them are put right."""
    for name in names:
        node.set(name, node.get(name, "").strip().replace(",", "."))
    return all(_NUMBER.fullmatch(node.get(name, "")) for name in names)


def _dangling(root: etree._Element) -> None:
    """Take away what refers to something that is not in the file, and says nothing here: a modeller warns of it."""
    known = {node.get("id") for node in root.iter()}
    for node in list(root.iter()):
        for name in _MAY_DANGLE:
            if node.get(name) is not None and node.get(name) not in known:
                del node.attrib[name]
        lost = node.tag == bpmn("flowNodeRef") and (node.text or "").strip() not in known
        if lost or node.tag == bpmn("relationship"):
            _remove(node)


def _types(root: etree._Element) -> None:
    """Say types with the prefix that BPMN has here, and none where the drawing needs none."""
    for node in root.iter():
        written = node.get(f"{{{XSI}}}type")
        if written is None:
            continue
        if etree.QName(node).namespace == BPMN and written.rpartition(":")[2].startswith("t"):
            node.set(f"{{{XSI}}}type", f"bpmn:{written.rpartition(':')[2]}")
        else:
            del node.attrib[f"{{{XSI}}}type"]


def is_drawn(root: etree._Element) -> bool:
    """Whether the file says where anything stands."""
    return next(root.iter(f"{{{DI}}}BPMNShape"), None) is not None


def _flows(root: etree._Element) -> None:
    """Say at each element which flows come in and go out: not every tool does."""
    nodes = {node.get("id"): node for node in root.iter() if node.tag in FLOW_NODES}
    for node in nodes.values():
        for tag in ("incoming", "outgoing"):
            for stale in list(node.iterfind(bpmn(tag))):
                node.remove(stale)
    for tag, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        for flow in reversed(list(root.iter(bpmn("sequenceFlow")))):
            at = nodes.get(flow.get(end))
            if at is not None:
                _insert(at, tag, flow.get("id", ""))


def _insert(node: etree._Element, tag: str, text: str) -> None:
    first = [child for child in node if child.tag in (bpmn("documentation"), bpmn("extensionElements"))]
    made = etree.Element(bpmn(tag))
    made.text = text
    node.insert(len(first), made)


def pop(node: etree._Element, name: str) -> str | None:
    """The value of an attribute, taken away."""
    value = node.get(name)
    if value is not None:
        del node.attrib[name]
    return value


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
