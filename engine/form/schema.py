"""A form's schema, ready to check answers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from referencing import Registry

from engine.json import dumps, loads

from . import problems, ui
from .effective import Effective, Folding
from .field_error import FieldError, Path
from .formats import checker
from .keywords import Schema
from .limits import beyond_limits
from .problem import Problem
from .references import Embedding
from .validator import FormValidator

RANK = {"required": 0, "type": 1, "enum": 2, "const": 2, "format": 3, "pattern": 4}


class FormRefused(Exception):
    """The schema has problems: it can be neither shown nor used to check answers."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{each.pointer}: {each.message}" for each in problems[:3]))
        self.problems = problems


class Compiled:
    """The costly part, made once for each distinct text."""

    def __init__(self, schema: Any, common: Mapping[str, Any]) -> None:
        embedding = Embedding(schema, common)
        self.schema: Schema = embedding.schema
        self.problems = embedding.problems + problems.problems_of(self.schema)
        self.validator = FormValidator(self.schema, format_checker=checker(), registry=Registry())
        self.folding = Folding(self.schema, self.holds)
        self.drivers = frozenset() if self.problems else self.folding.drivers(self.schema)

    def holds(self, condition: Schema, data: Any) -> bool:
        return bool(self.validator.evolve(schema=condition).is_valid(data))


@lru_cache(maxsize=512)
def _compiled(schema: bytes, common: bytes) -> Compiled:
    return Compiled(loads(schema), loads(common))


class FormSchema:
    """The questions of one human step.

    `schema` is JSON Schema 2020-12; `common` maps the names that its `$ref`s may use
    (`common/persona.json`) to those files; nothing else is ever read. Building one never fails:
    `problems()` tells what is wrong, and using a broken one raises FormRefused.
    """

    def __init__(self, schema: Any, common: Mapping[str, Any] | None = None) -> None:
        try:
            self._compiled = _compiled(dumps(schema), dumps(common or {}))
        except RecursionError:
            self._compiled = _compiled(b"null", b"{}")

    def problems(self, ui_schema: Mapping[str, Any] | None = None) -> list[Problem]:
        """What must be put right before publishing, of the schema and, if given, of its UI schema."""
        found = list(self._compiled.problems)
        if ui_schema is not None and not found:
            found += ui.problems_of(ui_schema, self._compiled.schema, self._compiled.folding)
        return found

    @property
    def root(self) -> Schema:
        """The self-contained schema: every `$ref` in it is local. Raises FormRefused."""
        self._refuse_if_broken()
        return self._compiled.schema

    @property
    def drivers(self) -> frozenset[tuple[str, ...]]:
        """Paths of the answers on which other questions depend (`*` for each row of a list)."""
        return self._compiled.drivers

    def effective(self, schema: Schema, data: Any) -> Effective:
        """`schema` (the root or a part of it) as it is for `data`. Raises FormRefused."""
        self._refuse_if_broken()
        return self._compiled.folding.effective(schema, data)

    def errors(self, data: Any) -> list[FieldError]:
        """What is wrong with the answers, in a stable order, the most telling of each path first.

        Raises FormRefused."""
        self._refuse_if_broken()
        excess = beyond_limits(data)
        if excess:
            return [excess]
        found = [_field_error(error) for error in self._compiled.validator.iter_errors(data)]
        found = _without_noise(found)
        return sorted(found, key=lambda error: ([str(key) for key in error.path], RANK.get(error.keyword, 9)))

    def _refuse_if_broken(self) -> None:
        if self._compiled.problems:
            raise FormRefused(self._compiled.problems)


def _field_error(error: ValidationError) -> FieldError:
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator or "additionalProperties")
    expected: Any = error.validator_value
    if keyword == "oneOf":
        return FieldError(path, "enum", error.instance, [each["const"] for each in expected])
    if keyword == "anyOf":
        return FieldError(
            path, "anyOf", error.instance, [name for each in expected for name in each["required"]]
        )
    if keyword in ("required", "dependentRequired"):
        return FieldError(path, "required")
    return FieldError(path, keyword, error.instance, expected)


def _without_noise(errors: list[FieldError]) -> list[FieldError]:
    """Drop repetitions, and `unevaluatedProperties` beside another error: a branch that fails makes its
    own properties look unevaluated."""
    unique = {(error.path, error.keyword): error for error in errors}
    missing = {error.path for error in errors if error.keyword == "required"}
    kept = [error for error in unique.values() if error.keyword == "required" or error.path not in missing]
    solid = [error for error in kept if error.keyword != "unevaluatedProperties"]
    return solid or kept
