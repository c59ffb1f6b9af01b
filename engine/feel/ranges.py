"""Ranges of comparable values, written `[a..b]`, `(a..b)`, or in a unary form such as `(< b)`."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """A range. `operator` is kept for the unary forms, which equal only the same form.

    A missing bound is None, and then it is not included.
    """

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    operator: str | None = None

    @classmethod
    def unary(cls, operator: str, bound: Any) -> "Range":
        """The range of `(< bound)`, `(<= bound)`, `(> bound)`, `(>= bound)`, `(= bound)` or `(!= bound)`."""
        start = None if operator in ("<", "<=") else bound
        end = None if operator in (">", ">=") else bound
        return cls(start, end, operator in (">=", "="), operator in ("<=", "="), operator)
