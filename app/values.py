"""Reading what an operation is asked: days, money and ids from JSON, the session and the day of a call."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine import Broken, Call

ROME: Final = ZoneInfo("Europe/Rome")
CENT: Final = Decimal("0.01")
_ACCOUNT: Final = re.compile(r"(?:operatore|account):(\d+)")

Row = TypeVar("Row")


def session_of(call: Call) -> Session:
    """The session of an inside operation."""
    assert call.session is not None
    return call.session


def day_of(instant: datetime) -> date:
    """The day that people here call it."""
    return instant.astimezone(ROME).date()


def today(call: Call) -> date:
    return day_of(call.now)


def to_day(value: Any) -> date | None:
    """A day from ISO text, also from an instant; None and "" have none. Raises Broken."""
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if len(value) == len("2026-11-25") else day_of(_instant(value))
    except (TypeError, ValueError):
        raise Broken("una data non è scritta come AAAA-MM-GG") from None


def need_day(value: Any) -> date:
    """As `to_day`, for a required field."""
    found = to_day(value)
    if found is None:
        raise Broken("manca una data")
    return found


def to_instant(value: Any) -> datetime | None:
    """An instant from ISO text; without an offset it is Rome's. Raises Broken."""
    if value is None or value == "":
        return None
    try:
        return _instant(value)
    except (TypeError, ValueError):
        raise Broken("un istante non è scritto come AAAA-MM-GGTHH:MM") from None


def _instant(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return instant if instant.tzinfo else instant.replace(tzinfo=ROME)


def to_time(value: Any) -> time | None:
    """A time of day from «HH:MM». Raises Broken."""
    if value is None or value == "":
        return None
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise Broken("un'ora non è scritta come HH:MM") from None


def to_money(value: Any) -> Decimal:
    """Euro to the cent, rounded half up; nothing is zero."""
    return Decimal(value or 0).quantize(CENT, ROUND_HALF_UP)


def to_int(value: Any) -> int | None:
    return None if value is None else int(value)


def to_id(value: Any) -> int | None:
    """A key from its text; None when the text is no key of ours."""
    text = "" if value is None else str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def find(call: Call, model: type[Row], key: Any) -> Row:
    """The row with this key, in the call's ente. Raises Broken when there is none."""
    row = find_maybe(call, model, key)
    if row is None:
        raise Broken(f"{getattr(model, '__tablename__', model.__name__)} {key}: non esiste")
    return row


def find_maybe(call: Call, model: type[Row], key: Any) -> Row | None:
    """The row with this key, None when there is none."""
    number = to_id(key)
    return None if number is None else session_of(call).get(model, (call.ente_id, number))


def account_of(by: str | None) -> int | None:
    """The account behind the label under which somebody acts; None for what the machine does by itself."""
    match = _ACCOUNT.fullmatch(by or "")
    return int(match[1]) if match else None
