"""Statements as the driver takes them: for those that every step sends.

SQLAlchemy's reading of a statement, of its parameters and of its rows costs as much as PostgreSQL's answer to a small
one. Its connection, its events (whoever tells the ente listens to them) and its errors remain. Values go in and come
out as psycopg2 has them: JSON goes in as text, bytes come out as a memoryview.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2.extras import NamedTupleCursor
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


def send(session: AnySession, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Execute a statement with parameters like `%(name)s` in the session's transaction; nothing is flushed before.

    Its rows are named tuples. Raises what SQLAlchemy raises.
    """
    connection = session.connection()
    try:
        with closing(connection.connection.cursor(cursor_factory=NamedTupleCursor)) as cursor:
            about = (connection, cursor, statement, values, None, False)
            connection.dispatch.before_cursor_execute(*about)
            cursor.execute(statement, values)
            connection.dispatch.after_cursor_execute(*about)
            return list(cursor.fetchall()) if cursor.description else []
    except psycopg2.Error as error:
        # the only way to its errors: told as its own, and a connection that has died taken out of the pool
        connection._handle_dbapi_exception(error, statement, dict(values), None, None)
