"""The console of what has stopped, for who sees the people and for who must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from engine import Engine, system
from tests.app.incidents.conftest import CATERINA, SILENT, Asked, City
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible

Enter = Callable[[str], Visitor]
NOBODY_AWAITED = "Messaggi che nessuno aspettava"
WHY = "Attestazione di carta, portata allo sportello"
RESULT = {
    "isee.valore": "9500",
    "isee.ise": "19000",
    "isee.isr": "18000",
    "isee.isp": "1000",
    "isee.scala_equivalenza": "2",
    "isee.tipo": "SocioSanitario",
    "isee.protocollo_dsu": "INPS-ISEE-2026-00012345A-00",
    "isee.presentata_il": "2026-02-01",
    "isee.scade_il": "2026-12-31",
    "isee.difforme": "no",
}


def audited(session: Session) -> list[str]:
    session.rollback()
    found = session.scalars(text("select azione from audit where azione like 'incidente.%' order by id"))
    return list(found)


def test_the_responsabile_sees_who_waits_and_sets_all_going_with_one_press(
    enter: Enter, genova: City, asked: Asked, incident_id: int, db_session: Session
) -> None:
    # given
    anna = enter("anna.traverso")
    page = anna.get("/passi-fermi/").text
    assert "Ottonello" in page
    assert SILENT in page
    # when
    page = anna.send("/passi-fermi/scelti", azione="riprova", scelte=str(incident_id)).text
    # then
    assert "Fatto per 1." in page
    assert "Niente è fermo." in page
    assert audited(db_session) == ["incidente.retry"]


def test_the_administrator_sees_the_number_and_never_the_person(
    enter: Enter, genova: City, asked: Asked, incident_id: int
) -> None:
    # given
    admin = enter("admin.genova")
    # then
    for path in ("/passi-fermi/", f"/passi-fermi/{incident_id}"):
        page = admin.get(path).text
        assert SILENT in page
        assert "2026/" in page
        assert "Ottonello" not in page
        assert CATERINA not in page
    assert admin.get(f"/passi-fermi/{incident_id}/correggi").status_code == 403
    assert admin.get(f"/passi-fermi/{incident_id}/risultato").status_code == 403
    assert admin.send(f"/passi-fermi/{incident_id}/fatto", _motivo=WHY).status_code == 403
    assert "Il passo è ripartito" in admin.send(f"/passi-fermi/{incident_id}/riprova").text


def test_from_the_page_of_the_pratica_the_same_press_sets_it_going(
    enter: Enter, asked: Asked, incident_id: int, db_session: Session
) -> None:
    # given
    anna, where = enter("anna.traverso"), f"/pratiche/{asked.pratica_id}/incidenti/{incident_id}"
    assert enter("giulia.parodi").send(where).status_code == 403
    # then
    assert "Il passo è ripartito" in anna.send(where).text
    assert anna.send(where).status_code == 409
    assert audited(db_session) == ["incidente.retry"]


def test_what_has_stopped_is_looked_at_while_somebody_makes_a_step_in_its_pratica(
    enter: Enter, incident_id: int, db_session: Session
) -> None:
    # given
    anna = enter("anna.traverso")
    db_session.execute(text("select id from engine_instance for update"))
    # then
    assert anna.get(f"/passi-fermi/{incident_id}").status_code == 200
    assert anna.get(f"/passi-fermi/{incident_id}/correggi").status_code == 200


def test_who_does_not_see_to_incidents_has_no_such_page(enter: Enter, incident_id: int) -> None:
    giulia = enter("giulia.parodi")
    assert "Passi fermi" not in giulia.get("/scrivania").text
    assert giulia.get("/passi-fermi/").status_code == 403
    assert giulia.send(f"/passi-fermi/{incident_id}/riprova").status_code == 403


@pytest.mark.parametrize("command", ["riprova", "fatto", "affida"])
def test_who_loses_the_role_while_waiting_for_the_step_does_nothing(
    enter: Enter,
    genova: City,
    asked: Asked,
    incident_id: int,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    # given: the role ends while somebody else has the step
    anna, account_id = enter("anna.traverso"), genova.account("anna.traverso")
    hold = Engine.hold_incident

    def late(engine: Engine, incident_id: int) -> None:
        genova.breaks(
            "update ruolo_operatore set al = current_date - 1, dal = current_date - 9 where account_id = :id",
            id=account_id,
        )
        hold(engine, incident_id)

    monkeypatch.setattr(Engine, "hold_incident", late)
    # then
    assert (
        anna.send(f"/passi-fermi/{incident_id}/{command}", _motivo=WHY, a=str(account_id)).status_code == 403
    )
    assert audited(db_session) == []
    assert genova.step(lambda engine: [one.id for one in engine.open_incidents(asked.root_id)]) == [
        incident_id
    ]


def test_the_result_written_by_hand_moves_the_pratica_on_and_says_why(
    enter: Enter, genova: City, asked: Asked, incident_id: int, db_session: Session
) -> None:
    # given
    anna = enter("anna.traverso")
    path = f"/passi-fermi/{incident_id}/risultato"
    # when the reason is missing
    page = anna.send(path, **RESULT)
    assert page.status_code == 422
    assert "9500" in page.text
    # when
    page = anna.send(path, **RESULT, _motivo=WHY)
    # then
    assert "Registrato" in page.text
    assert genova.step(lambda engine: engine.open_incidents(asked.root_id)) == []
    rows = genova.step(lambda engine: engine.history(asked.root_id))
    assert any(row.why == {"motivo": WHY, "a_mano": True} for row in rows)
    assert audited(db_session) == ["incidente.answer"]


def test_data_are_corrected_and_what_was_wrong_stays_typed(
    enter: Enter, genova: City, asked: Asked, incident_id: int, db_session: Session
) -> None:
    # given
    anna = enter("anna.traverso")
    path = f"/passi-fermi/{incident_id}/correggi"
    assert CATERINA in anna.get(path).text
    wrong = anna.send(path, codice_fiscale=CATERINA, tipo_isee="Inventato", _motivo=WHY)
    assert wrong.status_code == 422
    assert genova.step(lambda engine: engine.open_incidents(asked.root_id))
    # when
    page = anna.send(path, codice_fiscale=CATERINA, tipo_isee="Ordinario", _motivo=WHY)
    # then
    assert "Registrato" in page.text, page.text
    (corrected,) = [
        row for row in genova.step(lambda engine: engine.history(asked.root_id)) if row.event == "corrected"
    ]
    assert corrected.answers["dopo"] == {"tipo_isee": "Ordinario"}
    assert audited(db_session) == ["incidente.correct"]


def test_a_step_is_passed_only_with_a_reason(
    enter: Enter, genova: City, asked: Asked, incident_id: int, db_session: Session
) -> None:
    anna = enter("anna.traverso")
    assert anna.send(f"/passi-fermi/{incident_id}/fatto").status_code == 422
    assert "Scegli almeno" in anna.send("/passi-fermi/scelti", azione="fatto", scelte=str(incident_id)).text
    page = anna.send("/passi-fermi/scelti", azione="fatto", scelte=str(incident_id), _motivo=WHY)
    assert "Fatto per 1." in page.text
    assert audited(db_session) == ["incidente.skip"]


def test_an_incident_is_given_to_who_may_see_to_it(
    enter: Enter, genova: City, incident_id: int, db_session: Session
) -> None:
    anna = enter("anna.traverso")
    giulia, adele = genova.account("giulia.parodi"), genova.account("admin.genova")
    assert anna.send(f"/passi-fermi/{incident_id}/affida", a=str(giulia)).status_code == 403
    anna.send(f"/passi-fermi/{incident_id}/affida", a=str(adele))
    assert "Adele Peirano" in anna.get(f"/passi-fermi/{incident_id}").text
    assert audited(db_session) == ["incidente.give"]


def buried(genova: City, key: str) -> None:
    """A program's message about nobody, for as long as messages are kept."""
    genova.step(
        lambda engine: engine.correlate("decesso_registrato", key, {}, system("prova"), source="api:anagrafe")
    )
    genova.breaks("update engine_message set expires_at = now() where key = :key", key=key)
    clock.bury_messages(genova.database, genova.maker)


def test_messages_that_nobody_awaited_are_shown_until_somebody_has_looked(
    enter: Enter, browse: Callable[..., Page], genova: City, db_session: Session
) -> None:
    # given
    admin, anna = enter("admin.genova"), enter("anna.traverso")
    assert NOBODY_AWAITED not in admin.get("/passi-fermi/").text
    buried(genova, CATERINA)
    # then it is there, and not the key, for who sees to what belongs to no pratica
    page = browse("admin.genova", "/passi-fermi/", 320)
    assert_accessible(page)
    row = page.get_by_role("row").filter(has_text="decesso registrato")
    assert "anagrafe" in row.inner_text()
    assert CATERINA not in page.content()
    assert NOBODY_AWAITED not in anna.get("/passi-fermi/").text
    seen = {name: row.locator(f"[name={name}]").input_value() for name in ("nome", "da", "ultimo")}
    assert anna.send("/passi-fermi/messaggi", **seen).status_code == 403
    # when another comes while the page is open
    buried(genova, "un'altra")
    assert "Segnati come visti." in admin.send("/passi-fermi/messaggi", **seen).text
    # then it is still to be looked into
    again = admin.get("/passi-fermi/").text
    assert NOBODY_AWAITED in again
    seen["ultimo"] = str(int(seen["ultimo"]) + 1)
    assert NOBODY_AWAITED not in admin.send("/passi-fermi/messaggi", **seen).text
    assert "Erano già segnati" in admin.send("/passi-fermi/messaggi", **seen).text
    db_session.rollback()
    found = db_session.scalars(text("select dettaglio->>'quanti' from audit where azione = 'messaggio.see'"))
    assert list(found) == ["1", "1"]


def test_the_pages_are_accessible(browse: Callable[..., Page], incident_id: int) -> None:
    page = browse("anna.traverso", "/passi-fermi/", NARROW)
    assert_accessible(page)
    for path in ("", "/correggi", "/risultato"):
        page.goto(page.url.split("/passi-fermi")[0] + f"/passi-fermi/{incident_id}{path}")
        assert_accessible(page)
