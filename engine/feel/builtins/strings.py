"""Strings, counted in code points."""

from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Nulled
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name


@builtin("substring(string: string, start position: number, length?: number?)")
def substring(run: Run, string: str, start_position: Decimal, length: Decimal | None = None) -> str:
    """From a position (1 the first, -1 the last), for a length or to the end."""
    start = int(start_position)
    if start == 0 or abs(start) > len(string):
        raise Nulled(f"la stringa di {len(string)} caratteri non ha la posizione {start}")
    first = start - 1 if start > 0 else len(string) + start
    if length is None:
        return string[first:]
    if not 1 <= int(length) <= len(string) - first:
        raise Nulled(f"da quella posizione la stringa non ha {length} caratteri")
    return string[first : first + int(length)]


@builtin("string length(string: string)")
def string_length(run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(run: Run, string: str) -> str:
    run.meter.grow(len(string))
    return string.upper()


@builtin("lower case(string: string)")
def lower_case(run: Run, string: str) -> str:
    run.meter.grow(len(string))
    return string.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, string: str, match: str) -> str:
    if not match:
        return string
    return string.partition(match)[2]


@builtin("contains(string: string, match: string)")
def contains(run: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(run: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(run: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("string join(list: list, delimiter?: string?)")
def string_join(run: Run, list: list[Value], delimiter: str | None = None) -> str:
    """The strings of a list, one after the other; nulls are left out."""
    run.meter.spend(len(list))
    strings = [item for item in list if item is not None]
    for item in strings:
        if not isinstance(item, str):
            raise Nulled(f"la lista contiene {kind_name(item)}, non solo stringhe")
    separator = delimiter or ""
    run.meter.grow(sum(len(item) for item in strings) + len(separator) * len(strings))
    return separator.join(strings)
