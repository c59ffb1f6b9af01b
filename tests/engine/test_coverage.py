"""Each line of the table in engine/README.md, element by element."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine import Operation, Operations
from tests.engine.coverage import table
from tests.engine.coverage.row import Row

OPERATIONS = Operations(
    [Operation("prova.leggi", "leggi", {}, {}, lambda call, request: {"quota": 12}, True, ("negato",))]
)
RUNNING = [row for row in table.ROWS if row.at is None]
REFUSED = [row for row in table.ROWS if row.at is not None]


def named(row: Row) -> str:
    return row.name


@pytest.mark.parametrize("straight", [False, True], ids=["salvata a ogni passo", "tenuta in memoria"])
@pytest.mark.parametrize("row", RUNNING, ids=named)
def test_the_path_goes_as_the_table_says(stage: Session, row: Row, straight: bool) -> None:
    # given
    assert [str(problem) for problem in row.problems] == []
    # then
    row.scenario.play(stage, OPERATIONS, straight=straight)


@pytest.mark.parametrize("row", REFUSED, ids=named)
def test_the_checker_refuses_and_names_the_element(row: Row) -> None:
    assert row.at in {problem.element for problem in row.problems}


def test_every_element_has_one_line() -> None:
    names = [row.name for row in table.ROWS]
    assert len(names) == len(set(names))


def test_the_readme_has_the_table_that_the_tests_prove() -> None:
    assert table.written() == table.table(), "write it again with: python -m tests.engine.coverage"
