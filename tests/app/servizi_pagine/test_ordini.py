"""A supplier's orders: what it sees, and what follows from its answer."""

import pytest
from sqlalchemy import select

from app.audit.models import Audit
from app.servizi.models import Ordine, SospensioneOrdine
from tests.app.servizi_pagine.storie import open_steps


def test_a_supplier_sees_what_it_needs_to_go_there_and_nothing_else(enter, storie):
    page = enter("coop.lanterna").get("/ordini").text
    assert "Rosa" in page
    assert "Via Prè 12" in page
    assert "lun, mer, ven" in page
    assert "scale o barriere" in page
    for secret in ("PRDRSO44A41D969J", "10.000", "AGED", "ISEE", "5551234", "Ottonello"):
        assert secret not in page


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
