"""What BPMN lets a tool write in several ways, in the one way that is read here."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine.foreign.drawing import DC, DI
from engine.foreign.identity import is_random, slug
from engine.foreign.note import Notes
from engine.tags import BPMN, FLOW_NODES, bpmn

_YES_OR_NO = (
    "cancelActivity",
    "isInterrupting",
    "isForCompensation",
    "isSequential",
    "triggeredByEvent",
    "instantiate",
    "isExecutable",
)
_GLOBAL = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


_THROWN = {"error": "errorCode", "escalation": "escalationCode", "signal": "", "message": ""}
_AND_CODE = {kind: " e come codice" if code else "" for kind, code in _THROWN.items()}
"""What an event may refer to, and the attribute that catchers look for, besides the name."""

_SCOPES = frozenset(map(bpmn, ("process", "subProcess", "transaction", "adHocSubProcess")))


def strangers(root: etree._Element) -> dict[etree._Element, list[str]]:
    """Take away what stands among the steps of a process and is not BPMN; its names, by process."""
    found: dict[etree._Element, list[str]] = {}
    for process in root.iterfind(bpmn("process")):
        for scope in [node for node in process.iter() if node.tag in _SCOPES]:
            for node in [child for child in scope if etree.QName(child).namespace != BPMN]:
                scope.remove(node)
                found.setdefault(process, []).append(node.get("name") or etree.QName(node).localname)
    return found


def simplify(root: etree._Element, notes: Notes) -> None:
    """Rewrite a file of one process: each id once, each definition where it is used, each flow with two ends."""
    _booleans(root)
    _each_once(root, notes)
    _definitions(root)
    _undefined(root, notes)
    _global_tasks(root, notes)
    _loose_flows(root, notes)


def _booleans(root: etree._Element) -> None:
    for node in root.iter():
        for name in _YES_OR_NO:
            value = node.get(name)
            if value is not None:
                node.set(name, {"1": "true", "0": "false"}.get(value.strip(), value.strip().lower()))


def _each_once(root: etree._Element, notes: Notes) -> None:
    """Give another id to what has one that came before: whoever refers to it means the first. What a vendor
    writes has ids of its own: two steps may each have a field of one name."""
    seen: set[str] = set()
    taken = {node.get("id") for node in root.iter()}
    for node in root.iter(f"{{{BPMN}}}*", f"{{{DI}}}*", f"{{{DC}}}*"):
        identity = node.get("id")
        if identity is None or identity not in seen:
            seen.add(identity or "")
            continue
        number = 2
        while f"{identity}_{number}" in taken:
            number += 1
        node.set("id", f"{identity}_{number}")
        taken.add(f"{identity}_{number}")
        if node.tag in FLOW_NODES:
            notes.translated(
                f"{identity}_{number}",
                f"aveva lo stesso id di un altro, «{identity[:60]}»: i flussi e il disegno sono rimasti a quello",
            )


def _definitions(root: etree._Element) -> None:
    """Bring into each event the definition that it refers to."""
    common = {
        node.get("id"): node for node in root if etree.QName(node).localname.endswith("EventDefinition")
    }
    for reference in list(root.iter(bpmn("eventDefinitionRef"))):
        found = common.get((reference.text or "").strip().rpartition(":")[2])
        event = reference.getparent()
        if found is not None and event is not None:
            own = deepcopy(found)
            own.attrib.pop("id", "")
            own.tail = None
            event.replace(reference, own)


def _undefined(root: etree._Element, notes: Notes) -> None:
    """Define what an event refers to by its very name, as Activiti lets one do: an error, a signal, a message."""
    common = {node.get("id") for node in root}
    taken = {node.get("id") for node in root.iter()}
    made: dict[tuple[str, str], str] = {}
    for definition in list(root.iter(*(bpmn(f"{kind}EventDefinition") for kind in _THROWN))):
        kind = etree.QName(definition).localname.removesuffix("EventDefinition")
        reference = (definition.get(f"{kind}Ref") or "").strip()
        name = reference.rpartition(":")[2]
        if not name or reference in common or name in common:
            continue
        if (kind, name) not in made:
            identity, number = f"{kind}_{slug(name, 'senza_nome')}", 2
            while identity in taken:
                identity, number = f"{kind}_{slug(name, 'senza_nome')}_{number}", number + 1
            code = {_THROWN[kind]: name} if _THROWN[kind] else {}
            root.insert(0, etree.Element(bpmn(kind), {"id": identity, "name": name, **code}))
            taken.add(identity)
            made[kind, name] = identity
        definition.set(f"{kind}Ref", made[kind, name])
        event = definition.getparent()
        at = event.get("id", "-") if event is not None else "-"
        notes.translated(at, f"«{name[:60]}» nel file non è definito: vale come nome{_AND_CODE[kind]}")


def _global_tasks(root: etree._Element, notes: Notes) -> None:
    """A global task that somebody calls is a step like any other, of its own kind."""
    common = {node.get("id"): node for node in root.iter(*map(bpmn, _GLOBAL))}
    for call in list(root.iter(bpmn("callActivity"))):
        task = common.get((call.get("calledElement") or "").strip().rpartition(":")[2])
        if task is None:
            continue
        del call.attrib["calledElement"]
        call.tag = bpmn(_GLOBAL[etree.QName(task).localname])
        name = str(task.get("name") or task.get("id"))
        if not call.get("name"):
            call.set("name", name)
        notes.translated(
            call.get("id", ""), f"chiamava l'attività globale «{name[:60]}»: diventa un passo di qui"
        )


def _loose_flows(root: etree._Element, notes: Notes) -> None:
    """Take away the flows that hang from nothing, or lead to nothing of this process."""
    nodes = {node.get("id") for node in root.iter(*FLOW_NODES)}
    for flow in list(root.iter(bpmn("sequenceFlow"))):
        ends = [_bare(flow.get(name), nodes) for name in ("sourceRef", "targetRef")]
        parent = flow.getparent()
        if None in ends and parent is not None:
            parent.remove(flow)
            known = next((end for end in ends if end is not None), "-")
            identity = flow.get("id", "")
            name = flow.get("name") or ("" if is_random(identity) else identity)
            notes.dropped(
                known,
                f"il flusso «{name[:60]}», a cui manca un capo" if name else "un flusso a cui manca un capo",
            )


def _bare(reference: str | None, nodes: set[str | None]) -> str | None:
    """The id of a flow node that a reference means, with a prefix or without; None when there is no such node."""
    text = (reference or "").strip()
    return next((each for each in (text, text.rpartition(":")[2]) if each in nodes), None)
