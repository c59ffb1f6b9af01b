"""Addresses of databases: one form for SQLAlchemy, one for libpq."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg2"
_ALIASES = {"postgres", "postgresql", DRIVER}


def normalised(text: str) -> str:
    """The address in SQLAlchemy's form with our driver; ValueError when it is not one of PostgreSQL."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("not a database address") from None
    if url.drivername not in _ALIASES or not url.database:
        raise ValueError("not the address of a PostgreSQL database")
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def on_socket(directory: Path, role: str, database: str) -> str:
    """The address of a database behind the unix socket in `directory`."""
    url = URL.create(DRIVER, username=role, database=database, query={"host": str(directory)})
    return url.render_as_string(hide_password=False)


def libpq(url: str) -> str:
    """The same address as libpq and psycopg 3 read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def public(url: str) -> str:
    """The address without its password, for messages."""
    return make_url(url).set(drivername="postgresql", password=None).render_as_string()


def role(url: str) -> str:
    """The role that an address connects as."""
    return make_url(url).username or ""
