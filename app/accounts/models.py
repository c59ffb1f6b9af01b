"""The tables of accounts: keys begin with ente_id, times are the database's, secrets are kept as hashes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.enti.model import Ente, Unita

Instant = DateTime(timezone=True)


def _of_account(column: str = "account_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["ente_id", column], ["account.ente_id", "account.id"])


class Account(Base):
    """Somebody who works here. `nome_utente` is lower case and unique across the enti.

    That uniqueness tells an administrator that a name is taken elsewhere: a known, small price for a login
    page that asks no ente. The page itself never tells (app/accounts/login.py).
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("nome_utente"),
        CheckConstraint("nome_utente = lower(btrim(nome_utente)) AND nome_utente <> ''", name="nome_utente"),
    )

    ente_id: Mapped[int] = mapped_column(ForeignKey(Ente.id), primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    nome_utente: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    nome: Mapped[str] = mapped_column(Text)
    cognome: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    attivo: Mapped[bool] = mapped_column(server_default=text("true"))
    sintetico: Mapped[bool] = mapped_column(server_default=text("false"))
    must_change: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())

    @property
    def name(self) -> str:
        return f"{self.nome} {self.cognome}"


class RuoloOperatore(Base):
    """A role given to an account in a unit (None: the whole ente), from `dal` to `al`, both included.

    Ended on its first day, it was never held: `al` is the day before `dal`.
    """

    __tablename__ = "ruolo_operatore"
    __table_args__ = (
        _of_account(),
        ForeignKeyConstraint(["ente_id", "unita_id"], [Unita.ente_id, Unita.id]),
        _of_account("granted_by"),
        CheckConstraint("al IS NULL OR al >= dal - 1", name="periodo"),
        Index(None, "ente_id", "account_id"),
    )

    ente_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    unita_id: Mapped[str | None] = mapped_column(Text)
    ruolo: Mapped[str] = mapped_column(Text)
    dal: Mapped[date]
    al: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(BigInteger)


class Sessione(Base):
    """A login that lasts. The cookie has the token, this row its SHA-256: a stolen table opens nothing."""

    __tablename__ = "sessione"
    __table_args__ = (_of_account(), Index(None, "ente_id", "account_id"), Index(None, "expires_at"))

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    ente_id: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Instant)
    user_agent_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class TentativoAccesso(Base):
    """Failed logins of one username or one address, under a keyed hash: the table names nobody."""

    __tablename__ = "tentativo_accesso"

    chiave: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fallimenti: Mapped[int]
    ultimo_at: Mapped[datetime] = mapped_column(Instant)
    bloccato_fino_at: Mapped[datetime | None] = mapped_column(Instant)


class TokenApi(Base):
    """A bearer token of another program of the ente, limited to its scopes; it opens nothing until approved."""

    __tablename__ = "token_api"
    __table_args__ = (
        _of_account("created_by"),
        _of_account("approved_by"),
        UniqueConstraint("token_hash"),
        CheckConstraint("approved_by <> created_by", name="due_persone"),
    )

    ente_id: Mapped[int] = mapped_column(ForeignKey(Ente.id), primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    nome: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)


class ModuloSospeso(Base):
    """A form sent when the session had expired: kept an hour, for the same account only."""

    __tablename__ = "modulo_sospeso"
    __table_args__ = (_of_account(), Index(None, "expires_at"))

    ente_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    percorso: Mapped[str] = mapped_column(Text)
    campi: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Instant)
