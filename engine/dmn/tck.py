"""Runs the DMN Technology Compatibility Kit (`testCases.xsd`): `python -m engine.dmn.tck DIR`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from engine import feel
from engine.dmn.errors import DmnError
from engine.dmn.graph import Service
from engine.dmn.loading import load
from engine.dmn.model import Model
from engine.dmn.namespace import child, children, local_name
from engine.dmn.tck_value import read_value, same
from engine.xml import XmlRefused, parse_xml

LIMIT = 4_000_000
"""Bytes of a case or model of the kit: it is not uploaded by anybody."""


@dataclass(frozen=True, slots=True)
class Result:
    """Each result node of each case is one check; `failed` says where and what was expected."""

    failed: list[str]
    total: int

    @property
    def passed(self) -> int:
        return self.total - len(self.failed)


def run(folder: Path) -> Result:
    """Run every case under a folder."""
    failures = [failure for file in sorted(folder.rglob("*.xml")) for failure in check_file(file)]
    return Result([failure for failure in failures if failure], len(failures))


def check_file(file: Path) -> Iterator[str]:
    """For each result node of a file of cases, why it failed, or nothing."""
    cases = parse_xml(file.read_bytes(), limit=LIMIT)
    if local_name(cases) != "testCases":
        return
    model = _model(file, cases)
    for case in children(cases, "testCase"):
        inputs = _inputs(case)
        for node in children(case, "resultNode"):
            where = f"{file.parent.name}/{file.stem} {case.get('id')} «{node.get('name')}»"
            failure = model if isinstance(model, str) else _check(model, case, node, inputs)
            yield f"{where}: {failure}" if failure else ""


def _inputs(case: etree._Element) -> dict[str, object]:
    """The inputs of a case by name, and by `namespace#name` where it says of which model they are."""
    found: dict[str, object] = {}
    for node in children(case, "inputNode"):
        name, namespace, value = node.get("name") or "", node.get("namespace"), read_value(node)
        found[name] = value
        if namespace:
            found[f"{namespace}#{name}"] = value
    return found


def _model(file: Path, cases: etree._Element) -> Model | str:
    """The model that a file of cases names, or why it does not load."""
    name = child(cases, "modelName")
    path = file.parent / ((name.text or "").strip() if name is not None else "")
    try:
        beside = (other.read_bytes() for other in sorted(path.parent.rglob("*.dmn")))
        return load(parse_xml(path.read_bytes(), limit=LIMIT), beside).lenient()
    except (OSError, XmlRefused, DmnError) as error:
        return f"{type(error).__name__}: {error}"


def _check(model: Model, case: etree._Element, node: etree._Element, inputs: dict[str, object]) -> str:
    """Why the result differs from the expected one, or nothing. An expected error is a null."""
    expected_node = child(node, "expected")
    expected = None if expected_node is None else read_value(expected_node)
    env = feel.Environment(now=datetime.now(UTC))
    try:
        actual = _result(model, case, node.get("name") or "", inputs, env)
    except (DmnError, feel.FeelError) as error:
        env.warn(0, f"{type(error).__name__}: {error}")
        actual = None
    if same(expected, actual):
        return ""
    reasons = "; ".join(warning.message for warning in env.warnings)
    return f"expected {expected!r}, got {actual!r}" + (f" ({reasons})" if reasons else "")


def _result(
    model: Model, case: etree._Element, name: str, inputs: dict[str, object], env: feel.Environment
) -> object:
    """The value of a decision; or of one output of the service (or of the function) that the case invokes."""
    invocable = case.get("invocableName")
    if invocable is not None and case.get("type", "decision") != "decision":
        return model.invoke(invocable, inputs, name, env)
    if isinstance(model.find(name), Service):
        return model.invoke(name, inputs, None, env)
    return model.evaluate(name, inputs, env)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m engine.dmn.tck DIR", file=sys.stderr)
        return 2
    result = run(Path(arguments[0]))
    for failure in result.failed:
        print(failure)
    print(f"{result.passed} of {result.total}")
    return 1 if result.failed or not result.total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
