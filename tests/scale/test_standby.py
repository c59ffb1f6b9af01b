"""The PostgreSQL at work dies: the synchronous standby takes its place, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.database import postmaster, provision, url
from app.database.cluster import APPLICATION, DATABASE
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.faults.records import Records
from tests.scale.clerk import Clerk
from tests.scale.server import Server, server

AWAY = 1.0  # seconds, in which an installation that does not wait for its standby acknowledges a lot


@pytest.fixture
def working() -> Iterator[Server]:
    with server() as made:
        made.start()
        provision.embedded(made)
        yield made


@pytest.fixture
def standby(working: Server) -> Iterator[Server]:
    """A copy that follows; the one at work acknowledges nothing that the copy has not written."""
    with server() as made:
        working.copy_to(made)
        made.sets(primary_conninfo=f"host={working.place.sockets} user=postgres application_name=standby")
        made.signals("standby")
        made.start()
        working.says("alter system set synchronous_standby_names = 'standby'")
        working.says("select pg_reload_conf()")
        state = "select sync_state from pg_stat_replication"
        eventually(lambda: working.says(state) == "sync", "the standby does not follow")
        yield made


@pytest.fixture
def installation(
    working: Server, standby: Server, register: Register, tmp_path: Path
) -> Iterator[Installation]:
    """Its processes know both servers."""
    with Installation(_either(working, standby), tmp_path / "home", register) as made:
        yield made


def test_a_standby_takes_over_and_nothing_acknowledged_is_lost(
    working: Server, standby: Server, installation: Installation
) -> None:
    # given processes at work
    token = foundation.lay(working.urls)
    installation.starts("web", "worker", "clock")
    program = Program(f"http://127.0.0.1:{installation.port}", token)
    with Clerk(program) as clerk:
        clerk.opens(5)
        # when the standby is away for a moment, in which nothing may be acknowledged, and the server at work dies
        standby.stop()
        time.sleep(AWAY)
        found = postmaster.read(working.place.data)
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        standby.start()
        clerk.fails()
        standby.runs("pg_ctl", "promote", "-w", "-D", str(standby.place.data))
        # then the same processes go on, and all that was acknowledged is there
        clerk.opens(5)
    assert [n for n in clerk.opened if program.get(f"/pratiche/{n}").status != 200] == []
    called = Case(program, "protocollo")
    called.completes("chiede")
    eventually(lambda: called.todo() == ["verifica"], "the worker did not come back")
    assert Records(standby.urls.owner).broken() == {}


def test_who_writes_without_the_standby_goes_on_once_it_is_no_longer_awaited(
    working: Server, register: Register, tmp_path: Path
) -> None:
    # given a standby that is awaited and not there
    token = foundation.lay(working.urls)
    with Installation(working.urls.application, tmp_path / "home", register) as installation:
        installation.start("web")
        program = Program(f"http://127.0.0.1:{installation.port}", token)
        case = Case(program, "affiancati")
        working.says("alter system set synchronous_standby_names = 'standby'")
        working.says("select pg_reload_conf()")
        with ThreadPoolExecutor(1) as one:
            done = one.submit(case.completes, "uno")
            eventually(lambda: working.says(WAITING) == 1, "nobody waits for the standby")
            # when
            assert installation.is_ready() and not done.done()
            working.says("alter system reset synchronous_standby_names")
            working.says("select pg_reload_conf()")
            # then
            assert done.result().status == 200
        assert case.todo() == ["due"]


WAITING = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"


def _either(*servers: Server) -> str:
    """The database, on whichever of these servers takes writes."""
    hosts = ",".join(str(each.place.sockets) for each in servers)
    return f"{url.on_socket(Path(hosts), APPLICATION, DATABASE)}&target_session_attrs=read-write"
