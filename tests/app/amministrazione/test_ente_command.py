"""`percorsi ente`, run against the test's database: an installation begins here."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.models import Account
from app.accounts.service import NewAccount, close_account, grant_role, open_account
from app.commands import ente as command
from app.commands.ente import EnteRefused
from app.commands.publish import EnteNotFound
from app.database.context import ente_context
from app.enti.model import Ente
from app.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings("test", tmp_path, "127.0.0.1", 0, "k" * 40, database_url, None)


def test_an_ente_is_opened_and_its_first_administrator_comes_in(
    settings: Settings, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    assert command.create(settings, "savona", "Comune di Savona", "comune", "009056", "I480") == 0
    capsys.readouterr()
    assert command.admin(settings, "savona", "Ada.Rossi", "Ada", "Rossi") == 0
    # then
    ente = session.scalars(select(Ente).where(Ente.slug == "savona")).one()
    session.rollback()
    with ente_context(ente.id):
        account = session.scalars(select(Account)).one()
        operator = operators.load(session, account.id)
        assert operator is not None
        assert (operator.ruoli, operator.must_change, operator.username) == (
            {"amministratore_ente"}, True, "ada.rossi",
        )  # fmt: skip
        assert len(capsys.readouterr().out.strip()) >= 16


def test_an_administrator_who_cannot_come_in_any_more_comes_back(
    settings: Settings, session: Session, ente: int, capsys: pytest.CaptureFixture[str]
) -> None:
    # given one suspended, and no other
    ada, _ = open_account(
        session, None, NewAccount("ada.rossi", "Ada", "Rossi", password="quattro parole sue")
    )
    close_account(session, None, ada)
    session.commit()
    # when
    command.admin(settings, "genova", "ada.rossi", None, None)
    command.admin(settings, "genova", "ada.rossi", None, None)
    # then
    first, second = capsys.readouterr().out.split()
    assert first != second
    operator = operators.load(session, ada)
    assert operator is not None
    assert [grant.ruolo for grant in operator.roles] == ["amministratore_ente"]


def test_what_cannot_be_is_refused_in_words(settings: Settings, session: Session, ente: int) -> None:
    # given
    ida, _ = open_account(session, None, NewAccount("ida.neri", "Ida", "Neri"))
    grant_role(session, None, ida, "assistente_sociale")
    session.commit()
    # when / then
    with pytest.raises(EnteRefused, match="già un ente"):
        command.create(settings, "genova", "Genova", "comune")
    with pytest.raises(EnteRefused, match="slug"):
        command.create(settings, "Città Nuova", "Città Nuova", "comune")
    with pytest.raises(EnteNotFound):
        command.admin(settings, "atlantide", "ada.rossi", "Ada", "Rossi")
    with pytest.raises(EnteRefused, match="nome e cognome"):
        command.admin(settings, "genova", "ada.rossi", None, None)
    with pytest.raises(EnteRefused, match="ruoli sulle persone"):
        command.admin(settings, "genova", "ida.neri", None, None)
    with pytest.raises(EnteRefused, match="altro ente"):
        command.admin(settings, "recco", "ida.neri", "Ida", "Neri")
