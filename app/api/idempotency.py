"""`Idempotency-Key`: a command sent again gets the stored answer, and takes effect once.

The answer is stored in the transaction of the effect: both are there, or neither. A refused command stores
nothing, so that it can be put right and sent again under the same key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Response, request
from sqlalchemy import delete, func
from sqlalchemy.orm import Session, scoped_session
from werkzeug.exceptions import Unauthorized

from app.accounts.tokens import ApiClient, bearer, client_of
from app.api.failures import KeyMalformed, KeyMissing, KeyReused, RequestUnderWay
from app.api.model import RichiestaApi
from app.api.reply import Reply, unpack
from app.api.secret import Secret
from app.database import db
from app.database.transaction import transactional
from engine.plain import send

HEADER: Final = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?")
_TAKE: Final = (
    "select taken, impronta, risposta "
    "from richiesta_take_key(%(ente_id)s, %(token_id)s, %(chiave)s, %(lock)s)"
)
_KEEP: Final = "select richiesta_keep(%(bearer)s, %(chiave)s, %(impronta)s, %(risposta)s) as kept"


@dataclass(frozen=True)
class Ticket:
    """One request under one key."""

    client: ApiClient
    secret: Secret
    chiave: bytes
    impronta: bytes

    @property
    def lock(self) -> int:
        """The advisory lock of this key, a signed 64-bit number."""
        return int.from_bytes(self.chiave[:8], "big", signed=True)

    @property
    def row(self) -> dict[str, object]:
        """The key of its row."""
        return {
            "ente_id": self.client.ente_id,
            "token_id": self.client.token_id,
            "chiave": self.chiave,
        }

    @property
    def place(self) -> bytes:
        """What ties a sealed answer to its row."""
        return f"{self.client.ente_id}:{self.client.token_id}:".encode() + self.chiave


def once(client: ApiClient, work: Callable[[], Reply], *, key_required: bool = False) -> Response:
    """Do `work` and commit, or give back what it answered the first time.

    Raises KeyMissing, KeyMalformed, KeyReused, RequestUnderWay, Unauthorized (the token was revoked while
    `work` waited for another), and what `work` raises.
    """
    ticket = _ticket(client, key_required)

    @transactional
    def run() -> Response:
        stored = None if ticket is None else _stored(ticket)
        if stored is not None:
            return stored.response(replayed=True)
        answer = work()
        if not (_still_good() if ticket is None else _keep(ticket, answer)):
            raise Unauthorized
        return answer.response()

    return run()


def _ticket(client: ApiClient, key_required: bool) -> Ticket | None:
    key = request.headers.get(HEADER)
    if key is None:
        if key_required:
            raise KeyMissing
        return None
    if not _KEY.fullmatch(key):
        raise KeyMalformed
    secret = Secret(request.headers.get("Authorization", "").partition(" ")[2].strip())
    asked = (request.method.encode(), request.path.encode(), request.get_data(cache=True))
    return Ticket(
        client=client,
        secret=secret,
        chiave=secret.fingerprint(b"chiave", key.encode()),
        impronta=secret.fingerprint(b"richiesta", *asked),
    )


def _stored(ticket: Ticket) -> Reply | None:
    """The answer of an earlier request; holds the key for this one when there is none."""
    found = send(db.session, _TAKE, {**ticket.row, "lock": ticket.lock})[0]
    if not found.taken:
        raise RequestUnderWay
    if found.impronta is None:
        return None
    if bytes(found.impronta) != ticket.impronta:
        raise KeyReused
    return unpack(ticket.secret.unseal(bytes(found.risposta), ticket.place))


def _keep(ticket: Ticket, answer: Reply) -> bool:
    """Store the answer; False when the token has ended meanwhile."""
    sealed = ticket.secret.seal(answer.pack(), ticket.place)
    kept = {
        "chiave": ticket.chiave,
        "impronta": ticket.impronta,
        "risposta": sealed,
        "bearer": bearer(request.headers.get("Authorization")),
    }
    return bool(send(db.session, _KEEP, kept)[0].kept)


def _still_good() -> bool:
    return client_of(db.session, request.headers.get("Authorization")) is not None


def sweep(session: Session | scoped_session[Session]) -> int:
    """Remove the expired answers of the transaction's ente; returns how many. The caller commits."""
    result = session.execute(delete(RichiestaApi).where(RichiestaApi.expires_at <= func.now()))
    return int(result.rowcount)  # type: ignore[attr-defined]
