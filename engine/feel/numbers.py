"""Numbers: decimals of 34 digits, rounding half to even (IEEE 754-2008 decimal128, as DMN asks)."""

import re
from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from engine.feel.errors import Nulled

MIN_SCALE = -6111
MAX_SCALE = 6176
CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
EXACT = Context(
    prec=MAX_SCALE - MIN_SCALE + CONTEXT.prec, Emin=-99_999, Emax=99_999, traps=[InvalidOperation]
)
"""Holds the quotient of any two numbers to the unit: a remainder of 34 digits alone would not be one."""
ZERO = Decimal(0)
ONE = Decimal(1)

NUMERAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


def parse_number(numeral: str) -> Decimal | None:
    """The number a numeral writes, or None when it is not a numeral or is out of range."""
    if not NUMERAL.fullmatch(numeral):
        return None
    try:
        return CONTEXT.create_decimal(numeral)
    except DecimalException:
        return None


def number_text(number: Decimal) -> str:
    """Plain notation without exponent and without trailing zeros: 1E+2 is 100, 1.50 is 1.5."""
    if not number:
        return "0"
    return format(number.normalize(CONTEXT), "f")


def round_to(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """Round to `scale` decimals (negative: tens…). Nulled outside -6111..6176 (DMN 1.5, 10.3.4.5)."""
    places = int(scale)
    if not MIN_SCALE <= places <= MAX_SCALE:
        raise Nulled(f"scala {places} fuori da {MIN_SCALE}..{MAX_SCALE}")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -places:
        return number
    wide = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=rounding)
    return number.quantize(Decimal((0, (1,), -places)), context=wide)


def whole(number: Decimal) -> int | None:
    """The integer a number is, or None when it has decimals."""
    return int(number) if number == number.to_integral_value() else None
