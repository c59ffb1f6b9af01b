"""From what the browser sent to typed answers, along the schema that holds for those very answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.form import FieldError, Path
from engine.form.keywords import Schema

from .action import FIELD, MAX_ROWS, MODE, Action
from .field import Field, Fields
from .paths import get_at, put_at
from .sources import Sources, UploadRefused
from .typed import Typed
from .widgets import BY_NAME
from .widgets.upload import refusal

MAX_ROUNDS = 12
MAX_DEPTH = 16
WAITING = "\N{HOURGLASS}"  # in place of the id of a file not stored yet


@dataclass(frozen=True)
class Parsed:
    """`data` holds the answers to the questions that are asked, `typed` all that was sent, to be shown
    again as it was. With an `action` the page is shown again and nothing is checked. `refused` are the
    files that could not be taken."""

    data: dict[str, Any]
    typed: Typed
    action: Action | None
    refused: tuple[FieldError, ...] = ()


def parse(
    fields: Fields,
    values: MultiDict[str, str],
    files: MultiDict[str, FileStorage] | None,
    sources: Sources,
) -> Parsed:
    """Raises RequestEntityTooLarge when there are more fields than any form has."""
    typed = Typed.of(_sent(values, files))
    action = Action.read(values.get(FIELD, ""))
    if action:
        action.apply(typed)
    else:
        typed.drop_blank_rows()
    reader = Reader(fields)
    data = reader.read(typed)
    refused = [_store(*waiting, data, sources) for waiting in reader.waiting(data)]
    return Parsed(data, typed, action, tuple(error for error in refused if error))


def _sent(
    values: MultiDict[str, str], files: MultiDict[str, FileStorage] | None
) -> Iterator[tuple[str, str | FileStorage]]:
    yield from ((name, text) for name, text in values.items(multi=True) if name != FIELD)
    if files:
        yield from ((name, upload) for name, upload in files.items(multi=True) if upload.filename)


def _store(field: Field, typed: Typed, data: dict[str, Any], sources: Sources) -> FieldError | None:
    """Put the id of a file in the data and in what was typed; the file sent before stays if this one
    is refused."""
    upload = typed.uploads[-1]
    reason = refusal(field, upload) if sources.uploads else "deposito"
    try:
        if sources.uploads and not reason:
            typed.texts = [sources.uploads.store(upload, field.name)]
    except UploadRefused as refused:
        reason = refused.reason
    put_at(data, field.path, typed.file_id)
    return FieldError(field.path, "file", upload.filename, reason) if reason else None


class Reader:
    """Reads one submission. An answer may show other questions, whose answers may show others: an
    object is read again until nothing changes."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._files: dict[Path, tuple[Field, Typed]] = {}

    def read(self, typed: Typed) -> dict[str, Any]:
        root = self._fields.root({})
        return self._object(root, self._fields.schema.root, typed)

    def waiting(self, data: dict[str, Any]) -> list[tuple[Field, Typed]]:
        """The files sent for questions that are asked in the end."""
        return [found for path, found in self._files.items() if get_at(data, path) == WAITING]

    def _object(self, field: Field, schema: Schema, typed: Typed) -> dict[str, Any]:
        data: dict[str, Any] = {}
        known: dict[str, tuple[Any, Any]] = {}
        for _ in range(MAX_ROUNDS):
            found: dict[str, Any] = {}
            parent = self._fields.field(schema, data, field.path, field.required)
            for name, part in _asked(parent, typed):
                case = part, name in parent.schema.required
                if name not in known or known[name][0] != case:
                    child = self._fields.field(part, None, (*field.path, name), case[1])
                    known[name] = case, self._value(child, part, typed.parts.get(name, Typed()))
                if known[name][1] is not None:
                    found[name] = known[name][1]
            if found == data:
                break
            data = found
        return data

    def _value(self, field: Field, schema: Schema, typed: Typed) -> Any:
        if len(field.path) > MAX_DEPTH:
            return None
        if field.widget in ("lista", "turni"):
            return self._list(field, typed)
        if field.schema.type == "object":
            if typed.blank and not field.required:
                return None
            return self._object(field, schema, typed)
        if field.widget == "persona":
            return typed.text or None
        if field.widget == "file":
            return self._file(field, typed)
        return BY_NAME[field.widget].read(field, typed.texts)

    def _list(self, field: Field, typed: Typed) -> list[Any] | None:
        values: list[Any] = []
        for index, row in enumerate(typed.rows[:MAX_ROWS]):
            schema = self._fields.row_schema(field, index)
            if schema is None:
                break
            child = self._fields.field(schema, None, (*field.path, index), True)
            values.append(self._value(child, schema, row))
        empty = all(value is None for value in values) if "prefixItems" in field.expected else not values
        return ([] if field.required else None) if empty else values

    def _file(self, field: Field, typed: Typed) -> str | None:
        if typed.uploads:
            self._files[field.path] = field, typed
            return WAITING
        return typed.file_id


def _asked(parent: Field, typed: Typed) -> Iterator[tuple[str, Schema]]:
    """The properties to read: of a person either the chosen one or the particulars of a new one."""
    new = typed.parts.get(MODE, Typed()).text == "nuova"
    passed_over = ("persona_id" if new else "nuova") if parent.widget == "persona" else None
    yield from ((name, part) for name, part in parent.schema.properties.items() if name != passed_over)
