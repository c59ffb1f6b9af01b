"""The embedded PostgreSQL: who runs it, what it survives, and how it refuses to start."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from app.database import binaries, place, postmaster, url
from app.database.cluster import Cluster
from app.startup import StartupRefused


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that PostgreSQL's account can reach, unlike pytest's own directories; stopped after."""
    made = Path(tempfile.mkdtemp(prefix="percorsi-cluster-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    if (made / "postgres" / "data").exists():
        Cluster(made, durable=False).stop()
    shutil.rmtree(made)


def _ask(cluster: Cluster, query: str) -> object:
    connection = psycopg2.connect(url.libpq(cluster.urls_of("postgres").superuser))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def _pid(cluster: Cluster) -> int:
    found = postmaster.read(cluster.place.data)
    assert found is not None
    return found.pid


def test_it_listens_on_a_private_socket_only(home: Path) -> None:
    # when
    cluster = Cluster(home)
    cluster.start()
    # then
    assert _ask(cluster, "show listen_addresses") == ""
    assert cluster.place.sockets.stat().st_mode & 0o777 == 0o700
    assert cluster.place.data.stat().st_mode & 0o777 == 0o700
    assert _ask(cluster, "show fsync") == "on"
    assert cluster.stop()


def test_it_never_runs_as_root(home: Path) -> None:
    # when
    cluster = Cluster(home, durable=False)
    cluster.start()
    # then
    runs_as = Path(f"/proc/{_pid(cluster)}").stat().st_uid
    assert runs_as != 0
    assert runs_as == (os.geteuid() or cluster.place.account.uid)
    assert cluster.place.room.stat().st_uid == runs_as


def test_the_log_keeps_no_values(home: Path) -> None:
    # given
    cluster = Cluster(home, durable=False)
    cluster.start()
    _ask(cluster, "create table persona (codice_fiscale text primary key)")
    _ask(cluster, "insert into persona values ('RSSMRA80A01D969X')")
    # when
    with pytest.raises(psycopg2.errors.UniqueViolation):
        _ask(cluster, "insert into persona values ('RSSMRA80A01D969X')")
    # then
    log = cluster.place.log.read_text()
    assert "duplicate key" in log
    assert "RSSMRA80A01D969X" not in log


def test_it_survives_a_killed_server(home: Path) -> None:
    # given
    first = Cluster(home, durable=False)
    first.start()
    _ask(first, "create table saved as select 42 as answer")
    # when the server dies at once and its pid file stays
    os.kill(_pid(first), signal.SIGKILL)
    again = Cluster(home, durable=False)
    again.start()
    # then
    assert _ask(again, "select answer from saved") == 42


def test_it_survives_the_death_of_who_started_it(home: Path) -> None:
    # given a server whose only user died without stopping it
    starter = "import sys, pathlib, app.database.cluster as c; c.Cluster(pathlib.Path(sys.argv[1])).start()"
    subprocess.run([sys.executable, "-c", starter, str(home)], check=True)
    cluster = Cluster(home)
    left = _pid(cluster)
    # when
    cluster.start()
    # then it is adopted, and stopped by its last user
    assert _pid(cluster) == left
    assert cluster.stop()
    assert postmaster.read(cluster.place.data) is None


@pytest.mark.parametrize("pid", [1, os.getpid(), 4_194_303], ids=["init", "ourselves", "nobody"])
def test_a_pid_file_that_names_another_program_is_stale(home: Path, pid: int) -> None:
    # given
    cluster = Cluster(home, durable=False)
    cluster.start()
    cluster.stop()
    data = cluster.place.data
    (data / "postmaster.pid").write_text(f"{pid}\n{data}\n1700000000\n5432\n{data}\n\n  1 2\nready   \n")
    # when
    cluster.start()
    # then
    assert _ask(cluster, "select 1") == 1


def test_an_interrupted_creation_is_begun_anew(home: Path) -> None:
    # given
    half = Cluster(home, durable=False).place.room / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    # when
    cluster = Cluster(home, durable=False)
    cluster.start()
    # then
    assert _ask(cluster, "select 1") == 1


def test_two_that_start_together_share_one_server(home: Path) -> None:
    # given
    clusters = [Cluster(home, durable=False) for _ in range(4)]
    # when
    with ThreadPoolExecutor(4) as together:
        list(together.map(Cluster.start, clusters))
    # then
    assert len({_pid(cluster) for cluster in clusters}) == 1
    assert [cluster.stop() for cluster in clusters] == [False, False, False, True]


def test_a_long_path_puts_the_socket_elsewhere(home: Path) -> None:
    # given
    far = home / ("cartella-dal-nome-molto-lungo-" * 4)
    far.mkdir()
    # when
    cluster = Cluster(far, durable=False)
    cluster.start()
    # then
    assert _ask(cluster, "select 1") == 1
    assert len(os.fsencode(cluster.place.sockets / place.SOCKET_NAME)) <= place.LONGEST_SOCKET
    assert cluster.place.sockets.stat().st_mode & 0o777 == 0o700
    assert cluster.stop()
    cluster.place.sockets.rmdir()


def test_a_socket_directory_of_somebody_else_is_refused(home: Path) -> None:
    # given a link where the private directory should be
    far = home / ("cartella-dal-nome-molto-lungo-" * 4)
    far.mkdir()
    expected = Cluster(far).place.sockets
    expected.rmdir()
    expected.symlink_to(home)
    # when
    with pytest.raises(StartupRefused, match="appartiene a un altro utente"):
        Cluster(far).start()
    expected.unlink()


def test_a_home_closed_to_postgresql_has_its_data_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a home such as /root/.local/share/percorsi; whoever is not root reaches its own
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(place, "SYSTEM", home / "system")
    # when
    cluster = Cluster(closed, durable=False)
    cluster.start()
    # then
    assert _ask(cluster, "select 1") == 1
    assert (closed / "postgres" / "data").is_dir()
    assert closed.stat().st_mode & 0o777 == 0o700
    cluster.stop()


def test_programs_closed_to_postgresql_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given an environment that the account cannot reach
    cluster = Cluster(home, durable=False)
    room = cluster.place.room
    monkeypatch.setattr(type(cluster.place.account), "reaches", lambda _self, path: room in path.parents)
    # when
    programs = binaries.reachable(cluster.place.account, room)
    cluster.start()
    # then
    assert room in programs.parents
    assert _ask(cluster, "select 1") == 1


def test_data_of_another_version_are_refused(home: Path) -> None:
    # given
    data = Cluster(home).place.data
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")
    # then
    with pytest.raises(StartupRefused, match="sono di PostgreSQL 16"):
        Cluster(home).start()
    shutil.rmtree(data)


def test_a_server_that_is_not_ours_is_refused(home: Path) -> None:
    # given another program at work on the data, as its pid file says
    cluster = Cluster(home, durable=False)
    cluster.start()
    cluster.stop()
    data = cluster.place.data
    foreign = subprocess.Popen(["/bin/sleep", "60"], cwd=data)
    (data / "postmaster.pid").write_text(f"{foreign.pid}\n{data}\n17\n5432\n/elsewhere\n\n  1 2\nready   \n")
    # when
    try:
        with pytest.raises(StartupRefused, match=f"processo {foreign.pid}"):
            cluster.start()
    finally:
        foreign.kill()
        foreign.wait()
        (data / "postmaster.pid").unlink()


def test_a_home_that_cannot_be_written_is_refused(home: Path) -> None:
    # given a file where the home should be
    (home / "file").touch()
    # then
    with pytest.raises(StartupRefused, match="PERCORSI_HOME"):
        Cluster(home / "file" / "percorsi").start()


def test_a_server_that_cannot_start_says_where_to_look(home: Path) -> None:
    # given
    cluster = Cluster(home, durable=False)
    cluster.start()
    cluster.stop()
    with (cluster.place.data / "postgresql.auto.conf").open("a") as file:
        file.write("shared_buffers = 'molti'\n")
    # when
    with pytest.raises(StartupRefused) as refused:
        cluster.start()
    # then
    assert str(cluster.place.log) in str(refused.value)
    assert "shared_buffers" in str(refused.value)
