"""Looking into a file before it is kept: it is what it says, and does nothing when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.documenti import kind
from app.documenti.esame import busta, immagine, pdf, testo, tiff
from app.documenti.esame.nascosto import refuse_archive
from app.documenti.refused import FileRefused

_EXAMINERS: Final[dict[str, Callable[[bytes], None]]] = {
    kind.PDF: pdf.examine,
    kind.JPEG: immagine.examine_jpeg,
    kind.PNG: immagine.examine_png,
    kind.TIFF: tiff.examine,
    kind.XML: testo.examine_xml,
    kind.CSV: testo.examine_csv,
}
MOST_ENVELOPES: Final = 3  # signed, countersigned, timestamped


def examine(media: str, content: bytes, envelopes: int = 0) -> None:
    """Look into a file of a kind; of a signed one, also into what was signed. Raises FileRefused."""
    refuse_archive(content)
    if media != kind.P7M:
        _EXAMINERS[media](content)
        return
    signed = busta.open_envelope(content)
    inside = kind.guess(signed)
    if inside is None or envelopes == MOST_ENVELOPES:
        raise FileRefused("tipo")
    examine(inside, signed, envelopes + 1)
