"""A PostgreSQL of its own for a test that restores or promotes one, made with the programs of the wheel."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from app.database.cluster import SUPERUSER, Cluster


class Server(Cluster):
    """A cluster as an administrator handles it."""

    def says(self, statement: str) -> Any:
        """The first value that a statement gives its superuser; None without any."""
        superuser = create_engine(self.urls.superuser, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with superuser.connect() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None

    def sets(self, **settings: str) -> None:
        """Settings that the next start reads, also of a server that has not begun yet."""
        with (self.place.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def copy_to(self, other: Server, *options: str) -> None:
        """A base backup of this running server, as the data of one that has none yet."""
        self.runs(
            *("pg_basebackup", "-h", str(self.place.sockets), "-U", SUPERUSER, "-D", str(other.place.data)),
            *("--wal-method=stream", "--checkpoint=fast", *options),
        )

    def signals(self, name: str) -> None:
        """Leave the file that says how the next start begins: `recovery` or `standby`."""
        file = self.place.data / f"{name}.signal"
        file.touch()
        self.place.account.own(file)

    def runs(self, program: str, *arguments: str) -> None:
        done = self._pg(program, *arguments)
        assert done.returncode == 0, done.stdout


@contextmanager
def server() -> Iterator[Server]:
    """A durable one that does not run yet; removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-server-", dir="/tmp"))
    home.chmod(0o711)
    made = Server(home)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)
