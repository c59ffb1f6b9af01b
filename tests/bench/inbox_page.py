"""The scrivania at 1,000 and at 1,000,000 open tasks: the page of one person costs the same."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine, text

from app.database import engine as engines
from app.database import provision
from app.database.cluster import Cluster
from app.demo import foundation
from app.demo.city import GENOVA, PASSWORD
from app.settings import Settings
from app.web import create_app
from app.wiring import make_engines
from tests.bench.figure import Figure, timed

WHO = "giulia.parodi"
FEW, MANY = 1_000, 1_000_000
MINE = 25
TIMES = 40

# One pratica and one open task for each; one unit in two; one in ten thousand is mine.
FILL = """
    with made as (
        insert into engine_instance (ente_id, slug, release, hash, started_at, state)
        select {ente}, 'primo_contatto', 1, (select hash from engine_release where ente_id = {ente} limit 1),
               now(), ''::bytea
        from generate_series(1, :count) returning id
    ), numbered as (
        select id, row_number() over (order by id) + :before as n from made
    ), cases as (
        insert into pratica (ente_id, anno, numero, percorso, titolo, unita_id, instance_id, aperta_at, sintetico)
        select {ente}, 2025, n, 'primo_contatto', 'Primo contatto',
               case n % 2 when 0 then 'ats-centro-est' else 'ats-valpolcevera' end, id, now(), true
        from numbered
    )
    insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, ruolo, unita_id,
                             assignee_id, due_at, created_at)
    select {ente}, id, id, gen_random_uuid(), 'primo_contatto', 'primo_colloquio', 'Fai il primo colloquio',
           'assistente_sociale', case n % 2 when 0 then 'ats-centro-est' else 'ats-valpolcevera' end,
           case when n <= :mine then :account when n % 3 = 0 then :other end,
           now() + (n % 60 - 10) * interval '1 day', now() - (n % 30) * interval '1 day'
    from numbered
"""


def measure() -> Iterator[Figure]:
    """Measure over the real application, on a cluster of its own."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home, durable=False)
    try:
        cluster.start()
        urls = provision.embedded(cluster)
        maker = make_engines({})
        database = engines.connect(urls.application)
        foundation.lay(database, maker)
        client = _client(urls.application, home)
        owner = create_engine(urls.owner)
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _fill(connection, 0, FEW)
            few = _page(client)
            yield Figure(f"inbox_page at {FEW}", few, "ms")
            for begun in range(FEW, MANY, 99_900):
                _fill(connection, begun, min(99_900, MANY - begun))
            many = _page(client)
            yield Figure(f"inbox_page at {MANY}", many, "ms", many / few, f"inbox_page at {FEW}")
        owner.dispose()
        database.dispose()
    finally:
        cluster.stop()
        shutil.rmtree(home)


def _client(database_url: str, home: Path) -> FlaskClient:
    settings = Settings.from_env(
        {
            "PERCORSI_ENV": "test",
            "PERCORSI_HOME": str(home),
            "DATABASE_URL": database_url,
            "SECRET_KEY": "x" * 40,
        }
    )
    client = create_app(settings, make_engines({})).test_client()
    page = client.get("/accesso")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/accesso", data={"nome_utente": WHO, "password": PASSWORD, "csrf_token": token})
    return client


def _fill(connection: Connection, before: int, count: int) -> None:
    accounts = dict(
        connection.execute(
            text("select nome_utente, id from account where ente_id = :e"), {"e": GENOVA}
        ).all()
    )
    connection.execute(
        text(FILL.format(ente=GENOVA)),
        {
            "count": count,
            "before": before,
            "mine": MINE,
            "account": accounts[WHO],
            "other": accounts["luca.repetto"],
        },
    )
    connection.execute(text("analyze engine_task"))
    connection.execute(text("analyze pratica"))


def _page(client: FlaskClient) -> float:
    def get() -> None:
        assert client.get("/scrivania").status_code == 200

    get()
    return median(timed(get) for _ in range(TIMES))
