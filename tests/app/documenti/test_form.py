"""Files in the form of a task."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.documenti import store
from app.documenti.model import File, FileContenuto
from app.wiring import EngineMaker
from tests.app.documenti.conftest import Person, Scene, key_in
from tests.app.documenti.samples import GIF_JS, PDF


@pytest.fixture
def task(open_case: Scene) -> str:
    return f"/attivita/{open_case.task_id}"


def test_a_file_is_kept_with_its_task_and_named_by_the_answer(
    giulia: Person, open_case: Scene, task: str, session: Session
) -> None:
    # when
    done = giulia.sends(task, azione="completa", verbale=("../carte/verbale.pdf", PDF, "application/pdf"))
    # then
    assert done.status_code == 303
    file = session.scalars(select(File)).one()
    assert (file.nome, file.task_id, file.pratica_id) == (
        "verbale.pdf",
        open_case.task_id,
        open_case.pratica_id,
    )
    assert session.scalars(select(FileContenuto)).one().contenuto == PDF
    assert store.named_in_answers(session, 1, open_case.root_id) == {file.id}
    assert "verbale.pdf" in giulia.sees(f"/pratiche/{open_case.pratica_id}").text


def test_a_file_stays_while_another_answer_is_put_right(giulia: Person, task: str, session: Session) -> None:
    # given
    page = giulia.sends(task, azione="completa", note="x", verbale=("verbale.pdf", PDF))
    assert page.status_code == 422
    # when
    done = giulia.sends(task, azione="completa", note="Va bene", verbale=key_in(page, "verbale"))
    # then
    assert done.status_code == 303
    assert session.scalars(select(File.nome)).all() == ["verbale.pdf"]


def test_a_file_is_taken_away_and_another_one_put_in_its_place(
    giulia: Person, open_case: Scene, task: str, session: Session
) -> None:
    # given
    page = giulia.sends(task, azione="completa", note="x", verbale=("sbagliato.pdf", PDF))
    assert "Togli sbagliato.pdf" in page.text
    # when
    page = giulia.sends(task, _azione="togli:verbale", note="Va bene", verbale=key_in(page, "verbale"))
    # then the step asks for one again, and what was written is there
    assert (page.status_code, "sbagliato.pdf" in page.text, "Va bene" in page.text) == (200, False, True)
    assert giulia.sends(task, azione="completa", note="Va bene").status_code == 422
    done = giulia.sends(task, azione="completa", note="Va bene", verbale=("giusto.pdf", PDF))
    # and only what the answer names is a document
    assert done.status_code == 303
    documents = giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    assert ("giusto.pdf" in documents, "sbagliato.pdf" in documents) == (True, False)


def test_a_hostile_file_is_refused_beside_its_question(giulia: Person, task: str, session: Session) -> None:
    for name in ("gatto.gif", "gatto.pdf"):
        page = giulia.sends(task, azione="completa", verbale=(name, GIF_JS))
        assert page.status_code == 422
        assert "risposta da correggere" in page.text
    assert session.scalars(select(File)).all() == []


def test_a_form_names_no_file_but_its_own(
    giulia: Person, open_case: Scene, task: str, session: Session, maker: EngineMaker
) -> None:
    # given a file that was added to the pratica by hand, and one that does not exist
    giulia.adds(open_case.pratica_id)
    added = session.scalars(select(File)).one()
    # then
    for key in (added.key, "file-999", "file-", "999", f"file-{added.id}\0"):
        page = giulia.sends(task, azione="completa", verbale=key)
        assert page.status_code == 422, key


def test_a_later_form_may_name_what_an_earlier_one_brought_and_shows_its_answers(
    giulia: Person, open_case: Scene, task: str, session: Session, maker: EngineMaker
) -> None:
    # given
    giulia.sends(
        task, azione="completa", verbale=("verbale.pdf", PDF), perche="Serve un letto", dove="In via Prè"
    )
    (later,) = maker(session, 1).open_tasks(open_case.root_id)
    # when
    page = giulia.sees(f"/attivita/{later.id}")
    # then earlier answers asked for in a group and above a question are there, with the name of the file
    assert page.text.count("Serve un letto") == 2  # beside the question, and among the earlier answers
    assert page.text.count("In via Prè") == 2
    assert "verbale.pdf" in page.text
    file = session.scalars(select(File)).one()
    done = giulia.sends(f"/attivita/{later.id}", azione="completa", ancora=file.key)
    assert done.status_code == 303


def test_who_may_not_open_an_earlier_file_does_not_read_its_name_and_does_not_lose_it(
    giulia: Person,
    open_case: Scene,
    task: str,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
    maker: EngineMaker,
) -> None:
    # given a medical paper; the next step is of an office that reads costs, not illnesses
    an_account("marco.costa", "amministrativo")
    giulia.sends(task, azione="completa", verbale=("demenza-grave.pdf", PDF))
    file = session.scalars(select(File)).one()
    file.tipo = "sanitario"
    (later,) = maker(session, 1).open_tasks(open_case.root_id)
    given = "update engine_task set ruolo = 'amministrativo', assignee_id = null where id = :id"
    session.execute(text(given), {"id": later.id})
    session.commit()
    # when
    page = enter("marco.costa").sees(f"/attivita/{later.id}")
    # then
    assert page.status_code == 200
    assert "demenza" not in page.text
    assert "Un file già consegnato" in page.text
    # and an answer may still name it
    done = enter("marco.costa").sends(f"/attivita/{later.id}", azione="completa", ancora=file.key)
    assert done.status_code == 303


def test_who_may_not_complete_the_step_leaves_no_file(
    open_case: Scene,
    task: str,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    # given a responsabile, who sees every task of the unit, and a colleague of another unit
    an_account("anna.traverso", "responsabile_ats")
    an_account("sara.badano", unita="levante")
    # when
    answers = [
        enter(name).sends(task, azione="completa", verbale=("verbale.pdf", PDF)).status_code
        for name in ("anna.traverso", "sara.badano")
    ]
    # then
    assert answers == [403, 403]
    assert session.scalars(select(File)).all() == []


def test_a_pratica_holds_so_many_files_and_no_more(
    giulia: Person, task: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST", 0)
    page = giulia.sends(task, azione="completa", verbale=("verbale.pdf", PDF))
    assert page.status_code == 422
    assert "non c’è spazio" in page.text


def test_row_and_bytes_are_written_together_or_not_at_all(
    giulia: Person, task: str, session: Session, owner_engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that takes the row and then fails on the bytes
    with owner_engine.begin() as owner:
        owner.execute(text("alter table file_contenuto add constraint mai check (false)"))
    # when
    page = giulia.sends(task, azione="completa", verbale=("verbale.pdf", PDF))
    # then
    assert page.status_code == 500
    assert session.scalars(select(File)).all() == []
