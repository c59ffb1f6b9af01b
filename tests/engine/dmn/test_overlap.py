"""UNIQUE tables of constants: overlaps are found without evaluating anything."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import RulesOverlap
from engine.dmn.check.overlap import MAX_REPORTED
from engine.dmn.literal import read_tests
from engine.feel import parse_unary_tests
from tests.engine.dmn.models import decision, model_of, table


def overlaps(*rows, policy="UNIQUE"):
    """Pairs of rules said to overlap; the cells of a row are its conditions."""
    columns = [f"x{number}" for number in range(len(rows[0]))]
    rules = [[*row, "1"] for row in rows]
    found = model_of(decision("d", table(columns, ["esito"], rules, policy=policy))).problems()
    return [problem.message.split("regole ")[1].split(" possono")[0] for problem in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[1..5]", "[5..9]"),
        ("< 5", "> 4"),
        ("<= 5", "5"),
        ("1, 2, 3", "3, 4"),
        ('"a", "b"', '"b"'),
        ("-", "null"),
        ("-", "-"),
        ("", "true"),
        ("true", "true"),
        ("null", "null"),
        ("-1", "< 0"),
        ('date("2026-01-01")', '>= date("2025-01-01")'),
        ('[@"2026-01-01"..@"2026-12-31"]', '@"2026-06-01"'),
        ('< duration("P30D")', 'duration("P1D")'),
        ('not("a")', '"b"'),
        ('not("a")', "-"),
        ('["a".."c"]', '"b"'),
        ("(1..5)", "4.999"),
    ],
)
def test_cells_that_admit_a_common_value_overlap(one, other):
    assert overlaps([one], [other]) == ["1 e 2"]
    assert overlaps([other], [one]) == ["1 e 2"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[1..5)", "[5..9]"),
        ("< 5", ">= 5"),
        ("1, 2", "3, 4"),
        ('"a"', '"b"'),
        ('"1"', "1"),
        ("true", "false"),
        ("null", "< 5"),
        ("null", '"null"'),
        ('not("a", "b")', '"a"'),
        ("not([1..10])", "[1..10]"),
        ('date("2026-01-01")', '< date("2026-01-01")'),
        ('@"2026-01-01"', '@"2026-01-01T00:00:00"'),
    ],
)
def test_cells_without_a_common_value_do_not(one, other):
    assert overlaps([one], [other]) == []
    assert overlaps([other], [one]) == []


@pytest.mark.parametrize("cell", ["> soglia", "? > 3", "count(elenco)", "[10..1]", "(5..5)", "not(not(1))"])
def test_what_is_not_made_of_constants_is_left_to_the_evaluation(cell):
    assert overlaps([cell], ["-"]) in ([], ["1 e 2"])
    assert overlaps([cell], ["4"]) == []


def test_rules_overlap_only_if_they_do_in_every_column():
    # given
    rows = [["< 18", '"a"'], ["< 65", '"b"'], [">= 10", '"a"'], ["-", "-"]]
    # then
    assert overlaps(*rows) == ["1 e 3", "1 e 4", "2 e 4", "3 e 4"]


CELLS = ["-", "1", "< 3", "[2..5]", "(5..9)", ">= 9", "null", '"a"', 'not("a")', "1, 7", "not([2..5])"]
VALUES = [0, 1, 2, 3, 5, 7, 9, 10, None, "a", "b"]


@given(
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS)), min_size=2, max_size=5),
    st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)),
)
@settings(max_examples=300, deadline=None)
def test_an_overlap_met_by_the_evaluation_was_foretold(rows, values):
    # given
    model = model_of(decision("d", table(["x0", "x1"], ["esito"], [[*row, "1"] for row in rows])))
    negations = any(sum(row[column].startswith("not") for row in rows) > 1 for column in (0, 1))
    # when
    try:
        model.decide("d", dict(zip(("x0", "x1"), values, strict=True)))
    except RulesOverlap as overlap:
        first, second, *_ = (int(rule[1:]) for rule in overlap.rules)
        # then: two negations are not compared, everything else is
        assert negations or f"{first} e {second}" in overlaps(*rows)


@pytest.mark.parametrize("cell", [*CELLS, "1.0", '"a", "b"', 'not("a", 1)', '> "a"', '["a".."b")', "(< 3)"])
def test_the_quick_test_of_a_cell_of_constants_answers_as_feel(cell):
    # given
    tests = read_tests("cella", cell, frozenset())
    values = [Decimal(value) if isinstance(value, int) else value for value in VALUES]
    # then
    for value in values:
        if tests.quick is not None and type(value) is tests.quick[0]:
            assert tests.quick[1](value) is (parse_unary_tests(cell).matches(value, {}) is True)


def test_other_policies_may_overlap():
    assert overlaps(["-"], ["-"], policy="FIRST") == []


def test_the_reports_are_limited():
    assert len(overlaps(*[["-"]] * 100)) == MAX_REPORTED


def test_two_thousand_rules_are_checked_quickly():
    # given
    rows = [[f'"k{number}"', f"[{number}..{number + 1}]"] for number in range(1999)]
    started = time.process_time()
    # then
    assert overlaps(*rows, ['"k7"', "-"]) in ([], ["8 e 2000"])
    assert time.process_time() - started < 10
