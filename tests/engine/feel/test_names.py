"""Names hold spaces and operators, and are found by what is in scope."""

import pytest

from engine.feel import Environment, parse
from tests.engine.feel.evaluation import value


def test_a_name_with_spaces_needs_no_declaration() -> None:
    assert parse("12 * Monthly Salary").evaluate({"Monthly Salary": 1000}) == 12_000


def test_spaces_inside_a_name_do_not_count() -> None:
    assert parse("Monthly \n  Salary").evaluate({"Monthly Salary": 1000}) == 1000


def test_a_known_name_with_an_operator_wins_over_the_operator() -> None:
    # given
    context = {"a": 2, "b": 3, "a+b": 100}
    # then
    assert value("a+b", **context) == 100
    assert value("a + b", **context) == 100
    assert value("(a)+(b)", **context) == 5


def test_the_same_text_is_kept_apart_by_the_names_in_scope() -> None:
    assert parse("a-b").evaluate({"a": 3, "b": 1, "a-b": 9}) == 2
    assert parse("a-b", frozenset({"a-b"})).evaluate({"a": 3, "b": 1, "a-b": 9}) == 9


@pytest.mark.parametrize("name", ["profit and loss", "if only", "l'anno", "è già", "Loan 2", "x.y z"])
def test_a_known_name_may_hold_almost_anything(name: str) -> None:
    assert value(f"{name} + 1", **{name: 1}) == 2


def test_words_of_the_language_end_a_name() -> None:
    assert value("if tetto alto then num+10 else 0", **{"tetto alto": True, "num": 1}) == 11


def test_a_known_name_may_hold_in_where_a_loop_looks_for_it() -> None:
    assert value("every i in values in a list satisfies i > 0", **{"values in a list": [1, 2]}) is True


def test_names_declared_in_the_expression_are_in_scope_there() -> None:
    assert value("{a-b: 5, c: a-b * 2}.c") == 10
    assert value("for x-y in [1, 2] return x-y * 2") == [2, 4]
    assert value("(function(a b, c/d) a b - c / d)(5, 3)") == 2


def test_inner_names_hide_outer_ones() -> None:
    assert value("for x in [1, 2] return x + y", x=100, y=10) == [11, 12]


def test_a_variable_hides_a_built_in_function() -> None:
    assert value("count + 1", count=1) == 2


def test_a_path_follows_names_with_spaces() -> None:
    assert value("Model B.Eval It.esito", **{"Model B": {"Eval It": {"esito": 5}}}) == 5


def test_built_in_names_with_words_of_the_language_are_names() -> None:
    assert value('date and time("2026-01-01T00:00:00").year') == 2026
    assert value('years and months duration(@"2025-01-01", @"2026-03-01").months') == 2


def test_a_missing_variable_is_null_and_named_in_the_warning() -> None:
    # given
    environment = Environment()
    # when
    result = parse("1 + reddito").evaluate({}, environment)
    # then
    assert result is None
    assert (4, "reddito") in [(warning.position, warning.variable) for warning in environment.warnings]


def test_a_missing_entry_is_named_with_its_path() -> None:
    # given
    environment = Environment()
    # when
    parse("isee.valore < 10").evaluate({"isee": {}}, environment)
    # then
    assert "isee.valore" in [warning.variable for warning in environment.warnings]
