"""Whose form this is, written in the form itself: for the browser that has lost its cookie meanwhile.

It opens nothing: a form that it vouches for is kept for that account (pending.py), which must log in to see it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

# ente and account as numbers, when, and a signature of these with the form's salt; hexadecimal throughout
_FORM = re.compile(
    r"(?P<ente>[0-9a-f]{8})(?P<account>[0-9a-f]{16})(?P<at>[0-9a-f]{10})(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Owner:
    """Who had the page."""

    ente_id: int
    account_id: int


def write(secret: str, owner: Owner, salt: str, now: float) -> str:
    """A voucher made at `now` (seconds since 1970) for the form that has this salt."""
    told = f"{owner.ente_id:08x}{owner.account_id:016x}{int(now):010x}"
    return told + _sign(secret, told, salt)


def read(secret: str, voucher: str, salt: str, now: float, lasts: timedelta) -> Owner | None:
    """Whose form it is; None when the voucher is not ours, is of another form, or is older than `lasts`."""
    found = _FORM.fullmatch(voucher)
    if found is None:
        return None
    told = voucher[: -len(found["signature"])]
    if not hmac.compare_digest(found["signature"], _sign(secret, told, salt)):
        return None
    if not 0 <= now - int(found["at"], 16) <= lasts.total_seconds():
        return None
    return Owner(int(found["ente"], 16), int(found["account"], 16))


def _sign(secret: str, told: str, salt: str) -> str:
    return hmac.new(secret.encode(), f"voucher:{salt}:{told}".encode(), hashlib.sha256).hexdigest()
