"""`percorsi token`, run against the test's database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import TokenApi
from app.accounts.service import grant_role
from app.accounts.tokens import client_of
from app.api import tokens_command
from app.api.tokens_command import TokenRefused
from app.commands.publish import EnteNotFound
from app.settings import Settings

SCOPES = ["pratiche:read", "attivita:read"]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, database_url, None)


@pytest.fixture
def carla(session: Session, people: dict[str, str]) -> None:
    grant_role(session, None, 1, "amministratore_ente", None)
    session.commit()


def test_a_token_is_printed_once_and_opens_what_it_says(
    settings: Settings, carla: None, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    assert tokens_command.create(settings, "genova", "anagrafe", SCOPES, giorni=90) == 0
    # then
    client = client_of(session, f"Bearer {capsys.readouterr().out.strip()}")
    assert client is not None
    assert (client.ente_id, client.nome, client.scopes) == (1, "anagrafe", frozenset(SCOPES))
    assert session.query(TokenApi).one().expires_at is not None


def test_the_tokens_in_force_are_listed_until_they_are_ended(
    settings: Settings, carla: None, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    tokens_command.create(settings, "genova", "anagrafe", SCOPES)
    capsys.readouterr()
    # when
    tokens_command.show(settings, "genova")
    # then
    number, nome, scopes, until = capsys.readouterr().out.strip().split("\t")
    assert (nome, scopes, until) == ("anagrafe", "attivita:read pratiche:read", "senza scadenza")
    # when
    tokens_command.revoke(settings, "genova", int(number))
    tokens_command.show(settings, "genova")
    # then
    assert capsys.readouterr().out == ""
    with pytest.raises(TokenRefused, match="già finito"):
        tokens_command.revoke(settings, "genova", int(number))


def test_what_cannot_be_is_refused_in_words(settings: Settings, carla: None) -> None:
    with pytest.raises(EnteNotFound, match="genova"):
        tokens_command.create(settings, "atlantide", "anagrafe", SCOPES)
    with pytest.raises(TokenRefused, match="pratiche:delete"):
        tokens_command.create(settings, "genova", "anagrafe", ["pratiche:delete"])
    with pytest.raises(TokenRefused, match="almeno un ambito"):
        tokens_command.create(settings, "genova", "anagrafe", [])


def test_somebody_answers_for_each_token(settings: Settings, people: dict[str, str]) -> None:
    with pytest.raises(TokenRefused, match="chi amministra"):
        tokens_command.create(settings, "genova", "anagrafe", SCOPES)


def test_of_two_administrators_one_is_named(
    settings: Settings,
    carla: None,
    session: Session,
    owner_engine: Database,
    rows: Callable[[str], list[object]],
) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "insert into account (ente_id, nome_utente, password_hash, nome, cognome) "
                "values (1, 'dino', '-', 'Dino', 'Dapelo')"
            )
        )
        connection.execute(
            text(
                "insert into ruolo_operatore (ente_id, account_id, ruolo, dal) "
                "select 1, id, 'amministratore_ente', '2020-01-01' from account where nome_utente = 'dino'"
            )
        )
    # then
    with pytest.raises(TokenRefused, match="carla, dino"):
        tokens_command.create(settings, "genova", "anagrafe", SCOPES)
    assert tokens_command.create(settings, "genova", "anagrafe", SCOPES, da="dino") == 0
