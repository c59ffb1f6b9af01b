"""What the templates draw: plain values, no schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.form import Path

from .messages import Message
from .sources import Match, StoredFile
from .timetable import Timetable


@dataclass(frozen=True)
class Option:
    """One radio button, checkbox or line of a select."""

    id: str
    key: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Proposal:
    """A place or person that the text may have meant."""

    key: str
    title: str
    detail: str = ""


@dataclass(frozen=True)
class Node:
    """One question as it is on the page.

    `kind` is the widget. `text` is what stands in the control: what the person typed, as typed, or the
    answer in its Italian writing; `words` the answer for reading. `dependents` are the questions that
    this answer made appear, `drives` says that changing it may show others. `id` is the control's (for
    groups, the fieldset's), `focus` where an error's link leads.
    """

    path: Path
    name: str
    id: str
    kind: str
    title: str
    required: bool
    help: str | None = None
    error: str | None = None
    value: Any = None
    text: str = ""
    words: str = ""
    options: tuple[Option, ...] = ()
    children: tuple["Node", ...] = ()
    dependents: tuple["Node", ...] = ()
    drives: bool = False
    row_title: str = ""
    ui: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    echoes: tuple[tuple[str, str], ...] = ()
    proposals: tuple[Proposal, ...] = ()
    person: Match | None = None
    searching: str | None = None
    file: StoredFile | None = None
    timetable: Timetable | None = None
    format: str | None = None
    fixed: bool = False
    full: bool = False

    @property
    def key(self) -> str:
        """Its own name, without those around it."""
        return str(self.path[-1])

    def child(self, name: str) -> "Node | None":
        """The question of an object by its property."""
        return next((node for node in self.children if node.key == name), None)

    @property
    def described_by(self) -> str:
        """Ids for aria-describedby: the help, then the error."""
        return " ".join(f"{self.id}-{mark}" for mark, there in (("d", self.help), ("e", self.error)) if there)

    @property
    def composite(self) -> bool:
        return self.kind in ("oggetto", "lista", "turni", "persona")

    @property
    def grouped(self) -> bool:
        """Several controls under one legend."""
        return self.kind in ("si_no", "scala", "spunte") or (self.kind == "scelta" and self.as_radio)

    @property
    def as_radio(self) -> bool:
        return 0 < len(self.options) <= 4

    @property
    def one(self) -> str:
        """What «Aggiungi» adds: «una persona»."""
        return str(self.ui.get("voce") or "una riga")


@dataclass(frozen=True)
class Group:
    """A section of the form. A `bare` one draws its single composite question without a second legend."""

    title: str | None
    nodes: tuple[Node, ...]
    help: str | None = None
    echoes: tuple[tuple[str, str], ...] = ()
    bare: bool = False


@dataclass(frozen=True)
class Tree:
    """A whole form. `carried` are texts typed for questions not asked at present, kept for when they
    are again."""

    groups: tuple[Group, ...]
    messages: tuple[Message, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()
    intro: str | None = None
    echoes: tuple[tuple[str, str], ...] = ()
    multipart: bool = False
    readonly: bool = False
