"""Removing what has had its time: for the clock, once an hour."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, scoped_session

from app.accounts import pending, sessions, throttle

AnySession = Session | scoped_session[Any]


def sweep(session: AnySession) -> None:
    """Remove the transaction's ente's ended sessions and kept forms, and old login counts of everybody.

    The caller enters each ente in turn and commits.
    """
    sessions.purge(session)
    pending.purge(session)
    throttle.purge(session)
