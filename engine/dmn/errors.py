"""What a decision model raises: facts with element ids, and an Italian sentence for the analyst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class DmnError(Exception):
    """Base: `element_id` is the id (or the name, where the file has no ids) of the guilty element."""

    element_id: str

    @property
    def message_it(self) -> str:
        return f"La decisione «{self.element_id}» non è valutabile."

    def __str__(self) -> str:
        return self.message_it


@dataclass
class ModelRefused(DmnError):
    """A file that is not a model we run; `reason` is Italian."""

    reason: str

    @property
    def message_it(self) -> str:
        return self.reason


@dataclass
class DecisionNotFound(DmnError):
    @property
    def message_it(self) -> str:
        return f"La decisione «{self.element_id}» non esiste nel modello."


@dataclass
class DecisionCycle(DmnError):
    """Decisions that require one another: `path` starts and ends with the same element."""

    path: Sequence[str]

    @property
    def message_it(self) -> str:
        return f"Le decisioni si richiedono a vicenda: {' → '.join(self.path)}."


@dataclass
class RulesOverlap(DmnError):
    """UNIQUE: more than one rule matched (or ANY: rules matched with different outputs)."""

    rules: Sequence[str]
    hit_policy: str = "UNIQUE"

    @property
    def message_it(self) -> str:
        rules = ", ".join(self.rules)
        if self.hit_policy == "ANY":
            return f"Nella tabella «{self.element_id}» le regole {rules} valgono insieme con esiti diversi."
        return f"Nella tabella «{self.element_id}» valgono insieme le regole {rules}: deve valerne una sola."


@dataclass
class ExpressionFailed(DmnError):
    """An expression that cannot be read or evaluated; `reason` says why."""

    reason: str

    @property
    def message_it(self) -> str:
        return f"L'espressione di «{self.element_id}» non è valutabile: {self.reason}."


@dataclass
class TypeMismatch(DmnError):
    """A value that is not of the declared type, or not among the allowed values."""

    type_name: str

    @property
    def message_it(self) -> str:
        return f"Il valore di «{self.element_id}» non è del tipo previsto ({self.type_name})."


@dataclass
class TableUndefined(DmnError):
    """A table whose hit policy cannot give a result; `reason` is Italian."""

    reason: str

    @property
    def message_it(self) -> str:
        return f"La tabella «{self.element_id}» non dà esito: {self.reason}."
