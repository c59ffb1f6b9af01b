"""«Chi ha visto la cartella»: who may ask, what it tells, and that asking is told too."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import app
from app.audit import parole, registro
from app.audit.journal import record
from app.audit.models import Audit
from app.pratiche.model import Pratica
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import Storie

Enter = Callable[[str], Visitor]
WHY = "La signora è ricoverata, cerco il recapito della figlia"
CODE = "TTNCRN48C54D969H"  # of `storie.in_servizio`


def about(storie: Storie) -> str:
    return f"/persone/{storie.in_servizio.persona_id}/consultazioni"


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_responsabile_reads_who_looked_what_and_why(enter: Enter, storie: Storie) -> None:
    # given
    persona = f"/persone/{storie.in_servizio.persona_id}"
    assert enter("giulia.parodi").get(persona).status_code == 200
    anna = enter("anna.traverso")
    # when
    assert f'href="{about(storie)}"' in anna.get(persona).text
    page = text_of(anna.get(about(storie)).text)
    # then
    assert (
        "Giulia Parodi Ha letto bisogni e progetto, contatti e recapiti, costi e quote, diario, ISEE" in page
    )
    assert "Lavoro sociale e procedimento" in page


def test_asking_who_looked_is_written_too(enter: Enter, storie: Storie, db_session: Session) -> None:
    # when
    enter("anna.traverso").get(about(storie))
    dpo = enter("dpo.genova")
    page = text_of(dpo.get(about(storie)).text)
    dpo.get(f"/pratiche/{storie.in_servizio.pratica_id}/consultazioni")
    # then
    assert "Anna Traverso Ha letto chi ha visto la cartella" in page
    rows = db_session.scalars(select(Audit).order_by(Audit.id.desc()).limit(2)).all()
    assert [(row.persona_id, row.pratica_id, row.scopo, row.dettaglio) for row in rows] == [
        (str(storie.in_servizio.persona_id), pratica, "controllo", {"sezione": "consultazioni"})
        for pratica in (storie.in_servizio.pratica_id, None)
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anna.traverso", 200), ("dpo.genova", 200), ("ines.sciaccaluga", 403), ("giulia.parodi", 403),
        ("luca.repetto", 403), ("marco.costa", 403), ("paolo.ferrari", 403), ("admin.genova", 403),
        ("analista.genova", 403), ("coop.lanterna", 403),
    ],
)  # fmt: skip
def test_the_log_is_for_the_responsabile_of_the_unit_and_for_the_dpo(
    enter: Enter, storie: Storie, who: str, status: int
) -> None:
    visitor = enter(who)
    assert visitor.get(about(storie)).status_code == status
    assert visitor.get(f"/pratiche/{storie.in_servizio.pratica_id}/consultazioni").status_code == status
    assert (
        "Chi ha visto" not in visitor.get(f"/persone/{storie.in_servizio.persona_id}").text or status == 200
    )


def test_the_dpo_comes_in_by_a_code_or_a_number_and_sees_no_content(enter: Enter, storie: Storie) -> None:
    # given
    dpo = enter("dpo.genova")
    number = dpo_number = None
    enter("giulia.parodi").get(f"/persone/{storie.in_servizio.persona_id}")
    # when
    found = dpo.send("/consultazioni", cerca=f" {CODE.lower()} ")
    number = re.search(r"\d{4}/\d+", text_of(found.text))
    dpo_number = dpo.send("/consultazioni", cerca=number[0] if number else "")
    unknown = dpo.send("/consultazioni", cerca="TTNCRN48C54D969X")
    # then
    assert found.request.path == about(storie)
    assert "Ottonello" not in found.text
    assert "Giulia Parodi" in found.text
    assert re.fullmatch(r"/pratiche/\d+/consultazioni", dpo_number.request.path)
    assert "Ottonello" not in dpo_number.text
    assert unknown.status_code == 422
    assert "Nessuna persona e nessuna pratica" in unknown.text
    assert 'value="TTNCRN48C54D969X"' in unknown.text
    assert "Ultimi accessi" not in unknown.text  # a page with an error leaves no line


@pytest.mark.parametrize("who", ["anna.traverso", "giulia.parodi", "admin.genova"])
def test_only_the_dpo_searches_the_whole_ente(enter: Enter, who: str) -> None:
    visitor = enter(who)
    assert visitor.get("/consultazioni").status_code == 403
    assert visitor.send("/consultazioni", cerca=CODE).status_code == 403


def test_a_break_glass_access_stands_out_with_its_reason(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    pratica = f"/pratiche/{storie.in_servizio.pratica_id}"
    luca = enter("luca.repetto")
    assert luca.get(pratica).status_code == 403
    luca.send(f"{pratica}/accesso-straordinario", motivo=WHY)
    assert luca.get(pratica).status_code == 200
    # when
    page = text_of(enter("anna.traverso").get(f"{about(storie)}?mostra=straordinari").text)
    # then
    assert re.search(rf"Luca Repetto Ha letto la pratica Accesso straordinario «{WHY}»", page)
    assert re.search(rf"Luca Repetto Ha chiesto un accesso straordinario Accesso straordinario «{WHY}»", page)
    assert page.count("Giulia Parodi Ha") == 0
    # and the DPO sees it, whoever it is about, and that nobody has looked at it
    assert f"Luca Repetto 2026/{storie.in_servizio.pratica_id} «{WHY}» nessuno ancora" in text_of(
        enter("dpo.genova").get("/consultazioni").text
    )
    last = db_session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
    assert (last.pratica_id, last.scopo) == (storie.in_servizio.pratica_id, "controllo")


def test_of_a_sealed_pratica_the_responsabile_learns_nothing_and_the_dpo_everything(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given a shelter of the same persona, which only Giulia follows
    giulia = db_session.scalar(text("select id from account where nome_utente = 'giulia.parodi'"))
    sealed = Pratica(
        ente_id=1, anno=2026, numero=999_999, percorso="rifugio", titolo="Accoglienza", unita_id="ats-centro-est",
        persona_id=storie.in_servizio.persona_id, riservatezza="violenza", aperta_at=func.now(),
        case_manager_id=giulia,
    )  # fmt: skip
    db_session.add(sealed)
    db_session.flush()
    record(
        db_session, "task.complete", "task", 1, by=giulia, pratica_id=sealed.id, persona_id=sealed.persona_id
    )
    db_session.commit()
    # when / then
    anna, dpo = enter("anna.traverso"), enter("dpo.genova")
    assert "2026/999999" not in anna.get(about(storie)).text
    assert anna.get(f"/pratiche/{sealed.id}/consultazioni").status_code == 404
    assert "2026/999999" in dpo.get(about(storie)).text


def test_the_lines_come_in_pages_and_can_be_narrowed(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    for n in range(registro.PAGE + 1):
        record(db_session, "file.add", "file", n, by=None, persona_id=storie.in_servizio.persona_id)
    db_session.commit()
    anna = enter("anna.traverso")
    # when
    first = anna.get(f"{about(storie)}?mostra=modifiche&pagina=1").text
    second = anna.get(f"{about(storie)}?mostra=modifiche&pagina=2").text
    # then
    assert first.count("<tr") - 1 == registro.PAGE
    assert "Meno recenti" in first
    assert "Più recenti" in second
    assert "Ha letto" not in first + second
    assert anna.get(f"{about(storie)}?mostra=altro&chi=x&pagina=-1").status_code == 200


def test_every_deed_of_the_audit_has_its_words() -> None:
    recorded = {
        word.value
        for path in Path(app.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in ("record", "_record", "_trace", "did")
        for word in call.args[:3]
        if isinstance(word, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(word.value))
    }
    # what belongs to no persona and no pratica never comes to this page
    of_nobody = re.compile(
        r"(account|accesso|ruolo|token|release|budget|fondo|unita|parametro|fornitore|operatore_fornitore)\."
    )
    assert len(recorded) > 20
    assert {word for word in recorded if not of_nobody.match(word)} <= set(parole.AZIONI)


def test_the_pages_can_be_used_by_everybody(
    browse: Callable[..., Page], enter: Enter, storie: Storie
) -> None:
    pratica = f"/pratiche/{storie.in_servizio.pratica_id}"
    luca = enter("luca.repetto")
    luca.send(f"{pratica}/accesso-straordinario", motivo=WHY)
    luca.get(pratica)
    assert_accessible(browse("anna.traverso", about(storie), NARROW))
    assert_accessible(browse("dpo.genova", "/consultazioni", NARROW))
