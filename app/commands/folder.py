"""Where the files of a bundle lie: `processes/<slug>/`, and its forms under `forms/` beside `processes/`."""

from __future__ import annotations

from pathlib import Path

COMMON = "forms/common/"
FORMS = "forms/"


def is_bundle(folder: Path) -> bool:
    """Whether a folder holds a path: its bundle.json, or a diagram called as the folder."""
    return (folder / "bundle.json").is_file() or (folder / f"{folder.resolve().name}.bpmn").is_file()


def path_of(folder: Path, name: str) -> Path:
    """Where a file of a bundle lies on disk, given its name in the bundle."""
    forms = folder.parent.parent / "forms"
    if name.startswith(COMMON):
        return forms / "common" / name.removeprefix(COMMON)
    if name.startswith(FORMS):
        return forms / folder.resolve().name / name.removeprefix(FORMS)
    return folder / name
