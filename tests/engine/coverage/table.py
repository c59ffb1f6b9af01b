"""The table of engine/README.md, between its two marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.engine.coverage import activities, events, gateways, others
from tests.engine.coverage.row import Row

README = Path(__file__).parents[3] / "engine" / "README.md"
BEGIN = "<!-- coverage: python -m tests.engine.coverage -->"
END = "<!-- /coverage -->"

GROUPS = {
    "Activities": activities.ROWS,
    "Gateways": gateways.ROWS,
    "Events": events.ROWS,
    "Flows, data, artifacts and the rest": others.ROWS,
}

ROWS = [row for rows in GROUPS.values() for row in rows]


def table() -> str:
    """The table, in Markdown."""
    return "\n".join(_lines())


def written() -> str:
    """The table that the README holds now."""
    return README.read_text().partition(BEGIN + "\n")[2].partition("\n" + END)[0]


def write() -> None:
    """Put the table in the README."""
    text = README.read_text()
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")


def _lines() -> Iterator[str]:
    total = {outcome: sum(row.outcome == outcome for row in ROWS) for outcome in ("executed", "refused")}
    yield (
        f"{len(ROWS)} elements: {total['executed']} executed, {total['refused']} refused with a way out, "
        f"{len(ROWS) - sum(total.values())} imported as documentation."
    )
    for name, rows in GROUPS.items():
        yield from ("", f"| {name} | | the test's story, or the checker's words |", "|---|---|---|")
        yield from (f"| {row.name} | {row.outcome} | {_told(row)} |" for row in rows)


def _told(row: Row) -> str:
    if row.at is not None:
        return "; ".join(problem.message for problem in row.problems if problem.element == row.at).replace(
            "|", "\\|"
        )
    if row.played is None:
        return ""
    begin = [f"from `{row.played['inizio']}`"] if "inizio" in row.played else []
    moves = [_move(move) for move in row.played["passi"]]
    return (
        f"{' · '.join([*begin, *(move for move in moves if move)])} → `{row.played['allora']['finisce_in']}`"
    )


def _move(move: dict[str, object]) -> str:
    if "orologio" in move:
        return str(move["orologio"])
    kind, about = next(iter(move.items()))
    if kind == "aspetta":
        return ""
    heard = {"messaggio": "message ", "segnale": "signal "}
    return f"{heard.get(kind, '')}`{about}`"
