"""Applications, notices and decisions leave their number, their reasons and their letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.avvisi.model import Avviso
from app.persone.model import Identificativo, Residenza
from app.pratiche.atti.model import Osservazioni, Preavviso, Provvedimento, Trasferimento
from app.pratiche.model import Pratica, Protocollo
from app.servizi import isee
from app.servizi.models import AttestazioneIsee, Domanda, Valutazione
from engine import Refused
from tests.app.domain.conftest import GENOVA, MONDAY, Opened

Ask = Callable[..., dict[str, Any]]
ROSA = "PRDRSO44A41D969J"


@pytest.fixture
def opened(a_pratica: Callable[..., Opened]) -> Opened:
    return a_pratica("domiciliarita", termine_giorni=30)


@pytest.fixture
def apply(ask: Ask, opened: Opened) -> Callable[..., dict[str, Any]]:
    """Rosa applies: `apply(codice_fiscale=…)`; gives the operation's answer."""

    def apply(**more: Any) -> dict[str, Any]:
        given = {"codice_fiscale": ROSA, "tipo_isee": "SocioSanitario", "urgente": False, **more}
        return ask("domanda.register", root_id=opened.root_id, persona_id=opened.persona_id, **given)

    return apply


def test_an_application_is_protocolled_and_its_beginning_told(
    apply: Callable[..., dict[str, Any]], session: Session
) -> None:
    # when
    answer = apply()
    # then
    assert (answer["eta"], answer["residente"]) == (82, True)
    line = session.scalars(select(Protocollo)).one()
    assert (line.protocol_number, line.verso) == ("2026/0000001", "in_arrivo")
    letter = session.scalars(select(Avviso)).one()
    assert "protocollo 2026/0000001" in letter.testo
    assert "23/12/2026" in letter.testo
    assert "ATS Centro Est" in letter.testo


WRONG = "PRDRSO44A41D968H"


def test_the_right_code_takes_the_place_of_the_wrong_one_and_the_application_stays_as_it_was(
    ask: Ask, apply: Callable[..., dict[str, Any]], opened: Opened, session: Session
) -> None:
    # given
    apply(codice_fiscale=WRONG)
    # when
    ask("persona.correct_code", persona_id=opened.persona_id, codice_trovato=True, codice_fiscale=ROSA)
    # then
    living = select(Identificativo.tipo, Identificativo.valore).where(Identificativo.al.is_(None))
    assert session.execute(living).all() == [("cf", ROSA)]
    assert session.scalars(select(Identificativo.valore).order_by(Identificativo.id)).all() == [WRONG, ROSA]
    assert session.scalars(select(Domanda.codice_fiscale)).all() == [WRONG]


def test_the_plain_spelling_of_a_code_stands_beside_the_one_with_letters(
    ask: Ask, apply: Callable[..., dict[str, Any]], opened: Opened, session: Session
) -> None:
    apply(codice_fiscale="PRDRSO44A4MDVSVR")
    ask("persona.correct_code", persona_id=opened.persona_id, codice_trovato=True, codice_fiscale=ROSA)
    assert session.scalars(select(Identificativo.al)).all() == [None, None]


def test_no_right_code_found_changes_nothing(
    ask: Ask, apply: Callable[..., dict[str, Any]], opened: Opened, session: Session
) -> None:
    apply(codice_fiscale=WRONG)
    ask("persona.correct_code", persona_id=opened.persona_id, codice_trovato=False, codice_fiscale=WRONG)
    assert session.execute(select(Identificativo.valore, Identificativo.al)).all() == [(WRONG, None)]


def test_the_code_of_the_application_is_kept(apply: Callable[..., dict[str, Any]], session: Session) -> None:
    apply()
    assert session.scalars(select(Identificativo.valore)).all() == [ROSA]


def test_the_code_of_somebody_else_is_refused(
    apply: Callable[..., dict[str, Any]], a_persona: Callable[..., str]
) -> None:
    a_persona(cognome="Altra", codice_fiscale=ROSA)
    with pytest.raises(Refused) as refused:
        apply()
    assert (refused.value.code, refused.value.field) == ("codice_fiscale_di_altri", "codice_fiscale")


def test_a_code_badly_written_is_refused(apply: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(Refused, match="Ricontrolla"):
        apply(codice_fiscale="PRDRSO44A41D969A")


def test_who_lives_elsewhere_is_not_resident(
    apply: Callable[..., dict[str, Any]], session: Session, opened: Opened
) -> None:
    home = session.scalars(select(Residenza)).one()
    assert home.comune == GENOVA
    home.al = date(2026, 11, 22)
    session.add(
        Residenza(
            ente_id=1, persona_id=int(opened.persona_id), comune="010047", fonte="anpr", dal=MONDAY.date()
        )
    )
    assert apply()["residente"] is False


def test_a_notice_and_a_refusal_keep_their_reasons(
    ask: Ask, apply: Callable[..., dict[str, Any]], opened: Opened, session: Session
) -> None:
    # given
    case = {"persona_id": opened.persona_id, "domanda_id": apply()["domanda_id"]}
    notice = ask(
        "preavviso.register", root_id=opened.root_id, motivi_preavviso=["ISEE oltre la soglia"], **case
    )
    ask("osservazioni.evaluate", osservazioni_accolte=False, motivazione="Non cambia l'ISEE.", **notice)
    # when
    ask(
        "provvedimento.issue",
        root_id=opened.root_id,
        motivazione="L'ISEE supera la soglia.",
        norme="Regolamento comunale, art. 4",
        ricorso_a="al TAR entro 60 giorni",
        **case,
    )
    # then
    assert session.scalars(select(Preavviso)).one().motivi == ["ISEE oltre la soglia"]
    assert session.scalars(select(Osservazioni)).one().accolte is False
    act = session.scalars(select(Provvedimento)).one()
    assert (act.tipo, act.firmato_il) == ("diniego", MONDAY.date())
    letter = session.get_one(Avviso, (1, act.avviso_id))
    assert "al TAR entro 60 giorni" in letter.testo
    numbers = [line.numero for line in session.scalars(select(Protocollo).order_by(Protocollo.id))]
    assert numbers == [1, 2]


def test_the_protocol_gives_a_number(ask: Ask, opened: Opened) -> None:
    given = {"oggetto": "Comunicazione", "verso": "in_partenza", "destinatario": "Procura"}
    answer = ask("protocollo.register", root_id=opened.root_id, persona_id=opened.persona_id, **given)
    assert answer == {"protocollo": "2026/0000001"}


def test_an_assessment_about_a_minor_makes_the_pratica_confidential(
    ask: Ask, opened: Opened, session: Session
) -> None:
    ask(
        "valutazione.register",
        root_id=opened.root_id,
        persona_id=opened.persona_id,
        gravita="pregiudizio",
        fatti="…",
    )
    assert session.get_one(Pratica, (1, opened.id)).riservatezza == "minori"


def test_an_assessment_keeps_its_scores_and_its_answers(ask: Ask, opened: Opened, session: Session) -> None:
    given = {
        "aged": Decimal("12"),
        "adl": 2,
        "legge_104": "c3",
        "accompagnamento": True,
        "abitazione": ["barriere"],
    }
    ask("valutazione.register", root_id=opened.root_id, persona_id=opened.persona_id, **given)
    kept = session.scalars(select(Valutazione)).one()
    assert (kept.aged, kept.adl, kept.legge_104) == (12, 2, "c3")
    assert kept.dati["abitazione"] == ["barriere"]
    assert session.get_one(Pratica, (1, opened.id)).riservatezza == "ordinaria"


def test_a_transfer_of_competence_is_kept(ask: Ask, opened: Opened, session: Session) -> None:
    ask("competenza.transfer", root_id=opened.root_id, persona_id=opened.persona_id, nuovo_comune="010047")
    kept = session.scalars(select(Trasferimento)).one()
    assert (kept.nuovo_comune, kept.trasferisce) == ("010047", True)


def test_an_attestation_is_kept_once_and_found_while_in_force(opened: Opened, session: Session) -> None:
    # given
    read = {
        "valore": Decimal("10000.005"),
        "scade_il": "2026-12-31",
        "protocollo_dsu": "INPS-ISEE-2026-00000001A-00",
    }
    persona_id = int(opened.persona_id)
    # when
    for _ in range(2):
        isee.keep(session, 1, persona_id, "SocioSanitario", read, MONDAY)
    # then
    assert [each.valore_eur for each in session.scalars(select(AttestazioneIsee))] == [Decimal("10000.01")]
    assert isee.in_force(session, 1, persona_id, "SocioSanitario", date(2026, 12, 31)) is not None
    assert isee.in_force(session, 1, persona_id, "SocioSanitario", date(2027, 1, 1)) is None
    assert isee.in_force(session, 1, persona_id, "Ordinario", date(2026, 12, 1)) is None


def test_an_application_names_what_was_asked(apply: Callable[..., dict[str, Any]], session: Session) -> None:
    apply(prestazioni_chieste=["igiene", "pasti"], richiedente="familiare", motivo_domanda="Cade spesso.")
    kept = session.scalars(select(Domanda)).one()
    assert (kept.prestazioni_chieste, kept.richiedente, kept.motivo) == (
        ["igiene", "pasti"], "familiare", "Cade spesso.",
    )  # fmt: skip
