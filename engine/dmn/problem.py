"""One reason not to publish a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """The element's id (or name), and an Italian sentence for the analyst."""

    element_id: str
    message: str
