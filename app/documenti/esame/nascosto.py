"""What may hide in a file of another kind: a page for a browser, an archive."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from app.documenti.refused import FileRefused

# Not every tag: photographs and PDF carry metadata in XML of their own.
_MARKUP: Final = re.compile(
    rb"<\s*(?:script|html|body|iframe|svg|object|embed|!doctype)\b|<\?php|javascript:", re.IGNORECASE
)
_ENTRY: Final = b"PK\x01\x02"  # every archive lists its entries at its end


def refuse_markup(content: bytes) -> None:
    """A picture that is also a page: a browser that guesses would run it. Raises FileRefused."""
    if _MARKUP.search(content):
        raise FileRefused("attivo")


def refuse_archive(content: bytes) -> None:
    """A file that opens as a zip too (documents of an office suite are zips): nobody looks into those."""
    if content.startswith(b"PK") or (_ENTRY in content and zipfile.is_zipfile(io.BytesIO(content))):
        raise FileRefused("tipo")
