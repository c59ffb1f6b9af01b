"""Names of files, as a browser sends them and as they may be kept, shown and given back."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final

LONGEST: Final = 120  # characters
UNNAMED: Final = "documento"

_FOLDERS: Final = re.compile(r".*[/\\]", re.DOTALL)
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')  # by some file system or other
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def safe_name(sent: str) -> str:
    """`sent` without folders, invisible characters and tricks, its extension kept.

    What cannot be seen goes: a right-to-left override shows «fdp.exe» as «exe.pdf».
    """
    text = unicodedata.normalize("NFC", _FOLDERS.sub("", sent))
    seen = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    name = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", seen)).strip(" .")
    if _DEVICE.match(name):
        name = f"_{name}"
    path = PurePath(name)
    suffix = path.suffix[:10]
    stem = path.stem[: LONGEST - len(suffix)].strip(" .") or UNNAMED
    return f"{stem}{suffix}"
