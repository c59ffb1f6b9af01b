"""`instance of`."""

import pytest

from engine.feel import BASIC, ContextType, Environment, ListType, Restricted, parse
from tests.engine.feel.evaluation import value


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 instance of number", True),
        ("1 instance of Any", True),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ('@"P1Y" instance of years and months duration', True),
        ('@"P1Y" instance of days and time duration', False),
        ('@"2026-01-01T00:00:00" instance of date and time', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[[1]] instance of list<list<number>>", True),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: 1} instance of context<a: number, b: string>", False),
        ("[1..2] instance of range<number>", True),
        ('["a".."b"] instance of range<number>', False),
        ("(function(a) a) instance of function<number> -> Any", True),
        ("(function(a) a) instance of function<> -> Any", False),
        ("abs instance of function<number> -> number", True),
        ("1 instance of function<>->Any", False),
        ("1 instance of tSconosciuto", None),
        ("[1] instance of list", None),
        ("[1] instance of list<tSconosciuto>", None),
        ("1 + 1 instance of number", None),
        ("-1 instance of number and true", True),
        ("(1 + 1) instance of number", True),
    ],
)
def test_a_value_belongs_to_a_type(text: str, result: bool | None) -> None:
    assert value(text) is result


def test_named_types_come_from_the_environment() -> None:
    # given
    types = {
        "tEtà": Restricted(BASIC["number"], lambda number: number < 130),
        "tPersone": ListType(ContextType((("età", BASIC["number"]),))),
    }
    environment = Environment(types=types)
    # then
    assert parse("200 instance of tEtà").evaluate({}, environment) is False
    assert parse("20 instance of tEtà").evaluate({}, environment) is True
    assert parse("[{età: 20}] instance of tPersone").evaluate({}, environment) is True
