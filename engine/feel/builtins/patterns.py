"""matches, replace, split: XPath regular expressions."""

import re

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Nulled
from engine.feel.regex import Pattern, PatternError, compile_pattern
from engine.feel.scope import Run

REPLACEMENT = re.compile(r"\$([0-9]+)|\\([\\$])|([^\\$]+)")


def _pattern(text: str, flags: str | None) -> Pattern:
    try:
        return compile_pattern(text, flags or "")
    except PatternError as error:
        raise Nulled(str(error)) from None


def _consuming(text: str, flags: str | None, run: Run) -> Pattern:
    """A pattern to cut with: XPath refuses one that matches the empty string (FORX0003)."""
    pattern = _pattern(text, flags)
    if pattern.matches("", run.meter):
        raise Nulled("l'espressione regolare accetta anche la stringa vuota")
    return pattern


@builtin("matches(input: string, pattern: string, flags?: string?)")
def matches(run: Run, input: str, pattern: str, flags: str | None = None) -> bool:
    return _pattern(pattern, flags).matches(input, run.meter)


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string?)")
def replace(run: Run, input: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = _consuming(pattern, flags, run)
    template = _template(replacement, compiled.groups)
    pieces = []
    end = 0
    for spans in compiled.find(input, run.meter):
        pieces.append(input[end : spans[0][0]])
        for part in template:
            piece = (
                part if isinstance(part, str) else input[slice(*spans[part])] if spans[part][0] >= 0 else ""
            )
            run.meter.grow(len(piece))
            pieces.append(piece)
        end = spans[0][1]
    run.meter.grow(len(input))
    return "".join(pieces) + input[end:]


def _template(replacement: str, groups: int) -> list[str | int]:
    """The replacement as texts and group numbers: `$N` takes as many digits as still name a group."""
    parts: list[str | int] = []
    place = 0
    while place < len(replacement):
        match = REPLACEMENT.match(replacement, place)
        if match is None:
            raise Nulled("nella sostituzione $ vuole il numero di un gruppo e \\ vuole \\ o $")
        place = match.end()
        digits, escaped, text = match.groups()
        if digits is None:
            parts.append(escaped or text)
            continue
        while len(digits) > 1 and int(digits) > groups:
            digits = digits[:-1]
            place -= 1
        parts.append(int(digits) if int(digits) <= groups else "")
    return parts


@builtin("split(string: string, delimiter: string)")
def split(run: Run, string: str, delimiter: str) -> list[str]:
    pieces = []
    end = 0
    for spans in _consuming(delimiter, "", run).find(string, run.meter):
        pieces.append(string[end : spans[0][0]])
        end = spans[0][1]
    run.meter.grow(len(string) + len(pieces) + 1)
    return [*pieces, string[end:]]
