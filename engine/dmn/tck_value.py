"""Values of the conformance kit: reading them from its XML, comparing them with ours."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

from lxml import etree

from engine import feel
from engine.dmn.namespace import child, children
from engine.feel.moments import DateTime
from engine.feel.numbers import parse_number

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

TOLERANCE = Decimal("0.00000001")
"""The kit writes irrational results with eight decimals, and its own runner compares numbers to that."""

_CONSTRUCTORS = {
    "date": feel.parse("date(text)"),
    "time": feel.parse("time(text)"),
    "dateTime": feel.parse("date and time(text)"),
    "duration": feel.parse("duration(text)"),
    "dayTimeDuration": feel.parse("duration(text)"),
    "yearMonthDuration": feel.parse("duration(text)"),
}
_NUMBERS = {"decimal", "double", "float", "integer", "int", "long", "short", "byte"}


def read_value(element: etree._Element) -> object:
    """The FEEL value that an `expected`, `inputNode`, `item` or `component` holds."""
    if _is_nil(element):
        return None
    value = child(element, "value")
    if value is not None:
        return None if _is_nil(value) else _simple(value)
    listed = child(element, "list")
    if listed is not None:
        return None if _is_nil(listed) else [read_value(item) for item in children(listed, "item")]
    components = list(children(element, "component"))
    return {part.get("name"): read_value(part) for part in components} if components else None


def _is_nil(element: etree._Element) -> bool:
    return element.get(f"{XSI}nil") in ("true", "1")


def _simple(element: etree._Element) -> object:
    text = element.text or ""
    kind = (element.get(f"{XSI}type") or "xsd:string").rpartition(":")[2]
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in _NUMBERS:
        return parse_number(text.strip())
    if kind in _CONSTRUCTORS:
        return _CONSTRUCTORS[kind].evaluate({"text": text.strip()})
    return text


def same(expected: object, actual: object) -> bool:
    """Whether two FEEL values are of one type and equal."""
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) < TOLERANCE
    if type(expected) is not type(actual):
        return False
    if isinstance(expected, list):
        others = cast(list[object], actual)
        return len(expected) == len(others) and all(map(same, expected, others))
    if isinstance(expected, dict):
        entries = cast(dict[str, object], actual)
        return expected.keys() == entries.keys() and all(
            same(expected[key], entries[key]) for key in expected
        )
    return expected == actual or (isinstance(expected, DateTime) and _same_moment(expected, actual))


def _same_moment(expected: DateTime, actual: object) -> bool:
    """XML writes offsets only: a date and time of the same zone by name is the same."""
    if not isinstance(actual, DateTime) or expected.utc_offset != actual.utc_offset:
        return False
    return expected.date == actual.date and replace(actual.time, offset=None, zone=None) == replace(
        expected.time, offset=None, zone=None
    )
