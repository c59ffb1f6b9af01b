"""Reaching into answers by path."""

from typing import Any

from engine.form import Path


def get_at(data: Any, path: Path) -> Any:
    """The answer at `path`, None if there is none."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def put_at(data: Any, path: Path, value: Any) -> None:
    """Replace the answer at a `path` that is there; None takes it away from an object."""
    parent = get_at(data, path[:-1])
    if value is None and isinstance(parent, dict):
        parent.pop(path[-1], None)
    else:
        parent[path[-1]] = value


def prefixes(path: Path) -> list[Path]:
    """From the root to the path itself."""
    return [path[:length] for length in range(len(path) + 1)]
