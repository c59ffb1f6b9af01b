"""Giving files back: as attachments, under the rights of the pratica, never without a trace."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.avvisi.model import Avviso
from app.database.context import ente_context
from app.documenti.model import File
from app.pratiche.model import Documento
from tests.app.documenti.conftest import NOW, Person, Scene
from tests.app.documenti.samples import PDF, png


@pytest.fixture
def kept(giulia: Person, open_case: Scene, session: Session) -> str:
    """The address of a document that Giulia has added."""
    assert giulia.adds(open_case.pratica_id, name="verbale d’accesso è qui.pdf").status_code == 303
    return f"/documenti/{session.scalars(select(File.id)).one()}"


def reads(session: Session) -> list[tuple[str, str | None]]:
    query = select(Audit.azione, Audit.oggetto_id).where(
        Audit.azione.in_(["file.read", "avviso.read", "documento.read"])
    )
    return [(row.azione, row.oggetto_id) for row in session.execute(query.order_by(Audit.id))]


def test_a_file_comes_back_as_an_attachment_that_runs_nothing(
    giulia: Person, kept: str, session: Session
) -> None:
    # when
    answer = giulia.sees(kept)
    # then
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith(
        "filename*=UTF-8''verbale%20d%E2%80%99accesso%20%C3%A8%20qui.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert reads(session) == [("file.read", kept.rpartition("/")[2])]
    assert session.scalars(select(File.impronta)).one() == sha256(PDF).digest()


@pytest.mark.parametrize(
    ("ruolo", "unita", "status"),
    [
        ("responsabile_ats", "valpolcevera", 200),
        ("responsabile_ats", "levante", 403),
        ("assistente_sociale", "valpolcevera", 403),
        ("operatore_sportello", "valpolcevera", 403),
        ("amministrativo", "valpolcevera", 403),
        ("amministratore_ente", None, 403),
        ("fornitore_accreditato", "valpolcevera", 403),
    ],
)
def test_a_file_is_for_who_may_read_the_cartella(
    kept: str,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    ruolo: str,
    unita: str | None,
    status: int,
) -> None:
    an_account("luca.repetto", ruolo, unita)
    assert enter("luca.repetto").sees(kept).status_code == status


def test_another_ente_finds_nothing(
    kept: str,
    open_case: Scene,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    session.rollback()
    an_account("rita.recco", "responsabile_ats", "recco", ente_id=2)
    rita = enter("rita.recco")
    assert rita.sees(kept).status_code == 404
    assert rita.sees(f"/pratiche/{open_case.pratica_id}/documenti/nuovo").status_code == 404
    session.rollback()
    with ente_context(2):
        assert session.scalars(select(File)).all() == []


def test_of_a_sealed_pratica_not_even_the_responsabile_learns_that_there_is_a_file(
    kept: str,
    giulia: Person,
    open_case: Scene,
    seal,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
) -> None:
    # given
    an_account("anna.traverso", "responsabile_ats")
    seal(open_case.pratica_id)
    anna = enter("anna.traverso")
    # then
    assert anna.sees(kept).status_code == 404
    assert anna.sees(f"/pratiche/{open_case.pratica_id}/documenti/nuovo").status_code == 404
    assert anna.adds(open_case.pratica_id).status_code == 404
    assert giulia.sees(kept).status_code == 200


def test_a_stranger_is_asked_who_he_is(kept: str, giulia: Person) -> None:
    stranger = giulia.client.application.test_client()
    assert stranger.get(kept).status_code == 302
    assert stranger.get("/documenti/999").status_code == 302
    assert giulia.sees("/documenti/999").status_code == 404


def test_a_medical_paper_is_not_for_who_may_not_read_about_health(
    giulia: Person,
    open_case: Scene,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    # given Elsa of the équipe, who reads the cartella and nothing about health
    elsa_id = an_account("elsa.pittaluga", "equipe_multidisciplinare")
    giulia.adds(open_case.pratica_id, tipo="sanitario", titolo="Verbale di invalidità")
    giulia.adds(open_case.pratica_id, png(), "foto.png", titolo="Foto del bagno")
    insert = "insert into assegnazione (ente_id, pratica_id, account_id, ruolo, dal_at) values (1, :p, :a, 'incaricato', now())"
    session.execute(text(insert), {"p": open_case.pratica_id, "a": elsa_id})
    session.commit()
    papers = session.scalars(select(File.id).order_by(File.id)).all()
    # when
    elsa = enter("elsa.pittaluga")
    page = elsa.sees(f"/pratiche/{open_case.pratica_id}")
    # then
    assert [elsa.sees(f"/documenti/{number}").status_code for number in papers] == [403, 200]
    assert "Foto del bagno" in page.text
    assert "invalidità" not in page.text
    form = elsa.sees(f"/pratiche/{open_case.pratica_id}/documenti/nuovo").text
    assert "Certificato o verbale sanitario" not in form
    assert elsa.adds(open_case.pratica_id, tipo="sanitario").status_code == 422


def test_breaking_the_glass_reads_and_says_so_and_adds_nothing(
    kept: str,
    open_case: Scene,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    # given
    an_account("sara.badano", unita="levante")
    sara = enter("sara.badano")
    assert sara.sees(kept).status_code == 403
    sara.sends(f"/pratiche/{open_case.pratica_id}/accesso-straordinario", motivo="La signora è in ospedale")
    # then
    assert sara.sees(kept).status_code == 200
    assert sara.adds(open_case.pratica_id).status_code == 403
    traced = session.scalars(select(Audit.dettaglio).where(Audit.azione == "file.read")).one()
    assert traced == {"titolo": "accesso_straordinario"}


def test_bytes_changed_in_the_database_are_not_served(
    giulia: Person, kept: str, owner_engine: Database
) -> None:
    with owner_engine.begin() as owner:
        owner.execute(text("update file_contenuto set contenuto = 'altro'"))
    assert giulia.sees(kept).status_code == 500


def test_the_application_can_neither_change_nor_delete_a_file(kept: str, session: Session) -> None:
    for statement in (
        "update file_contenuto set contenuto = 'altro'",
        "update file set impronta = '', nome = 'altro.pdf'",
        "delete from file",
    ):
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text(statement))
        session.rollback()


def test_texts_and_letters_have_a_page_of_their_own(
    giulia: Person,
    open_case: Scene,
    enter: Callable[[str], Person],
    an_account: Callable[..., int],
    session: Session,
) -> None:
    # given
    where = {"ente_id": 1, "pratica_id": open_case.pratica_id}
    texts = Documento(
        **where, tipo="nota_interna", titolo="Nota", testo="Prima riga\nseconda\n\n<b>Terza</b>"
    )
    letter = Avviso(
        **where,
        lettera="avvio",
        destinatario_tipo="persona",
        destinatario="Rosa Parodi",
        canale="posta",
        recapito="Via Segreta 3",
        oggetto="Avvio del procedimento",
        testo="Gentile signora,\nle scriviamo.",
        stato="simulato",
        inviato_at=NOW,
    )
    session.add_all(
        [texts, letter, Documento(ente_id=1, tipo="nota", titolo="Di nessuna pratica", testo="x")]
    )
    session.commit()
    numbers = session.scalars(select(Documento.id).order_by(Documento.id)).all()
    addresses = [f"/documenti/testo/{numbers[0]}", f"/documenti/lettera/{letter.id}"]
    an_account("luca.repetto")
    # when
    pages = [giulia.sees(address) for address in addresses]
    listed = giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    # then
    assert "<p>Prima riga<br>seconda</p>" in pages[0].text
    assert "<p>&lt;b&gt;Terza&lt;/b&gt;</p>" in pages[0].text
    assert "Gentile signora,<br>le scriviamo." in pages[1].text
    assert "Via Segreta" not in pages[1].text
    assert all(f'href="{address}"' in listed for address in addresses)
    assert reads(session) == [("documento.read", str(numbers[0])), ("avviso.read", str(letter.id))]
    luca = enter("luca.repetto")
    assert [luca.sees(address).status_code for address in addresses] == [403, 403]
    assert giulia.sees(f"/documenti/testo/{numbers[1]}").status_code == 404
    assert (
        giulia.sees("/documenti/testo/999").status_code
        == giulia.sees("/documenti/lettera/999").status_code
        == 404
    )
