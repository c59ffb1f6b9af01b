"""The letters of a bundle, held against what fills them: a hole would be found only when the letter has to leave."""

from __future__ import annotations

from collections.abc import Iterator

from app.avvisi.lettera import PLACEHOLDER
from app.avvisi.operations import ALWAYS
from engine import Bundle, Problem
from engine.checker.activities import LETTER, constant
from engine.program import diagrams

FOLDER = "lettere/"
TEXT = ".txt"
SEND = "avviso.send"
BRACES = ("{{", "}}", "{%", "%}", "{#", "#}")


def check(bundle: Bundle) -> Iterator[Problem]:
    """Letters that cannot be read, or filled by a step that sends them."""
    letters = {}
    for name, content in sorted(bundle.named(FOLDER, TEXT).items()):
        file = f"{FOLDER}{name}{TEXT}"
        try:
            letters[name] = content.decode()
        except UnicodeDecodeError:
            yield Problem(file, "-", "non è un testo in UTF-8: salvalo così")
            continue
        yield from (Problem(file, where, message) for where, message in _written(letters[name]))
    for diagram in diagrams(bundle):
        for element in diagram.elements.values():
            if element.operation == SEND:
                given = {line.target: line.source for line in element.inputs}
                name = str(constant(given.get(LETTER, "=null")))
                known = {target.split(".")[0] for target in given} | set(ALWAYS)
                for hole in sorted(_asked(letters.get(name, "")) - known):
                    message = f"nessuno lo dà: mettilo fra gli input di «{element.id}», o correggi il nome"
                    yield Problem(f"{FOLDER}{name}{TEXT}", hole, message)


def _written(text: str) -> Iterator[tuple[str, str]]:
    if not text.strip():
        yield "-", "è vuota: scrivila"
    for number, line in enumerate(text.splitlines(), 1):
        if not line.replace("\t", " ").isprintable():
            yield f"riga {number}", "c'è un carattere che non si vede: riscrivila"
        if any(brace in PLACEHOLDER.sub("", line) for brace in BRACES):
            yield (
                f"riga {number}",
                "un segnaposto si scrive «{{ nome }}», con minuscole, cifre e «_»: correggilo",
            )


def _asked(text: str) -> set[str]:
    return {name.split(".")[0] for name in PLACEHOLDER.findall(text)}
