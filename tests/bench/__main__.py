"""`python -m tests.bench`: every module of this folder that has a `measure`, on this machine."""

import importlib
import pkgutil

import tests.bench


def main() -> None:
    """Print each figure as it is measured."""
    for module in sorted(pkgutil.iter_modules(tests.bench.__path__), key=lambda found: found.name):
        measure = getattr(importlib.import_module(f"tests.bench.{module.name}"), "measure", None)
        if measure is None:
            continue
        print(module.name)
        for figure in measure():
            print(f"  {figure.name:48} {figure.value:10.2f} {figure.unit}", flush=True)


if __name__ == "__main__":
    main()
