"""The operating system's account that runs PostgreSQL, which refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ROOT = 0


class Identity(TypedDict, total=False):
    """The arguments of `subprocess` that change who runs the child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A numeric user and group."""

    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """What to pass to `subprocess`: nothing when we already are this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this account can enter or run `path`, as the system itself judges ACLs and mounts."""
        test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.identity).returncode == 0  # noqa: S603

    def own(self, path: Path) -> None:
        """Give `path` to this account, unless it has it already."""
        if path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)


def for_data(directory: Path) -> Account:
    """Choose who runs the server whose data are in `directory`, which may not exist yet.

    We ourselves, unless we are root. Root becomes the owner of existing data, so that `sudo make run`
    does not lock out the person who made them; for new data `nobody`, because initdb wants a name for its
    user and this program creates no users.
    """
    if os.geteuid() != ROOT:
        return Account(os.geteuid(), os.getegid())
    if directory.exists():
        found = directory.stat()
        if found.st_uid != ROOT:
            return Account(found.st_uid, found.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
