"""From a file of another tool to bundles of ours."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from engine import json
from engine.bundle import Bundle
from engine.checker.manifest import SLUG
from engine.foreign import drawing, fields, identity, kogito, plain, reading, vendor
from engine.foreign.annotated import say
from engine.foreign.note import Note, Notes
from engine.tags import FLOW_NODES, bpmn, zeebe


@dataclass(frozen=True)
class Imported:
    """A bundle made of one process of the file, and what was done to it; `drawn` is false when the file did not
    say where anything stands."""

    bundle: Bundle
    notes: tuple[Note, ...]
    drawn: bool


def bring_in(name: str, content: bytes) -> list[Imported]:
    """One bundle for each process of a BPMN file; `name` is the file's, without folder. Raises NotImportable."""
    root = reading.read(content)
    _hold_ids(root)
    found = []
    taken: set[str] = set()
    processes = drawing.processes(root)
    for process in processes:
        imported = _one(name, root, process, taken, several=len(processes) > 1)
        taken.add(imported.bundle.slug)
        found.append(imported)
    return found


def _hold_ids(root: etree._Element) -> None:
    """Give an id to what has none, so that whatever is told can be told of something."""
    used = {node.get("id") for node in root.iter()}
    number = 0
    for node in root.iter():
        if node.get("id") is None and node.tag in (bpmn("process"), bpmn("participant"), *FLOW_NODES):
            number += 1
            while f"senza_id_{number}" in used:
                number += 1
            node.set("id", f"senza_id_{number}")


def _one(
    name: str, root: etree._Element, process: etree._Element, taken: set[str], *, several: bool
) -> Imported:
    notes = Notes()
    pool = _pool(root, process)
    made = drawing.alone(root, process, notes)
    kept = next(made.iter(bpmn("process")))
    kept.set("id", _slug(name, kept, pool, taken, several=several))
    for participant in made.iter(bpmn("participant")):
        participant.set("processRef", kept.get("id", ""))
    plain.simplify(made, notes)
    kogito.read(kept)
    drawing.without_data(kept, notes)
    title = process.get("name") or pool or name.rpartition(".")[0] or name
    kept.set("name", title)
    identity.rename(made, notes)
    schemas = fields.forms(made)
    vendor.translate(made, notes)
    _fill(made, schemas, notes)
    made = drawing.tidy(made, notes)
    files = {f"forms/{step}.schema.json": schema for step, schema in schemas.items()}
    slug = kept.get("id", "")
    manifest = {"slug": slug, "nome": title, "codice": "importato", "avvio": [], "parametri": {}}
    files["bundle.json"] = json.dumps(manifest)
    files[f"{slug}.bpmn"] = etree.tostring(made, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Imported(Bundle(slug, files), tuple(notes.found), drawing.is_drawn(made))


def _pool(root: etree._Element, process: etree._Element) -> str | None:
    """What the pool of a process is called."""
    for pool in root.iter(bpmn("participant")):
        if drawing.is_of(pool, process):
            return pool.get("name")
    return None


def _slug(name: str, process: etree._Element, pool: str | None, taken: set[str], *, several: bool) -> str:
    """The path's name: the id of the process when somebody chose it, else what people call it, else the file's."""
    own = process.get("id", "")
    wanted = (
        own if SLUG.fullmatch(own) and not identity.is_random(own) and not own.startswith("senza_id") else ""
    )
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
