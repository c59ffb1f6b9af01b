"""A file: what the browser says of it must agree with its name and its first bytes."""

from pathlib import PurePath
from typing import Any

from werkzeug.datastructures import FileStorage

from ..field import Field
from .base import Widget

MAGIC = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/pkcs7-mime": (b"\x30",),
    "application/xml": (b"<", b"\xef\xbb\xbf<"),
    "text/csv": (b"",),
}
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "application/pkcs7-mime": (".p7m",),
    "application/xml": (".xml",),
    "text/csv": (".csv",),
}
DEFAULT_TYPES = ("application/pdf", "image/jpeg", "image/png")
DEFAULT_MB = 10
MEGABYTE = 1_048_576


class Upload(Widget):
    """The id that the store gave; the texts sent under the name are ids of files sent before."""

    def describe(self, field: Field, value: Any) -> str:
        return "Un file"  # its name is the store's to say


def types_of(field: Field) -> tuple[str, ...]:
    asked = field.ui.get("tipi") or field.expected.get("contentMediaType") or DEFAULT_TYPES
    names = (asked,) if isinstance(asked, str) else asked
    return tuple(name for name in names if name in MAGIC) or DEFAULT_TYPES


def max_megabytes(field: Field) -> int:
    asked: Any = field.ui.get("massimo_mb", DEFAULT_MB)
    return asked if isinstance(asked, int) and asked > 0 else DEFAULT_MB


def refusal(field: Field, upload: FileStorage) -> str | None:
    """Why a file cannot be accepted: `vuoto`, `grande`, `tipo`; None if it can."""
    size = upload.stream.seek(0, 2)
    upload.stream.seek(0)
    first = upload.stream.read(16)
    upload.stream.seek(0)
    if size == 0:
        return "vuoto"
    if size > max_megabytes(field) * MEGABYTE:
        return "grande"
    suffix = PurePath(upload.filename or "").suffix.lower()
    agree = (name for name in types_of(field) if suffix in EXTENSIONS[name] and first.startswith(MAGIC[name]))
    return None if next(agree, None) else "tipo"
