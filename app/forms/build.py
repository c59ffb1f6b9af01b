"""Builds the tree of a form for its answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.form import Path

from .action import MAX_ROWS, MODE
from .attributes import DATE_TYPES, attributes
from .echo import echoes
from .field import Choice, Field, Fields, pattern
from .messages import Message
from .paths import get_at
from .sources import Match, Sources
from .timetable import compute
from .tree import Group, Node, Option, Proposal, Tree
from .typed import Typed
from .widgets import BY_NAME
from .widgets.choice import OneOf, Ticks
from .widgets.place import Place

SEARCH = "_cerca"
MAX_CARRIED = 500
KNOWN = "Una persona già registrata"  # and no more to who may not see her


class Builder:
    """Draws one form once. `typed` is what was sent, if this is not its first showing."""

    def __init__(
        self,
        fields: Fields,
        sources: Sources,
        messages: list[Message],
        typed: Typed | None,
        readonly: bool,
    ) -> None:
        self._fields = fields
        self._sources = sources
        self._messages = messages
        self._errors = {message.path: message.text for message in messages}
        self._typed = typed
        self._readonly = readonly
        self._drivers = {".".join(path) for path in fields.schema.drivers}
        self._asked: set[Path] = set()
        self._files = False

    def tree(self, data: Any) -> Tree:
        root = self._fields.root(data)
        nodes = self._nest(root, [self._node(child, data) for child in self._fields.children(root, data)])
        ui = self._fields.ui
        return Tree(
            groups=tuple(self._groups(nodes)),
            messages=tuple(self._messages),
            carried=tuple(self._carried()),
            intro=ui.get("intro"),
            echoes=echoes(ui.get("eco"), self._sources),
            multipart=self._files,
            readonly=self._readonly,
        )

    def answer(self, path: Path, data: Any) -> Node | None:
        """The question at `path` alone, with its answer; None when these answers do not ask it."""
        field = self._fields.at(path, data)
        return self._question(field, get_at(data, path)) if field else None

    def _groups(self, nodes: list[Node]) -> Iterator[Group]:
        by_name = {node.key: node for node in nodes}
        for group in self._fields.ui.get("gruppi", ()):
            taken = [by_name.pop(name) for name in group.get("campi", ()) if name in by_name]
            if taken:
                bare = len(taken) == 1 and taken[0].composite
                seen = echoes(group.get("eco"), self._sources)
                yield Group(
                    group.get("titolo") or taken[0].title, tuple(taken), group.get("aiuto"), seen, bare
                )
        loose: list[Node] = []
        for node in by_name.values():
            if not node.composite:
                loose.append(node)
                continue
            if loose:
                yield Group(None, tuple(loose))
                loose = []
            yield Group(node.title, (node,), bare=True)
        if loose:
            yield Group(None, tuple(loose))

    def _nest(self, parent: Field, nodes: list[Node]) -> list[Node]:
        """Put each question that an answer made appear under that answer."""
        by_name = {node.key: node for node in nodes}
        below: dict[str | None, list[str]] = {}
        for name in by_name:
            below.setdefault(self._fields.cause(parent, name), []).append(name)

        def whole(name: str) -> Node:
            return replace(by_name[name], dependents=tuple(whole(each) for each in below.get(name, ())))

        return [whole(name) for name in below.get(None, ())]

    def _node(self, field: Field, data: Any) -> Node:
        return self._question(field, data.get(field.path[-1]) if isinstance(data, dict) else None)

    def _question(self, field: Field, value: Any) -> Node:
        if field.widget in ("lista", "turni"):
            return self._list(field, value)
        if field.widget == "persona":
            return self._person(field, value)
        if field.schema.type == "object":
            return self._plain(field, value, children=tuple(self._children(field, value)))
        return self._single(field, value)

    def _children(self, field: Field, value: Any) -> list[Node]:
        return self._nest(field, [self._node(child, value) for child in self._fields.children(field, value)])

    def _plain(self, field: Field, value: Any, **more: Any) -> Node:
        given = {
            "path": field.path,
            "name": field.name,
            "id": field.id,
            "kind": field.widget,
            "title": field.title,
            "row_title": field.row_title,
            "required": field.required,
            "help": field.ui.get("aiuto") or field.expected.get("description"),
            "error": self._errors.get(field.path),
            "value": value,
            "ui": field.ui,
            "format": field.expected.get("format"),
            "echoes": echoes(field.ui.get("eco"), self._sources),
            "drives": not self._readonly and pattern(field.path) in self._drivers,
        }
        return Node(**{**given, **more})

    def _list(self, field: Field, value: Any) -> Node:
        rows = list(value) if isinstance(value, list) else []
        fixed = bool(field.expected.get("prefixItems"))
        least = len(field.expected["prefixItems"]) if fixed else int(field.expected.get("minItems", 0))
        if self._readonly:
            least = 0
        rows += [None] * (min(least, MAX_ROWS) - len(rows))
        children = [self._row(field, index, row) for index, row in enumerate(rows[:MAX_ROWS])]
        most = int(field.expected.get("maxItems", MAX_ROWS))
        limit = field.ui.get("massimo")
        return self._plain(
            field,
            value,
            children=tuple(child for child in children if child),
            fixed=fixed and field.expected.get("items") is False,
            full=len(rows) >= min(most, MAX_ROWS),
            timetable=compute(rows, 60 * int(limit) if limit else None) if field.widget == "turni" else None,
        )

    def _row(self, field: Field, index: int, row: Any) -> Node | None:
        child = self._fields.row(field, index, row)
        self._asked.add((*field.path, index, "_riga"))
        if child is None:
            return None
        node = self._question(child, row)
        if not child.titled:
            node = replace(node, title=f"{field.row_title} {index + 1}")
        if field.widget == "turni" and not self._readonly:
            # The hours are counted again at every change.
            node = replace(node, children=tuple(replace(part, drives=True) for part in node.children))
        return node

    def _person(self, field: Field, value: Any) -> Node:
        at = self._typed.at(field.path) if self._typed else Typed()
        whole = field.schema.type == "object"
        chosen = (value or {}).get("persona_id") if whole else value
        new = whole and (at.parts.get(MODE, Typed()).text == "nuova" or bool((value or {}).get("nuova")))
        for part in (MODE, SEARCH, "persona_id") if whole else (MODE, SEARCH):
            self._asked.add((*field.path, part))
        self._asked.add(field.path)
        search = at.parts.get(SEARCH, Typed()).text
        person = self._find(chosen)
        return self._plain(
            field,
            value,
            text=str(chosen or ""),
            words=person.name if person else KNOWN if chosen else "",
            person=person,
            searching=search,
            proposals=tuple(self._people(search)) if search and not new else (),
            children=tuple(
                child for child in self._children(field, value) if child.path[-1] == "nuova" and new
            )
            if whole
            else (),
            full=whole and "nuova" in field.schema.properties and not new,
            ui={**field.ui, "nome_id": f"{field.name}.persona_id" if whole else field.name},
            error=self._errors.get(field.path) or self._errors.get((*field.path, "persona_id")),
        )

    def _find(self, persona_id: Any) -> Match | None:
        people = self._sources.people
        return people.find(persona_id) if people and isinstance(persona_id, str) and persona_id else None

    def _people(self, search: str) -> Iterator[Proposal]:
        if self._sources.people:
            for match in self._sources.people.search(search):
                yield Proposal(match.id, match.name, match.detail)

    def _single(self, field: Field, value: Any) -> Node:
        widget = BY_NAME[field.widget]
        self._asked.add(field.path)
        shown = widget.show(field, value)
        text = self._as_typed(field) or shown
        uploads = self._sources.uploads
        self._files = self._files or field.widget == "file"
        return self._plain(
            field,
            value,
            text=text,
            words=widget.describe(field, value) if value is not None else "",
            options=_options(field, value),
            attributes=attributes(field, value),
            proposals=tuple(_places(field, value)) if isinstance(widget, Place) else (),
            file=uploads.find(value) if uploads and field.widget == "file" and value else None,
        )

    def _as_typed(self, field: Field) -> str:
        """What was sent, where it can stand in the control: a date picker shows nothing but dates, which
        either were understood or make it a plain input."""
        if self._typed is None or field.widget in DATE_TYPES:
            return ""
        return self._typed.at(field.path).text

    def _carried(self) -> Iterator[tuple[str, str]]:
        if self._typed is None or self._readonly:
            return
        left = ((path, text) for path, text in self._typed.leaves() if text and path not in self._asked)
        for _, (path, text) in zip(range(MAX_CARRIED), left, strict=False):
            if not str(path[0]).startswith("_") and path[0] not in ("csrf_token", "azione"):
                yield ".".join(str(step) for step in path), text


def _options(field: Field, value: Any) -> tuple[Option, ...]:
    widget = BY_NAME[field.widget]
    if not isinstance(widget, OneOf | Ticks):
        return ()
    offered: tuple[Choice, ...] = widget.offered(field)
    chosen = value if isinstance(value, list) else [value]
    return tuple(
        Option(
            f"{field.id}-{index}", choice.key, choice.title, any(_same(choice.value, each) for each in chosen)
        )
        for index, choice in enumerate(offered)
    )


def _same(choice: Any, value: Any) -> bool:
    return isinstance(choice, bool) == isinstance(value, bool) and bool(choice == value)


def _places(field: Field, value: Any) -> Iterator[Proposal]:
    widget = BY_NAME["comune"]
    if isinstance(widget, Place):
        for place in widget.proposals(field, value):
            yield Proposal(place.label, place.label)
