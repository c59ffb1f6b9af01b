"""XML and CSV: readable texts, that no program takes for something to run."""

from __future__ import annotations

import re
from typing import Final

from app.documenti.esame.nascosto import refuse_markup
from app.documenti.refused import FileRefused
from engine.xml import XmlRefused, parse_xml

XML_BYTES: Final = 5_000_000  # the largest electronic invoice (SdI, specifiche tecniche 1.3)

_PAGES: Final = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A spreadsheet runs a cell that begins so. Not + and -: they begin telephones and amounts.
_FORMULA: Final = re.compile(r'(?:^|[;,\t\r\n])[ "\']*[=@]')
_SEPARATOR: Final = re.compile(r"[;,\t]")


def examine_xml(content: bytes) -> None:
    """Raises FileRefused."""
    try:
        root = parse_xml(content, limit=XML_BYTES)
    except XmlRefused as error:
        raise FileRefused("grande" if error.reason == "too_large" else "rotto") from None
    for element in root.iter():
        space, _, name = str(element.tag).rpartition("}")
        if space[1:] in _PAGES or name.lower() in ("html", "script", "svg"):
            raise FileRefused("attivo")


def examine_csv(content: bytes) -> None:
    """Raises FileRefused."""
    if _CONTROL.search(content) or content.startswith((b"%PDF", b"GIF8", b"<", b"#!", b"MZ")):
        raise FileRefused("tipo")
    refuse_markup(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # Excel in Italy
    if not _SEPARATOR.search(text.partition("\n")[0]):
        raise FileRefused("tipo")
    if _FORMULA.search(text):
        raise FileRefused("attivo")
