"""What runs on a data directory: PostgreSQL's pid file, checked against the processes that exist."""

from __future__ import annotations

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


def processes(data: Path) -> list[int]:
    """The processes at work in `data`, where every process of PostgreSQL works, and no zombie."""
    directory = str(data.resolve())
    found = []
    for process in _PROC.iterdir():
        if process.name.isdigit():
            try:
                if str((process / "cwd").readlink()) == directory:
                    found.append(int(process.name))
            except OSError:
                continue  # gone meanwhile, a zombie, or somebody else's
    return found
