"""Hashes and ciphertexts that only who holds the bearer token can make or read.

The token is 256 random bits, so one keyed hash of it per purpose is key enough. The database keeps but the
token's own hash: a copy of it opens no stored answer.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, random: a token makes far fewer than 2**32 answers


class Secret:
    """The keys that one bearer token gives."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def fingerprint(self, purpose: bytes, *parts: bytes) -> bytes:
        """32 bytes that tell whether two things are the same, and nothing about them."""
        found = hmac.new(self._key(b"impronta:" + purpose), digestmod=hashlib.sha256)
        for part in parts:
            found.update(len(part).to_bytes(8, "big") + part)
        return found.digest()

    def seal(self, text: bytes, place: bytes) -> bytes:
        """Encrypt a text that belongs in one place."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key(b"risposta")).encrypt(nonce, text, place)

    def unseal(self, sealed: bytes, place: bytes) -> bytes:
        """What was sealed for that place. Raises cryptography.exceptions.InvalidTag."""
        return AESGCM(self._key(b"risposta")).decrypt(sealed[:_NONCE], sealed[_NONCE:], place)

    def _key(self, purpose: bytes) -> bytes:
        return hmac.digest(self._token, b"percorsi:api:" + purpose, "sha256")
