"""Who works for a supplier: it says so itself, and its visits are held to it."""

import re
from datetime import timedelta

from sqlalchemy import select

from app.audit.models import Audit
from app.servizi.models import OperatoreFornitore
from tests.app.servizi_pagine.citta import assert_accessible
from tests.app.servizi_pagine.storie import date_of_today

THEIRS = "/ordini/operatori/coop-lanterna"
ANNA = {"codice": "LAN-7", "nome": "Anna Poggi", "qualifica": "oss", "dal": "2026-01-01"}


def said(session) -> list[OperatoreFornitore]:
    session.rollback()
    return list(session.scalars(select(OperatoreFornitore).order_by(OperatoreFornitore.id)))


def test_a_supplier_says_who_begins_and_who_leaves(enter, db_session):
    # given
    supplier = enter("coop.lanterna")
    assert f'href="{THEIRS}"' in supplier.get("/ordini").text
    assert "Finché l’elenco è vuoto le qualifiche non si controllano" in supplier.get(THEIRS).text
    # when
    page = supplier.send(f"{THEIRS}/nuovo", **ANNA).text
    # then
    assert "Aggiunto: LAN-7." in page
    assert re.search(r"LAN-7.*Anna Poggi.*OSS.*1 gennaio 2026.*senza fine", page, re.DOTALL)
    (anna,) = said(db_session)
    # when she leaves
    left = date_of_today() - timedelta(days=1)
    page = supplier.send(f"{THEIRS}/{anna.id}/fine", al=left.isoformat()).text
    # then she is among those of before, and may come back
    assert "Chi non ci lavora più (1)" in page
    assert said(db_session)[0].al == left
    assert "Aggiunto" in supplier.send(f"{THEIRS}/nuovo", **{**ANNA, "dal": date_of_today().isoformat()}).text
    # and of each there is a trace, without her name
    told = db_session.scalars(select(Audit).where(Audit.azione.like("operatore_fornitore.%")))
    traces = [(row.azione.partition(".")[2], row.dettaglio["fornitore"]) for row in told]
    assert traces == [("add", "coop-lanterna"), ("end", "coop-lanterna"), ("add", "coop-lanterna")]
    assert "Poggi" not in str([row.dettaglio for row in db_session.scalars(select(Audit))])


WRONG = (
    ({}, "C’è già con questa qualifica in quei giorni."),
    ({"codice": ""}, "Matricola: "),
    ({"codice": "X" * 41}, "Matricola: "),
    ({"qualifica": "medico"}, "Scegli una delle risposte."),
    ({"dal": "31/02/2026"}, "Scrivi la data così"),
)


def test_what_cannot_be_is_refused_beside_its_field(enter, db_session):
    supplier = enter("coop.lanterna")
    supplier.send(f"{THEIRS}/nuovo", **ANNA)
    for changes, sentence in WRONG:
        answer = supplier.send(f"{THEIRS}/nuovo", **{**ANNA, **changes})
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
        assert "Anna Poggi" in answer.text  # what was written is still there
    assert len(said(db_session)) == 1


def test_nobody_leaves_before_having_begun(enter, db_session):
    supplier = enter("coop.lanterna")
    supplier.send(f"{THEIRS}/nuovo", **ANNA)
    (anna,) = said(db_session)
    answer = supplier.send(f"{THEIRS}/{anna.id}/fine", al="2025-12-31")
    assert (answer.status_code, "Ha cominciato il 1 gennaio 2026" in answer.text) == (422, True)
    assert said(db_session)[0].al is None


def test_only_the_supplier_speaks_of_its_people_and_who_controls_reads(enter, db_session):
    # given
    enter("coop.lanterna").send(f"{THEIRS}/nuovo", **ANNA)
    (anna,) = said(db_session)
    commands = (f"{THEIRS}/nuovo", ANNA), (f"{THEIRS}/{anna.id}/fine", {"al": "2026-01-02"})
    for who, reads in (
        ("coop.ponente", 403), ("giulia.parodi", 403), ("admin.genova", 403), ("dario.olivieri", 200)
    ):  # fmt: skip
        # when
        other = enter(who)
        page = other.get(THEIRS)
        # then
        assert (page.status_code, "Anna Poggi" in page.text) == (reads, reads == 200), who
        assert "Aggiungi un operatore" not in page.text
        assert [other.send(path, **fields).status_code for path, fields in commands] == [403, 403], who
    assert [row.al for row in said(db_session)] == [None]


def test_a_supplier_does_not_reach_through_its_own_page_somebody_of_another(enter, db_session):
    enter("coop.ponente").send("/ordini/operatori/coop-ponente/nuovo", **ANNA)
    (theirs,) = said(db_session)
    answer = enter("coop.lanterna").send(f"{THEIRS}/{theirs.id}/fine", al="2026-01-02")
    assert answer.status_code == 404
    assert said(db_session)[0].al is None


def test_the_pages_are_accessible_and_fit(browse, db_session):
    page = browse("coop.lanterna", THEIRS)
    page.get_by_role("link", name="Aggiungi un operatore").click()
    page.get_by_role("button", name="Salva").click()
    assert_accessible(page)
    page.get_by_label("Matricola").fill("LAN-7")
    page.get_by_label("OSS").check()
    page.get_by_role("button", name="Salva").click()
    left = page.get_by_role("link", name="Ultimo giorno di LAN-7")
    left.wait_for()
    assert_accessible(page)
    left.click()
    page.get_by_label("Ultimo giorno di lavoro").wait_for()
    assert_accessible(page)
