"""A line that grows while the city is built: rewritten in place on a terminal, every tenth elsewhere."""

from __future__ import annotations

from typing import TextIO

WIDTH = 24


class Progress:
    """`step()` once for each of `total` things done."""

    def __init__(self, what: str, total: int, to: TextIO) -> None:
        self._what, self._total, self._to = what, max(total, 1), to
        self._done, self._shown = 0, -1

    def step(self, many: int = 1) -> None:
        self._done = min(self._done + many, self._total)
        percent = 100 * self._done // self._total
        inline = self._to.isatty()
        shown = percent if inline else percent // 10
        if shown == self._shown:
            return
        self._shown = shown
        full = WIDTH * self._done // self._total
        bar = "#" * full + "." * (WIDTH - full)
        self._to.write(f"{self._what} [{bar}] {percent:3d}%")
        self._to.write("\r" if inline and self._done < self._total else "\n")
        self._to.flush()
