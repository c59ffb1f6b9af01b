"""What may be told to an open pratica: declared by the bundles, offered to whom they name, sent once."""

import json

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.avvisi.model import Avviso
from app.demo.foundation import published
from app.pratiche.model import Pratica
from app.rights.roles import ROLES
from app.servizi.models import Iscrizione
from app.servizi.pagine import messaggi
from engine import Bundle, operator, tables
from engine.program import compile_bundle
from tests.app.servizi_pagine.storie import date_of_today, open_steps

DECLARED = [
    (program, messaggio)
    for program in map(compile_bundle, published())
    for messaggio in messaggi.declared(program).values()
]
SOSPENSIONE = {"motivo": "ricovero", "dal": "2026-11-20", "segnalato_da": "La figlia"}


@pytest.mark.parametrize(
    ("program", "messaggio"),
    DECLARED,
    ids=[f"{program.slug}:{messaggio.nome}" for program, messaggio in DECLARED],
)
def test_what_a_bundle_declares_can_be_sent(program, messaggio):
    events = [e.event.name for e in program.diagram.elements.values() if e.event is not None]
    assert messaggio.nome in events
    assert set(messaggio.ruoli) <= set(ROLES)
    form = messaggi.form_of(program, messaggio)
    assert form.problems() == []
    assert set(messaggio.passate) <= set(messaggio.modulo["properties"])


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {"titolo": "Manca il resto"},
        {"titolo": "T", "che_succede": "C", "ruoli": None, "modulo": {}},
        {
            "titolo": "T",
            "che_succede": "C",
            "ruoli": [],
            "modulo": {"type": "object", "properties": {"a": {"type": "?"}}},
        },
    ],
)
def test_a_message_half_declared_is_left_out_and_the_others_stay(entry):
    bundle = next(b for b in published() if b.slug == "domiciliarita")
    manifest = json.loads(bundle.files["bundle.json"])
    manifest["messaggi"]["ripresa_richiesta"] = entry
    changed = Bundle(bundle.slug, {**bundle.files, "bundle.json": json.dumps(manifest).encode()})
    found = messaggi.declared(compile_bundle(changed))
    assert set(found) == {"rinuncia_registrata", "sospensione_richiesta", "rimodulazione_richiesta"}


def path_to(storia, nome: str, chiave: object) -> str:
    return f"/pratiche/{storia.pratica_id}/messaggi/{nome}/{chiave}"


def test_the_pratica_offers_what_it_waits_for(enter, storie):
    page = enter("giulia.parodi").get(f"/pratiche/{storie.in_servizio.pratica_id}").text
    assert "Sospendi per ricovero o assenza" in page
    assert "Chiedi una modifica del piano" in page
    assert "messaggi/ripresa_richiesta/" not in page


def test_a_suspension_waits_for_the_return_and_is_offered_once(enter, storie, db_session, maker):
    # given
    giulia, story = enter("giulia.parodi"), storie.in_servizio
    pratica = f"/pratiche/{story.pratica_id}"
    # when
    page = giulia.send(path_to(story, "sospensione_richiesta", story.ordine_id), **SOSPENSIONE)
    # then
    assert "La figlia" in page.text
    assert "messaggi/sospensione_richiesta/" not in page.text
    # when
    engine = maker(db_session, 1)
    (task,) = [t for t in engine.open_tasks(story.root_id) if t.element_id == "registra_sospensione"]
    page = enter("silvia.canepa").get(f"/attivita/{task.id}").text
    assert 'name="dal" value="2026-11-20"' in page  # the day that was told, not the first day of the plan
    silvia = db_session.scalars(select(Account.id).where(Account.nome_utente == "silvia.canepa")).one()
    done = {"motivo": "ricovero", "dal": "2026-11-20", "segnalato_da": "La figlia"}
    engine.complete(task.id, done, operator(silvia))
    db_session.commit()
    # then
    assert "messaggi/ripresa_richiesta/" in giulia.get(pratica).text
    # when
    back = {"ripresa_dal": "2026-11-23", "ripresa_segnalata_da": "La figlia"}
    giulia.send(path_to(story, "ripresa_richiesta", story.ordine_id), **back)
    # then
    assert "registra_ripresa" in open_steps(db_session, story.root_id)


def test_who_waits_for_the_fund_may_give_up_and_is_written_to(enter, storie, db_session):
    # given
    story, told = storie.in_lista, {"rinuncia_il": "2026-11-20", "rinuncia_detta_da": "Il figlio"}
    # when
    enter("giulia.parodi").send(path_to(story, "rinuncia_registrata", story.iscrizione_id), **told)
    # then
    pratica = db_session.get(Pratica, (1, story.pratica_id))
    assert (pratica.esito, pratica.chiusa_at is not None) == ("rinuncia_prima_del_servizio", True)
    assert db_session.get(Iscrizione, (1, story.iscrizione_id)).stato == "uscita"
    letter = db_session.scalars(select(Avviso).where(Avviso.lettera == "rinuncia_lista")).one()
    assert "20 novembre 2026" in letter.testo


def test_a_form_sent_twice_is_told_once(enter, storie, db_session):
    giulia, story = enter("giulia.parodi"), storie.in_servizio
    address = path_to(story, "rimodulazione_richiesta", story.ordine_id)
    asked = {
        "modifica_chiesta_da": "persona",
        "modifica_chiesta": "Un’ora in più il sabato",
        "invio": "a" * 32,
    }
    giulia.send(address, **asked)
    assert giulia.send(address, **asked).status_code == 409
    assert "proposta_rimodulazione" in open_steps(db_session, story.root_id)
    m = tables.message.c
    assert len(db_session.scalars(select(m.id).where(m.name == "rimodulazione_richiesta")).all()) == 1


def test_what_is_missing_is_said_beside_its_field(enter, storie, db_session):
    story = storie.in_servizio
    address = path_to(story, "sospensione_richiesta", story.ordine_id)
    page = enter("giulia.parodi").send(address, **{**SOSPENSIONE, "segnalato_da": ""})
    assert page.status_code == 422
    assert "1 risposta da correggere" in page.text
    assert "registra_sospensione" not in open_steps(db_session, story.root_id)


def test_observations_restart_the_term_and_are_then_weighed(enter, storie, db_session):
    # given
    paolo, story = enter("paolo.ferrari"), storie.in_preavviso
    address = path_to(story, "osservazioni_presentate", 1)
    # when
    early = paolo.send(address, presentate_il="2999-01-01", osservazioni="Ho un verbale nuovo.")
    # then
    assert early.status_code == 422
    assert "Non può essere nel futuro." in early.text
    # when
    page = paolo.send(address, presentate_il=date_of_today().isoformat(), osservazioni="Ho un verbale nuovo.")
    # then
    assert "valuta_osservazioni" in open_steps(db_session, story.root_id)
    assert "Ho un verbale nuovo." in page.text
    # and who weighs them reads them in the form, and among what was said before
    t = tables.task.c
    weighs = t.root_id == story.root_id, t.element_id == "valuta_osservazioni"
    step = paolo.get(f"/attivita/{db_session.scalars(select(t.id).where(*weighs)).one()}").text
    form, _, beside = step.partition('class="pr-lato')
    assert ("Ho un verbale nuovo." in form, "Ho un verbale nuovo." in beside) == (True, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("luca.repetto", 403), ("bruno.merello", 403), ("marco.costa", 409), ("paolo.ferrari", 409), ("elsa.pittaluga", 403)],
)  # fmt: skip
def test_only_who_is_named_and_reads_the_case_may_tell(enter, storie, db_session, who: str, status: int):
    story = storie.in_servizio
    page = enter(who).send(path_to(story, "sospensione_richiesta", story.ordine_id), **SOSPENSIONE)
    assert page.status_code == status
    assert "registra_sospensione" not in open_steps(db_session, story.root_id)
