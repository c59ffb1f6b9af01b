"""What the templates draw: plain values, no schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.form import Path

from .messages import Message
from .sources import Match, StoredFile
from .timetable import Timetable

LEADS = frozenset({"testo", "testo_lungo", "scelta", "comune", "persona"})


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
    echoes: tuple["Node", ...] = ()
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
    def read(self) -> str:
        """The answer itself in words: a file by its name, a person by hers; "" when it is made of others."""
        return self.file.name if self.file else self.words

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The answers inside, each with its question, for reading an object or a row of a list."""
        return tuple(pair for node in self.children for pair in _said(node))

    @property
    def lead(self) -> str:
        """What names the row among its like: its first answer, when that can stand without its question; a number
        cannot: «Riga 3»."""
        first = self.children[0] if self.children else None
        if first is None or first.kind not in LEADS:
            return ""
        return f"{first.title} {first.read}" if first.read.isdecimal() else first.read

    @property
    def one(self) -> str:
        """What «Aggiungi» adds: «una persona»."""
        return str(self.ui.get("voce") or "una riga")


def _in_line(row: Node) -> str:
    said = [words for _, words in row.said]
    return ", ".join([row.lead, *said[1:]] if row.lead else said)


def _said(node: Node) -> Iterator[tuple[str, str]]:
    if node.kind == "nascosto":
        return
    if node.kind in ("lista", "turni"):
        rows = (row.read or _in_line(row) for row in node.children)
        words = "; ".join(row for row in rows if row)
    else:
        words = node.read
        if not words:
            yield from node.said
    if words:
        yield node.title, words
    for dependent in node.dependents:
        yield from _said(dependent)


@dataclass(frozen=True)
class Group:
    """A section of the form. A `bare` one draws its single composite question without a second legend."""

    title: str | None
    nodes: tuple[Node, ...]
    help: str | None = None
    echoes: tuple[Node, ...] = ()
    bare: bool = False


@dataclass(frozen=True)
class Tree:
    """A whole form. `carried` are texts typed for questions not asked at present, kept for when they
    are again."""

    groups: tuple[Group, ...]
    messages: tuple[Message, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()
    intro: str | None = None
    echoes: tuple[Node, ...] = ()
    multipart: bool = False
    readonly: bool = False

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Every answer with its question, in the order of the form."""
        return tuple(pair for group in self.groups for node in group.nodes for pair in _said(node))
