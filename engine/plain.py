"""Statements as the driver takes them: for those that every step sends.

SQLAlchemy's reading of a statement, of its parameters and of its rows costs as much as PostgreSQL's answer to a small
one. Its connection, its events (whoever tells the ente listens to them) and its errors remain. Values go in and come
out as psycopg2 has them: JSON goes in as text, bytes come out as a memoryview.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, cast

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]

_KNOWN: Final = "percorsi_plain"
_name: Final = itemgetter(0)  # of a column, as the driver describes it


def send(session: AnySession, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Execute a statement with parameters like `%(name)s` in the session's transaction; nothing is flushed before.

    Its rows are named tuples. Raises what SQLAlchemy raises.
    """
    connection = _connection(session() if isinstance(session, scoped_session) else session)
    try:
        with closing(connection.connection.cursor()) as cursor:
            about = (connection, cursor, statement, values, None, False)
            connection.dispatch.before_cursor_execute(*about)
            cursor.execute(statement, values)
            connection.dispatch.after_cursor_execute(*about)
            if cursor.description is None:
                return []
            return list(map(_row(tuple(map(_name, cursor.description))), cursor.fetchall()))
    except psycopg2.Error as error:
        # the only way to its errors: told as its own, and a connection that has died taken out of the pool
        connection._handle_dbapi_exception(error, statement, dict(values), None, None)


def _connection(session: Session) -> Connection:
    """The connection of the session's transaction, looked up once in each; a session that has failed refuses it."""
    known = session.info.get(_KNOWN)
    if known is not None and known[0] is session.get_transaction() and session.is_active:
        return known[1]  # type: ignore[no-any-return]
    connection = session.connection()
    session.info[_KNOWN] = session.get_transaction(), connection
    return connection


@lru_cache(maxsize=256)
def _row(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return cast(Callable[[Iterable[Any]], Any], row._make)
