"""Slowing down who guesses passwords: counted in the database, because many web processes share the count.

An attempt is counted before its password is looked at, so parallel guesses cannot outrun the count. Past the
free attempts each failure doubles the wait, up to a quarter of an hour: more would let anybody lock out a
colleague.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session


@dataclass(frozen=True)
class Limit:
    """How many failures are free before waits begin."""

    kind: str
    free: int


BY_USERNAME: Final = Limit("nome", 5)
BY_ADDRESS: Final = Limit("indirizzo", 50)  # a whole comune may come from one address
LONGEST_WAIT: Final = 900  # seconds
FORGET_AFTER: Final = "1 hour"


@dataclass(eq=False)
class Throttled(Exception):
    """Too many attempts: none is looked at before `retry_at`, `seconds` from now."""

    retry_at: datetime
    seconds: int


# No row comes back while the key is blocked: the WHERE refuses the update, and that attempt is not counted.
_COUNT = text(
    f"""
    insert into tentativo_accesso as t (chiave, fallimenti, ultimo_at)
    values (:chiave, 1, clock_timestamp())
    on conflict (chiave) do update set
        fallimenti = case when t.ultimo_at < clock_timestamp() - interval '{FORGET_AFTER}'
                          then 1 else t.fallimenti + 1 end,
        ultimo_at = clock_timestamp(),
        bloccato_fino_at = case
            when t.ultimo_at >= clock_timestamp() - interval '{FORGET_AFTER}' and t.fallimenti + 1 >= :free
            then clock_timestamp()
                 + least(power(2, least(t.fallimenti + 1 - :free, 20)), {LONGEST_WAIT}) * interval '1 second'
        end
    where t.bloccato_fino_at is null or t.bloccato_fino_at <= clock_timestamp()
    returning t.fallimenti
    """  # noqa: S608 - our own constants
)
_BLOCKED_UNTIL = text(
    """
    select bloccato_fino_at, greatest(1, ceil(extract(epoch from bloccato_fino_at - clock_timestamp())))::int
    from tentativo_accesso where chiave = :chiave and bloccato_fino_at is not null
    """
)
_FORGIVE = text(
    "update tentativo_accesso set fallimenti = greatest(fallimenti - 1, 0), bloccato_fino_at = null "
    "where chiave = :chiave"
)
_FORGET = text("delete from tentativo_accesso where chiave = :chiave")
_PURGE = text(
    f"delete from tentativo_accesso where ultimo_at < clock_timestamp() - interval '{FORGET_AFTER}'"  # noqa: S608
)

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class Throttle:
    """The counts of one login attempt. `secret` keys the hashes, so that the table names nobody."""

    session: AnySession
    secret: str
    username: str
    address: str

    def count(self) -> None:
        """Count the attempt and commit. Raises Throttled while the address or the username must wait."""
        for limit, value in ((BY_ADDRESS, network_of(self.address)), (BY_USERNAME, self.username)):
            key = self._key(limit, value)
            counted = self.session.scalar(_COUNT, {"chiave": key, "free": limit.free})
            wait = None if counted else self.session.execute(_BLOCKED_UNTIL, {"chiave": key}).one_or_none()
            self.session.commit()
            if wait is not None:
                raise Throttled(*wait)

    def succeeded(self) -> None:
        """Forget the failures of the username, and this attempt of the address; the caller commits."""
        self.session.execute(_FORGET, {"chiave": self._key(BY_USERNAME, self.username)})
        self.session.execute(_FORGIVE, {"chiave": self._key(BY_ADDRESS, network_of(self.address))})

    def _key(self, limit: Limit, value: str) -> bytes:
        return hmac.digest(self.secret.encode(), f"{limit.kind}:{value}".encode(), hashlib.sha256)


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one subscriber has 2⁶⁴ of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return parsed.ipv4_mapped.compressed if parsed.ipv4_mapped else f"{int(parsed) >> 64:x}/64"
    return parsed.compressed


def purge(session: AnySession) -> None:
    """Forget old counts; the caller commits. For the clock, once an hour."""
    session.execute(_PURGE)
