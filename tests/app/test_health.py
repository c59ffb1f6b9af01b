"""What a load balancer and a supervisor are told while the database, the worker or the clock is away."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from app import election
from app.settings import Settings
from app.web import create_app

NOWHERE = "postgresql+psycopg2://percorsi_app@127.0.0.1:1/percorsi"


def test_without_its_database_the_process_is_alive_and_not_ready(tmp_path: Path) -> None:
    # given
    web = create_app(Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, NOWHERE, None)).test_client()
    # when
    ready = web.get("/health/ready")
    # then
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "30")
    assert web.get("/health/live").status_code == 200


def test_a_web_that_serves_alone_says_that_worker_and_clock_lack(
    tmp_path: Path, database_url: str, owner_engine: Engine, engine: Engine
) -> None:
    # given
    web = create_app(Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, database_url, None)).test_client()
    # then
    alone = web.get("/health/ready")
    assert (alone.status_code, alone.json) == (
        200,
        {"stato": "pronto", "avvisi": ["nessun worker è in funzione", "nessun orologio è in funzione"]},
    )
    # when
    with owner_engine.begin() as owner:
        owner.execute(text("insert into procrastinate_workers default values"))
    with engine.connect() as clock:
        assert election.elect(clock)
        # then
        assert web.get("/health/ready").json == {"stato": "pronto", "avvisi": []}
