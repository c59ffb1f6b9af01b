"""A question: one place of a form's effective schema, with its dress from the UI schema."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from engine.form import EACH, Effective, FormSchema, Path
from engine.form.keywords import Schema
from engine.form.ui import WIDGETS

from .paths import get_at

BY_FORMAT = {
    "date": "data",
    "date-time": "data_ora",
    "time": "orario",
    "email": "email",
    "telefono": "telefono",
    "iban": "iban",
    "codice_fiscale": "codice_fiscale",
    "codice_persona": "codice_fiscale",
    "comune_istat": "comune",
    "belfiore": "comune",
    "cap": "cap",
}
BY_TYPE = {"object": "oggetto", "array": "lista", "boolean": "si_no", "integer": "numero", "number": "numero"}
LONG_TEXT = 200


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from; `key` is what travels in the page."""

    key: str
    value: Any
    title: str


@dataclass(frozen=True)
class Field:
    path: Path
    schema: Effective
    ui: Mapping[str, Any]
    required: bool
    shown_by: str | None = None

    @property
    def name(self) -> str:
        return ".".join(str(step) for step in self.path)

    @property
    def id(self) -> str:
        return "c-" + "-".join(str(step) for step in self.path)

    @property
    def titled(self) -> bool:
        """Somebody gave it a title: a row of a list of texts has none of its own."""
        return bool(self.ui.get("titolo") or self.schema.keywords.get("title"))

    @property
    def title(self) -> str:
        words = self.ui.get("titolo") or self.schema.keywords.get("title")
        return str(words) if words else str(self.path[-1]).replace("_", " ").capitalize() if self.path else ""

    @property
    def row_title(self) -> str:
        """What one row is: «Persona» when «Aggiungi» says «una persona»."""
        noun = re.sub(r"^(un[oa]? |un’|un\')", "", str(self.ui.get("voce") or ""))
        return noun[:1].upper() + noun[1:] if noun else self.title

    @property
    def widget(self) -> str:
        asked = self.ui.get("widget")
        if asked in WIDGETS and self.schema.type in WIDGETS[asked]:
            return str(asked)
        return default_widget(self.schema)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return choices_of(self.schema.keywords)

    @property
    def expected(self) -> Mapping[str, Any]:
        """The keywords that bound the answer: minimum, maxLength, format…"""
        return self.schema.keywords


def default_widget(schema: Effective) -> str:
    keywords = schema.keywords
    if choices_of(keywords):
        return "scelta"
    if schema.type == "array" and choices_of(keywords.get("items") or {}):
        return "spunte"
    if keywords.get("format") in BY_FORMAT:
        return BY_FORMAT[keywords["format"]]
    if "contentMediaType" in keywords:
        return "file"
    if schema.type in BY_TYPE:
        return BY_TYPE[schema.type]
    return "testo_lungo" if keywords.get("maxLength", 0) > LONG_TEXT else "testo"


def choices_of(keywords: Schema) -> tuple[Choice, ...]:
    if "enum" in keywords:
        return tuple(Choice(key_of(value), value, title_of(value)) for value in keywords["enum"])
    return tuple(
        Choice(key_of(each["const"]), each["const"], each.get("title") or title_of(each["const"]))
        for each in keywords.get("oneOf", ())
        if "const" in each
    )


def key_of(value: Any) -> str:
    if isinstance(value, bool):
        return "si" if value else "no"
    return str(value)


def title_of(value: Any) -> str:
    if isinstance(value, bool):
        return "Sì" if value else "No"
    words = str(value).replace("_", " ")
    return words[:1].upper() + words[1:]


class Fields:
    """Finds the questions of a form, one level at a time."""

    def __init__(self, schema: FormSchema, ui: Mapping[str, Any]) -> None:
        self.schema = schema
        self.ui = ui

    def root(self, data: Any) -> Field:
        return self.field(self.schema.root, data, (), True)

    def field(
        self, schema: Schema, data: Any, path: Path, required: bool, shown_by: str | None = None
    ) -> Field:
        effective = self.schema.effective(schema, data)
        if effective.type == "array":
            effective.keywords["items"] = self._item_keywords(effective)
        return Field(path, effective, self._dress(path), required, shown_by)

    def _item_keywords(self, effective: Effective) -> Any:
        """The items' schema; when they are choices, folded, so that they can be offered as a whole."""
        items = effective.keywords.get("items")
        if not isinstance(items, dict):
            return items
        folded = self.schema.effective(items, None)
        return {**folded.keywords} if choices_of(folded.keywords) else items

    def children(self, parent: Field, data: Any) -> Iterator[Field]:
        """The questions of an object, in the order to ask them."""
        answers = data if isinstance(data, dict) else {}
        for name in self._order(parent):
            part = parent.schema.properties[name]
            yield self.field(
                part,
                answers.get(name),
                (*parent.path, name),
                name in parent.schema.required,
                parent.schema.shown_by.get(name),
            )

    def row_schema(self, parent: Field, index: int) -> Schema | None:
        """The schema of one row of a list; None past a fixed number of rows."""
        fixed = parent.expected.get("prefixItems", ())
        schema = fixed[index] if index < len(fixed) else parent.expected.get("items")
        return schema if isinstance(schema, dict) else None

    def row(self, parent: Field, index: int, data: Any) -> Field | None:
        """The question of one row of a list; None past a fixed number of rows."""
        schema = self.row_schema(parent, index)
        return self.field(schema, data, (*parent.path, index), True) if schema is not None else None

    def at(self, path: Path, data: Any) -> Field | None:
        """The question at `path` for these answers; None when it is not asked."""
        found: Field | None = self.root(data)
        for step in path:
            if found is None:
                return None
            data = get_at(data, (step,))
            if isinstance(step, int):
                found = self.row(found, step, data)
            elif step in found.schema.properties:
                found = self.field(
                    found.schema.properties[step], data, (*found.path, step), step in found.schema.required
                )
            else:
                return None
        return found

    def cause(self, parent: Field, name: str) -> str | None:
        """The answer under which a question stands because that made it appear; none when the dress
        puts the two in different groups, or when two questions would make each other appear."""
        shown_by = parent.schema.shown_by
        cause = shown_by.get(name)
        if cause not in parent.schema.properties or _leads_back(name, shown_by):
            return None
        groups = {member: group for group, members in enumerate(self._groups(parent)) for member in members}
        return cause if groups.get(name, groups.get(cause)) == groups.get(cause) else None

    def _order(self, parent: Field) -> list[str]:
        """As the page shows them: groups first, and what an answer made appear right after it."""
        first = [*self._dress_of(parent).get("ordine", ()), *chain(*self._groups(parent))]
        names = [name for name in (*first, *parent.schema.properties) if name in parent.schema.properties]
        below: dict[str | None, list[str]] = {}
        for name in dict.fromkeys(names):
            below.setdefault(self.cause(parent, name), []).append(name)

        def with_those_below(name: str) -> Iterator[str]:
            yield name
            for each in below.get(name, ()):
                yield from with_those_below(each)

        return [each for name in below.get(None, ()) for each in with_those_below(name)]

    def _groups(self, parent: Field) -> list[list[str]]:
        return [group.get("campi", []) for group in self._dress_of(parent).get("gruppi", ())]

    def _dress_of(self, parent: Field) -> Mapping[str, Any]:
        return parent.ui if parent.path else self.ui

    def _dress(self, path: Path) -> Mapping[str, Any]:
        found = self.ui.get("campi", {}).get(pattern(path), {})
        return found if isinstance(found, dict) else {}


def _leads_back(name: str, shown_by: Mapping[str, str]) -> bool:
    """Whether the chain of causes of a question comes back to it or never ends."""
    seen = {name}
    while name in shown_by:
        name = shown_by[name]
        if name in seen:
            return True
        seen.add(name)
    return False


def pattern(path: Path) -> str:
    """`componenti.*.nome`: the same for every row."""
    return ".".join(EACH if isinstance(step, int) else step for step in path)
