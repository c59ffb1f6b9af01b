"""A backup taken while people work, restored elsewhere: what was acknowledged before it is there, and all is sound."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import make_url

from app.audit.chain import verify
from app.database import binaries
from app.database.cluster import OWNER, Cluster, Urls
from tests.faults import barrier, foundation, mixed_run
from tests.faults.installation import ROOT, Installation
from tests.faults.records import Records

WALKED = 200
AUDIT = "lock table audit in exclusive mode"


def pg(cluster: Cluster, program: str, *words: str) -> None:
    """One of PostgreSQL's programs, as its superuser."""
    where = ["-h", str(cluster.place.sockets), "-U", "postgres"]
    subprocess.run(
        [str(binaries.reachable(cluster.place.account, cluster.place.room) / program), *where, *words],
        check=True,
    )


def test_a_backup_taken_during_work_is_sound_where_it_is_restored(
    own_cluster: Cluster, own_town: Urls, own_installation: Installation, tmp_path: Path
) -> None:
    # given people at work
    token = foundation.lay(own_town)
    for name in ("web", "worker"):
        own_installation.start(name)
    people = mixed_run.People(f"http://127.0.0.1:{own_installation.port}", token, WALKED)
    working = threading.Thread(target=people.work)
    working.start()
    done = people.acknowledged
    while len(done.completed) < WALKED // 4:
        working.join(0.1)
    # when
    before, opened = set(done.completed), dict(done.opened)
    dump = tmp_path / "percorsi.dump"
    with barrier.before(own_town.owner, AUDIT) as reached:
        reached.wait()  # somebody has done a step, and has not written its trace
        pg(own_cluster, "pg_dump", "-Fc", "-f", str(dump), str(make_url(own_town.owner).database))
    working.join()
    pg(own_cluster, "createdb", "-O", OWNER, "prova")
    pg(own_cluster, "pg_restore", "-d", "prova", "--exit-on-error", str(dump))
    # then
    restored = own_cluster.urls_of("prova")
    records = Records(restored.owner)
    count = "select count(*) from engine_task where status = 'done' and id = any(:ids)"
    assert records.one(count, ids=[int(task) for task in before]) == len(before)
    found = records.one(
        "select count(*) from pratica where id = any(:ids)", ids=[int(i) for i in opened.values()]
    )
    assert found == len(opened)
    assert records.broken() == {}
    environ = {**os.environ, **own_installation.environ, "DATABASE_URL": restored.application}
    swept = subprocess.run([sys.executable, "-m", "app.cli", "sweep"], cwd=ROOT, env=environ, check=False)
    assert swept.returncode == 0
    assert foundation.with_session(restored, verify) == []
