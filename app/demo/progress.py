"""One line that grows while the city is built: rewritten in place on a terminal, tenth by tenth elsewhere."""

from __future__ import annotations

from typing import Final, TextIO

WIDTH: Final = 24


class Progress:
    """`step()` once for each of `total` things done."""

    def __init__(self, what: str, total: int, to: TextIO) -> None:
        self._what, self._total, self._to = what, max(total, 1), to
        self._done, self._shown, self._live = 0, 0, to.isatty()
        if not self._live:
            self._write(f"{what}:")

    def step(self, many: int = 1) -> None:
        self._done = min(self._done + many, self._total)
        percent = 100 * self._done // self._total
        if self._live and percent != self._shown:
            full = WIDTH * self._done // self._total
            bar = "#" * full + "." * (WIDTH - full)
            self._write(f"\r{self._what} [{bar}] {percent:3d}%" + ("\n" if percent == 100 else ""))
        elif percent // 10 != self._shown // 10:
            self._write(f" {percent}%" + ("\n" if percent == 100 else ""))
        self._shown = percent

    def _write(self, text: str) -> None:
        self._to.write(text)
        self._to.flush()
