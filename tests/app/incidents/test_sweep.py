"""The sweeper on the real paths of the city: silent while all is well, and once for each thing that is not."""

from __future__ import annotations

import pytest

from app import clock
from app.cli import main
from app.database.cluster import Urls
from app.demo.city import GENOVA
from app.incidents.sweep import sweep
from engine import invariants, operator
from tests.app.incidents.conftest import Asked, City


def kinds(genova: City, deep: bool = False) -> tuple[list[str], int]:
    swept = sweep(genova.database, genova.maker, GENOVA, deep=deep)
    return [finding.kind for finding in swept.found], swept.new


def test_the_paths_of_the_city_are_sound_at_every_point_where_somebody_stands(
    genova: City, asked: Asked
) -> None:
    assert kinds(genova, deep=True) == ([], 0)


def test_a_call_that_fell_out_of_the_queue_is_found_once_and_put_back(genova: City, asked: Asked) -> None:
    # given
    genova.breaks("delete from procrastinate_jobs")
    assert kinds(genova) == ([invariants.STALLED_JOB], 1)
    assert kinds(genova) == ([invariants.STALLED_JOB], 0)
    (incident,) = genova.step(lambda engine: engine.open_incidents(asked.root_id))
    assert incident.element_id == "leggi_isee"
    # when
    genova.step(lambda engine: engine.retry(incident.id, operator(1)))
    # then
    assert kinds(genova) == ([], 0)


def test_a_call_that_no_worker_takes_is_found_and_forgotten_once_it_is_made(
    genova: City, asked: Asked
) -> None:
    # given
    genova.breaks(
        "update engine_job set created_at = now() - interval '16 minutes' where id = :id", id=asked.job_id
    )
    assert kinds(genova) == ([invariants.STALLED_JOB], 1)
    # when a worker comes back
    genova.fails(asked)
    # then
    assert kinds(genova) == ([], 0)
    found = genova.step(lambda engine: engine.open_incidents(asked.root_id))
    assert [incident.kind for incident in found] == ["job"]


def test_a_call_put_off_to_later_is_not_late(genova: City, asked: Asked) -> None:
    genova.breaks(
        "update engine_job set created_at = now() - interval '1 day', run_at = now() - interval '16 minutes'"
        " where id = :id",
        id=asked.job_id,
    )
    genova.breaks("update procrastinate_jobs set scheduled_at = now() + interval '1 hour'")
    assert kinds(genova) == ([], 0)


def test_the_clock_reports_what_it_finds(genova: City, asked: Asked) -> None:
    # given
    genova.breaks("delete from engine_job where id = :id", id=asked.job_id)
    # when
    clock.check_instances(genova.database, genova.maker)
    # then
    (incident,) = genova.step(lambda engine: engine.open_incidents(asked.root_id))
    assert incident.kind == invariants.IDLE


def test_the_command_says_what_is_wrong_and_where(
    genova: City,
    asked: Asked,
    city: Urls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: object,
) -> None:
    # given
    monkeypatch.setenv("DATABASE_URL", city.application)
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path))
    assert main(["sweep", "--ente", "genova"]) == 0
    assert capsys.readouterr().out == "genova: tutto a posto\n"
    genova.breaks("update engine_instance set state = :state where id = :id", id=asked.root_id, state=b"{}")
    # when
    assert main(["sweep"]) == 1
    # then
    said = capsys.readouterr().out
    assert "leggi_isee" not in said
    assert f"percorso {asked.root_id}, nessun passo: lo stato non si legge (KeyError)" in said
    assert "genova: pratica 2026/" in said
    assert main(["sweep", "--ente", "genoa"]) == 1
