"""web, worker and clock behind a pooler in transaction mode: a path with a call, a term and a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from app.database import engine as databases
from app.database import provision
from app.database.cluster import APPLICATION, Cluster, Urls
from app.database.context import ente_context
from app.startup import StartupRefused
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.scale.pooler import SERVERS, pooled

LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}


@pytest.fixture
def through(cluster: Cluster, urls: Urls) -> Iterator[str]:
    """The test's database, through the pooler."""
    with pooled(cluster, urls.application) as address:
        yield address


@pytest.fixture
def limited(urls: Urls) -> None:
    """What app/README.md has the administrator of the database say, here for one database only."""
    superuser = create_engine(urls.superuser, isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        for name, value in LIMITS.items():
            database = make_url(urls.application).database
            connection.execute(
                text(f"alter role {APPLICATION} in database {database} set {name} = '{value}'")
            )
    superuser.dispose()


@pytest.fixture
def installation(
    through: str, urls: Urls, limited: None, register: Register, tmp_path: Path
) -> Iterator[Installation]:
    """Started as README says: the pooler for everybody, PostgreSQL itself for what needs a session."""
    with Installation(through, tmp_path, register) as made:
        made.environ["DATABASE_DIRECT_URL"] = urls.application
        yield made


def test_a_path_with_a_call_a_term_and_a_message_goes_through_the_pooler(
    installation: Installation, urls: Urls
) -> None:
    # given more processes than the pooler has connections
    token = foundation.lay(urls)
    installation.start("web")
    for name in ("worker-1", "worker-2", "clock-1", "clock-2"):
        installation.start(name)
    assert len(installation.processes) > SERVERS
    program = Program(f"http://127.0.0.1:{installation.port}", token)
    # when
    called, timed = Case(program, "protocollo"), Case(program, "termine")
    awaiting = Case(program, "attesa", ordine="17")
    assert called.completes("chiede").status == 200
    assert program.delivers("consegnato", "17", "m1").status in (200, 201, 202)
    # then
    eventually(lambda: called.todo() == ["verifica"], "the call was never made")
    eventually(lambda: timed.todo() == ["archivia"], "the term never fired")
    eventually(lambda: awaiting.todo() == ["saluta"], "the message never arrived")
    # and each worker hears of new jobs at once, by a session that nobody shares
    eventually(lambda: len(_sessions(urls, "query like 'LISTEN %'")) == 2, "a worker does not listen")


def test_one_clock_is_elected_behind_the_pooler(installation: Installation, urls: Urls) -> None:
    # given
    foundation.lay(urls)
    holds = "state = 'idle' and pid in (select pid from pg_locks where locktype = 'advisory' and granted)"
    installation.start("clock-1")
    first = eventually(lambda: _sessions(urls, holds), "nobody was elected")
    # when
    installation.start("clock-2")
    installation.processes["clock-1"].kill()
    # then
    eventually(lambda: _sessions(urls, holds) not in ([], first), "the other did not take over")


@pytest.mark.usefixtures("limited")
def test_the_ente_of_a_transaction_does_not_stay_in_the_connection_it_came_by(
    through: str, urls: Urls
) -> None:
    # given
    foundation.lay(urls)
    database = databases.connect(through, pool_size=1)
    seen = text("select count(*) from account")
    for _ in range(2 * SERVERS):
        with ente_context(1), database.connect() as connection:
            assert connection.scalar(seen)
    # when
    with database.connect() as connection:
        # then
        assert connection.scalar(seen) == 0
    database.dispose()


def test_a_pooler_that_drops_the_limits_of_time_is_refused(through: str) -> None:
    with pytest.raises(StartupRefused, match="statement_timeout.*ALTER ROLE"):
        provision.check(through)


def _sessions(urls: Urls, condition: str) -> list[int]:
    """PostgreSQL's sessions of the test's database of which this is true."""
    superuser = create_engine(urls.superuser)
    with superuser.connect() as connection:
        query = f"select pid from pg_stat_activity where datname = current_database() and {condition}"  # noqa: S608
        found = list(connection.scalars(text(query)))
    superuser.dispose()
    return found
