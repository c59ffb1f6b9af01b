"""Adding a document to a pratica by hand."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.documenti.model import LARGEST, File
from app.pratiche.model import Pratica
from tests.app.documenti.conftest import Person, Scene, key_in
from tests.app.documenti.samples import HTML, PDF, jpeg


def test_a_document_is_added_listed_and_recorded(giulia: Person, open_case: Scene, session: Session) -> None:
    # given
    page = f"/pratiche/{open_case.pratica_id}"
    assert "Aggiungi un documento" in giulia.sees(page).text
    # when
    assert giulia.adds(open_case.pratica_id).status_code == 303
    # then
    shown = giulia.sees(page).text
    file = session.scalars(select(File)).one()
    assert f'<a href="/documenti/{file.id}">Verbale di visita</a>' in shown
    assert "Relazione, PDF, 1 kB" in shown
    assert file.da_chi == f"account:{open_case.giulia}"
    done = session.scalars(select(Audit.azione).where(Audit.oggetto_tipo == "file").order_by(Audit.id))
    assert list(done) == ["file.add", "documento.add"]


def test_a_mistake_is_said_and_the_file_is_not_asked_again(
    giulia: Person, open_case: Scene, session: Session
) -> None:
    # given
    page = giulia.adds(open_case.pratica_id, titolo="")
    assert page.status_code == 422
    assert "Errore: aggiungi un documento" in page.text
    assert "Verbale" not in giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    # when
    key = key_in(page, "file")
    path = f"/pratiche/{open_case.pratica_id}/documenti/nuovo"
    done = giulia.sends(path, tipo="altro", titolo="Lettera della figlia", file=key)
    # then
    assert done.status_code == 303
    assert session.scalars(select(File.titolo)).all() == ["Lettera della figlia"]
    again = giulia.sends(path, tipo="altro", titolo="Un’altra volta", file=key)
    assert again.status_code == 422


def test_a_hostile_file_is_not_added(giulia: Person, open_case: Scene, session: Session) -> None:
    for name, content in (
        ("foto.jpg", jpeg() + HTML),
        ("vuoto.pdf", b""),
        ("grande.pdf", PDF + b" " * LARGEST),
        ("verbale.html", HTML),
    ):
        assert giulia.adds(open_case.pratica_id, content, name).status_code == 422, name
    assert session.scalars(select(File)).all() == []


def test_a_request_beyond_any_document_is_cut_off(giulia: Person, open_case: Scene) -> None:
    path = f"/pratiche/{open_case.pratica_id}/documenti/nuovo"
    size = {"CONTENT_LENGTH": str(33 * 1024 * 1024)}
    assert giulia.client.post(path, data={"titolo": "Enorme"}, environ_overrides=size).status_code == 413


def test_who_does_not_follow_the_case_adds_nothing(
    open_case: Scene, enter: Callable[[str], Person], an_account: Callable[..., int], session: Session
) -> None:
    # given the responsabile, who reads the cartella, a colleague who does not follow the case, and a clerk
    an_account("anna.traverso", "responsabile_ats")
    an_account("luca.repetto")
    an_account("paolo.ferrari", "amministrativo")
    for name in ("anna.traverso", "luca.repetto", "paolo.ferrari"):
        person = enter(name)
        # then
        assert person.sees(f"/pratiche/{open_case.pratica_id}/documenti/nuovo").status_code == 403
        assert person.adds(open_case.pratica_id).status_code == 403
    assert (
        "Aggiungi un documento" not in enter("anna.traverso").sees(f"/pratiche/{open_case.pratica_id}").text
    )
    assert session.scalars(select(File)).all() == []


def test_nobody_adds_the_file_of_another(
    giulia: Person,
    open_case: Scene,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    # given a file that Giulia has sent and not yet added, and Marta who follows the case too
    key = key_in(giulia.adds(open_case.pratica_id, titolo=""), "file")
    marta = an_account("marta.risso", "responsabile_ats")
    session.get_one(Pratica, (1, open_case.pratica_id)).responsabile_id = marta
    session.commit()
    # when
    path = f"/pratiche/{open_case.pratica_id}/documenti/nuovo"
    answer = enter("marta.risso").sends(path, tipo="altro", titolo="Non è mio", file=key)
    # then
    assert answer.status_code == 422
