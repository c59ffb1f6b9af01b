"""Letters say things in words, are never sent with a hole, and never reach who must not be reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.avvisi import lettera
from app.avvisi.model import Avviso
from app.enti import parametri
from app.persone.model import Persona, Recapito
from app.pratiche.model import Pratica
from engine import Broken
from tests.app.domain.conftest import Opened

Ask = Callable[..., dict[str, Any]]
SALUTO = (
    "Oggetto: per {{ persona_nome }}\n\nGentile {{persona_nome}}, pratica {{ pratica_numero }}: {{ dato }}."
)


@pytest.fixture
def send(ask: Ask, a_pratica: Callable[..., Opened], session: Session) -> Callable[..., Avviso]:
    """Send the letter «saluto» within a pratica: `send(dato="…")`; gives what was kept."""
    opened = a_pratica("domiciliarita", saluto=SALUTO)

    def send(**request: Any) -> Avviso:
        given = {"lettera": "saluto", "persona_id": opened.persona_id, **request}
        answer = ask("avviso.send", root_id=opened.root_id, **given)
        return session.get_one(Avviso, (1, int(answer["avviso_id"])))

    return send


def test_a_letter_is_kept_as_it_was_sent(send: Callable[..., Avviso]) -> None:
    sent = send(dato="a domani")
    assert (sent.oggetto, sent.testo) == (
        "Per Rosa Parodi",
        "Gentile Rosa Parodi, pratica 2026/1: a domani.\n",
    )
    assert (sent.stato, sent.canale, sent.ricevuto_il) == ("simulato", "posta", date(2026, 11, 23))


def test_the_same_step_sends_once(send: Callable[..., Avviso]) -> None:
    assert send(key="k", dato="uno").id == send(key="k", dato="due").id


def test_a_letter_with_a_hole_is_not_sent(send: Callable[..., Avviso], session: Session) -> None:
    with pytest.raises(Broken, match="manca dato"):
        send()
    assert session.scalars(select(Avviso)).all() == []


def test_a_letter_says_only_the_ways_to_answer_that_the_ente_has(
    ask: Ask, a_pratica: Callable[..., Opened], session: Session
) -> None:
    # given
    opened = a_pratica("domiciliarita", saluto="Rispondi:\n{{ come_rispondere }}")

    def written() -> str:
        asked = {"lettera": "saluto", "persona_id": opened.persona_id}
        answer = ask("avviso.send", root_id=opened.root_id, **asked)
        return session.get_one(Avviso, (1, int(answer["avviso_id"]))).testo

    # when / then
    counter = "- allo sportello, a voce o per iscritto: ATS Centro Est, +390105570000"
    assert written() == f"Rispondi:\n{counter}.\n"
    # when
    for chiave, valore, dal in (
        ("pec", "protocollo@pec.esempio.it", date(2026, 11, 23)),
        ("posta", "Archivio, via Garibaldi 9, 16124 Genova", date(2026, 11, 1)),
        ("online", "https://servizi.esempio.it", date(2026, 11, 24)),
    ):
        parametri.decide(1, "recapiti", chiave, valore, dal=dal, by="prova", session=session)
    # then the online service of tomorrow is not told yet
    assert written() == (
        f"Rispondi:\n{counter};\n"
        "- per posta: Archivio, via Garibaldi 9, 16124 Genova;\n"
        "- per PEC: protocollo@pec.esempio.it.\n"
    )


def test_a_letter_that_the_path_does_not_have_is_not_sent(send: Callable[..., Avviso]) -> None:
    with pytest.raises(Broken, match="non è fra quelle"):
        send(lettera="altra")


def test_an_office_receives_before_the_supplier_of_whom_it_speaks(send: Callable[..., Avviso]) -> None:
    sent = send(ruolo="ufficio_controlli", fornitore_id="alfa", rendiconto_id="7", dato="x")
    assert (sent.destinatario_tipo, sent.destinatario, sent.canale) == (
        "ruolo",
        "ufficio_controlli",
        "interno",
    )
    assert sent.riferimenti == {"fornitore_id": "alfa", "rendiconto_id": "7"}


def test_the_best_channel_is_taken(send: Callable[..., Avviso], session: Session) -> None:
    persona = session.scalars(select(Persona)).one()
    for tipo, valore, riservato in (("pec", "x@pec.it", True), ("email", "rosa@example.org", False)):
        session.add(
            Recapito(
                ente_id=1,
                persona_id=persona.id,
                tipo=tipo,
                valore=valore,
                riservato=riservato,
                dal=date(2026, 1, 1),
            )
        )
    sent = send(dato="x")
    assert (sent.canale, sent.recapito) == ("email", "rosa@example.org")


@pytest.mark.parametrize("sealed", ["persona", "pratica"])
def test_nothing_reaches_a_protected_persona(
    sealed: str, send: Callable[..., Avviso], session: Session
) -> None:
    if sealed == "persona":
        session.scalars(select(Persona)).one().livello_riservatezza = "violenza"
    else:
        session.scalars(select(Pratica)).one().riservatezza = "violenza"
    sent = send(dato="x", recapito="+390105551234")
    assert (sent.stato, sent.canale, sent.recapito, sent.ricevuto_il) == (
        "trattenuto",
        "consegna",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1234.50"), "1.234,50"),
        ("2026-12-01", "1 dicembre 2026"),
        ("2026-12-01T09:05:00+01:00", "1 dicembre 2026, ore 9:05"),
        ("2026-12-01T22:59:59+00:00", "1 dicembre 2026"),
        (True, "sì"),
        (["asl", "caf", "altro"], "ASL, CAF o patronato e altro"),
        ("asl", "ASL"),
        (None, "non indicato"),
        ("{{ persona_nome }}", "{{ persona_nome }}"),
    ],
)
def test_values_are_written_in_words(value: Any, words: str) -> None:
    known = {"dato": {"asl": "ASL", "caf": "CAF o patronato"}}
    assert lettera.write("{{ dato }}", {"dato": value}, known).testo == f"{words}\n"


def test_a_letter_reads_into_what_it_is_given() -> None:
    written = lettera.write("{{ quota.tariffa }} €", {"quota": {"tariffa": Decimal("5.86")}}, {})
    assert written.testo == "5,86 €\n"
