"""Whose a process is, and what it exchanges with others: its own pool stays, and messages are those of its events."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.foreign.identity import slug
from engine.foreign.note import Notes
from engine.tags import FLOW_NODES, bpmn


def is_of(pool: etree._Element, process: etree._Element) -> bool:
    """Whether a pool is that of a process, whose id may have a colon in it or a prefix before it."""
    reference, identity = pool.get("processRef", "").strip(), process.get("id", "")
    return reference == identity or reference.partition(":")[2] == identity


def names(root: etree._Element) -> dict[str, str]:
    """What the pools and the steps of a whole file are called, by id: those of one process speak of the others."""
    called = root.iter(bpmn("participant"), *FLOW_NODES)
    return {node.get("id", ""): " ".join((node.get("name") or "").split()) for node in called}


def keep_own(root: etree._Element, process: etree._Element, called: Mapping[str, str], notes: Notes) -> None:
    """Of the collaborations of a file leave the pool of the process; `called`: names by id."""
    nodes = {node.get("id", ""): node for node in process.iter(*FLOW_NODES)}
    for collaboration in list(root.iterfind(bpmn("collaboration"))):
        own = {
            pool.get("id", "") for pool in collaboration.iterfind(bpmn("participant")) if is_of(pool, process)
        }
        for flow in list(collaboration.iterfind(bpmn("messageFlow"))):
            collaboration.remove(flow)
            _exchange(root, flow, nodes, own, called, notes)
        for pool in list(collaboration.iterfind(bpmn("participant"))):
            if pool.get("id", "") not in own:
                collaboration.remove(pool)
                name = pool.get("name") or pool.get("id")
                notes.dropped("-", f"il pool «{name}»: un percorso è un processo solo")
        if not own:
            root.remove(collaboration)


def _exchange(
    root: etree._Element,
    flow: etree._Element,
    nodes: Mapping[str, etree._Element],
    own: set[str],
    called: Mapping[str, str],
    notes: Notes,
) -> None:
    """Tell of a message flow that leaves the process or comes to it; give its name to an event that has none."""
    ends = {end: flow.get(f"{end}Ref", "").strip() for end in ("source", "target")}
    known = {end: _bare(reference, called) for end, reference in ends.items()}
    for end, other, words in (("target", "source", "da"), ("source", "target", "a")):
        node = nodes.get(known[end])
        if node is None and known[end] not in own:
            continue
        name = _name(root, flow)
        label = f"il flusso di messaggi «{name}»" if name else "un flusso di messaggi"
        whom = called.get(known[other]) or known[other]
        if node is not None and name and _named(root, node, name):
            notes.translated(known[end], f"{label} {words} «{whom}» diventa il messaggio dell'evento")
        else:
            at = "-" if node is None else known[end]
            notes.dropped(
                at, f"{label} {words} «{whom}»: qui un messaggio si scrive sull'evento che l'aspetta"
            )


def _name(root: etree._Element, flow: etree._Element) -> str:
    """What a message flow is called: as its message, or by itself."""
    message = _message(root, flow.get("messageRef"))
    return " ".join(((message is not None and message.get("name")) or flow.get("name") or "").split())


def _message(root: etree._Element, reference: str | None) -> etree._Element | None:
    wanted = (reference or "").strip()
    found = {message.get("id"): message for message in root.iterfind(bpmn("message"))}
    return found.get(wanted, found.get(wanted.rpartition(":")[2])) if wanted else None


def _named(root: etree._Element, node: etree._Element, name: str) -> bool:
    """Whether an event, or a step that receives, lacked its message and has got this one."""
    waits = node if node.tag == bpmn("receiveTask") else node.find(bpmn("messageEventDefinition"))
    if waits is None:
        return False
    message = _message(root, waits.get("messageRef"))
    if message is None:
        message = _new(root, name)
        waits.set("messageRef", message.get("id", ""))
        return True
    if message.get("name"):
        return False
    message.set("name", name)
    return True


def _new(root: etree._Element, name: str) -> etree._Element:
    """The message of this name, made where there is none."""
    for message in root.iterfind(bpmn("message")):
        if message.get("name") == name:
            return message
    taken = {node.get("id") for node in root.iter()}
    identity, number = f"messaggio_{slug(name, 'senza_nome')}", 2
    while identity in taken:
        identity, number = f"messaggio_{slug(name, 'senza_nome')}_{number}", number + 1
    message = etree.Element(bpmn("message"), {"id": identity, "name": name})
    root.insert(0, message)
    return message


def _bare(reference: str, known: Mapping[str, str]) -> str:
    return reference if reference in known else reference.rpartition(":")[2]
