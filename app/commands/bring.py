"""`percorsi import`: a diagram drawn elsewhere becomes bundles, with a report of what was lost and what is lacking."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app.commands import roles
from app.commands.folder import path_of
from app.rights.roles import ROLES
from app.wiring import engines
from engine import Bundle, Problem, advise, check
from engine.dialect import Diagram
from engine.foreign import Imported, NotImportable, bring_in
from engine.foreign.note import DROPPED, TRANSLATED
from engine.program import diagrams
from engine.running import HUMAN

NOT_DRAWN = (
    "Il file non diceva dove stanno i passi: ora sono in fila da sinistra a destra, una corsia sotto l'altra. "
    "Si può eseguire così; per leggerlo meglio, disponili a mano."
)
HEADINGS = {TRANSLATED: "Tradotto", DROPPED: "Tolto"}


def run(file: Path, out: Path) -> int:
    """Write one folder a process below `out`, and print its report; 1, with the reason, when it cannot be done."""
    try:
        content = file.read_bytes()
    except OSError:
        return _refuse(file, "non si riesce a leggere il file")
    try:
        imported = bring_in(file.name, content)
    except NotImportable as error:
        return _refuse(file, error.message)
    for one in imported:
        if (out / one.bundle.slug).exists():
            return _refuse(file, f"«{out / one.bundle.slug}» c'è già: scegli un'altra cartella, o spostala")
    for one in imported:
        try:
            report = _write(file, out / one.bundle.slug, one)
        except OSError as error:
            return _refuse(out / one.bundle.slug, f"non si riesce a scrivere ({error.strerror})")
        print(report, end="")
    return 0


def _refuse(file: Path, why: str) -> int:
    print(f"{file}: {why}", file=sys.stderr)
    return 1


def _write(file: Path, folder: Path, imported: Imported) -> str:
    """Write a bundle with its report as README; the report."""
    bundle = imported.bundle
    report = _report(file, imported, list(missing(bundle)), advise(bundle, engines().operations))
    for name, content in replace(bundle, files={**bundle.files, "README.md": report.encode()}).files.items():
        path = path_of(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return report


def missing(bundle: Bundle) -> Iterator[Problem]:
    """What keeps an imported bundle from being published, and the roles that nobody has here."""
    yield from check(bundle, engines().operations)
    yield from roles.check(bundle)
    for diagram in diagrams(bundle):
        yield from _roles(bundle, diagram)


def _roles(bundle: Bundle, diagram: Diagram) -> Iterator[Problem]:
    for element in diagram.elements.values():
        role = element.group or element.lane
        if element.kind in HUMAN and role and not role.startswith("=") and role not in ROLES:
            message = f"il ruolo «{role}» qui non c'è: chiamalo come uno di quelli dell'ente"
            yield Problem(f"{bundle.slug}.bpmn", element.id, message)


def _report(file: Path, imported: Imported, lacking: list[Problem], doubtful: list[Problem]) -> str:
    lines = [f"# {imported.bundle.title}", "", f"Portato da «{file.name}»."]
    if not imported.drawn:
        lines += ["", NOT_DRAWN]
    for kind, heading in HEADINGS.items():
        told = [_line(note.element, note.message) for note in imported.notes if note.kind == kind]
        lines += ["", f"## {heading}", "", *(told or ["Niente."])]
    if doubtful:
        lines += ["", "## Da riguardare", "", *(_line(each.element, each.message) for each in doubtful)]
    lines += ["", "## Da completare", ""]
    lines += [_line(problem.element, problem.message) for problem in lacking] or [
        "Niente: si può pubblicare."
    ]
    return "\n".join([*lines, ""])


def _line(element: str, message: str) -> str:
    return f"- {message}" if element == "-" else f"- {element}: {message}"
