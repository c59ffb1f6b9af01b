"""The ente for which this thread of execution works, told to PostgreSQL in every transaction.

Row-level security reads it from `app.ente_id`, set with `set_config(…, true)`: local to the transaction,
so that a connection given back to the pool carries nothing over. No ente means no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

TELL = (
    "select set_config('app.ente_id', %(ente_id)s, true), "
    "(select in_trasferimento_at from ente where id = nullif(%(ente_id)s, '')::int)"
)
# The same as two columns of a statement that finds out the ente itself, as `found.ente_id`: then call `entered`.
ENTER = (
    "set_config('app.ente_id', found.ente_id::text, true), "
    "(select in_trasferimento_at from ente where id = found.ente_id) as moving"
)

_BACK = "ROLLBACK TO SAVEPOINT"  # in a failed transaction nothing else may be said before it

_ente: ContextVar[int | None] = ContextVar("ente", default=None)
_even_moving: ContextVar[bool] = ContextVar("even_moving", default=False)
_KEY = "ente_id"
_NOT_TOLD = object()


class EnteChanged(Exception):
    """A transaction begun for one ente was used for another: commit or roll back before changing ente."""

    def __init__(self, begun_for: int, used_for: int | None) -> None:
        super().__init__(f"transaction of ente {begun_for} used for ente {used_for}")
        self.begun_for = begun_for
        self.used_for = used_for


class EnteMoving(Exception):
    """The ente is on its way to another cell: whatever is done here would be lost, so nothing is."""

    def __init__(self, ente_id: int) -> None:
        super().__init__(f"ente {ente_id} is being moved")
        self.ente_id = ente_id


@contextmanager
def ente_context(ente_id: int | None) -> Iterator[None]:
    """Work for `ente_id`; None works for nobody and sees no row of any ente."""
    token = _ente.set(ente_id)
    try:
        yield
    finally:
        _ente.reset(token)


@contextmanager
def even_moving() -> Iterator[None]:
    """Work also for an ente that is being moved: for what moves it, and compares the two ends."""
    token = _even_moving.set(True)
    try:
        yield
    finally:
        _even_moving.reset(token)


def current_ente() -> int | None:
    """The ente for which we work now."""
    return _ente.get()


def watch(engine: Engine) -> None:
    """Make every transaction of `engine` say for which ente it works, just before its first statement.

    The answer tells whether the ente is being moved, in which case the statement raises EnteMoving.

    Before the first statement rather than at its beginning, so that a dead connection fails inside
    SQLAlchemy's own disconnect handling, and an ente known only after the login can enter the transaction
    that looked it up.
    """
    event.listen(engine, "begin", _forget)
    event.listen(engine, "rollback_savepoint", _forget)  # which undoes a set_config made inside the savepoint
    event.listen(engine, "before_cursor_execute", _tell)


def _forget(connection: Connection, *_: Any) -> None:
    connection.info[_KEY] = _NOT_TOLD


def entered(connection: Connection, ente_id: int, moving: object) -> None:
    """A statement has told PostgreSQL the ente (`ENTER`). Raises EnteChanged when it was told another, EnteMoving."""
    told = connection.info.get(_KEY, _NOT_TOLD)
    _forget(connection)  # if this is refused, whatever comes next must tell it again
    if told is not _NOT_TOLD and told is not None and told != ente_id:
        raise EnteChanged(told, ente_id)
    _refuse_moving(ente_id, moving)
    connection.info[_KEY] = ente_id


def _refuse_moving(ente_id: int, moving: object) -> None:
    if moving is not None and not _even_moving.get():
        raise EnteMoving(ente_id)


def _tell(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    told = connection.info.get(_KEY, _NOT_TOLD)
    ente_id = _ente.get()
    if told == ente_id or statement == TELL or statement.startswith(_BACK):
        return
    if told is not _NOT_TOLD and told is not None:
        raise EnteChanged(told, ente_id)
    if told is _NOT_TOLD and ente_id is None:
        # the setting is local to a transaction: at its beginning there is none, which is what None means
        connection.info[_KEY] = None
        return
    answer = connection.exec_driver_sql(TELL, {"ente_id": "" if ente_id is None else str(ente_id)})
    _refuse_moving(ente_id or 0, answer.one()[1])
    connection.info[_KEY] = ente_id
