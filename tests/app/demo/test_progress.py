"""The line of progress, on a terminal and elsewhere."""

from __future__ import annotations

from io import StringIO

from app.demo.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_it_is_one_line_of_tenths() -> None:
    to = StringIO()
    bar = Progress("Pratiche", 20, to)
    for _ in range(20):
        bar.step()
    assert to.getvalue() == "Pratiche: 10% 20% 30% 40% 50% 60% 70% 80% 90% 100%\n"


def test_on_a_terminal_it_is_rewritten_in_place() -> None:
    to = Terminal()
    bar = Progress("Pratiche", 2, to)
    bar.step()
    bar.step(5)
    assert to.getvalue().count("\r") == 2
    assert to.getvalue().endswith("100%\n")


def test_nothing_to_do_is_done_at_once() -> None:
    to = StringIO()
    Progress("Anagrafe", 0, to).step()
    assert to.getvalue().endswith("100%\n")
