"""Values as text: what `string()` gives. The specification leaves the form of lists and contexts open: FEEL's own."""

from decimal import Decimal

from engine.feel.budget import Meter
from engine.feel.functions import Function
from engine.feel.numbers import number_text
from engine.feel.ranges import Range
from engine.feel.values import Value


def text_of(value: Value, meter: Meter, nested: bool = False) -> str:
    """The text of a value; inside lists and contexts strings keep their quotes."""
    text = _text(value, meter, nested)
    meter.grow(len(text))
    return text


def _text(value: Value, meter: Meter, nested: bool) -> str:
    if isinstance(value, str):
        return quoted(value) if nested else value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(text_of(item, meter, True) for item in value) + "]"
    if isinstance(value, dict):
        entries = (f"{_key(name)}: {text_of(item, meter, True)}" for name, item in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, Range):
        return _range(value, meter)
    if isinstance(value, Function):
        return f"function({', '.join(value.parameters)})"
    return f'@"{value}"' if nested else str(value)


def _range(value: Range, meter: Meter) -> str:
    start, end = (text_of(bound, meter, True) for bound in (value.start, value.end))
    if value.operator:
        return f"({value.operator} {end if value.start is None else start})"
    return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"


def quoted(text: str) -> str:
    """A FEEL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def _key(name: str) -> str:
    return name if name.isidentifier() else quoted(name)
