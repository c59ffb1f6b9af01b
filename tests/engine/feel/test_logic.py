"""Three-valued logic, equality, conditionals, ranges and unary tests."""

import pytest

from engine.feel import Date, parse_unary_tests
from tests.engine.feel.evaluation import reasons, value

T, F, N = "true", "false", "null"


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, True, True),
        (T, F, False, True),
        (T, N, None, True),
        (F, F, False, False),
        (F, N, False, None),
        (N, N, None, None),
        (T, "1", None, True),
        (F, '"x"', False, None),
    ],
)
def test_and_or_follow_three_valued_logic(
    left: str, right: str, both: bool | None, either: bool | None
) -> None:
    assert value(f"{left} and {right}") is both
    assert value(f"{right} and {left}") is both
    assert value(f"{left} or {right}") is either
    assert value(f"{right} or {left}") is either


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("null = null", True),
        ("1 = null", False),
        ("1 = 1.0", True),
        ('1 = "1"', None),
        ('1 != "1"', None),
        ("[] = 0", None),
        ("[1] = [null]", False),
        ('@"2026-01-01T12:00:00-01:00" = @"2026-01-01T17:00:00+04:00"', True),
        ('@"10:30:00.0001" = @"10:30:00.0002"', True),
        ('@"P1Y" = @"P12M"', True),
        ('@"P1Y" = @"P365D"', None),
        ("[1..3] = [1..3]", True),
        ("[1..3] = (1..3]", False),
        ("(< 10) = (< 10)", True),
        ("(= 10) = [10..10]", False),
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('1 < "b"', None),
        ("null < 1", None),
        ("true < false", None),
        ("2 between 1 and 3", True),
        ("2 between 3 and null", False),
        ("2 between 1 and null", None),
        ("not(true)", False),
        ("not(null)", None),
        ("not(1)", None),
        ("is(1, 1.0)", True),
        ('is(@"10:00:00", @"10:00:00Z")', False),
    ],
)
def test_a_comparison_gives(text: str, result: bool | None) -> None:
    assert value(text) is result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 in [1..3]", True),
        ("1 in (1..3]", False),
        ("3 in [1..3[", False),
        ("3 in ]1..3]", True),
        ("5 in (< 10)", True),
        ("5 in (1, < 3, >= 5)", True),
        ("5 in !=5", False),
        ("5 in [[1..2], [4..6]]", True),
        ("[1] in [[1], [2]]", True),
        ("null in [1..3]", None),
        ("5 in [1..null]", None),
        ("1 in 2", False),
        ("2 in (1..3) and true", True),
        ("3 in (2) + 1", True),
        ("5 in (? > 3)", True),
        ("[1..10[.end", 10),
        ("[1..10].start included", True),
        ("(< 10).start", None),
    ],
)
def test_in_and_ranges_give(text: str, result: object) -> None:
    assert value(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("before([1..5), 5)", True),
        ("after(5, [1..5))", True),
        ("before([1..5], [5..6])", False),
        ("meets([1..5], [5..6])", True),
        ("meets([1..5), [5..6])", False),
        ("met by([5..6], [1..5])", True),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps([1..5), [5..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(5, [1..5])", True),
        ("finished by([1..5], (3..5])", True),
        ("includes([1..5], 5)", True),
        ("during((1..5), [1..5])", True),
        ("starts([1..3], [1..5])", True),
        ("started by([1..5], 1)", True),
        ("coincides([1..5], [1..5))", False),
        ("before(1, (> 3))", True),
        ("overlaps((< 5), (> 3))", True),
        ('before(1, "a")', None),
        ('2 in range("[1..3]")', True),
        ('range("[3..1]")', None),
        ('range("[2..)") = (>= 2)', True),
        ('range("(..-2]") = (<= -2)', True),
        ('range("(..)")', None),
        ('range("[..2]")', None),
        ('range("[1..]")', None),
        ('range("[1..3") = null', True),
        ('range("[@\\"2026-01-01\\"..)").start', Date(2026, 1, 1)),
    ],
)
def test_the_range_library_gives(text: str, result: object) -> None:
    assert value(text) == result


def test_a_condition_that_is_null_takes_the_else_branch_and_says_so() -> None:
    assert value("if reddito > 10 then 1 else 2") == 2
    assert any("if" in reason for reason in reasons("if reddito > 10 then 1 else 2"))


def test_else_if_goes_on() -> None:
    text = 'if n < 0 then "-" else if n = 0 then "0" else "+"'
    assert [value(text, n=n) for n in (-1, 0, 1)] == ["-", "0", "+"]


@pytest.mark.parametrize(
    ("cell", "tested", "result"),
    [
        ("-", 1, True),
        ("1", 1, True),
        ("1, 2, 3", 2, True),
        ("< 10", 5, True),
        ("[1..10)", 10, False),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ("not(true)", True, False),
        ("not(true) or ? = 1", 1, True),
        ('"a", "b"', "b", True),
        ("true", False, False),
        ("false", False, True),
        ("null", None, True),
        ("null", 1, False),
        ("? > 3 and ? < 9", 5, True),
        ("limite", 5, True),
        ("altri", 7, True),
        ("limite > 3", 1, True),
        ("< 10", None, None),
        ("-1", -1, True),
    ],
)
def test_a_cell_of_a_decision_table_is_passed(cell: str, tested: object, result: bool | None) -> None:
    assert parse_unary_tests(cell).matches(tested, {"limite": 5, "altri": [6, 7]}) is result
