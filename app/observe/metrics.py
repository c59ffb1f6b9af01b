"""What this process counts, for Prometheus; nothing at all when its client is not installed.

Every label is one of few values: routes, paths, operations, codes. No id, and no text that somebody wrote. None is
called `job` or `instance`: Prometheus itself says so of whom it scrapes, and would rename ours.
"""

from __future__ import annotations

import os
import shutil
from typing import Final

from app.database import place
from app.settings import SettingRefused, Settings

try:
    import prometheus_client as client
    from prometheus_client import multiprocess
except ImportError:  # the extra «osserva» is not installed
    INSTALLED = False
else:
    INSTALLED = True

MOST_PATHS: Final = 200  # an ente publishes what it wants: beyond these, paths are counted together
OTHERS: Final = "altri"
FAST: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
SLOW: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

TOGETHER: Final = (
    "PROMETHEUS_MULTIPROC_DIR"  # of prometheus-client: a folder where the processes of one web add up
)

_paths: set[str] = set()

if INSTALLED:
    _REQUESTS = client.Histogram(
        "percorsi_request_seconds",
        "Requests, until their answer",
        ("method", "route", "status"),
        buckets=FAST,
    )
    _STEPS = client.Histogram(
        "percorsi_step_seconds", "Steps of the engine, without their commit", ("path", "by"), buckets=FAST
    )
    _CALLS = client.Histogram(
        "percorsi_call_seconds", "Calls to outside bodies", ("operation", "outcome"), buckets=SLOW
    )
    _ANSWERED = client.Gauge(
        "percorsi_call_answered_timestamp_seconds",
        "When an outside body last answered, with a refusal too",
        ("operation",),
        multiprocess_mode="mostrecent",
    )
    _TIMERS = client.Counter("percorsi_timers", "Terms fired, or tried in vain", ("outcome",))
    _CALENDAR = client.Histogram(
        "percorsi_calendar_seconds", "Work of the clock", ("work", "outcome"), buckets=SLOW
    )


def together(settings: Settings) -> dict[str, str]:
    """The environment in which the processes of one web add up what they count; earlier counts are forgotten.

    Nothing when nobody may read them. Raises SettingRefused.
    """
    if settings.metrics_token is None:
        return {}
    folder = settings.home / "metrics" / str(settings.port)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        place.make_home(settings.home)
        folder.mkdir(parents=True)
    except OSError as error:
        raise SettingRefused(
            "PERCORSI_HOME", f"non posso scrivere in «{folder}»: {error.strerror}."
        ) from error
    return {TOGETHER: str(folder)}


def exposition() -> bytes:
    """What was counted, as Prometheus reads it: by this process, or by all those of one web."""
    if not INSTALLED:
        return b""
    if TOGETHER not in os.environ:
        return bytes(client.generate_latest())
    registry = client.CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return bytes(client.generate_latest(registry))


def request(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered; `route` is the rule, with its variables unfilled."""
    if INSTALLED:
        _REQUESTS.labels(method, route, str(status)).observe(seconds)


def step(path: str, by: str, seconds: float) -> None:
    """The engine made a step."""
    if INSTALLED:
        _STEPS.labels(one_of_few(path), by).observe(seconds)


def call(operation: str, outcome: str, seconds: float) -> None:
    """An outside body was called: done, refused, transient, broken."""
    if INSTALLED:
        _CALLS.labels(operation, outcome).observe(seconds)
        if outcome in ("done", "refused"):
            _ANSWERED.labels(operation).set_to_current_time()


def timer(outcome: str) -> None:
    """A term was fired, or failed."""
    if INSTALLED:
        _TIMERS.labels(outcome).inc()


def calendar(work: str, outcome: str, seconds: float) -> None:
    """The clock did one of its works, or failed at it."""
    if INSTALLED:
        _CALENDAR.labels(work, outcome).observe(seconds)


def one_of_few(path: str) -> str:
    """The path, or «altri» when it is one too many to be counted by itself."""
    if path not in _paths:
        if len(_paths) >= MOST_PATHS:
            return OTHERS
        _paths.add(path)
    return path
