"""An ente with the paths of these tests and a program's token, and a neighbour."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import passwords, tokens
from app.accounts import service as accounts
from app.accounts.operator import Operator
from app.api.scopes import SCOPES
from app.database import engine as engines
from app.database.cluster import Urls
from app.database.context import current_ente, ente_context
from app.wiring import EngineMaker, make_engines
from engine import Bundle, operator
from tests.faults import outside, paths
from tests.faults.records import Records

T = TypeVar("T")

ENTE, NEIGHBOUR = 1, 2
ADMIN, COLLEAGUE = 1, 2
ADMINS = {ENTE: ADMIN, NEIGHBOUR: 3}
ENTI = """
    insert into ente (id, slug, nome, tipo, sintetico) values
    (1, 'genova', 'Comune di Genova', 'comune', true), (2, 'recco', 'Comune di Recco', 'comune', true)
"""
PASSWORD = "una parola lunga"  # noqa: S105 - of people who do not exist
PEOPLE = """
    insert into account (ente_id, nome_utente, password_hash, nome, cognome) values
    (1, 'carla', :hash, 'Carla', 'Costa'), (1, 'luca', :hash, 'Luca', 'Lai'), (2, 'rita', '-', 'Rita', 'Recco')
"""


def maker() -> EngineMaker:
    """Engines of the test's own process: they publish paths that call the register, and never call it."""
    made = make_engines({})
    made.operations.add(outside.operation())
    return made


def lay(urls: Urls, *more: Bundle) -> str:
    """Fill an empty database; returns a token with every scope."""
    records = Records(urls.owner)
    records.does(ENTI)
    records.does(PEOPLE, hash=passwords.hash_password(PASSWORD))
    publish(urls, *paths.ALL, *more)
    return with_session(urls, issue)


def publish(urls: Urls, *bundles: Bundle) -> None:
    made = maker()

    def work(session: Session) -> None:
        for bundle in bundles:
            made(session, ENTE).publish(bundle, operator(ADMIN))

    with_session(urls, work)


def issue(session: Session) -> str:
    """A token of the session's ente, with every scope."""
    ente = current_ente() or ENTE
    return tokens.issue(session, Operator(ADMINS[ente], ente, "Chi amministra"), "prova", list(SCOPES))


def give_role(urls: Urls, account_id: int, role: str) -> None:
    with_session(urls, lambda session: accounts.grant_role(session, None, account_id, role, None))


def end_roles(urls: Urls) -> None:
    """Nobody of the ente has a role any more."""

    def end(session: Session) -> None:
        for grant in session.execute(text("select id from ruolo_operatore where al is null")).all():
            accounts.end_role(session, None, grant.id)

    with_session(urls, end)


def with_session(urls: Urls, work: Callable[[Session], T], ente: int = ENTE) -> T:
    """What `work(session)` returns, committed, as the application and for an ente."""
    database = engines.connect(urls.application, pool_size=1)
    try:
        with ente_context(ente), Session(database) as session, session.begin():
            return work(session)
    finally:
        database.dispose()
