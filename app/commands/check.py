"""`percorsi check`: reasons to refuse bundles, diagrams, tables and forms, one line each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.commands import earlier, letters, roles
from app.commands.folder import PROCESSES, is_bundle, path_of
from app.wiring import engines
from engine import Operations, Problem, advise, check, check_decisions, check_diagram, check_form, from_folder
from engine.bundle import BundleUnreadable
from engine.json import loads

README = "README.md"
UNTOLD = "manca: racconta il percorso a chi lo userà, con i sei titoli degli altri"


def run(names: Sequence[Path]) -> int:
    """Print `file:element: message` for each refusal (advice goes to stderr); 1 when there is any.

    Without names, of the paths that come with the software.
    """
    refused = [problem for name in names or [PROCESSES] for problem in _look(name)]
    for problem in refused:
        print(problem)
    return 1 if refused else 0


def _look(name: Path) -> Iterator[Problem]:
    if not name.exists():
        yield Problem(str(name), "-", "non c'è: controlla il nome")
    elif not name.is_dir():
        yield from _file(name)
    elif is_bundle(name):
        yield from _bundle(name, engines().operations)
    else:
        yield from _folder(name)


def _folder(folder: Path) -> Iterator[Problem]:
    """The bundles of a folder such as processes/; without any, every file below it that can be looked at."""
    bundles = [path for path in sorted(folder.iterdir()) if path.is_dir() and is_bundle(path)]
    files = [] if bundles else [path for path in sorted(folder.rglob("*")) if _checker(path) is not None]
    if not bundles and not files:
        yield Problem(str(folder), "-", "non contiene percorsi, diagrammi, tabelle né moduli")
    for path in bundles:
        yield from _bundle(path, engines().operations)
    for path in files:
        yield from _file(path)


def _bundle(folder: Path, operations: Operations) -> Iterator[Problem]:
    try:
        bundle = from_folder(folder)
    except BundleUnreadable as error:
        yield error.problem
        return
    unread = [] if README in bundle.files else [Problem(README, "-", UNTOLD)]
    for problem in [*unread, *advise(bundle, operations)]:
        print(f"consiglio: {_placed(folder, problem)}", file=sys.stderr)
    found = [
        *check(bundle, operations),
        *roles.check(bundle),
        *letters.check(bundle),
        *earlier.check(bundle, folder),
    ]
    yield from (_placed(folder, problem) for problem in found)


def _placed(folder: Path, problem: Problem) -> Problem:
    return Problem(str(path_of(folder, problem.file)), problem.element, problem.message)


def _file(path: Path) -> Iterator[Problem]:
    checker = _checker(path)
    if checker is None:
        yield Problem(
            str(path), "-", "non è un diagramma (.bpmn), una tabella (.dmn) né un modulo (.schema.json)"
        )
        return
    try:
        content = path.read_bytes()
    except OSError:
        yield Problem(str(path), "-", "non si riesce a leggere")
        return
    yield from checker(str(path), content)


def _checker(path: Path) -> Callable[[str, bytes], list[Problem]] | None:
    if path.name.endswith(".schema.json"):
        common = _common(path.parent.parent / "common")
        return lambda name, content: check_form(name, content, common)
    return {".bpmn": check_diagram, ".dmn": check_decisions}.get(path.suffix)


def _common(folder: Path) -> Mapping[str, Any]:
    """What forms share, by reference; what cannot be read is reported where it is referred to."""
    common = {}
    for path in sorted(folder.glob("*.json")):
        try:
            common[f"common/{path.name}"] = loads(path.read_bytes())
        except (ValueError, RecursionError):
            continue
    return common
