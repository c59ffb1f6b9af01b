"""What an ente decides of the paths from a page: the next pratica begins with it, the others keep what they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.demo.city import GENOVA
from app.enti import recapiti
from app.enti.model import Parametro
from app.format import MONTHS
from app.servizi import tariffe
from app.wiring import EngineMaker
from engine import Bundle, system
from engine.calendar import ROME
from engine.json import dumps
from tests.app.servizi_pagine.citta import NARROW, Visitor, assert_accessible
from tests.app.servizi_pagine.storie import date_of_today
from tests.engine.drawing import bundle, diagram, end, human, start

Enter = Callable[[str], Visitor]
HOME_CARE = "/parametri/domiciliarita/"
PATRON = "/parametri/calendario/patrono"
PEC = "/parametri/recapiti/pec"
CONTACT = "/parametri/primo_contatto/giorni_colloquio"


def on(days: int) -> str:
    return (date_of_today() + timedelta(days=days)).isoformat()


def audited(session: Session) -> list[dict[str, Any]]:
    session.rollback()
    return list(session.scalars(select(Audit.dettaglio).where(Audit.azione == "parametro.decide")))


def test_the_next_pratica_begins_with_what_was_decided_and_those_under_way_keep_theirs(
    enter: Enter, db_session: Session, maker: EngineMaker
) -> None:
    # given
    admin, engine = enter("admin.genova"), maker(db_session, GENOVA)
    before = engine.start("primo_contatto", {"unita": "ats-centro-est"}, system("prova"))
    db_session.commit()
    # when
    page = admin.send(CONTACT, valore="10", dal=on(0)).text
    # then
    assert "10 giorni lavorativi" in page
    assert "deciso qui, dal" in page
    after = engine.start("primo_contatto", {"unita": "ats-centro-est"}, system("prova"))
    assert engine.instance(after.id).variables["parametri"] == {"giorni_colloquio": 10}
    assert engine.instance(before.id).variables["parametri"] == {"giorni_colloquio": 15}
    history = admin.get(CONTACT).text
    assert "Adele Peirano" in history
    assert "vale adesso" in history
    assert audited(db_session) == [
        {"percorso": "primo_contatto", "chiave": "giorni_colloquio", "valore": "10", "dal": on(0)}
    ]


def test_a_parameter_with_decimals_is_decided_like_any_other(
    enter: Enter, db_session: Session, maker: EngineMaker
) -> None:
    # given
    parameter = {"quota": {"titolo": "Quota per ora", "valore": 1.5, "unita": "euro all'ora"}}
    made = bundle("prova", diagram("prova", start() + human("uno") + end(), "inizio uno; uno fine"))
    manifest = dumps({**made.manifest, "parametri": parameter})
    maker(db_session, GENOVA).publish(
        Bundle("prova", {**made.files, "bundle.json": manifest}), system("prova")
    )
    db_session.commit()
    admin = enter("admin.genova")
    # when
    page = admin.send("/parametri/prova/quota", valore="2,75", dal=on(0)).text
    # then
    assert "del percorso: 1,50 euro all’ora" in page
    assert "2,75 euro all’ora" in page


def test_a_value_to_come_waits_for_its_day_and_one_of_the_same_day_takes_its_place(
    enter: Enter, db_session: Session
) -> None:
    # given
    admin = enter("admin.genova")
    # when
    admin.send(HOME_CARE + "tariffa_massima", valore="20,50", dal=on(10))
    admin.send(HOME_CARE + "tariffa_massima", valore="21", dal=on(10))
    # then
    page = admin.get("/parametri/").text
    assert "18 euro all’ora" in page
    assert "21 euro all’ora dal" in page
    assert "20,50" not in page
    assert "superato" in admin.get(HOME_CARE + "tariffa_massima").text
    kept = db_session.scalars(select(Parametro.valore).where(Parametro.chiave == "tariffa_massima")).all()
    assert sorted(kept) == [Decimal("20.50"), 21]


def test_the_hour_of_a_profile_is_the_ente_s_too(enter: Enter, db_session: Session) -> None:
    enter("admin.genova").send("/parametri/tariffario/oss", valore="25,10", dal=on(1))
    assert tariffe.hourly(db_session, GENOVA, date_of_today())["oss"] == Decimal("24.50")
    tomorrow = date.fromisoformat(on(1))
    assert tariffe.hourly(db_session, GENOVA, tomorrow)["oss"] == Decimal("25.10")


@pytest.mark.parametrize(
    ("path", "valore", "dal", "said"),
    [
        (CONTACT, "presto", 0, "Scrivi un numero intero"),
        (CONTACT, "12,5", 0, "Scrivi un numero intero"),
        (CONTACT, "-1", 0, "0 giorni lavorativi"),
        (CONTACT, "99999999", 0, "3.650 giorni lavorativi"),
        (CONTACT, "10", -1, "Un valore si decide da oggi in poi"),
        (CONTACT, "10", 4000, "Controlla l’anno"),
        (HOME_CARE + "tariffa_massima", "18,505", 0, "due decimali"),
        (HOME_CARE + "tariffa_minima", "18", 0, "Deve restare sotto «Tariffa massima»: 18 euro all’ora"),
        (HOME_CARE + "isee_massimo", "5000", 0, "Deve restare sopra «ISEE fino al quale"),
        (HOME_CARE + "giorno_invio", "31", 0, "28 giorno del mese"),
    ],
)
def test_a_value_that_cannot_be_is_said_beside_its_field_and_stays_as_typed(
    enter: Enter, db_session: Session, path: str, valore: str, dal: int, said: str
) -> None:
    page = enter("admin.genova").send(path, valore=valore, dal=on(dal))
    assert page.status_code == 422
    assert said in page.text
    assert f'value="{valore}"' in page.text
    assert audited(db_session) == []


def test_the_same_value_twice_is_decided_once(enter: Enter, db_session: Session) -> None:
    admin = enter("admin.genova")
    admin.send(CONTACT, valore="10", dal=on(0))
    assert "Vale già 10 giorni lavorativi" in admin.send(CONTACT, valore="10", dal=on(0)).text
    assert len(audited(db_session)) == 1


def test_a_path_opened_by_another_is_decided_there(enter: Enter, db_session: Session) -> None:
    admin = enter("admin.genova")
    page = admin.get("/parametri/").text
    assert "Affidamento domiciliare: in Domiciliarità" in page
    assert "Chiusura: in Domiciliarità e in Presa in carico" in page
    for path in ("affidamento_domiciliare/giorni_scelta", "domiciliarita/niente", "niente/niente"):
        assert admin.send(f"/parametri/{path}", valore="6", dal=on(0)).status_code == 404
    assert audited(db_session) == []


def test_the_patron_saint_s_day_stops_the_deadlines_that_are_set_later(
    enter: Enter, db_session: Session, maker: EngineMaker
) -> None:
    # given
    admin, now = enter("admin.genova"), datetime.now(ROME)
    next_day = maker(db_session, GENOVA).calendar.after_working_days(now, 1)
    db_session.rollback()
    assert "24 giugno" in admin.get("/parametri/").text
    # when
    page = admin.send(PATRON, giorno=str(next_day.day), mese=f"{next_day:%m}", dal=on(0)).text
    # then
    assert f"{next_day.day} {MONTHS[next_day.month - 1]}" in page
    after = maker(db_session, GENOVA).calendar.after_working_days(now, 1)
    assert after > next_day
    assert "Adele Peirano" in admin.get(PATRON).text
    detail = {"percorso": "calendario", "chiave": "patrono", "valore": f"{next_day:%m-%d}", "dal": on(0)}
    assert audited(db_session) == [detail]


def test_a_patron_saint_of_another_year_counts_from_its_day(
    enter: Enter, db_session: Session, maker: EngineMaker
) -> None:
    # given
    admin, now = enter("admin.genova"), datetime.now(ROME)
    decided_on = now + timedelta(days=60)
    far = maker(db_session, GENOVA).calendar.after_working_days(now, 60)
    db_session.rollback()
    # when
    admin.send(PATRON, giorno=str(far.day), mese=f"{far:%m}", dal=decided_on.date().isoformat())
    # then
    calendar = maker(db_session, GENOVA).calendar
    assert not calendar.is_working(far.date())
    assert calendar.patron_on(now.date()) == (6, 24)
    assert calendar.patron_on(far.date()) == (far.month, far.day)


@pytest.mark.parametrize(
    ("giorno", "mese", "said"),
    [
        ("31", "06", "Questo mese non ha così tanti giorni"),
        ("40", "06", "31"),
        ("24", "", "Mese"),
        ("", "06", "Giorno"),
    ],
)
def test_a_feast_on_no_day_is_said_beside_its_field(
    enter: Enter, db_session: Session, giorno: str, mese: str, said: str
) -> None:
    page = enter("admin.genova").send(PATRON, giorno=giorno, mese=mese, dal=on(0))
    assert page.status_code == 422
    assert said in page.text
    assert f'value="{giorno}"' in page.text
    assert audited(db_session) == []


def test_the_ways_to_answer_are_the_ente_s_and_may_be_taken_away(enter: Enter, db_session: Session) -> None:
    # given
    admin = enter("admin.genova")
    # when
    admin.send(PEC, valore="protocollo@pec.esempio.it", dal=on(0))
    # then
    assert "protocollo@pec.esempio.it" in admin.get("/parametri/").text
    assert recapiti.on(db_session, GENOVA, date_of_today()).pec == "protocollo@pec.esempio.it"
    # when
    assert "PEC: nessuno dal" in admin.send(PEC, valore="", dal=on(0)).text
    # then
    db_session.rollback()
    assert recapiti.on(db_session, GENOVA, date_of_today()).pec is None
    # and what is no address is refused
    for path, typed in ((PEC, "protocollo"), ("/parametri/recapiti/online", "javascript:alert(1)")):
        page = admin.send(path, valore=typed, dal=on(0))
        assert page.status_code == 422
        assert f'value="{typed}"' in page.text


@pytest.mark.parametrize("who", ["anna.traverso", "giulia.parodi", "analista.genova", "dpo.genova"])
def test_only_the_administrator_decides(enter: Enter, db_session: Session, who: str) -> None:
    visitor = enter(who)
    assert "Parametri" not in visitor.get("/benvenuto").text
    assert visitor.get("/parametri/").status_code == 403
    assert visitor.send(CONTACT, valore="10", dal=on(0)).status_code == 403
    assert audited(db_session) == []


def test_the_pages_can_be_used_by_everybody(browse: Callable[..., Page]) -> None:
    page = browse("admin.genova", "/parametri/", NARROW)
    assert_accessible(page)
    page.get_by_role("link", name="Cambia Tariffa massima").click()
    page.get_by_label("Nuovo valore").fill("tanto")
    page.get_by_role("button", name="Decidi").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Nuovo valore").fill("19,50")
    page.get_by_role("button", name="Decidi").click()
    expect(page.get_by_text("Tariffa massima: 19,50 euro all’ora dal")).to_be_visible()
    page.get_by_role("link", name="Cambia Tariffa massima").click()
    expect(page.get_by_text("Adele Peirano").last).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Parametri").first.click()
    page.get_by_role("link", name="Cambia Festa del santo patrono").click()
    assert_accessible(page)
