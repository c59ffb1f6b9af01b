"""for, some, every, and functions."""

import pytest

from tests.engine.feel.evaluation import reasons, value, written


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("for i in 1..3 return i * i", "[1, 4, 9]"),
        ("for i in 3..1 return i", "[3, 2, 1]"),
        ("for i in [1..4) return i", "[1, 2, 3]"),
        ("for i in 1..2, j in [i, 10] return i * j", "[1, 10, 4, 20]"),
        ('for d in @"2026-02-28"..@"2026-03-01" return d.day', "[28, 1]"),
        ("for i in 1..5 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24, 120]"),
        ("for i in 1..3 return count(partial)", "[0, 1, 2]"),
        ("for i in [] return i", "[]"),
        ('for i in "a" return i', '["a"]'),
        ("for i in null return i", "null"),
        ("for i in 1..null return i", "null"),
        ("for i in 0.5..2 return i", "null"),
        ("for i in (< 3) return i", "null"),
        ("for i in 3..3 return i", "[3]"),
        ("for i in (3..3] return i", "[]"),
        ("some i in [1, 2] satisfies i > 1", "true"),
        ("some i in [1, null] satisfies i > 1", "null"),
        ("some i in [] satisfies true", "false"),
        ("every i in [1, 2] satisfies i > 1", "false"),
        ("every i in [] satisfies false", "true"),
        ("every i in [1, null] satisfies i > 0", "null"),
        ("some i in [1, 2], j in [2, 3] satisfies i + j = 5", "true"),
    ],
)
def test_an_iteration_gives(text: str, result: str) -> None:
    assert written(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("(function(a, b) a - b)(5, 3)", "2"),
        ("(function(a, b) a - b)(b: 5, a: 3)", "-2"),
        ("(function(a: number) a)([1])", "1"),
        ('(function(a: number) a)("x")', "null"),
        ("(function(a) a)()", "null"),
        ("(function(a, b) b)(a: 1)", "null"),
        ("(function(a, b) a)(a: 1)", "1"),
        ("(function(a, b) a)(a: 1, c: 2)", "null"),
        ("list contains(list: [null])", "true"),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(10)}.r", "3628800"),
        ("{k: 10, f: function(x) x + k, r: for i in [1, 2] return f(i)}.r", "[11, 12]"),
        ("{twice: function(f, x) f(f(x)), r: twice(function(n) n * 3, 2)}.r", "18"),
        ("modulo(dividend: 10, divisor: 4)", "2"),
        ("modulo(dividend: 10, foo: 4)", "null"),
        ("abs(1, 2)", "null"),
        ("abs()", "null"),
        ('contains(["foobar"], "oob")', "true"),
        ("{n: 1, r: n(2)}.r", "null"),
        ("f(1)", "null"),
    ],
)
def test_an_invocation_gives(text: str, result: str) -> None:
    assert written(text) == result


def test_external_functions_are_refused() -> None:
    text = 'function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    assert value(text) is None
    assert reasons(text) == ["le funzioni esterne non sono ammesse"]
