"""From a file of another tool to bundles of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine import json
from engine.bundle import Bundle
from engine.checker.manifest import SLUG
from engine.foreign import data, drawing, fields, identity, layout, plain, pools, reading, vendor
from engine.foreign.annotated import say
from engine.foreign.note import Note, Notes
from engine.tags import FLOW_NODES, bpmn, zeebe


@dataclass(frozen=True)
class Imported:
    """A bundle made of one process of the file, and what was done to it; `drawn` is false when the file did not
    say where anything stands, and so we did."""

    bundle: Bundle
    notes: tuple[Note, ...]
    drawn: bool


def bring_in(name: str, content: bytes) -> list[Imported]:
    """One bundle for each process of a BPMN file; `name` is the file's, without folder. Raises NotImportable."""
    root = reading.read(content)
    _hold_ids(root)
    strangers = plain.strangers(root)
    processes = drawing.processes(root)
    slugs: dict[str, str] = {}
    for process in processes:
        taken = set(slugs.values())
        slugs[process.get("id", "")] = _slug(
            name, process, _pool(root, process), taken, several=len(processes) > 1
        )
    return [_one(name, root, process, slugs, strangers.get(process, ())) for process in processes]


_CALLED = frozenset(
    map(
        bpmn,
        ("process", "participant", "lane", "sequenceFlow", "association", "group", "textAnnotation")
        + ("dataObjectReference", "dataStoreReference"),
    )
)
"""What has an id besides the steps: it is told of, or drawn."""


def _hold_ids(root: etree._Element) -> None:
    """Give an id to what has none, and each process its own, so that whatever is told can be told of something."""
    used = {node.get("id") for node in root.iter()}
    seen: set[str | None] = {None}
    for process in root.iter(bpmn("process")):
        if process.get("id") in seen:
            process.attrib.pop("id", "")
        seen.add(process.get("id"))
    number = 0
    for node in root.iter():
        if not node.get("id") and (node.tag in _CALLED or node.tag in FLOW_NODES):
            number += 1
            while f"senza_id_{number}" in used:
                number += 1
            node.set("id", f"senza_id_{number}")


def _one(
    name: str,
    root: etree._Element,
    process: etree._Element,
    slugs: Mapping[str, str],
    strangers: Sequence[str],
) -> Imported:
    """One of the processes of a file; `slugs`: what each will be called, by id; `strangers`: what it had in it
    that is not BPMN."""
    notes = Notes()
    for stranger in strangers:
        notes.dropped("-", f"«{stranger}» fra i passi: non è BPMN")
    pool = _pool(root, process)
    made = drawing.alone(root, process, notes)
    kept = next(made.iterfind(bpmn("process")))
    _call(made, kept, slugs, notes)
    plain.simplify(made, notes)
    data.read(kept)
    data.rounds(kept)
    drawing.without_data(kept, notes)
    title = " ".join((process.get("name") or pool or name.rpartition(".")[0] or name).split())
    kept.set("name", title)
    identity.rename(made, notes)
    schemas = fields.forms(made, notes)
    vendor.translate(made, notes)
    _fill(made, schemas, notes)
    made = drawing.tidy(made, notes)
    drawn = drawing.is_drawn(made)
    if not drawn:
        layout.draw(made)
    files = {f"forms/{step}.schema.json": schema for step, schema in schemas.items()}
    slug = kept.get("id", "")
    manifest = {"slug": slug, "nome": title, "codice": "importato", "avvio": [], "parametri": {}}
    files["bundle.json"] = json.dumps(manifest)
    files[f"{slug}.bpmn"] = etree.tostring(made, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Imported(Bundle(slug, files), tuple(notes.found), drawn)


def _call(root: etree._Element, process: etree._Element, slugs: Mapping[str, str], notes: Notes) -> None:
    """Give the process its name here, and those that it calls theirs."""
    old = process.get("id", "")
    process.set("id", slugs[old])
    if slugs[old] != old and not identity.is_random(old):
        notes.translated(
            slugs[old], f"il processo si chiamava «{old}»: così lo chiamava chi lo chiama da fuori"
        )
    for participant in root.iter(bpmn("participant")):
        participant.set("processRef", slugs[old])
    for call in root.iter(bpmn("callActivity"), zeebe("calledElement")):
        attribute = "calledElement" if call.tag == bpmn("callActivity") else "processId"
        reference = call.get(attribute, "").strip()
        ours = slugs.get(reference, slugs.get(reference.rpartition(":")[2]))
        if ours is not None:
            call.set(attribute, ours)


def _pool(root: etree._Element, process: etree._Element) -> str | None:
    """What the pool of a process is called."""
    for pool in root.iter(bpmn("participant")):
        if pools.is_of(pool, process):
            return pool.get("name")
    return None


def _slug(name: str, process: etree._Element, pool: str | None, taken: set[str], *, several: bool) -> str:
    """The path's name: the id of the process when somebody chose it, else what people call it, else the file's."""
    own = process.get("id", "")
    wanted = own if SLUG.fullmatch(own) and not identity.is_random(own) else ""
    file = identity.slug(name.rpartition(".")[0] or name, "percorso")
    called = process.get("name") or pool or ""
    wanted = wanted or identity.slug(called, "") or (f"{file}_{len(taken) + 1}" if several else file)
    wanted = wanted if SLUG.fullmatch(wanted) else f"percorso_{wanted}"[:60]
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    return found


def _fill(root: etree._Element, schemas: dict[str, bytes], notes: Notes) -> None:
    """A step whose fields have become a form asks with that."""
    for step in root.iter(bpmn("userTask")):
        step_id = step.get("id", "")
        if step_id in schemas and step.find(f".//{zeebe('formDefinition')}") is None:
            say(step, "formDefinition", formId=step_id)
            notes.translated(step_id, f"i suoi campi diventano il modulo «{step_id}»")
