"""Ids in our style: what a tool has drawn at random is called after its name, what cannot be an id here is mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lxml import etree

from engine.checker.manifest import SLUG
from engine.checker.raw import IDENTITY, LONGEST, RESERVED
from engine.foreign.note import Notes
from engine.tags import FLOW_NODES, bpmn

_AT_RANDOM = re.compile(
    r"(?:sid-|_).*|\{?[0-9A-Fa-f]{8}-.*|id-?[0-9A-Fa-f-]{8,}"
    r"|[A-Z][A-Za-z]*_[0-9A-Za-z-]*\d[0-9A-Za-z-]*|[a-z]+[A-Z]?[a-zA-Z]*\d+|senza_id_\d+|[A-Z]{2,5}(?:-\d+)+-?"
    r"|(?:obj|con|rel|EAID|Id|ID|OBJ|GUID)[._:-].*|.*:.*:.*|.*[_-](?=[A-Za-z0-9]*\d[A-Za-z])[A-Za-z0-9]{12,}.*"
)
"""What tools invent: `sid-0A…`, `_6-61`, `Activity_1x0pq7v`, `usertask1`, `obj.30551`, `bpdid:5af:-7fef`,
`Bpmn_Task_LwKtwhqHEeWDuOtG0oS24A`."""

_REFERRING = re.compile(r"(?:.*Refs?|default|bpmnElement|incoming|outgoing|source|target)")


def slug(text: str, otherwise: str) -> str:
    """Lower-case letters, digits and «_», beginning with a letter; `otherwise` when nothing of the text is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60].strip("_")
    if not found:
        return otherwise
    return found if found[0].isalpha() else f"{otherwise}_{found}"


def is_random(identity: str) -> bool:
    """Whether an id says nothing to a reader."""
    return _AT_RANDOM.fullmatch(identity) is not None


def rename(root: etree._Element, notes: Notes) -> None:
    """Give elements and lanes ids in our style, and follow every reference to them."""
    renamed: dict[str, str] = {}
    chosen: list[tuple[str, str]] = []
    numbers: dict[str, int] = {}
    taken = {node.get("id") for node in root.iter() if node.get("id")}
    for node, ours in _wanted(root):
        old = node.get("id", "")
        new = ours
        number = numbers.get(ours, 2)
        while (new in taken and new != old) or new in RESERVED:
            new, number = f"{ours}_{number}", number + 1
        numbers[ours] = number
        if new != old:
            node.set("id", new)
            taken.add(new)
            renamed[old] = new
            if old and not is_random(old):
                chosen.append((new, old))
    renamed.pop("", None)
    _refer(root, renamed, taken)
    notes.follow(renamed)
    for new, old in chosen:
        notes.translated(new, f"si chiamava «{old}»")
    _call_flows(root, taken)


def _call_flows(root: etree._Element, taken: set[str | None]) -> None:
    """A flow is called after its ends, unless somebody has called it."""
    renamed = {}
    for flow in root.iter(bpmn("sequenceFlow")):
        old = flow.get("id", "")
        if not _needs(old) and not old.startswith(("Flow_", "SequenceFlow_")):
            continue
        ours = f"{flow.get('sourceRef')}__{flow.get('targetRef')}"[:LONGEST]
        new, number = ours, 2
        while new in taken:
            new, number = f"{ours}_{number}", number + 1
        flow.set("id", new)
        taken.add(new)
        renamed[old] = new
    _refer(root, renamed, taken)


def _wanted(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """What needs another id, with the id that it would like."""
    for node in list(root.iter()):
        identity, kind = node.get("id", ""), etree.QName(node).localname
        if node.tag in FLOW_NODES and _needs(identity):
            yield node, slug(node.get("name", ""), slug(re.sub(r"(?<!^)(?=[A-Z])", "_", kind), "passo"))
        elif node.tag == bpmn("lane") and (is_random(identity) or not SLUG.fullmatch(identity)):
            # the id of a lane is the role of those who work in it
            name = node.get("name") or (_whose(node) if is_random(identity) else identity)
            yield node, slug(name, "corsia")


def _whose(lane: etree._Element) -> str:
    """A lane without a name is that of whoever the process is called after."""
    process = next(lane.iterancestors(bpmn("process")), None)
    return "" if process is None else process.get("name", "")


def _needs(identity: str) -> bool:
    possible = IDENTITY.fullmatch(identity) and len(identity) <= LONGEST and identity not in RESERVED
    return not possible or is_random(identity)


def _refer(root: etree._Element, renamed: dict[str, str], known: set[str | None]) -> None:
    """Point references to the new ids; the prefix of a qualified name has no meaning within one file."""

    def now(reference: str) -> str:
        bare = reference.strip()
        if bare not in known and bare not in renamed:
            bare = bare.rpartition(":")[2]
        return renamed.get(bare, bare)

    def each_now(references: str) -> str:
        whole = references.strip()  # some tools write ids with spaces in them
        return now(whole) if whole in known or whole in renamed else " ".join(map(now, whole.split()))

    for node in root.iter():
        for name in map(str, list(node.attrib)):
            if "}" not in name and _REFERRING.fullmatch(name):
                node.set(name, each_now(node.get(name, "")))
        if _REFERRING.fullmatch(etree.QName(node).localname) and node.text and not len(node):
            node.text = now(node.text)
