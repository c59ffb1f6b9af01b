"""Names as they are compared: lower case, without accents and signs, as `testo_semplice` does in SQL."""

from __future__ import annotations

import re
import unicodedata


def plain(*parts: str | None) -> str:
    """«D'Angelò», «Mària» → «d angelo maria»."""
    joined = " ".join(part for part in parts if part).lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", joined) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
