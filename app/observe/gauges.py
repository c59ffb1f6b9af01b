"""What the database says of the whole installation, asked at each scrape: work that waits, and for how long.

Across enti, numbers only: from one function of the owner (migrations 0028 and 0037). Every web process says the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import structlog
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database.context import ente_context
from app.observe.metrics import one_of_few

log = structlog.get_logger()

PATIENCE: Final = "2s"

_ASK = text("select figura, etichetta, valore from metriche()")
_LIMIT = text(f"set local statement_timeout = '{PATIENCE}'")

# Figure → metric, its label if it has one, what it is.
GAUGES: Final[dict[str, tuple[str, str | None, str]]] = {
    "incidents": ("percorsi_incidents_open", "path", "Steps that wait for a person because something failed"),
    "incident_age": ("percorsi_incident_age_seconds", "path", "Age of the oldest of them"),
    "timers_late": (
        "percorsi_timers_late",
        None,
        "Terms that are over and were not fired, at most 10,000 an ente",
    ),
    "timer_lateness": ("percorsi_timer_lateness_seconds", None, "How late the latest of them is"),
    "messages_waiting": (
        "percorsi_messages_waiting",
        None,
        "Messages kept for a path that will wait for them",
    ),
    "messages_dead": (
        "percorsi_messages_dead",
        None,
        "Messages that nobody ever awaited, and nobody has looked into",
    ),
    "queue": ("percorsi_queue_jobs", "status", "Jobs in the queue: todo, doing, failed"),
    "queue_age": ("percorsi_queue_age_seconds", None, "How long the oldest job that is due has waited"),
    "workers": ("percorsi_workers", None, "Workers that gave a sign in the last minute"),
    "clocks": ("percorsi_clocks_elected", None, "Clocks at work: one, or nobody keeps the calendar"),
}
OLDEST: Final = frozenset({"incident_age"})  # of paths counted together, the greatest and not the sum


def exposition(database: Database) -> bytes:
    """The gauges as Prometheus reads them; that there is no answer is a figure too."""
    found: dict[str, dict[str, float]] = {}
    try:
        found = _ask(database)
    except SQLAlchemyError:
        log.warning("metrics.unanswered", exc_info=True)
    lines = _gauge(
        "percorsi_database_answers", "Whether the database told its figures", None, {"": bool(found)}
    )
    for figure, (name, label, about) in GAUGES.items():
        if found:
            lines += _gauge(name, about, label, found.get(figure, {}))
    return "".join(f"{line}\n" for line in lines).encode()


def _gauge(name: str, about: str, label: str | None, numbers: Mapping[str, float]) -> list[str]:
    shown = [f'{name}{{{label}="{_escaped(value)}"}}' if label else name for value in numbers]
    told = [f"{what} {float(number)}" for what, number in zip(shown, numbers.values(), strict=True)]
    return [f"# HELP {name} {about}", f"# TYPE {name} gauge", *told]


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _ask(database: Database) -> dict[str, dict[str, float]]:
    """Numbers by figure and label."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    with ente_context(None), database.begin() as connection:
        connection.execute(_LIMIT)
        for figure, label, number in connection.execute(_ASK):
            name = one_of_few(label) if GAUGES[figure][1] == "path" else label
            before = found[figure].get(name, 0.0)
            found[figure][name] = max(before, number) if figure in OLDEST else before + number
    return found
