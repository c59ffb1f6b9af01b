"""The audit chain: sound when nobody touched it, broken where somebody did."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.audit.chain import Break, Damage, heads, verify
from app.audit.journal import DetailTooRich, record
from app.audit.models import Audit
from app.database.context import ente_context

HOSTILE_TEXT = 'perché «così»\t"\\ \x01 \x7f 🙂'


@pytest.fixture
def three_rows(session: Session, ente: int) -> None:
    """Three deeds on pratica 90, one on persona 12, one on the ente."""
    for n in range(3):
        record(session, "task.complete", "task", n, by=7, pratica_id=90, persona_id=12, dettaglio={"n": n})
    record(session, "persona.read", "persona", 12, by=7, persona_id=12, dettaglio={"nota": HOSTILE_TEXT})
    record(session, "ente.configure", "parametro", "giorni_visita", by=None)
    session.commit()


def tamper(owner_engine: Engine, statement: str) -> None:
    with owner_engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


def test_chains_are_kept_per_pratica_then_per_persona_then_per_ente(session: Session, three_rows: None):
    rows = session.execute(select(Audit.catena, Audit.n).order_by(Audit.id)).all()
    assert [tuple(row) for row in rows] == [
        ("pratica:90", 1),
        ("pratica:90", 2),
        ("pratica:90", 3),
        ("persona:12", 1),
        ("ente", 1),
    ]


def test_an_untouched_audit_verifies_whatever_the_text(session: Session, three_rows: None):
    assert verify(session) == []


def test_an_altered_row_is_found(session: Session, owner_engine: Engine, three_rows: None):
    tamper(owner_engine, "update audit set account_id = 8 where catena = 'pratica:90' and n = 2")
    assert verify(session) == [Break("pratica:90", 2, Damage.ALTERED)]


def test_an_altered_detail_is_found(session: Session, owner_engine: Engine, three_rows: None):
    tamper(owner_engine, """update audit set dettaglio = '{"n": 9}' where catena = 'pratica:90' and n = 1""")
    assert verify(session, "pratica:90") == [Break("pratica:90", 1, Damage.ALTERED)]


def test_a_row_rewritten_with_a_new_hash_no_longer_holds_the_next(
    session: Session, owner_engine: Engine, three_rows: None
):
    tamper(owner_engine, "update audit set account_id = 8 where catena = 'pratica:90' and n = 1")
    rehash = "update audit a set hash = sha256(prev_hash || convert_to(audit_testo(a), 'UTF8'))"
    tamper(owner_engine, f"{rehash} where catena = 'pratica:90' and n = 1")
    assert verify(session) == [Break("pratica:90", 2, Damage.UNLINKED)]


def test_a_removed_row_is_found(session: Session, owner_engine: Engine, three_rows: None):
    tamper(owner_engine, "delete from audit where catena = 'pratica:90' and n = 2")
    assert verify(session) == [Break("pratica:90", 3, Damage.MISSING)]


def test_a_cut_tail_is_found_by_a_head_noted_elsewhere(
    session: Session, owner_engine: Engine, three_rows: None
):
    # given
    noted = heads(session)
    session.commit()
    tamper(owner_engine, "delete from audit where catena = 'pratica:90' and n = 3")
    tamper(owner_engine, "delete from audit where catena = 'ente'")
    # when / then
    assert verify(session) == []
    assert verify(session, noted=noted) == [Break("pratica:90", 3, Damage.CUT), Break("ente", 1, Damage.CUT)]


def test_the_application_cannot_alter_or_remove_what_it_wrote(session: Session, three_rows: None):
    for statement in ("update audit set scopo = 'altro'", "delete from audit", "truncate audit"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
        session.rollback()


def test_the_application_cannot_choose_the_date_nor_the_chain(session: Session, ente: int):
    session.execute(
        text(
            "insert into audit (ente_id, catena, n, at, azione, oggetto_tipo, scopo, prev_hash, hash) values "
            "(1, 'pratica:1', 99, '2001-01-01', 'task.complete', 'task', 'servizio', '', '')"
        )
    )
    row = session.scalars(select(Audit)).one()
    assert (row.catena, row.n) == ("ente", 1)
    assert row.at.year > 2001


def test_another_ente_neither_reads_nor_writes_in_this_audit(session: Session, three_rows: None):
    session.rollback()
    with ente_context(2):
        assert session.scalars(select(Audit)).all() == []
        session.rollback()
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(
                text(
                    "insert into audit (ente_id, azione, oggetto_tipo, scopo, catena, n, at, prev_hash, hash)"
                    " values (1, 'a', 'b', 'c', '', 0, now(), '', '')"
                )
            )


def test_many_writers_of_one_chain_make_no_fork(engine: Engine, session: Session, ente: int):
    # given
    writers, together = 5, Barrier(5)

    def write(n: int) -> None:
        with ente_context(1), Session(engine) as mine:
            together.wait()
            for m in range(5):
                record(mine, "task.complete", "task", f"{n}.{m}", by=n, pratica_id=90)
                mine.commit()

    # when
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    # then
    assert heads(session)["pratica:90"].n == 25
    assert verify(session) == []


def test_a_deed_rolled_back_leaves_no_trace(session: Session, ente: int):
    record(session, "task.complete", "task", 1, by=7, pratica_id=90)
    session.rollback()
    assert session.scalars(select(Audit)).all() == []


@pytest.mark.parametrize("content", ["x" * 121, {"diario": "…"}, ["ok", "y" * 121], 1.5])
def test_content_does_not_enter_the_audit(session: Session, ente: int, content: object):
    with pytest.raises(DetailTooRich):
        record(session, "task.complete", "task", 1, by=7, dettaglio={"risposta": content})
