"""`percorsi token`: give another program of an ente its token, see which there are, end one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Account, RuoloOperatore, TokenApi
from app.accounts.operator import Operator
from app.accounts.operators import load
from app.api.scopes import SCOPES
from app.commands.place import opened
from app.commands.publish import EnteNotFound
from app.database.context import ente_context
from app.enti.model import Ente
from app.settings import Settings
from app.startup import StartupRefused

ADMINISTRATOR = "amministratore_ente"


class TokenRefused(StartupRefused):
    """The token cannot be made or ended; the message says why."""


def create(
    settings: Settings,
    ente: str,
    nome: str,
    scopes: Sequence[str],
    da: str | None = None,
    giorni: int | None = None,
) -> int:
    """Make a token and print it, this once. Raises StartupRefused.

    `da`: the nome_utente of the administrator who answers for it (None: the ente's only one);
    `giorni`: how long it lasts (None: until it is ended).
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        told = f"Gli ambiti {', '.join(unknown)} non esistono. " if unknown else "Serve almeno un ambito. "
        raise TokenRefused(told + f"Ci sono: {', '.join(SCOPES)}.")
    if not nome.strip():
        raise TokenRefused("Serve il nome del programma che userà il token.")
    expires_at = None if giorni is None else datetime.now(UTC) + timedelta(days=giorni)
    with _in_ente(settings, ente) as session:
        token = tokens.issue(session, _administrator(session, da), nome.strip(), scopes, expires_at)
    print(token)
    return 0


def show(settings: Settings, ente: str) -> int:
    """Print the tokens in force of an ente: number, name, scopes, expiry. Raises StartupRefused."""
    with _in_ente(settings, ente) as session:
        query = select(TokenApi).where(
            TokenApi.revoked_at.is_(None),
            or_(TokenApi.expires_at.is_(None), TokenApi.expires_at > func.now()),
        )
        for token in session.scalars(query.order_by(TokenApi.id)):
            until = f"fino al {token.expires_at:%d/%m/%Y}" if token.expires_at else "senza scadenza"
            print(f"{token.id}\t{token.nome}\t{' '.join(token.scopes)}\t{until}")
    return 0


def revoke(settings: Settings, ente: str, token_id: int, da: str | None = None) -> int:
    """End a token at once. Raises StartupRefused."""
    with _in_ente(settings, ente) as session:
        found = session.scalar(
            select(TokenApi.id).where(TokenApi.id == token_id, TokenApi.revoked_at.is_(None))
        )
        if found is None:
            raise TokenRefused(f"Il token {token_id} non c'è, o è già finito.")
        tokens.revoke(session, _administrator(session, da), token_id)
    return 0


@contextmanager
def _in_ente(settings: Settings, slug: str) -> Iterator[Session]:
    """A transaction of the ente with that slug, committed at the end."""
    with opened(settings) as database:
        with Session(database) as session:
            ente_id = session.scalar(select(Ente.id).where(Ente.slug == slug))
            if ente_id is None:
                raise EnteNotFound(slug, list(session.scalars(select(Ente.slug).order_by(Ente.slug))))
        with ente_context(ente_id), Session(database) as session, session.begin():
            yield session


def _administrator(session: Session, nome_utente: str | None) -> Operator:
    """Who answers for the token: its issue is recorded under this name."""
    held = select(RuoloOperatore.account_id).where(RuoloOperatore.ruolo == ADMINISTRATOR)
    query = select(Account).where(Account.attivo, Account.id.in_(held)).order_by(Account.nome_utente)
    found = [
        operator
        for account in session.scalars(query)
        if nome_utente in (None, account.nome_utente)
        and (operator := load(session, account.id)) is not None
        and ADMINISTRATOR in operator.ruoli
    ]
    if not found:
        raise TokenRefused("Nell'ente non c'è chi possa rispondere del token: serve chi amministra l'ente.")
    if len(found) > 1:
        raise TokenRefused(f"Chi risponde del token? {', '.join(each.username for each in found)}.")
    return found[0]
