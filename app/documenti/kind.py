"""The kinds of file that may be kept: extension, what the browser says and the first bytes must agree."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from app.documenti.refused import FileRefused
from app.forms.widgets.upload import EXTENSIONS, MAGIC

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"
P7M: Final = "application/pkcs7-mime"
XML: Final = "application/xml"
CSV: Final = "text/csv"

NAMES: Final = {PDF: "PDF", JPEG: "JPG", PNG: "PNG", TIFF: "TIFF", P7M: "P7M", XML: "XML", CSV: "CSV"}

_BY_EXTENSION: Final = {suffix: kind for kind, suffixes in EXTENSIONS.items() for suffix in suffixes}
# What browsers say of each kind besides its own name: the words depend on what is installed there.
_ALSO_SAID: Final = {
    PDF: {"application/x-pdf"},
    JPEG: {"image/jpg", "image/pjpeg"},
    PNG: {"image/x-png"},
    TIFF: {"image/tif"},
    P7M: {"application/x-pkcs7-mime", "application/pkcs7-signature"},
    XML: {"text/xml"},
    CSV: {"text/plain", "application/csv", "application/vnd.ms-excel", "text/comma-separated-values"},
}
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def kind_of(name: str, declared: str, content: bytes) -> str:
    """The media type on which name, declaration and first bytes agree. Raises FileRefused (`tipo`)."""
    kind = _BY_EXTENSION.get(PurePath(name).suffix.lower())
    if kind is None or not content.startswith(MAGIC[kind]):
        raise FileRefused("tipo")
    said = declared.partition(";")[0].strip().lower()
    if said not in _SAYS_NOTHING and said != kind and said not in _ALSO_SAID[kind]:
        raise FileRefused("tipo")
    return kind


def guess(content: bytes) -> str | None:
    """The kind that the first bytes alone tell; a text without markup tells nothing."""
    return next((kind for kind, starts in MAGIC.items() if kind != CSV and content.startswith(starts)), None)
