"""A bundle: the files of one path, and what identifies them.

Files are named as they lie below `processes/<slug>/`, with the forms under `forms/`:
`primo_contatto.bpmn`, `triage.dmn`, `bundle.json`, `lettere/…`, `scenari/…`, `forms/<task id>.schema.json`,
`forms/<task id>.ui.json` and the shared definitions `forms/common/<name>.json`.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from engine import json
from engine.errors import Problem

MAX_BYTES = 5_000_000
MAX_FILES = 500

KEPT_SUFFIXES = (".bpmn", ".dmn", ".json", ".txt", ".typ", ".md")


class BundleUnreadable(Exception):
    """The folder or archive is not a bundle; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Parameter:
    """A number or text that each ente may set; `unit` is for the screen."""

    key: str
    title: str
    default: Any
    unit: str | None


@dataclass(frozen=True)
class Bundle:
    """The immutable files of one release of a path, by name."""

    slug: str
    files: Mapping[str, bytes]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names and contents: the same files always give the same release."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(name.encode() + b"\0")
            digest.update(hashlib.sha256(self.files[name]).digest())
        return digest.hexdigest()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """bundle.json. Raises BundleUnreadable."""
        try:
            content = self.files["bundle.json"]
        except KeyError:
            raise BundleUnreadable(Problem("bundle.json", "-", "il file manca")) from None
        try:
            manifest = json.loads(content)
        except (ValueError, RecursionError) as error:
            said = f"JSON malformato: {json.fault(content, error)}"
            raise BundleUnreadable(Problem("bundle.json", "-", said)) from None
        if not isinstance(manifest, dict):
            raise BundleUnreadable(Problem("bundle.json", "-", "deve contenere un oggetto"))
        return manifest

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters an ente may set, with their defaults."""
        return tuple(
            Parameter(key, entry.get("titolo", key), entry.get("valore"), entry.get("unita"))
            for key, entry in self.manifest.get("parametri", {}).items()
        )

    @property
    def title(self) -> str:
        return str(self.manifest.get("nome", self.slug))

    @property
    def diagram(self) -> bytes:
        """The BPMN file. Raises BundleUnreadable."""
        try:
            return self.files[f"{self.slug}.bpmn"]
        except KeyError:
            raise BundleUnreadable(Problem(f"{self.slug}.bpmn", "-", "il diagramma manca")) from None

    def named(self, prefix: str, suffix: str) -> dict[str, bytes]:
        """Files below a folder with a suffix, by their bare name without it."""
        return {
            name[len(prefix) : -len(suffix)]: content
            for name, content in self.files.items()
            if name.startswith(prefix) and name.endswith(suffix) and "/" not in name[len(prefix) :]
        }

    def pack(self) -> bytes:
        """The bundle as one JSON document, for storing."""
        files = {name: base64.b64encode(content).decode() for name, content in sorted(self.files.items())}
        return json.dumps({"slug": self.slug, "files": files})


def unpack(packed: bytes) -> Bundle:
    """The bundle that `pack` wrote."""
    stored = json.loads(packed)
    files = {name: base64.b64decode(content) for name, content in stored["files"].items()}
    return Bundle(stored["slug"], files)


def from_folder(folder: Path, forms: Path | None = None) -> Bundle:
    """Read `processes/<slug>` with its forms: its own, or those beside `processes`. Raises BundleUnreadable."""
    if not folder.is_dir():
        raise BundleUnreadable(Problem(folder.name, "-", "la cartella del percorso non c'è"))
    slug = folder.resolve().name
    forms = forms or forms_beside(folder)
    found = _files(folder, "")
    found |= {f"forms/{name}": path for name, path in _files(forms / slug, "").items()}
    found |= {f"forms/common/{name}": path for name, path in _files(forms / "common", "").items()}
    if len(found) > MAX_FILES or sum(path.stat().st_size for path in found.values()) > MAX_BYTES:
        raise BundleUnreadable(Problem(folder.name, "-", "troppi file, o troppo grandi"))
    return Bundle(slug, {name: path.read_bytes() for name, path in found.items()})


def forms_beside(folder: Path) -> Path:
    """The folder `forms` beside the one that a path's folder lies in, such as `processes`."""
    return Path(os.path.normpath(folder / ".." / ".." / "forms"))


def _files(folder: Path, prefix: str) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    for path in folder.rglob("*"):
        if path.is_symlink():  # of a stranger's bundle it would publish whatever this machine holds
            name = f"{prefix}{path.relative_to(folder).as_posix()}"
            raise BundleUnreadable(Problem(name, "-", "è un collegamento a un altro file: mettici il file"))
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in KEPT_SUFFIXES
    }
