"""The embedded cluster's start, and what keeping enti apart costs a query and a transaction."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from app.database import engine as engines
from app.database import provision
from app.database.cluster import Cluster
from app.database.context import ente_context
from tests.bench.figure import Figure, repeated, timed

ENTI = 600
UNITA_PER_ENTE = 200
LIST = "select id, nome from unita where {condition} nome like 'ATS 1%' order by id limit 20"


def measure() -> Iterator[Figure]:
    """Measure on a durable cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        yield Figure("first start of PostgreSQL", timed(cluster.start), "ms")
        yield Figure("roles, database, migrations", timed(lambda: provision.embedded(cluster)), "ms")
        cluster.stop()
        yield Figure("second start of PostgreSQL", timed(cluster.start), "ms")
        yield from _queries(cluster)
    finally:
        cluster.stop()
        shutil.rmtree(home)


def _queries(cluster: Cluster) -> Iterator[Figure]:
    application = engines.connect(cluster.urls.application)
    owner = engines.connect(cluster.urls.owner)
    with owner.begin() as connection:
        _fill(connection)
    with ente_context(300):
        yield from repeated("a list under row-level security", lambda: _ask(application, ""))
        yield from repeated("the same by a condition alone", lambda: _ask(owner, "ente_id = 300 and"))
        yield from repeated("a transaction with one change", lambda: _change(application))
    application.dispose()
    owner.dispose()


def _fill(connection: Connection) -> None:
    connection.execute(
        text(
            "insert into ente (id, slug, nome, tipo) "
            "select n, 'e' || n, 'Ente', 'comune' from generate_series(1, :n) n"
        ),
        {"n": ENTI},
    )
    connection.execute(
        text(
            "insert into unita (ente_id, id, nome, tipo) select e, 'ats-' || u, 'ATS ' || u, 'ats' "
            "from generate_series(1, :enti) e, generate_series(1, :unita) u"
        ),
        {"enti": ENTI, "unita": UNITA_PER_ENTE},
    )
    connection.execute(text("analyze unita"))


def _ask(engine: Engine, condition: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(LIST.format(condition=condition))).all()


def _change(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update unita set nome = 'ATS Centro' where id = 'ats-1'"))
