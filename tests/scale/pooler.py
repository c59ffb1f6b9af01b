"""Debian's pgbouncer in transaction mode, in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

import app
from app.database import url
from app.database.cluster import APPLICATION, Cluster
from tests.faults.installation import eventually

PORT = 6432
SERVERS = 2  # connections to PostgreSQL, shared by all: fewer than the processes that use them
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "pgbouncer"
SHIPPED = Path(app.__file__).parent / "deploy" / "pgbouncer.ini"


@contextmanager
def pooled(cluster: Cluster, address: str) -> Iterator[str]:
    """The address of the same database and role, through a pooler that runs meanwhile."""
    account = cluster.place.account  # pgbouncer, like PostgreSQL, refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="percorsi-pooler-", dir="/tmp"))
    with (folder / "settings.ini").open("w") as file:
        _settings(cluster, folder).write(file)
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


def _settings(cluster: Cluster, folder: Path) -> ConfigParser:
    """Those that we give to whoever installs, on the addresses of a test."""
    settings = ConfigParser(interpolation=None, comment_prefixes=(";",))
    settings.read_string(SHIPPED.read_text())
    settings["databases"] = {"*": f"host={cluster.place.sockets} port=5432"}
    own = {
        "listen_addr": "",
        "listen_port": str(PORT),
        "unix_socket_dir": str(folder),
        "auth_type": "trust",
        "auth_file": f"{folder}/users",
        "default_pool_size": str(SERVERS),
        "logfile": f"{folder}/log",
        "pidfile": f"{folder}/pid",
    }
    settings.read_dict({"pgbouncer": own})
    return settings
