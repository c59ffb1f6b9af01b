"""What the database tells Prometheus: sums over every ente, and that it is away when it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.database import engine as databases
from app.observe import gauges, metrics
from app.settings import SettingRefused, Settings
from app.web import create_app
from tests.app.test_health import NOWHERE

INSTANCES = """
    insert into engine_instance (ente_id, slug, release, hash, started_at, state)
    select ente, 'prova', 1, 'h', now(), '' from generate_series(1, 2) ente
"""
WAITING = """
    insert into engine_bundle (hash, slug, content) values ('h', 'prova', '');
    {instances};
    insert into engine_timer (ente_id, instance_id, token, element_id, due_at)
    select ente_id, id, 't', 'e', now() - ente_id * interval '1 hour' from engine_instance;
    insert into engine_timer (ente_id, instance_id, token, element_id, due_at)
    select ente_id, id, 't2', 'e', now() + interval '1 hour' from engine_instance;
    insert into engine_incident (ente_id, instance_id, root_id, token, element_id, kind, message, created_at)
    select ente_id, id, id, 't', 'e', 'job', 'm', now() - ente_id * interval '1 day' from engine_instance;
    insert into engine_message (ente_id, name, key, source, message_id, payload, status, received_at, expires_at, seen_at)
    values (1, 'n', 'k', 's', '1', '{{}}', 'dead', now(), now(), null),
           (2, 'n', 'k', 's', '2', '{{}}', 'dead', now(), now(), now());
    insert into procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) values
    ('q', 't', '{{"ente_id": 1}}', 'todo', now() - interval '5 minutes'),
    ('q', 't', '{{"ente_id": 2}}', 'todo', null),
    ('q', 't', '{{"ente_id": 1}}', 'todo', now() + interval '1 hour'),
    ('q', 't', '{{"ente_id": 2}}', 'doing', null)
"""


def test_what_waits_is_summed_over_every_ente(engine: Engine, owner_engine: Engine, ente: int) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text(WAITING.format(instances=INSTANCES)))
    # when
    told = gauges.exposition(engine).decode()
    # then
    found = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
    figures = {name: round(float(number)) for name, number in found.items()}
    assert figures == {
        "percorsi_database_answers": 1,
        'percorsi_incidents_open{path="prova"}': 2,
        'percorsi_incident_age_seconds{path="prova"}': pytest.approx(2 * 86_400, abs=60),
        "percorsi_timers_late": 2,
        "percorsi_timer_lateness_seconds": pytest.approx(2 * 3_600, abs=60),
        "percorsi_messages_waiting": 0,
        "percorsi_messages_dead": 1,
        'percorsi_queue_jobs{status="todo"}': 3,
        'percorsi_queue_jobs{status="doing"}': 1,
        'percorsi_queue_jobs{status="failed"}': 0,
        "percorsi_queue_age_seconds": pytest.approx(300, abs=60),
        "percorsi_workers": 0,
        "percorsi_clocks_elected": 0,
    }


def test_what_waits_in_an_ente_that_is_being_moved_calls_nobody(
    engine: Engine, owner_engine: Engine, ente: int
) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text(WAITING.format(instances=INSTANCES)))
        connection.execute(text("update ente set in_trasferimento_at = now()"))
    # when
    told = gauges.exposition(engine).decode()
    # then
    for figure in ("timers_late", "timer_lateness_seconds", "queue_age_seconds"):
        assert f"percorsi_{figure} 0.0\n" in told


def test_a_database_that_is_away_is_a_figure_too() -> None:
    # given
    away = databases.connect(NOWHERE, pool_size=1)
    # when
    told = gauges.exposition(away).decode()
    # then
    assert told.splitlines()[-1] == "percorsi_database_answers 0.0"


def test_without_a_token_of_the_installation_there_is_nothing_to_read(tmp_path: Path) -> None:
    # given
    web = create_app(Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, NOWHERE, None)).test_client()
    # then
    assert web.get("/metrics").status_code == 404


def test_a_port_for_figures_wants_a_token_of_some_length(tmp_path: Path) -> None:
    environ = {"PERCORSI_HOME": str(tmp_path), "PERCORSI_METRICS_PORT": "9100"}
    for more in ({}, {"PERCORSI_METRICS_TOKEN": "breve"}):
        with pytest.raises(SettingRefused, match="PERCORSI_METRICS_TOKEN"):
            Settings.from_env(environ | more)


def test_of_too_many_paths_the_last_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(metrics, "_paths", set())
    # when
    named = {metrics.one_of_few(f"percorso_{number}") for number in range(1_000)}
    # then
    assert len(named) == metrics.MOST_PATHS + 1
    assert metrics.OTHERS in named


def test_the_dashboard_asks_only_for_figures_that_are_told() -> None:
    # given
    asked = set(re.findall(r"percorsi_\w+", (Path(metrics.__file__).parent / "grafana.json").read_text()))
    counted = {
        line.split()[2] for line in metrics.exposition().decode().splitlines() if line.startswith("# TYPE")
    }
    # when
    known = counted | {name for name, _, _ in gauges.GAUGES.values()}
    # then
    assert asked
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked} - known == set()


def test_no_label_is_one_that_prometheus_keeps_for_itself_and_the_dashboard_asks_for_no_other() -> None:
    # given
    counted = [
        getattr(metrics, name)
        for name in ("_REQUESTS", "_STEPS", "_CALLS", "_ANSWERED", "_TIMERS", "_CALENDAR")
    ]
    labels = {label for each in counted for label in each._labelnames}
    labels |= {label for _, label, _ in gauges.GAUGES.values() if label}
    # then
    assert not labels & {"job", "instance", "le", "quantile"}
    grouped = re.findall(r"by \(([\w, ]+)\)", (Path(metrics.__file__).parent / "grafana.json").read_text())
    assert {label.strip() for each in grouped for label in each.split(",")} - labels == {"le"}
