"""Terms fired and calls made a second by 1, 2 and 4 worker processes, and what a flood of one ente costs another."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.database import engine as engines
from app.database import provision
from app.database.cluster import Cluster, Urls
from app.database.context import ente_context
from app.wiring import QUEUE
from engine import Bundle, operator
from tests.bench.figure import Figure, timed
from tests.bench.process import answering, wait_for, workers
from tests.engine.drawing import bundle, diagram, end, event, human, on_timer, service, start

FLOODER, NEIGHBOUR = 1, 2
ANNA = operator(1)
BATCH = 100
HOLD = "update procrastinate_jobs set scheduled_at = 'infinity' where status = 'todo'"
CALLS = bundle(
    "chiama", diagram("chiama", start() + service("s", "prova.chiede") + end(), "inizio s; s fine")
)
TERMS = bundle(
    "aspetta",
    diagram(
        "aspetta", start() + event("t", "intermediateCatch", on_timer("PT0S")) + end(), "inizio t; t fine"
    ),
)
STEPS = bundle("gira", diagram("gira", start() + human("uno") + end(), "inizio uno; uno fine"))


@dataclass(frozen=True)
class Sizes:
    """How much work; small ones show that the measure runs."""

    workers: Sequence[int] = (1, 2, 4)
    work: int = 500
    flood: int = 2_000
    steps: int = 40


def measure(sizes: Sizes | None = None) -> Iterator[Figure]:
    """Measure on a durable cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        cluster.start()
        yield from figures(provision.embedded(cluster), home, sizes or Sizes())
    finally:
        cluster.stop()
        shutil.rmtree(home)


def figures(urls: Urls, home: Path, sizes: Sizes) -> Iterator[Figure]:
    """Measure in a migrated, empty database; processes keep what they compile under `home`."""
    site = _Site(urls, home)
    try:
        for kind in ("steps", "jobs"):
            alone = 0.0
            for count in sizes.workers:
                rate = site.rate(kind, count, sizes.work)
                alone = alone or rate
                yield Figure(
                    f"{kind}_per_s at {count} workers",
                    rate,
                    f"{kind}/s",
                    rate / alone,
                    f"{kind}_per_s at {sizes.workers[0]} workers",
                )
        yield from site.flooded(sizes)
    finally:
        site.close()


class _Site:
    """An installation of two enti."""

    def __init__(self, urls: Urls, home: Path) -> None:
        self.urls, self.home = urls, home
        self.maker = answering()
        self.database = engines.connect(urls.application, pool_size=2)
        self.owner = create_engine(urls.owner)
        with self.owner.begin() as connection:
            connection.execute(
                text(
                    "insert into ente (id, slug, nome, tipo) values (1, 'uno', 'Uno', 'comune'), (2, 'due', 'Due', 'comune')"
                )
            )
        for ente_id in (FLOODER, NEIGHBOUR):
            for made in (CALLS, TERMS, STEPS):
                self._publish(ente_id, made)

    def close(self) -> None:
        self.database.dispose()
        self.owner.dispose()

    def rate(self, kind: str, count: int, work: int) -> float:
        """Begin `work` instances, let `count` workers loose on them; how many a second they end."""
        self._begin(FLOODER, "aspetta" if kind == "steps" else "chiama", work)
        self._say("update engine_timer set due_at = 'infinity'", HOLD)
        assert self._open(FLOODER) == work
        with workers(self.urls.application, self.home, self.database, count):
            self._let_go()
            wait_for(lambda: self._open(FLOODER) == 0, 0.2)
        with self.owner.connect() as connection:
            ended = connection.execute(
                text(
                    "select count(*) as n, extract(epoch from max(ended_at) - min(ended_at)) as seconds "
                    "from (select ended_at from engine_instance where ente_id = :e order by ended_at desc limit :n) last"
                ),
                {"e": FLOODER, "n": work},
            ).one()
        return (ended.n - 1) / float(ended.seconds)

    def flooded(self, sizes: Sizes) -> Iterator[Figure]:
        """A person's step and a call of one ente, while the worker is busy for another, and before and after."""
        with workers(self.urls.application, self.home, self.database, 1):
            before = self._neighbour(sizes.steps)
            self._begin(FLOODER, "chiama", sizes.flood, held=True)
            self._let_go()
            flooded = self._neighbour(sizes.steps)
            left = self._open(FLOODER)
            self._say("delete from procrastinate_jobs where status = 'todo'")
            after = self._neighbour(sizes.steps)
        for place, what in enumerate(("step", "call")):
            quiet = (before[place] + after[place]) / 2
            yield Figure(f"{what}_quiet", quiet, "ms")
            yield Figure(
                f"{what}_while_another_floods",
                flooded[place],
                "ms",
                flooded[place] / quiet,
                f"{what}_quiet",
            )
        yield Figure("flood_left", left, "calls")  # at 0 the flood was over too soon

    def _neighbour(self, times: int) -> tuple[float, float]:
        """The median of a step by a person, and from wanting a call to its answer, in milliseconds."""
        steps, calls = [], []
        for _ in range(times):
            self._begin(NEIGHBOUR, "gira", 1)
            steps.append(timed(self._complete))
        for _ in range(max(3, times // 6)):
            begun = time.perf_counter()
            self._begin(NEIGHBOUR, "chiama", 1)
            wait_for(lambda: self._open(NEIGHBOUR) == 0, 0.002)
            calls.append((time.perf_counter() - begun) * 1000)
        return median(steps), median(calls)

    def _complete(self) -> None:
        with ente_context(NEIGHBOUR), Session(self.database) as session, session.begin():
            task = text("select id from engine_task where ente_id = :e and status = 'open'")
            self.maker(session, NEIGHBOUR).complete(
                session.execute(task, {"e": NEIGHBOUR}).scalar_one(), {}, ANNA
            )

    def _publish(self, ente_id: int, made: Bundle) -> None:
        with ente_context(ente_id), Session(self.database) as session, session.begin():
            self.maker(session, ente_id).publish(made, ANNA)

    def _begin(self, ente_id: int, slug: str, count: int, *, held: bool = False) -> None:
        """So many instances; their calls are not made before `_let_go` when they are `held`."""
        for first in range(0, count, BATCH):
            with ente_context(ente_id), Session(self.database) as session, session.begin():
                engine = self.maker(session, ente_id)
                for _ in range(min(BATCH, count - first)):
                    engine.start(slug, {}, ANNA)
                if held:
                    session.execute(text(HOLD))

    def _let_go(self) -> None:
        self._say(
            "update engine_timer set due_at = now()",
            "update procrastinate_jobs set scheduled_at = null",
            f'select pg_notify(\'procrastinate_queue_v1#{QUEUE}\', \'{{"type": "job_inserted", "job_id": 0}}\')',
        )

    def _open(self, ente_id: int) -> int:
        with self.owner.connect() as connection:
            query = text("select count(*) from engine_instance where ente_id = :e and status = 'open'")
            return int(connection.scalar(query, {"e": ente_id}) or 0)

    def _say(self, *statements: str) -> None:
        with self.owner.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
