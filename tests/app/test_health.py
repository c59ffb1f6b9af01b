"""What a load balancer and a supervisor are told while the database is away."""

from __future__ import annotations

from pathlib import Path

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
