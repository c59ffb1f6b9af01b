"""What is told of a step of the engine: how long it took, for whom, and of which instance the log goes on to speak."""

from __future__ import annotations

from typing import Final

from app import logs
from app.observe import metrics, spans

ORIGINS: Final = {
    "account": "person",
    "api": "program",
    "sistema:worker": "call",
    "sistema:timer": "timer",
    "sistema:orologio": "clock",
}


def took(path: str, root_id: int, by: str, seconds: float) -> None:
    """A step of `path` is over; `by` is the actor's label."""
    logs.about(instance=root_id)
    origin = ORIGINS.get(by) or ORIGINS.get(by.partition(":")[0], "other")
    metrics.step(path, origin, seconds)
    spans.past("step", seconds, path=path, instance=root_id, by=origin)
