"""What does not grow: the poll of due terms with a million that wait, a step of an ente with 100,000 instances."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.database import engine as engines
from app.database import provision
from app.database.cluster import Cluster, Urls
from app.database.context import ente_context
from app.turns import take_timer
from engine import Engine, Operations, operator
from tests.bench.figure import Figure, timed
from tests.engine.drawing import boundary, bundle, diagram, end, gateway, human, on_timer, start

ANNA = operator(1)
ENTE = 1
TIMES = 100
LOOP = bundle(
    "prova",
    diagram(
        "prova",
        start()
        + gateway("mese")
        + human("controlla")
        + boundary("tardi", "controlla", on_timer("P7D"))
        + gateway("prosegue", default="mese")
        + end()
        + end("tardi_fine"),
        "inizio mese; mese controlla; controlla prosegue; prosegue mese; prosegue fine [basta = true]; "
        "tardi tardi_fine",
    ),
)
# Copies of an instance that waits, in its ente and spread over the others; a superuser may do without the triggers.
COPY_INSTANCES = """
    with copied as (
        insert into engine_instance (ente_id, slug, release, hash, version, status, started_at, started_by, state)
        select i.ente_id, i.slug, i.release, i.hash, i.version, 'open', i.started_at, i.started_by, i.state
        from engine_instance i, generate_series(1, :count) where i.id = :id returning id)
    insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, ruolo, created_at)
    select 1, c.id, c.id, gen_random_uuid(), 'prova', 'controlla', 'controlla', 'assistente_sociale', now() from copied c
"""
COPY_TIMERS = """
    insert into engine_timer (ente_id, instance_id, token, element_id, due_at)
    select 1 + n % :enti, n, gen_random_uuid()::text, 'tardi', now() + interval '1 day' + n * interval '1 second'
    from generate_series(1, :count) n
"""


@dataclass(frozen=True)
class Sizes:
    """How big the crowd is; small ones show that the measure runs."""

    few: int = 1_000
    timers: int = 1_000_000
    instances: int = 100_000
    enti: int = 300


def measure(sizes: Sizes | None = None) -> Iterator[Figure]:
    """Measure on a cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home, durable=False)
    try:
        cluster.start()
        yield from figures(provision.embedded(cluster), sizes or Sizes())
    finally:
        cluster.stop()
        shutil.rmtree(home)


def figures(urls: Urls, sizes: Sizes) -> Iterator[Figure]:
    """Measure in a migrated, empty database."""
    database, superuser = engines.connect(urls.application), create_engine(urls.superuser)
    try:
        _say(
            superuser,
            "insert into ente (id, slug, nome, tipo) select n, 'e' || n, 'Ente', 'comune' from generate_series(1, :enti) n",
            enti=sizes.enti,
        )
        mine = _begin(database)
        yield from _steps(database, superuser, mine, sizes)
        yield from _polls(database, superuser, sizes)
    finally:
        database.dispose()
        superuser.dispose()


def _steps(database: Database, superuser: Database, mine: int, sizes: Sizes) -> Iterator[Figure]:
    few = median(timed(lambda: _step(database, mine)) for _ in range(TIMES))
    yield Figure("step alone", few, "ms")
    _say(superuser, COPY_INSTANCES, id=mine, count=sizes.instances)
    _say(superuser, "analyze engine_instance, engine_task")
    many = median(timed(lambda: _step(database, mine)) for _ in range(TIMES))
    yield Figure(f"step among {sizes.instances} instances", many, "ms", many / few, "step alone")


def _polls(database: Database, superuser: Database, sizes: Sizes) -> Iterator[Figure]:
    _say(superuser, COPY_TIMERS, count=sizes.few, enti=sizes.enti)
    few = median(timed(lambda: _poll(database)) for _ in range(TIMES))
    name = f"timer_poll at {sizes.few}"
    yield Figure(name, few, "ms")
    _say(superuser, COPY_TIMERS, count=sizes.timers - sizes.few, enti=sizes.enti)
    _say(superuser, "analyze engine_timer")
    many = median(timed(lambda: _poll(database)) for _ in range(TIMES))
    yield Figure(f"timer_poll at {sizes.timers}", many, "ms", many / few, name)


def _say(superuser: Database, statement: str, **values: int) -> None:
    with superuser.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.execute(text(statement), values)


def _begin(database: Database) -> int:
    with ente_context(ENTE), Session(database) as session, session.begin():
        engine = Engine(session, ENTE, Operations())
        engine.publish(LOOP, ANNA)
        return engine.start("prova", {"basta": False}, ANNA).id


def _step(database: Database, instance: int) -> None:
    with ente_context(ENTE), Session(database) as session, session.begin():
        engine = Engine(session, ENTE, Operations())
        engine.complete(engine.open_tasks(instance)[0].id, {}, ANNA)


def _poll(database: Database) -> None:
    """One look for due terms, as each worker takes every second: there are none."""
    with Session(database) as session, session.begin():
        assert take_timer(session, (), 0) is None
