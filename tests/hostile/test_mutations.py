"""What an analyst or a stranger may send, bent at random: always an answer or a refusal, never a crash.

Each family starts from files that are good, and is bent the same way every time. Bombs made by hand are in
the tests of each reader: `tests/engine/feel/test_budget.py`, `tests/engine/dmn/test_loading.py`,
`tests/engine/test_limits.py`, `tests/app/forms/test_hostile.py`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import dmn, feel
from engine.checker import check_decisions, check_diagram, check_form
from engine.foreign import NotImportable, bring_in
from engine.json import dumps

ROOT = Path(__file__).parents[2]
DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))
TABLES = sorted((ROOT / "processes").rglob("*.dmn"))
FORMS = sorted((ROOT / "forms").rglob("*.schema.json"))
EXPRESSIONS = [
    line.split("  =>  ")[0]
    for line in (ROOT / "tests/engine/feel/standard.txt").read_text().splitlines()
    if "  =>  " in line
]
BITS = [
    *[b"<", b">", b"&", b"&#0;", b"]]>", b"<!--", b'"', b"'", b"{", b"}", b"[", b"]", b"(", b")", b",", b":"],
    *[
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"null",
        b"-1",
        b"1e6144",
        b"1e999999",
        b"..",
        b"**",
        b"@",
        b"?",
        b"$ref",
    ],
    *[
        b"for i in 1..99999 return ",
        b"partial",
        b"[" * 200,
        b"<a>" * 200,
        b"P1Y",
        b"id=",
        b"function(x) x",
        b"\\",
    ],
]
WORDS = [
    "",
    "-",
    "= 1",
    "= x.y +",
    "R9/PT0S",
    "P99999Y",
    "0",
    "-1",
    "UNIQUE",
    "{" * 300,
    "a" * 5000,
    "null",
    "#x",
]
LONGEST = 3.0
"""Processor seconds for one file, far above what any takes: a hang, not a slow machine."""


def bent(content: bytes, seed: int) -> bytes:
    """The content with a few of its pieces cut, doubled, moved or replaced."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(content) + 1)
        end = min(len(content), start + dice.choice((0, 1, 5, 40, 400)))
        piece = dice.choice((b"", dice.choice(BITS), content[start:end] * 2, content[::-1][:20]))
        content = content[:start] + piece + content[end:]
    return content


def bent_tree(content: bytes, seed: int) -> bytes:
    """Well-formed XML still, with some elements cut, doubled or moved, and some words changed."""
    dice = random.Random(seed)
    root = etree.fromstring(content)
    for _ in range(dice.randint(1, 3)):
        one, other = (dice.choice(list(root.iter("{*}*"))) for _ in range(2))
        deed = dice.randrange(5)
        if deed == 0 and one.getparent() is not None:
            one.getparent().remove(one)
        elif deed == 1 and one is not root:
            other.append(deepcopy(one))
        elif deed == 2 and one.attrib:
            one.set(dice.choice(list(one.attrib)), dice.choice((*WORDS, *other.attrib.values())))
        elif deed == 3:
            one.tag = other.tag
        else:
            one.text = dice.choice(WORDS)
    return etree.tostring(root)


def each_bent(files: list[Path], times: int) -> Iterator[tuple[Path, bytes]]:
    assert files
    for number in range(times):
        file = files[number % len(files)]
        bend = bent_tree if file.suffix in (".bpmn", ".dmn") and number % 4 else bent
        yield file, bend(file.read_bytes(), number)


def answer(text: str, context: dict[str, object]) -> None:
    """Evaluate within a small budget, and write the value as JSON."""
    budget = feel.Budget(steps=20_000, seconds=1, size=50_000)
    try:
        value = feel.parse(text, frozenset(context)).evaluate(context, feel.Environment(budget=budget))
        dumps(feel.to_json(value))
    except feel.FeelError as error:
        assert error.message


@pytest.mark.parametrize("part", range(4))
def test_a_bent_expression_is_null_or_refused(part: int) -> None:
    for number in range(part, 8000, 4):
        text = bent(EXPRESSIONS[number % len(EXPRESSIONS)].encode(), number).decode(errors="replace")
        begun = process_time()
        answer(text, {"a": 1, "x": {"y": [1, None, "z"]}})
        assert process_time() - begun < LONGEST, text


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet='abi1290.+-*/<>=!?()[]{},:"@ \\∞è🐎\n', max_size=60))
def test_any_text_is_null_or_refused(text: str) -> None:
    answer(text, {"a": 1})


def test_a_bent_table_is_decided_or_refused() -> None:
    for file, content in each_bent(TABLES, 600):
        begun = process_time()
        assert all(problem.message for problem in check_decisions(file.name, content))
        decide_all(content)
        assert process_time() - begun < LONGEST, file


def decide_all(content: bytes) -> None:
    """Every decision of a model that loads, on nothing and on values of the wrong kind."""
    try:
        model = dmn.load(content)
        for decision in model.decision_ids:
            for value in (None, "x", -1, [[]]):
                budget = feel.Budget(steps=20_000, seconds=1, size=50_000)
                try:
                    given = dict.fromkeys(model.inputs(decision), value)
                    model.decide(decision, given, feel.Environment(budget=budget))
                except (dmn.DmnError, feel.FeelError) as error:
                    assert str(error)
    except dmn.DmnError as error:
        assert error.message_it


def test_a_bent_diagram_is_read_or_refused() -> None:
    for file, content in each_bent(DIAGRAMS, 400):
        begun = process_time()
        assert all(problem.message for problem in check_diagram(file.name, content))
        assert process_time() - begun < LONGEST, file


def test_a_bent_file_of_another_tool_is_imported_or_refused() -> None:
    for file, content in each_bent(DIAGRAMS, 200):
        begun = process_time()
        try:
            assert all(imported.bundle.diagram for imported in bring_in(file.name, content))
        except NotImportable as refused:
            assert refused.message
        assert process_time() - begun < LONGEST, file


def test_a_bent_form_is_read_or_refused() -> None:
    for file, content in each_bent(FORMS, 600):
        begun = process_time()
        assert all(problem.message for problem in check_form(file.name, content, {}))
        assert process_time() - begun < LONGEST, file
