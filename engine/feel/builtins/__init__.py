"""The built-in library of DMN 1.5, one module per family. Importing the package registers every function."""

from engine.feel.builtins import (
    boolean,
    contexts,
    conversion,
    dates,
    intervals,
    lists,
    numeric,
    ordering,
    patterns,
    statistics,
    strings,
)
from engine.feel.builtins.registry import BUILTINS

__all__ = [
    "BUILTINS",
    "boolean",
    "contexts",
    "conversion",
    "dates",
    "intervals",
    "lists",
    "numeric",
    "ordering",
    "patterns",
    "statistics",
    "strings",
]
