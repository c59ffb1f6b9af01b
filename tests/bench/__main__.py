"""`python -m tests.bench [name…]`: measure this machine; one JSON object a line, as each figure is taken."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence

import tests.bench
from tests.bench.figure import Figure


def main(names: Sequence[str]) -> int:
    """Run every module of this folder that has a `measure`, or those named."""
    for name in names or [found.name for found in pkgutil.iter_modules(tests.bench.__path__)]:
        for figure in _measure(name):
            print(figure.line(), flush=True)
    return 0


def _measure(name: str) -> Iterator[Figure]:
    module = importlib.import_module(f"tests.bench.{name}")
    measure = getattr(module, "measure", None)
    if measure is not None:
        yield from measure()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
