"""One thing wrong with one answer, as a fact: the words for people are in app/forms/messages.py."""

from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class FieldError:
    """`path` leads to the answer (`("componenti", 0, "nome")`), the missing one for `required`.

    `keyword` is the word of the schema that failed (`required`, `type`, `format`, `minimum`, …), or
    `limite` (too big, too deep) and `carattere` (a character that cannot be stored). `value` is the
    answer, `expected` what the keyword asked for (the format's name, the minimum, the names of
    `anyOf`'s alternatives).
    """

    path: Path
    keyword: str
    value: Any = None
    expected: Any = None
