"""One self-contained schema out of a form's own and the shared `$defs` it refers to.

Shared files are copied under `#/$defs/<file>` and every `$ref` is rewritten to point inside, so that
validation never needs a registry and nothing can be fetched (a remote `$ref` to `file://` was proven
to be read otherwise).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .keywords import Schema, pointer
from .problem import Problem

MAX_NESTING = 64
NOWHERE = "#/$defs/-"  # in place of a reference already found wrong
DROPPED = frozenset({"$id", "$schema"})


class Embedding:
    """The self-contained schema and what went wrong while making it."""

    def __init__(self, schema: Any, common: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self._common = common
        self._wanted: list[str] = []
        copy = self._copy(schema, "", ())
        self.schema: Schema = copy if isinstance(copy, dict) else {}
        if not isinstance(copy, dict):
            self.problems.append(Problem("#", "Lo schema deve essere un oggetto."))
        self._copy_common()

    def _copy_common(self) -> None:
        done: set[str] = set()
        while self._wanted:
            name = self._wanted.pop()
            if name in done:
                continue
            done.add(name)
            copied = self._copy(self._common[name], name, ("$defs", name))
            self.schema.setdefault("$defs", {})[name] = copied

    def _copy(self, node: Any, home: str, at: tuple[str, ...]) -> Any:
        if len(at) > MAX_NESTING:
            self.problems.append(Problem(pointer(at[:8]) + "/…", "Lo schema è annidato troppo a fondo."))
            return {}
        if isinstance(node, dict):
            return {
                key: self._reference(value, home, (*at, key))
                if key == "$ref" and isinstance(value, str)
                else self._copy(value, home, (*at, str(key)))
                for key, value in node.items()
                if key not in DROPPED or (at and at[-1] in ("properties", "$defs"))
            }
        if isinstance(node, list):
            return [self._copy(value, home, (*at, str(index))) for index, value in enumerate(node)]
        return Decimal(repr(node)) if isinstance(node, float) else node

    def _reference(self, ref: str, home: str, at: tuple[str, ...]) -> str:
        file, _, fragment = ref.partition("#")
        name = self._file(file, home) if file else home
        if name is None:
            self.problems.append(Problem(pointer(at), f"Il riferimento «{ref}» non è fra le parti comuni."))
            return NOWHERE
        if name and name != home:
            self._wanted.append(name)
        return (pointer(("$defs", name)) if name else "#") + fragment

    def _file(self, file: str, home: str) -> str | None:
        beside = home.rpartition("/")[0]
        for name in (file, f"{beside}/{file}" if beside else file):
            if name in self._common:
                return name
        return None
