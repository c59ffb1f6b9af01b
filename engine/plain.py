"""Statements as the driver takes them: for those that every step sends.

SQLAlchemy's reading of a statement, of its parameters and of its rows costs as much as PostgreSQL's answer to a small
one. Its connection, its events (whoever tells the ente listens to them) and its errors remain. Values go in and come
out as psycopg2 has them: JSON goes in as text, bytes come out as a memoryview.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


def send(session: AnySession, statement: str, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute a statement with parameters like `%(name)s` in the session's transaction; nothing is flushed before."""
    return session.connection().exec_driver_sql(statement, dict(values))
