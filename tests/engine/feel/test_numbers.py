"""Numbers are exact decimals of 34 digits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.numbers import CONTEXT
from tests.engine.feel.evaluation import value, written

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        (".5 + 1.5e2", "150.5"),
        ("10 + 20 / -5 - 3", "3"),
        ("-2 ** 2", "4"),
        ("2 ** 3 ** 2", "64"),
        ("--3", "3"),
        ("5 ** 0", "1"),
        ("10 ** -5", "0.00001"),
        ("1 / 0", "null"),
        ("0 ** -1", "null"),
        ("(-2) ** 0.5", "null"),
        ("1e6144 * 10", "null"),
        ("1 + null", "null"),
        ('1 + "1"', "null"),
        ("1 + true", "null"),
    ],
)
def test_arithmetic_is_exact_or_null(text: str, result: str) -> None:
    assert written(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("decimal(2.5, 0)", "2"),
        ("decimal(1/3, 2)", "0.33"),
        ("round up(-5.01, 0)", "-6"),
        ("round down(-5.99, 0)", "-5"),
        ("round half up(2.5, 0)", "3"),
        ("round half up(-2.5, 0)", "-3"),
        ("round half down(2.5, 0)", "2"),
        ("round half up(12345, -2)", "12300"),
        ("round half up(n: 1.115, scale: 2)", "1.12"),
        ("floor(-1.5)", "-2"),
        ("ceiling(-1.56, 1)", "-1.5"),
        ("round up(5.5, 6177)", "null"),
        ('abs(@"-P1D")', '@"P1D"'),
        ("modulo(-12, 5)", "3"),
        ("modulo(10.1, -4.5)", "-3.4"),
        ("modulo(1, 0)", "null"),
        ("sqrt(16)", "4"),
        ("sqrt(-1)", "null"),
        ("log(0)", "null"),
        ("exp(0)", "1"),
        ("odd(-3)", "true"),
        ("even(2.5)", "null"),
        ('number("1.234,50", ".", ",")', "1234.5"),
        ('number("1,5", ",", ",")', "null"),
        ('number("NaN")', "null"),
    ],
)
def test_the_numeric_library_gives(text: str, result: str) -> None:
    assert written(text) == result


@given(decimals, decimals)
def test_sums_and_products_are_those_of_decimal(a: Decimal, b: Decimal) -> None:
    assert value("a + b", a=a, b=b) == CONTEXT.add(a, b)
    assert value("a - b", a=a, b=b) == CONTEXT.subtract(a, b)
    assert value("a * b", a=a, b=b) == CONTEXT.multiply(a, b)


@given(decimals, decimals)
def test_order_is_that_of_decimal(a: Decimal, b: Decimal) -> None:
    assert value("a < b", a=a, b=b) is (a < b)
    assert value("a >= b", a=a, b=b) is (a >= b)
    assert value("a = b", a=a, b=b) is (a == b)


@given(decimals)
def test_a_number_written_and_read_is_the_same(number: Decimal) -> None:
    assert value("number(string(n))", n=number) == number


@given(decimals, decimals.filter(bool))
def test_modulo_has_the_sign_of_the_divisor(dividend: Decimal, divisor: Decimal) -> None:
    rest = value("modulo(a, b)", a=dividend, b=divisor)
    assert rest == 0 or (rest < 0) == (divisor < 0)
    assert abs(rest) < abs(divisor)
