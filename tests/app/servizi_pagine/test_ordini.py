"""A supplier's orders: what it sees, and what follows from its answer."""

import re

import pytest
from sqlalchemy import select

from app.audit.models import Audit
from app.servizi.models import Ordine, SospensioneOrdine
from engine import tables
from tests.app.servizi_pagine.storie import open_steps

NEVER = ("PRDRSO44A41D969J", "1944", "10.000", "AGED", "ISEE", "5551234")


def pages_of(supplier, order_id: int, *more: str) -> str:
    """Every page on which a supplier meets a persona, one after the other; without the digits of form tokens,
    which chance may write like a year."""
    lists = ("/scrivania?vista=prendere", "/scrivania?vista=mie", "/ordini")
    text = "".join(supplier.get(path).text for path in (*lists, f"/ordini/{order_id}", *more))
    return re.sub("[0-9a-f]{40,}", "", text)


def test_before_it_accepts_a_supplier_learns_the_first_name_the_area_and_the_needs(enter, storie):
    order_id = storie.in_ordine.ordine_id
    page = pages_of(enter("coop.ponente"), order_id) + pages_of(
        enter("coop.lanterna"), order_id, f"/ordini/{order_id}/rifiuta"
    )
    for needed in ("Rosa", "Genova", "lun, mer, ven", "scale o barriere"):
        assert needed in page
    for secret in ("Parodi", "Via Prè", "Citofono", *NEVER):
        assert secret not in page, secret


def test_a_scrivania_with_nothing_on_it_leads_to_the_orders_that_wait(enter, storie):
    supplier, office = enter("coop.lanterna"), enter("silvia.canepa")
    page = supplier.get("/scrivania").text
    assert '<a href="/ordini">1 ordine aspetta la tua risposta</a>' in page
    assert re.search(r'href="/ordini"[^>]*>Ordini\s*<span class="pr-n">1</span>', page)
    # and who gives out the orders is not asked to answer
    assert not re.search(r'href="/ordini"[^>]*>Ordini\s*<span', office.get("/scrivania").text)


def test_when_it_has_accepted_every_page_of_the_supplier_says_the_same_name(enter, storie, db_session):
    # given
    supplier, order_id = enter("coop.lanterna"), storie.in_ordine.ordine_id
    supplier.send(f"/ordini/{order_id}/accetta")
    t = tables.task.c
    root = t.root_id == storie.in_ordine.root_id
    step = db_session.scalars(select(t.id).where(root, t.element_id == "avvio_servizio")).one()
    # when
    seen = [
        supplier.get(path).text
        for path in ("/scrivania?vista=prendere", "/ordini", f"/ordini/{order_id}", f"/attivita/{step}")
    ]
    # then
    assert [("Rosa Parodi" in page or "Parodi Rosa" in page) for page in seen] == [True] * len(seen)
    assert "Via Prè 12" in seen[2]
    for secret in NEVER:
        assert not re.search(rf"(?<![0-9a-f]){re.escape(secret)}(?![0-9a-f])", "".join(seen)), (
            secret
        )  # nor in a token


def test_the_address_goes_away_with_the_service(enter, storie, db_session):
    order = db_session.get(Ordine, (1, storie.in_servizio.ordine_id))
    order.stato, order.risposto_at = "chiuso", order.mandato_at
    db_session.commit()
    page = enter("coop.lanterna").get(f"/ordini/{order.id}").text
    assert "Caterina Ottonello" in page
    assert "Salita San Paolo" not in page


def test_reading_an_order_leaves_a_trace(enter, storie, db_session):
    enter("coop.lanterna").get(f"/ordini/{storie.in_ordine.ordine_id}")
    read = db_session.scalars(
        select(Audit).where(
            Audit.azione == "persona.read", Audit.persona_id == str(storie.in_ordine.persona_id)
        )
    ).one()
    assert read.dettaglio == {"sezione": "ordini"}


@pytest.mark.parametrize("path", ["", "/rifiuta", "/mese", "/messaggi/sospensione_richiesta"])
def test_another_supplier_cannot_open_the_order(enter, storie, path: str):
    other = enter("coop.ponente")
    assert "Rosa" not in other.get("/ordini").text
    assert other.get(f"/ordini/{storie.in_ordine.ordine_id}{path}").status_code == 403


@pytest.mark.parametrize("who", ["coop.ponente", "silvia.canepa", "giulia.parodi", "paolo.ferrari"])
@pytest.mark.parametrize("answer", ["accetta", "rifiuta"])
def test_only_its_supplier_answers_for_an_order(enter, storie, db_session, who: str, answer: str):
    refused = enter(who).send(f"/ordini/{storie.in_ordine.ordine_id}/{answer}", motivo="Non ho posto")
    assert refused.status_code == 403
    assert db_session.get(Ordine, (1, storie.in_ordine.ordine_id)).stato == "mandato"


def test_the_office_sees_the_orders_of_every_supplier_without_answering(enter, storie):
    page = enter("silvia.canepa").get("/ordini").text
    assert "Cooperativa La Lanterna" in page
    assert "Accetta</button>" not in page


def test_an_accepted_order_goes_on_to_its_beginning(enter, storie, db_session):
    page = enter("coop.lanterna").send(f"/ordini/{storie.in_ordine.ordine_id}/accetta")
    assert "Ordine accettato" in page.text
    assert db_session.get(Ordine, (1, storie.in_ordine.ordine_id)).stato == "accettato"
    assert "avvio_servizio" in open_steps(db_session, storie.in_ordine.root_id)


def test_an_order_answered_twice_keeps_its_first_answer(enter, storie, db_session):
    supplier = enter("coop.lanterna")
    supplier.send(f"/ordini/{storie.in_ordine.ordine_id}/accetta")
    again = supplier.send(f"/ordini/{storie.in_ordine.ordine_id}/rifiuta", motivo="Ci ho ripensato")
    assert again.status_code == 409
    assert "ha già una risposta" in again.text
    assert db_session.get(Ordine, (1, storie.in_ordine.ordine_id)).stato == "accettato"


def test_a_refusal_without_a_reason_changes_nothing(enter, storie, db_session):
    page = enter("coop.lanterna").send(f"/ordini/{storie.in_ordine.ordine_id}/rifiuta", motivo="  ")
    assert page.status_code == 422
    assert "Manca il motivo" in page.text
    assert db_session.get(Ordine, (1, storie.in_ordine.ordine_id)).stato == "mandato"


def test_a_refused_order_goes_to_the_next_supplier(enter, storie, db_session):
    page = enter("coop.lanterna").send(
        f"/ordini/{storie.in_ordine.ordine_id}/rifiuta", motivo="Nessun OSS libero al mattino"
    )
    assert "Ordine rifiutato" in page.text
    refused = db_session.get(Ordine, (1, storie.in_ordine.ordine_id))
    assert (refused.stato, refused.motivo_rifiuto) == ("rifiutato", "Nessun OSS libero al mattino")
    assert "Rosa" in enter("coop.ponente").get("/ordini").text


def test_a_supplier_that_finds_nobody_at_home_has_the_service_suspended(enter, storie, db_session):
    # given
    supplier = enter("coop.lanterna")
    path = f"/ordini/{storie.in_servizio.ordine_id}"
    assert "Sospendi per ricovero o assenza" in supplier.get(path).text
    # when
    supplier.send(
        f"{path}/messaggi/sospensione_richiesta",
        motivo="ricovero",
        dal="2026-11-20",
        segnalato_da="L’operatrice",
    )
    # then
    assert "registra_sospensione" in open_steps(db_session, storie.in_servizio.root_id)
    assert db_session.scalars(select(SospensioneOrdine)).all() == []
    assert "Sospendi per ricovero o assenza" not in supplier.get(path).text


def test_an_order_that_is_not_there_is_not_found(enter):
    assert enter("coop.lanterna").get("/ordini/999").status_code == 404
