"""The words of the command line: what argparse says in Italian, and numbers within bounds."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Final, NoReturn

# What argparse says, from its source; what is not here stays in English rather than being lost.
SAID: Final = (
    (r"the following arguments are required: (.*)", r"manca: \1"),
    (r"one of the arguments (.*) is required", r"serve uno fra: \1"),
    (r"unrecognized arguments: (.*)", r"non si capisce: \1"),
    (r"ambiguous option: (.*) could match (.*)", r"«\1» può essere: \2"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1: \2 non c'è, scegli tra \3"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 non va insieme a \2"),
    (r"argument (.*): expected one argument", r"\1: manca il valore"),
    (r"argument (.*): expected at least one argument", r"\1: serve almeno un valore"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 non vuole un valore: \2"),
    (r"argument (.*?): (.*)", r"\1: \2"),
)


HEADINGS: Final = {
    "usage:": "si scrive:",
    "positional arguments:": "argomenti:",
    "options:": "opzioni:",
    "show this help message and exit": "spiega il comando ed esce",
}


class Parser(argparse.ArgumentParser):
    """Explains and refuses in Italian, with how the command is written; the exit code of a refusal is 2."""

    def format_usage(self) -> str:
        return _with_headings(super().format_usage())

    def format_help(self) -> str:
        return _with_headings(super().format_help())

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}{self.prog}: {_in_italian(message)}\n")


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two bounds, both included, as the `type` of an argument."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 18 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(
                f"«{text}» non va bene, serve un numero intero da {least} a {most}"
            )
        return int(text)

    return read


def _with_headings(text: str) -> str:
    for english, italian in HEADINGS.items():
        text = text.replace(english, italian, 1)
    return text


def _in_italian(message: str) -> str:
    for english, italian in SAID:
        found = re.fullmatch(english, message, re.DOTALL)
        if found:
            return found.expand(italian)
    return message
