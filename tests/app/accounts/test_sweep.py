"""What has had its time goes, what is still of use stays."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import pending, sessions
from app.accounts.sessions import SessionLimits
from app.accounts.sweep import sweep


def test_the_sweep_removes_what_has_expired_and_nothing_else(session: Session, owner_engine, an_account):
    # given
    account_id = an_account()
    for ended in ("2 days", "2 hours"):
        token = sessions.start(session, 1, account_id, SessionLimits())
        session.execute(
            text(
                "update sessione set expires_at = now() - cast(:ended as interval) where token_hash = :hash"
            ),
            {"ended": ended, "hash": sessions.fingerprint(token)},
        )
    old, new = (pending.keep(session, 1, account_id, "/scheda", [("testo", "a")]) for _ in range(2))
    with owner_engine.begin() as owner:
        owner.execute(
            text("update modulo_sospeso set expires_at = now() where token_hash = :hash"),
            {"hash": sessions.fingerprint(old)},
        )
    # when
    sweep(session)
    session.commit()
    # then
    assert session.scalar(text("select count(*) from sessione")) == 1
    assert pending.take(session, account_id, new).fields == (("testo", "a"),)
    assert session.scalar(text("select count(*) from modulo_sospeso")) == 1
