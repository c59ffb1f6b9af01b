"""Where the files of a bundle lie: in its folder, with its forms in `forms/` beside `processes/`, if there is one."""

from __future__ import annotations

from pathlib import Path

from engine import forms_beside

PROCESSES = Path(__file__).parents[2] / "processes"
"""The paths that come with the software; an installed one has them beside its packages, with `forms`."""

COMMON = "forms/common/"
FORMS = "forms/"


def is_bundle(folder: Path) -> bool:
    """Whether a folder holds a path: its bundle.json, or a diagram called as the folder."""
    return (folder / "bundle.json").is_file() or (folder / f"{folder.resolve().name}.bpmn").is_file()


def path_of(folder: Path, name: str) -> Path:
    """Where a file of a bundle lies on disk, given its name in the bundle; a folder that stands alone holds all."""
    forms = forms_beside(folder)
    if (folder / FORMS).is_dir() or not forms.is_dir():
        return folder / name
    if name.startswith(COMMON):
        return forms / "common" / name.removeprefix(COMMON)
    if name.startswith(FORMS):
        return forms / folder.resolve().name / name.removeprefix(FORMS)
    return folder / name
