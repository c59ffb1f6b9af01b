"""`percorsi feel` and `percorsi dmn`: one evaluation, or one for each line of a file of cases. They print JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine import Calendar, dmn, feel
from engine.json import dumps_text, fault, loads, plain
from engine.scripts import Scripts

Evaluate = Callable[[Mapping[str, Any]], object]
"""Gives the value of one case: an `expression` or a `decision` with its `context`."""


class CaseRefused(Exception):
    """A case or a context that cannot be read; the message is Italian."""


def run_feel(expression: str | None, context: Path | None, cases: Path | None) -> int:
    """Evaluate FEEL; what it could not compute is null, with the reason on stderr."""
    return _run(_feel, {"expression": expression}, context, cases)


def run_dmn(file: Path, decision: str | None, context: Path | None, cases: Path | None) -> int:
    """Evaluate a decision of a DMN file, strictly: an overlap or a wrong type is an error."""
    try:
        beside = (other.read_bytes() for other in sorted(file.parent.glob("*.dmn")))
        model = dmn.load(file.read_bytes(), beside)
    except (OSError, dmn.DmnError) as error:
        return _fail(_reason(error))
    return _run(lambda case: _dmn(model, case), {"decision": decision}, context, cases)


def _run(evaluate: Evaluate, asked: dict[str, Any], context: Path | None, cases: Path | None) -> int:
    failed = 0
    try:
        found = [{**asked, "context": _json(context)}] if cases is None else _lines(cases, asked)
        for case in found:
            failed |= _print(evaluate, case)
    except CaseRefused as error:
        return _fail(str(error))
    return failed


def _print(evaluate: Evaluate, case: Mapping[str, Any]) -> int:
    try:
        text = dumps_text(_in_full(evaluate(case)))
    except (feel.FeelError, dmn.DmnError, CaseRefused) as error:
        return _fail(_reason(error))
    except RecursionError:
        return _fail("i dati o il risultato sono troppo annidati")
    print(text, flush=True)
    return 0


def _in_full(value: Any) -> Any:
    """The value with its numbers written digit by digit: who reads them may not know exponents."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list):
        return [_in_full(item) for item in value]
    return {key: _in_full(item) for key, item in value.items()} if isinstance(value, dict) else value


def _feel(case: Mapping[str, Any]) -> object:
    context = _context(case)
    environment = _environment()
    text = _named(case, "expression")
    expression = feel.parse(text, frozenset(context), frozenset(_entries(list(context.values()))))
    value = feel.to_json(expression.evaluate(context, environment))
    _warn(environment)
    return value


def _entries(value: Any) -> Iterator[str]:
    """The names of the entries of contexts, at any depth: some may be read only by who knows them (`a-b`)."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _entries(item)


def _dmn(model: dmn.Model, case: Mapping[str, Any]) -> object:
    environment = _environment()
    value = model.decide(_named(case, "decision"), _context(case), environment)
    _warn(environment)
    return value


def _environment() -> feel.Environment:
    """What diagrams have too: the clock, and our function on working days (national holidays only)."""
    return Scripts({}, datetime.now(UTC), Calendar(), {}).environment()


def _warn(environment: feel.Environment) -> None:
    for warning in environment.warnings:
        print(warning.message, file=sys.stderr)


def _named(case: Mapping[str, Any], key: str) -> str:
    value = case.get(key)
    if not isinstance(value, str):
        raise CaseRefused(f"manca «{key}», un testo")
    return value


def _context(case: Mapping[str, Any]) -> dict[str, Any]:
    context = case.get("context") or {}
    if not isinstance(context, dict):
        raise CaseRefused("«context» deve essere un oggetto")
    return context


def _json(path: Path | None) -> Any:
    if path is None:
        return {}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CaseRefused(f"{path}: {_reason(error)}") from error
    try:
        return loads(content)
    except (ValueError, RecursionError) as error:
        raise CaseRefused(f"{path}: JSON malformato: {fault(content, error)}") from error


def _lines(path: Path, asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The cases of a file of JSON lines; what the command line says holds for those that do not say it."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise CaseRefused(f"{path}: {_reason(error)}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = loads(line)
        except (ValueError, RecursionError) as error:
            raise CaseRefused(f"{path}, riga {number}: JSON malformato: {fault(line, error)}") from error
        if not isinstance(case, dict):
            raise CaseRefused(f"{path}, riga {number}: serve un oggetto")
        yield {**asked, **case}


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"non si può leggere ({error.strerror})"
    return str(error)


def _fail(sentence: str) -> int:
    print(dumps_text({"error": sentence}), flush=True)
    return 1
