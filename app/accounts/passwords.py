"""Passwords: argon2id, hashed again when its parameters grow, and as slow for a name that nobody has."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12  # characters; NIST SP 800-63B: length, no composition rules, no forced expiry
LONGEST: Final = 256  # characters: argon2 should not chew megabytes for a stranger

_hasher = PasswordHasher()  # argon2id, RFC 9106 "low memory": 64 MiB, 3 passes, 4 lanes


class PasswordTooWeak(ValueError):
    """A new password that anybody could guess; `why` is "corta", "lunga", "nome" or "uguale"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Check a password; with no hash (nobody has that name) it takes as long, and is always wrong."""
    try:
        right = _hasher.verify(password_hash or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None and len(password) <= LONGEST


def needs_rehash(password_hash: str) -> bool:
    """True when today's parameters are stronger than those of the hash."""
    return _hasher.check_needs_rehash(password_hash)


def require_strong(password: str, username: str, current: str | None = None) -> None:
    """Raise PasswordTooWeak for a new password that is short, endless, the username, or the current one."""
    if len(password) < SHORTEST:
        raise PasswordTooWeak("corta")
    if len(password) > LONGEST:
        raise PasswordTooWeak("lunga")
    if password.casefold().strip() == username.casefold() or len(set(password)) < 4:
        raise PasswordTooWeak("nome")
    if password == current:
        raise PasswordTooWeak("uguale")


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(24))
