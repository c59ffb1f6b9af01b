"""What an import did to an element, for the analyst to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

TRANSLATED, DROPPED = "translated", "dropped"


class NotImportable(Exception):
    """The file cannot become a path; `message` says why, in Italian."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Note:
    """`kind` is "translated" or "dropped"; `element` an id of the new bundle, "-" for the whole file."""

    kind: str
    element: str
    message: str


@dataclass
class Notes:
    """The notes of one import, each once, in the order in which things were found."""

    found: dict[Note, None] = field(default_factory=dict)

    def translated(self, element: str, message: str) -> None:
        self._add(TRANSLATED, element, message)

    def dropped(self, element: str, message: str) -> None:
        self._add(DROPPED, element, message)

    def follow(self, renamed: Mapping[str, str]) -> None:
        """Tell what was found so far of the elements as they are called now."""
        now = (replace(note, element=renamed.get(note.element, note.element)) for note in self.found)
        self.found = dict.fromkeys(now)

    def _add(self, kind: str, element: str, message: str) -> None:
        """On one line, whatever names and expressions are in it."""
        self.found.setdefault(Note(kind, element, " ".join(message.split())))
