"""Buttons that change the form without sending it: `_azione=togli:componenti.1`."""

import re
from dataclasses import dataclass

from engine.form import Path

from .typed import MAX_PARTS, Typed

FIELD = "_azione"
MODE = "_modo"
REFRESH = "aggiorna"
VERBS = frozenset({REFRESH, "aggiungi", "togli", "su", "giu", "nuova", "cerca"})
MAX_ROWS = 200
ROW = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True)
class Action:
    """`verb` is one of VERBS; `path` leads to the list (`aggiungi`), the row (`togli`, `su`, `giu`), the file
    (`togli`) or the person (`nuova`, `cerca`)."""

    verb: str
    path: Path = ()

    @classmethod
    def read(cls, text: str) -> "Action | None":
        """None for no action; an unknown one only shows the form again."""
        if not text:
            return None
        verb, _, name = text.partition(":")
        steps = name.split(".", MAX_PARTS) if name else []
        path = tuple(int(step) if ROW.fullmatch(step) else step for step in steps)
        return cls(verb, path) if verb in VERBS else cls(REFRESH)

    def apply(self, typed: Typed) -> None:
        """Change what was typed accordingly; what does not fit (a row that is not there) is let be."""
        if self.verb == "aggiungi":
            rows = _reach(typed, self.path).rows
            if len(rows) < MAX_ROWS:
                rows.append(Typed())
        elif self.verb in ("togli", "su", "giu") and self.path and isinstance(self.path[-1], int):
            _rearrange(typed.at(self.path[:-1]).rows, self.verb, self.path[-1])
        elif self.verb == "togli" and self.path:
            typed.at(self.path).texts = []  # the id of a file sent before; one that comes now stays
        elif self.verb in ("nuova", "cerca") and self.path:
            _reach(typed, self.path).parts[MODE] = Typed([self.verb])


def _rearrange(rows: list[Typed], verb: str, index: int) -> None:
    other = {"togli": index, "su": index - 1, "giu": index + 1}[verb]
    if not (0 <= index < len(rows) and 0 <= other < len(rows)):
        return
    if verb == "togli":
        del rows[index]
    else:
        rows[index], rows[other] = rows[other], rows[index]


def _reach(typed: Typed, path: Path) -> Typed:
    """The place at `path`, made if it is a name that was not sent (an empty list sends nothing)."""
    place = typed.at(path)
    if path and isinstance(path[-1], str):
        place = typed.at(path[:-1]).parts.setdefault(path[-1], place)
    return place
