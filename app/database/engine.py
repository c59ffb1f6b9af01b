"""How the application connects: time limits, exact JSON, and the ente told in each transaction."""

from __future__ import annotations

import select
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DataError, DisconnectionError

from app.database import context, db, silence
from engine.json import dumps_text, loads

POOL_TIMEOUT = 5  # seconds: an exhausted pool answers 503 soon instead of queueing people
STATEMENT_TIMEOUT = 30_000  # milliseconds
IDLE_TIMEOUT = 60_000  # milliseconds in a transaction that does nothing
UNTRANSLATABLE = "22P05"  # SQLSTATE of a NUL in JSON

LINE = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 10_000}
"""How long libpq tries (seconds), and when the kernel gives a line up that nobody acknowledges."""

_SESSION_SETTINGS = {
    "statement_timeout": STATEMENT_TIMEOUT,
    "lock_timeout": 10_000,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
    "timezone": "UTC",
}


def options(*, pool_size: int = 10) -> dict[str, Any]:
    """The arguments of `create_engine` for the application's role.

    No ping before use: it would cost a round trip a request. A connection that the database has closed says so by
    itself (`_refuse_dead`). One that fell silent is noticed by its first statement, which empties the pool, and
    `transaction.retrying` runs the work again on a new one.
    """
    return {
        "pool_size": pool_size,
        "max_overflow": 5,
        "pool_timeout": POOL_TIMEOUT,
        "pool_pre_ping": False,
        "hide_parameters": True,  # they are what people wrote: an error must not carry them into the logs
        "json_serializer": dumps_text,
        "json_deserializer": loads,
        "connect_args": {
            **LINE,
            "application_name": "percorsi",
            "options": " ".join(f"-c {name}={value}" for name, value in _SESSION_SETTINGS.items()),
        },
    }


def connect(database_url: str, *, pool_size: int = 10) -> Engine:
    """An engine for use outside Flask (worker, clock, commands, tests)."""
    engine = create_engine(database_url, **options(pool_size=pool_size))
    _watch(engine)
    return engine


def init_app(app: Flask, database_url: str) -> None:
    """Give `app` its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options()
    db.init_app(app)
    with app.app_context():
        _watch(db.engine)


def is_unstorable(error: Exception) -> bool:
    """Whether a text held the character NUL, which PostgreSQL keeps neither as text nor in JSON."""
    if isinstance(error, DataError):
        return getattr(error.orig, "pgcode", None) == UNTRANSLATABLE
    return type(error) is ValueError and "NUL (0x00)" in str(error)  # psycopg2's own, unwrapped


def _watch(engine: Engine) -> None:
    event.listen(engine, "connect", silence.watch)
    event.listen(engine, "checkout", _refuse_dead)
    context.watch(engine)


def _refuse_dead(connection: Any, *_: Any) -> None:
    """Have another connection taken in place of one that ended at rest: each transaction of a request takes its own.

    At rest the database says nothing, except why it closes: something to read is the end, and costs no round trip.
    """
    rest = select.poll()
    rest.register(connection.fileno(), select.POLLIN)
    if rest.poll(0):
        raise DisconnectionError
