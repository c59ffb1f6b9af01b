"""A form: the questions of a human step, as pages use it."""

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.form import FieldError, FormSchema, Path, Problem
from engine.form.keywords import Schema

from . import timetable
from .build import Builder
from .field import Field, Fields
from .messages import Message, messages
from .parse import Parsed, parse
from .sources import Sources
from .tree import Node, Tree
from .typed import Typed
from .widgets import COMPOSITE
from .widgets.place import lookup

NOTHING = Sources()


class Form:
    """Schema and dress of one human step (`<task>.schema.json`, `<task>.ui.json`).

    parsed = form.parse(request.form, request.files, sources)
    found = [] if parsed.action else form.check(parsed.data, parsed.refused, sources)
    tree = form.tree(parsed.data, found, typed=parsed.typed, sources=sources)
    """

    def __init__(
        self,
        schema: Schema | FormSchema,
        ui: Mapping[str, Any] | None = None,
        common: Mapping[str, Any] | None = None,
    ) -> None:
        self.schema = schema if isinstance(schema, FormSchema) else FormSchema(schema, common)
        self.ui: Mapping[str, Any] = ui or {}
        self.fields = Fields(self.schema, self.ui)

    def problems(self) -> list[Problem]:
        """What keeps it from being published, in Italian."""
        return self.schema.problems(self.ui)

    def parse(
        self,
        values: MultiDict[str, str],
        files: MultiDict[str, FileStorage] | None = None,
        sources: Sources = NOTHING,
    ) -> Parsed:
        """Typed answers from a submission; what cannot be understood stays as typed.

        Raises RequestEntityTooLarge (413), FormRefused."""
        return parse(self.fields, values, files, sources)

    def check(
        self, data: Any, refused: tuple[FieldError, ...] = (), sources: Sources = NOTHING
    ) -> list[Message]:
        """What must be put right before the answers are accepted; empty when all is well."""
        found = [*refused, *self.schema.errors(data), *self.beyond_schema(data, sources)]
        return self.messages(found, data)

    def messages(self, errors: list[FieldError], data: Any) -> list[Message]:
        """The words for errors found elsewhere (the engine's, an operation's), in the form's order."""
        return messages(errors, self.fields, data)

    def tree(
        self,
        data: Any,
        errors: list[Message] | None = None,
        *,
        typed: Typed | None = None,
        sources: Sources = NOTHING,
        readonly: bool = False,
    ) -> Tree:
        """What `templates/forms/form.html` draws."""
        return Builder(self.fields, sources, errors or [], typed, readonly).tree(data)

    def answer(self, path: Path, data: Any, sources: Sources = NOTHING) -> Node | None:
        """One answer for reading; None when these answers do not ask that question."""
        return Builder(self.fields, sources, [], None, readonly=True).answer(path, data)

    def beyond_schema(self, data: Any, sources: Sources = NOTHING) -> Iterator[FieldError]:
        """What no schema can say: texts with something in them, places that exist, people and files one may name,
        hours in order."""
        for field, value in self._answers(self.fields.root(data), data):
            if isinstance(value, str) and value.isspace():
                yield FieldError(field.path, "minLength", value, 1)
            elif field.widget == "comune" and isinstance(value, str) and not lookup(field, value):
                yield FieldError(field.path, "format", value, "comune")
            elif field.widget == "turni":
                yield from timetable.errors(value, field.path)
            elif field.widget == "file" and isinstance(value, str):
                if sources.uploads is None or sources.uploads.find(value) is None:
                    yield FieldError(field.path, "file", value, "ignoto")
            elif field.widget == "persona":
                yield from _unknown_person(field, value, sources)

    def _answers(self, field: Field, value: Any) -> Iterator[tuple[Field, Any]]:
        yield field, value
        if isinstance(value, dict):
            for child in self.fields.children(field, value):
                if child.path[-1] in value:
                    yield from self._answers(child, value[child.path[-1]])
        elif isinstance(value, list) and field.widget in COMPOSITE:
            for index, part in enumerate(value):
                row = self.fields.row(field, index, part)
                if row:
                    yield from self._answers(row, part)


def _unknown_person(field: Field, value: Any, sources: Sources) -> Iterator[FieldError]:
    persona_id = value.get("persona_id") if isinstance(value, dict) else value
    if persona_id is None:
        return
    known = isinstance(persona_id, str) and sources.people is not None and sources.people.find(persona_id)
    if not known:
        yield FieldError(field.path, "format", persona_id, "persona")
