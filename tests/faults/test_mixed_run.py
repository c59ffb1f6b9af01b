"""Everything at once: people, programs and messages, while workers, web and PostgreSQL are killed under them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from app.audit.chain import verify
from app.database import postmaster
from app.database.cluster import Cluster, Urls
from tests.faults import foundation, mixed_run
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.records import Records

HOW_MANY = int(os.environ.get("INSTANCES", "40"))
EVERY = 2.0 if HOW_MANY < 500 else 15.0  # seconds between two blows


def test_nothing_is_lost_or_done_twice_while_everything_is_killed(
    own_cluster: Cluster,
    own_town: Urls,
    own_installation: Installation,
    own_register: Register,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    token = foundation.lay(own_town)
    records = Records(own_town.owner)
    superuser = Records(own_town.superuser)
    installation = own_installation
    own_register.status = lambda key, attempt: 503 if attempt == 1 and hash(key) % 10 == 0 else 200
    installation.starts(*PROCESSES)
    people = mixed_run.People(f"http://127.0.0.1:{installation.port}", token, HOW_MANY)

    def kill(name: str) -> None:
        installation.processes[name].kill()
        installation.starts(name)
        with suppress(Exception):
            records.forget_workers()

    def kill_postgres() -> None:
        found = postmaster.read(own_cluster.place.data)
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        own_cluster.start()

    def cut_connections() -> None:
        superuser.does(CUT)

    # when
    blows = {
        "worker uccisi": lambda: kill("worker"),
        "web uccisi": lambda: kill("web"),
        "clock uccisi": lambda: kill("clock"),
        "PostgreSQL uccisi": kill_postgres,
        "connessioni troncate": cut_connections,
    }
    with mixed_run.Shaking(blows, every=EVERY) as shaking:
        people.work()
    assert {
        each.name: each.said()[-2_000:] for each in installation.processes.values() if not each.runs
    } == {}
    records.forget_workers()
    eventually(lambda: records.one(UNDER_WAY) == 0, "the queue never drained", 120)
    # then
    table = mixed_run.lost(people.acknowledged, records, own_register.effects)
    with capsys.disabled():
        print(report(people.acknowledged, shaking, table, own_register))
    assert set(table.values()) == {0}
    assert foundation.with_session(own_town, lambda session: foundation.maker()(session, 1).check()) == []
    assert foundation.with_session(own_town, verify) == []
    assert len(people.acknowledged.opened) == HOW_MANY
    assert records.one("select count(*) from engine_instance where status <> 'done'") == 0


PROCESSES = ("web", "worker", "worker-2", "clock")
CUT = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'percorsi_app' and datname = current_database()
"""
UNDER_WAY = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"


def report(
    acknowledged: mixed_run.Acknowledged,
    shaking: mixed_run.Shaking,
    table: dict[str, int],
    register: Register,
) -> str:
    """What was done, and what was lost."""
    lines = {
        "pratiche aperte": len(acknowledged.opened),
        "azioni confermate": len(acknowledged.completed),
        "richieste ripetute": acknowledged.repeats,
        **{f"messaggi: {outcome}": count for outcome, count in acknowledged.delivered.items()},
        "chiamate all’esterno": len(register.calls),
        "effetti all’esterno": len(register.effects),
        **shaking.dealt,
        **table,
    }
    return "\n" + "\n".join(f"{name:.<44} {count:>6}" for name, count in lines.items())
