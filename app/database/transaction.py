"""A unit of work: committed once, repeated when PostgreSQL asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from app.database import db

REPEATS = 3
_SERIALIZATION_FAILURE = "40001"
_DEADLOCK = "40P01"

P = ParamSpec("P")
T = TypeVar("T")

_inside: ContextVar[bool] = ContextVar("inside_transaction", default=False)


def retrying(session: Session | scoped_session[Any], work: Callable[[], T]) -> T:
    """Run `work`, commit, and return what it returned; up to three repeats, unseen by the user.

    `work` is repeated from its beginning, so it reads what it needs itself and touches nothing but the
    database. Anything it raises rolls back.
    """
    repeats = 0
    while True:
        try:
            result = work()
            session.commit()
            return result
        except DBAPIError as error:
            session.rollback()
            if repeats == REPEATS or not may_repeat(error):
                raise
        except BaseException:
            session.rollback()
            raise
        repeats += 1
        time.sleep(random.uniform(0, 0.02 * 2**repeats))  # noqa: S311 - it only spreads the competitors


def beginning(session: Session | scoped_session[Any], read: Callable[[], T]) -> T:
    """What `read` finds, when nothing was done in this transaction before it.

    It is the first to use a connection, and may find that it died at rest: another one is taken, unseen by the user.
    """
    try:
        return read()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        session.rollback()
        return read()


def transactional(use_case: Callable[P, T]) -> Callable[P, T]:
    """Make `use_case` one transaction of `db.session`; called inside another one, it joins that."""

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _inside.get():
            return use_case(*args, **kwargs)
        token = _inside.set(True)
        try:
            return retrying(db.session, partial(use_case, *args, **kwargs))
        finally:
            _inside.reset(token)

    return run


def may_repeat(error: DBAPIError) -> bool:
    """Whether nothing of the failed transaction took effect and another attempt may go better.

    A connection lost in a statement never sent its COMMIT; one lost in the COMMIT itself (no statement) may
    have been committed, and repeating would do the work twice.
    """
    if error.connection_invalidated:
        return error.statement is not None
    return getattr(error.orig, "pgcode", None) in (_SERIALIZATION_FAILURE, _DEADLOCK)
