"""The rounds of a repetition, and what each keeps to itself.

A round sees the variables of the instance and writes its own: its item, its counter and all that its steps write
live with its token. Two rounds at once never overwrite each other, and nothing but `outputCollection` leaves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.task import Task

ROUND = "round"
"""What the token of a round keeps its number under, from 0."""


def around(task: Task | None) -> Iterator[Task]:
    """The tokens of the rounds that a token is in, the innermost first: its own, and those of the scopes around it."""
    while task is not None:
        if ROUND in task.internal_data:
            yield task
        owner = task.workflow.parent_task_id
        task = None if owner is None else task.workflow.top_workflow.get_task_from_id(owner)


def visible(stored: Mapping[str, Any], token: str) -> dict[str, Any]:
    """What a token sees in a stored state (engine/state.py): the instance's variables, under those of its rounds."""
    trees = [(None, stored["tasks"]), *((sub[0], sub[3]) for sub in stored["subprocesses"])]
    layers: list[Mapping[str, Any]] = []
    at: str | None = token
    while at is not None:
        owner, entry = next(
            ((owner, entry) for owner, tree in trees for entry in tree["t"] if entry[0] == at), (None, None)
        )
        if entry is not None and entry[6]:
            layers.append(entry[6])
        at = owner
    return {
        name: value for layer in (stored["variables"], *reversed(layers)) for name, value in layer.items()
    }
