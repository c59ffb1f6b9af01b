"""What an administrator does with accounts, and what the operator of a request has in hand."""

from datetime import date

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.models import Account, RuoloOperatore
from app.accounts.operator import Operator, RoleGrant
from app.accounts.passwords import PasswordTooWeak
from app.accounts.service import (
    NewAccount,
    OwnRole,
    RoleUnknown,
    close_account,
    end_role,
    grant_role,
    holders_of,
    open_account,
    reset_password,
)
from app.audit.models import Audit
from app.database.context import ente_context
from app.rights.policy import NotAllowed

ADMIN = Operator(999, 1, "Amministratore", (RoleGrant("amministratore_ente"),))


def test_an_operator_has_the_roles_in_force_with_the_units_below(session: Session, an_account):
    # given
    account_id = an_account()
    grant_role(session, None, account_id, "responsabile_ats", dal=date(2020, 1, 1), al=date(2020, 12, 31))
    grant_role(session, None, account_id, "uvm", dal=date(2100, 1, 1))
    grant_role(session, None, account_id, "ragioneria")
    # when
    operator = operators.load(session, account_id)
    # then
    assert operator.roles == (
        RoleGrant("assistente_sociale", "valpolcevera", frozenset({"bolzaneto"})),
        RoleGrant("ragioneria", None, frozenset()),
    )
    assert operator.roles[0].covers("bolzaneto")
    assert not operator.roles[0].covers("levante")
    assert (operator.name, operator.username, operator.ente_id) == ("Giulia Parodi", "giulia.parodi", 1)


def test_a_role_ended_today_is_over_at_once(session: Session, an_account):
    account_id = an_account()
    end_role(session, None, session.scalars(select(RuoloOperatore.id)).one())
    assert operators.load(session, account_id).roles == ()


def test_who_held_which_role_when_cannot_be_rewritten(session: Session, an_account):
    an_account()
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("update ruolo_operatore set ruolo = 'dirigente'"))


def test_an_account_of_another_ente_cannot_be_loaded_nor_given_a_role(session: Session, an_account):
    other = an_account("anna.traverso", ente_id=2, unita="recco")
    assert operators.load(session, other) is None
    with pytest.raises(IntegrityError):
        grant_role(session, None, other, "assistente_sociale")


def test_a_role_in_a_unit_of_another_ente_is_refused(session: Session, an_account):
    account_id = an_account()
    with pytest.raises(IntegrityError):
        grant_role(session, None, account_id, "assistente_sociale", "recco")


def test_a_closed_account_cannot_be_loaded_and_stays_on_record(session: Session, an_account):
    account_id = an_account()
    close_account(session, ADMIN, account_id)
    assert operators.load(session, account_id) is None
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("delete from account"))


def test_an_account_without_a_password_gets_a_provisional_one(session: Session, an_account):
    account_id, password = open_account(session, ADMIN, NewAccount("Marco.Bruzzone", "Marco", "Bruzzone"))
    account = session.scalars(select(Account).where(Account.id == account_id)).one()
    assert account.nome_utente == "marco.bruzzone"
    assert account.must_change
    assert len(password) >= 16
    assert password not in account.password_hash
    assert reset_password(session, ADMIN, account_id) != password


def test_a_username_is_taken_whatever_the_ente_and_the_capitals(session: Session, an_account):
    an_account("anna.traverso", ente_id=2, unita="recco")
    with pytest.raises(IntegrityError):
        open_account(session, ADMIN, NewAccount("Anna.Traverso", "Anna", "Traverso"))


def test_a_weak_password_is_refused(session: Session, units: None):
    with pytest.raises(PasswordTooWeak):
        open_account(session, ADMIN, NewAccount("a.b", "A", "B", password="corta"))


def test_only_an_administrator_manages_accounts_and_never_for_oneself(session: Session, an_account):
    account_id = an_account()
    worker = Operator(account_id, 1, "Giulia", (RoleGrant("responsabile_ats"),))
    with pytest.raises(NotAllowed):
        open_account(session, worker, NewAccount("a.b", "A", "B"))
    with pytest.raises(NotAllowed):
        grant_role(session, worker, account_id, "dirigente")
    admin = Operator(account_id, 1, "Giulia", (RoleGrant("amministratore_ente"),))
    with pytest.raises(OwnRole):
        grant_role(session, admin, account_id, "dirigente")


@pytest.mark.parametrize("ruolo", ["persona_caregiver", "imperatore"])
def test_a_role_that_nobody_holds_is_refused(session: Session, an_account, ruolo: str):
    with pytest.raises(RoleUnknown):
        grant_role(session, None, an_account(), ruolo)


def test_a_task_can_be_assigned_to_who_holds_its_role_there(session: Session, an_account):
    here, everywhere = an_account(), an_account("marco.bruzzone", unita=None)
    an_account("luca.ferrari", unita="levante")
    an_account("anna.conte", ruolo="amministrativo")
    found = [account.id for account in holders_of(session, "persona_caregiver", "valpolcevera")]
    assert sorted(found) == sorted([here, everywhere])


def test_what_the_administrator_does_is_in_the_audit_without_the_password(
    session: Session, engine: Engine, an_account
):
    _, password = open_account(session, ADMIN, NewAccount("marco.bruzzone", "Marco", "Bruzzone"))
    rows = session.scalars(select(Audit)).all()
    assert [(row.azione, row.account_id) for row in rows] == [("account.open", 999)]
    assert password not in str([vars(row) for row in rows])


@pytest.mark.parametrize(
    "table",
    [
        "account",
        "ruolo_operatore",
        "sessione",
        "token_api",
        "modulo_sospeso",
        "accesso_straordinario",
        "audit",
    ],
)
def test_the_rows_of_an_ente_are_invisible_to_another(
    session: Session, owner_engine: Engine, an_account, table: str
):
    an_account()
    session.rollback()
    query = text(f"select count(*) from {table}")
    with owner_engine.connect() as owner:
        forced = owner.scalar(
            text("select relforcerowsecurity from pg_class where relname = :t"), {"t": table}
        )
    assert forced
    for other in (2, None):
        with ente_context(other):
            assert session.scalar(query) == 0
        session.rollback()
