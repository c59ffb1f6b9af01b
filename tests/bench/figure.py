"""What a measure gives back, and how to take one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """One number of this machine; `unit` is written after it."""

    name: str
    value: float
    unit: str


def timed(work: Callable[[], object]) -> float:
    """How long `work` takes, in milliseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def repeated(name: str, work: Callable[[], object], times: int = 200) -> list[Figure]:
    """The median and the 95th percentile of `work`, after a few rounds to warm up."""
    for _ in range(5):
        work()
    taken = [timed(work) for _ in range(times)]
    return [
        Figure(f"{name}, median", median(taken), "ms"),
        Figure(f"{name}, 95th percentile", quantiles(taken, n=20)[-1], "ms"),
    ]
