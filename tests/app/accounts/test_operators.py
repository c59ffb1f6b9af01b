"""What an administrator does with accounts, and what the operator of a request has in hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.models import Account, RuoloOperatore
from app.accounts.operator import Operator, RoleGrant
from app.accounts.passwords import PasswordTooWeak
from app.accounts.service import (
    AccountNotFound,
    LastAdministrator,
    NewAccount,
    OwnAccount,
    PeriodWrong,
    RoleOverlaps,
    RolesApart,
    RoleUnknown,
    UsernameTaken,
    close_account,
    end_role,
    end_sessions,
    grant_role,
    holders_of,
    open_account,
    reopen_account,
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
    with pytest.raises(AccountNotFound):
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
    with pytest.raises(UsernameTaken):
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
    with pytest.raises(OwnAccount):
        grant_role(session, admin, account_id, "dirigente")


@pytest.mark.parametrize("act", [close_account, reopen_account, end_sessions, reset_password])
def test_nobody_suspends_or_resets_oneself_nor_somebody_of_another_ente(session: Session, an_account, act):
    other = an_account("anna.traverso", ente_id=2, unita="recco")
    with pytest.raises(OwnAccount):
        act(session, ADMIN, ADMIN.account_id)
    with pytest.raises(AccountNotFound):
        act(session, ADMIN, other)


def test_nobody_takes_a_role_from_oneself(session: Session, an_account):
    account_id = an_account("adele.peirano", "amministratore_ente", None)
    an_account("dina.cevasco", "amministratore_ente", None)
    own = session.scalars(select(RuoloOperatore.id).where(RuoloOperatore.account_id == account_id)).one()
    with pytest.raises(OwnAccount):
        end_role(session, Operator(account_id, 1, "Adele", (RoleGrant("amministratore_ente"),)), own)


def test_a_suspended_account_comes_back_with_its_roles(session: Session, an_account):
    account_id = an_account()
    close_account(session, None, account_id)
    reopen_account(session, None, account_id)
    assert operators.load(session, account_id).ruoli == {"assistente_sociale"}


@pytest.mark.parametrize(
    ("dal", "al"),
    [(date(2100, 1, 1), None), (date(2100, 6, 30), date(2100, 7, 1)), (date(2099, 1, 1), date(2100, 1, 1))],
)
def test_the_same_role_in_the_same_unit_never_overlaps(
    session: Session, an_account, dal: date, al: date | None
):
    # given
    account_id = an_account()
    grant_role(session, None, account_id, "uvm", "levante", dal=date(2100, 1, 1), al=date(2100, 6, 30))
    # when / then
    with pytest.raises(RoleOverlaps):
        grant_role(session, None, account_id, "uvm", "levante", dal=dal, al=al)
    grant_role(session, None, account_id, "uvm", "bolzaneto", dal=dal, al=al)
    grant_role(session, None, account_id, "uvm", "levante", dal=date(2100, 7, 1))


def test_a_role_taken_away_may_be_given_again(session: Session, an_account):
    account_id = an_account()
    end_role(session, None, session.scalars(select(RuoloOperatore.id)).one())
    grant_role(session, None, account_id, "assistente_sociale", "valpolcevera")
    assert operators.load(session, account_id).ruoli == {"assistente_sociale"}


@pytest.mark.parametrize("ruolo", ["assistente_sociale", "ragioneria", "auditor", "fornitore_accreditato"])
def test_who_manages_accounts_works_on_nobody_and_controls_nobody(session: Session, an_account, ruolo: str):
    administrator = an_account("adele.peirano", "amministratore_ente", None)
    other = an_account(ruolo=ruolo)
    with pytest.raises(RolesApart):
        grant_role(session, ADMIN, administrator, ruolo, "levante")
    with pytest.raises(RolesApart):
        grant_role(session, ADMIN, other, "amministratore_ente")


def test_an_administrator_may_draw_paths_and_change_work_later(session: Session, an_account):
    administrator = an_account()
    session.execute(text("update ruolo_operatore set al = '2099-12-31'"))
    grant_role(session, None, administrator, "amministratore_ente", dal=date(2100, 1, 1))
    grant_role(session, None, administrator, "analista_processo", dal=date(2100, 1, 1))


@pytest.mark.parametrize(("dal", "al"), [(date(2020, 1, 1), None), (None, date(2020, 1, 1))])
def test_an_administrator_gives_no_role_in_the_past(
    session: Session, an_account, dal: date | None, al: date | None
):
    with pytest.raises(PeriodWrong):
        grant_role(session, ADMIN, an_account(), "uvm", dal=dal, al=al)


def test_the_last_administrator_stays(session: Session, an_account):
    # given one without end, one for a time, one suspended
    lasting = an_account("adele.peirano", "amministratore_ente", None)
    grant_role(session, None, an_account("dina.cevasco"), "uvm", "levante")
    passing, _ = open_account(session, None, NewAccount("ugo.rossi", "Ugo", "Rossi"))
    grant_role(session, None, passing, "amministratore_ente", al=date(2100, 1, 1))
    asleep = an_account("ida.neri", "amministratore_ente", None)
    close_account(session, None, asleep)
    grant = session.scalars(select(RuoloOperatore.id).where(RuoloOperatore.account_id == lasting)).one()
    # when / then
    with pytest.raises(LastAdministrator):
        close_account(session, ADMIN, lasting)
    with pytest.raises(LastAdministrator):
        end_role(session, ADMIN, grant)
    close_account(session, ADMIN, passing)
    reopen_account(session, ADMIN, asleep)
    end_role(session, ADMIN, grant)
    with pytest.raises(LastAdministrator):
        close_account(session, ADMIN, asleep)


def test_two_administrators_cannot_take_each_other_away_at_once(engine: Engine, session: Session, an_account):
    # given
    pair = [an_account(name, "amministratore_ente", None) for name in ("adele.peirano", "dina.cevasco")]
    together = Barrier(2)

    def close(account_id: int) -> bool:
        with ente_context(1), Session(engine) as own:
            together.wait()
            try:
                close_account(own, None, account_id)
            except LastAdministrator:
                return False
            own.commit()
            return True

    # when
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(close, pair))
    # then
    assert sorted(done) == [False, True]


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
