"""The static check of a model before it is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from engine.dmn.check.content import content_problems
from engine.dmn.check.graph import graph_problems
from engine.dmn.check.items import item_problems
from engine.dmn.problem import Problem

if TYPE_CHECKING:
    from engine.dmn.model import Model


def find_problems(model: Model, functions: Collection[str] = ()) -> Iterator[Problem]:
    """Everything that is wrong; `functions` are the names of host functions that FEEL will find."""
    yield from graph_problems(model)
    yield from item_problems(model)
    yield from content_problems(model, frozenset(functions))
