"""Debian's pgbouncer in transaction mode, in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from app.database import url
from app.database.cluster import APPLICATION, Cluster
from tests.faults.installation import eventually

PORT = 6432
SERVERS = 2  # connections to PostgreSQL, shared by all: fewer than the processes that use them
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "pgbouncer"
SETTINGS = """
[databases]
* = host={sockets} port=5432

[pgbouncer]
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def pooled(cluster: Cluster, address: str) -> Iterator[str]:
    """The address of the same database and role, through a pooler that runs meanwhile."""
    account = cluster.place.account  # pgbouncer, like PostgreSQL, refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="percorsi-pooler-", dir="/tmp"))
    settings = SETTINGS.format(sockets=cluster.place.sockets, servers=SERVERS, port=PORT, folder=folder)
    (folder / "settings.ini").write_text(settings)
    (folder / "users").write_text(f'"{APPLICATION}" ""\n')
    for path in (folder, *folder.iterdir()):
        account.own(path)
    process = subprocess.Popen(
        [PROGRAM, "-q", str(folder / "settings.ini")],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        **account.identity,
    )
    try:
        eventually((folder / f".s.PGSQL.{PORT}").exists, "pgbouncer did not start")
        database = make_url(address).database or ""
        yield f"{url.on_socket(folder, APPLICATION, database)}&port={PORT}"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)
