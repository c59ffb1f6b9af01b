"""What the browser sent, as a tree of names: `componenti.0.nome` is `parts["componenti"].rows[0]`…

Names say only where a text goes; which of them mean anything is up to the schema. Row numbers are
renumbered from zero, so gaps and huge numbers cost nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from engine.form import Path

MAX_FIELDS = 4_000
MAX_NAME = 200
MAX_PARTS = 24
CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"} | {127: None}


@dataclass
class Typed:
    """The texts and files sent under one name, its parts and its rows."""

    texts: list[str] = field(default_factory=list)
    uploads: list[FileStorage] = field(default_factory=list)
    parts: dict[str, "Typed"] = field(default_factory=dict)
    rows: list["Typed"] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str | FileStorage]]) -> "Typed":
        """Raises RequestEntityTooLarge when there are more fields than any form has."""
        root = cls()
        numbered: dict[int, dict[int, Typed]] = {}
        for count, (name, sent) in enumerate(pairs):
            if count >= MAX_FIELDS:
                raise RequestEntityTooLarge()
            steps = name.split(".", MAX_PARTS + 1)
            if len(name) > MAX_NAME or len(steps) > MAX_PARTS:
                continue
            place = root._reach(steps, numbered)
            if isinstance(sent, str):
                place.texts.append(clean(sent))
            else:
                place.uploads.append(sent)
        root._number(numbered)
        return root

    def _reach(self, steps: list[str], numbered: dict[int, dict[int, "Typed"]]) -> "Typed":
        place = self
        for step in steps:
            if step.isascii() and step.isdigit():
                place = numbered.setdefault(id(place), {}).setdefault(int(step), Typed())
            else:
                place = place.parts.setdefault(step, Typed())
        return place

    def _number(self, numbered: dict[int, dict[int, "Typed"]]) -> None:
        by_number = numbered.get(id(self), {})
        self.rows = [by_number[number] for number in sorted(by_number)]
        for below in (*self.parts.values(), *self.rows):
            below._number(numbered)

    def at(self, path: Path) -> "Typed":
        """The place at `path`, an empty one if nothing was sent there."""
        place: Typed = self
        for step in path:
            if isinstance(step, int):
                place = place.rows[step] if step < len(place.rows) else Typed()
            else:
                place = place.parts.get(step, Typed())
        return place

    @property
    def text(self) -> str:
        return self.texts[-1] if self.texts else ""

    @property
    def file_id(self) -> str | None:
        """The id of a file sent before. A draft is kept as plain text, where a browser writes an empty
        file as `[object File]`."""
        return next((text for text in self.texts if text and not text.startswith("[object ")), None)

    @property
    def blank(self) -> bool:
        """Nothing was written here or below, marks of our own (`_riga`) apart."""
        below = [part for name, part in self.parts.items() if not name.startswith("_")]
        return not self.uploads and not any(self.texts) and all(part.blank for part in (*below, *self.rows))

    def leaves(self, at: Path = ()) -> Iterator[tuple[Path, str]]:
        """Every text that was sent, with its path."""
        yield from ((at, text) for text in self.texts)
        for name, part in self.parts.items():
            yield from part.leaves((*at, name))
        for index, row in enumerate(self.rows):
            yield from row.leaves((*at, index))

    def drop_blank_rows(self) -> None:
        """Rows that someone added and then left empty are no answer."""
        self.rows = [row for row in self.rows if not row.blank]
        for below in (*self.parts.values(), *self.rows):
            below.drop_blank_rows()


def clean(text: str) -> str:
    """One kind of line end, no control characters (NUL cannot be stored), no spaces around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL).strip()
