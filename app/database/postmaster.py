"""What runs on a data directory: PostgreSQL's pid file, checked against the processes that exist."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """The server that `postmaster.pid` names; `ready` when it accepts connections."""

    pid: int
    sockets: Path | None
    ready: bool


def read(data: Path) -> Postmaster | None:
    """Read `postmaster.pid`; None when there is none, or not yet a whole line of it."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    sockets = Path(lines[4]) if len(lines) > 4 and lines[4].strip() else None
    return Postmaster(abs(pid), sockets, len(lines) > 7 and lines[7].strip() == "ready")


def can_see_processes() -> bool:
    """Whether the system shows its processes (Linux); elsewhere PostgreSQL's own check of the pid must do."""
    return (_PROC / "self" / "cwd").exists()


def works_in(data: Path, pid: int) -> bool:
    """Whether `pid` works in `data`, as every process of PostgreSQL does in its own data directory."""
    if not can_see_processes():
        return _exists(pid)
    try:
        return (_PROC / str(pid) / "cwd").readlink() == data.resolve()
    except OSError:
        return False  # gone, a zombie, or somebody else's


def processes(data: Path) -> list[int]:
    """All the processes at work in `data`; empty where the system does not show processes."""
    if not can_see_processes():
        return []
    return [
        int(entry.name)
        for entry in _PROC.iterdir()
        if entry.name.isdigit() and works_in(data, int(entry.name))
    ]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
