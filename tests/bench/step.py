"""What a step costs the database and the clock, at the tenth round of an instance and at the two-thousandth.

The floor is a bare psycopg2 transaction that locks, writes and commits the same rows in the same database.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import psycopg2
from psycopg2.extensions import connection as Bare
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import engine as engines
from app.database import provision, url
from app.database.cluster import Cluster
from app.database.context import ente_context
from engine import Engine, Operations, operator
from tests.bench.count import Count
from tests.bench.figure import Figure, timed
from tests.engine.drawing import boundary, bundle, diagram, end, gateway, human, on_timer, start

ENTE = 1
ANNA = operator(1)
EARLY, LATE, TURNS, WINDOW = 10, 2_000, 60, 200
FORM: dict[str, object] = {
    "type": "object",
    "properties": {"ore": {"type": "integer", "minimum": 0}, "nota": {"type": "string"}},
    "required": ["ore"],
}
DRAWN = diagram(
    "prova",
    start()
    + gateway("mese")
    + human("controlla", form="controlla", due='=now() + duration("P5D")', output="ore: =ore")
    + boundary("tardi", "controlla", on_timer("P7D"), interrupting=False)
    + human("sollecita")
    + end("sollecitato")
    + gateway("prosegue", default="mese")
    + end(),
    "inizio mese; mese controlla; controlla prosegue; prosegue mese; prosegue fine [ore = 0]; "
    "tardi sollecita; sollecita sollecitato",
)
ANSWERS = {"ore": 12, "nota": "Tutto regolare, la persona è contenta. " * 4}


def measure() -> Iterator[Figure]:
    """Measure on a durable cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        cluster.start()
        address = provision.embedded(cluster).application
        database = engines.connect(address)
        with ente_context(ENTE):
            yield from _figures(database, address)
        database.dispose()
    finally:
        cluster.stop()
        shutil.rmtree(home)


def _figures(database: Database, address: str) -> Iterator[Figure]:
    """An old instance, a young one and the floor take turns, so that the machine's noise is the same for all."""
    old, young, bare_one = _begin(database), _begin(database), _begin(database)
    curve = [timed(lambda: _step(database, old)) for _ in range(LATE)]
    windows = [median(curve[at : at + WINDOW]) for at in range(0, LATE, WINDOW)]
    for _ in range(EARLY):
        _step(database, young)
    small, count = _size(database, young), Count(database, lambda: _step(database, young))
    late, early, floor = [], [], []
    with closing(psycopg2.connect(url.libpq(address))) as bare:
        for _ in range(TURNS):
            late.append(timed(lambda: _step(database, old)))
            early.append(timed(lambda: _step(database, young)))
            floor.append(timed(lambda: _floor(bare, bare_one, count)))
    yield Figure("step_floor", median(floor), "ms")
    yield Figure(f"step_round_{EARLY}", median(early), "ms", median(early) / median(floor), "step_floor")
    yield Figure(
        f"step_round_{LATE}", median(late), "ms", median(late) / median(early), f"step_round_{EARLY}"
    )
    middle = f"step_median_{WINDOW}_of_{LATE}"
    yield Figure(middle, median(windows), "ms")
    yield Figure(
        f"step_slowest_{WINDOW}_of_{LATE}", max(windows), "ms", max(windows) / median(windows), middle
    )
    yield Figure("step_statements", count.statements - 1, "statements")
    yield Figure("step_rows", count.rows, "rows")
    size = _size(database, old)
    yield Figure(f"state_size_round_{LATE}", size, "bytes", size / small, f"state_size_round_{EARLY}")


def _begin(database: Database) -> int:
    with Session(database) as session, session.begin():
        engine = Engine(session, ENTE, Operations())
        engine.publish(bundle("prova", DRAWN, forms__controlla_dot_schema_dot_json=FORM), ANNA)
        return engine.start("prova", {"unita": "ats", "persona_id": "1"}, ANNA).id


def _step(database: Database, instance: int) -> None:
    """Complete the open task in a transaction of its own, as the web does."""
    with Session(database) as session, session.begin():
        engine = Engine(session, ENTE, Operations())
        task = text("select id from engine_task where ente_id = :e and instance_id = :i and status = 'open'")
        engine.complete(session.execute(task, {"e": ENTE, "i": instance}).scalar_one(), ANSWERS, ANNA)


def _floor(bare: Bare, instance: int, count: Count) -> None:
    """The same rows: lock, state, one task closed and one opened, a timer replaced, history."""
    with bare, bare.cursor() as cursor:
        mine = {"e": ENTE, "i": instance, "token": str(uuid.uuid4())}
        cursor.execute("select set_config('app.ente_id', %(e)s::text, true)", mine)
        cursor.execute(
            "select i.state, t.id from engine_instance i join engine_task t on t.ente_id = i.ente_id "
            "and t.instance_id = i.id and t.status = 'open' "
            "where i.ente_id = %(e)s and i.id = %(i)s for no key update of i",
            mine,
        )
        row = cursor.fetchone()
        assert row is not None
        mine |= {"state": row[0], "task": row[1]}
        cursor.execute(
            "update engine_instance set version = version + 1, state = %(state)s where ente_id = %(e)s and id = %(i)s",
            mine,
        )
        cursor.execute(
            "update engine_task set status = 'done', closed_at = now(), closed_by = 1 "
            "where ente_id = %(e)s and id = %(task)s",
            mine,
        )
        cursor.execute(
            "insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, ruolo, unita_id, "
            "due_at, created_at) values (%(e)s, %(i)s, %(i)s, %(token)s, 'prova', 'controlla', 'controlla', "
            "'assistente_sociale', 'ats', now(), now())",
            mine,
        )
        cursor.execute("delete from engine_timer where ente_id = %(e)s and instance_id = %(i)s", mine)
        cursor.execute(
            "insert into engine_timer (ente_id, instance_id, token, element_id, due_at) "
            "values (%(e)s, %(i)s, %(token)s, 'tardi', now() + interval '7 days')",
            mine,
        )
        cursor.execute(
            "insert into engine_history (ente_id, instance_id, root_id, token, element_id, kind, event, at, by, answers)"
            " select %(e)s, %(i)s, %(i)s, %(token)s, 'controlla', 'userTask', 'done', now(), 'account:1', %(a)s::jsonb"
            " from generate_series(1, %(h)s)",
            {
                **mine,
                "a": '{"ore": 12, "nota": "' + ANSWERS["nota"] + '"}',
                "h": count.written["engine_history"],
            },
        )


def _size(database: Database, instance: int) -> int:
    with Session(database) as session:
        size = text("select length(state) from engine_instance where ente_id = :e and id = :i")
        return int(session.execute(size, {"e": ENTE, "i": instance}).scalar_one())
