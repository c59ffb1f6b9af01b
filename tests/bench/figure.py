"""What a measure gives back, and how to take one."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from engine.json import dumps_text


@dataclass(frozen=True)
class Figure:
    """One number of this machine. Numbers of two machines cannot be compared, their ratios can.

    `ratio`: this value over that of the figure named `versus`, measured in the same run.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    versus: str | None = None

    def line(self) -> str:
        """The figure as one JSON object."""
        ratio = None if self.ratio is None else round(self.ratio, 3)
        return dumps_text({**asdict(self), "value": round(self.value, 3), "ratio": ratio})


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


def each(work: Callable[[], object], times: int = 2_000) -> float:
    """How long `work` takes, in microseconds: the best of five runs of many, for work that needs no disk."""
    work()
    runs = [timed(lambda: [work() for _ in range(times)]) for _ in range(5)]
    return min(runs) / times * 1000
