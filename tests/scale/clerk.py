"""Somebody who works all the time, and remembers what was acknowledged."""

from __future__ import annotations

import threading

from tests.faults.installation import eventually
from tests.faults.program import Program, Unanswered


class Clerk(threading.Thread):
    """Opens pratiche until told to go home; what is not acknowledged is asked no more, and counted as a failure.

    Goes home when its block ends, whatever became of the test.
    """

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.opened: list[str] = []
        self.failures = 0
        self.home = threading.Event()
        self.start()

    def __enter__(self) -> Clerk:
        return self

    def __exit__(self, *_: object) -> None:
        self.leaves()

    def run(self) -> None:
        while not self.home.is_set():
            try:
                answer = self.program.opens("affiancati")
            except Unanswered:
                answer = None
            if answer is not None and answer.status == 201:
                self.opened.append(answer.json["id"])
            else:
                self.failures += 1
                self.home.wait(0.1)

    def opens(self, more: int) -> None:
        """Wait until that many more are acknowledged."""
        wanted = len(self.opened) + more
        eventually(lambda: len(self.opened) >= wanted, "nobody works")

    def fails(self) -> None:
        """Wait until one is refused or never answered."""
        wanted = self.failures + 1
        eventually(lambda: self.failures >= wanted, "all goes well")

    def leaves(self) -> None:
        self.home.set()
        self.join()
