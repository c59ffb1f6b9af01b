"""What a task says of the decisions that led to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.attivita.perche import reasons
from engine import HistoryView, Program, from_folder
from engine.program import compile_bundle

PROCESSES = Path(__file__).parents[3] / "processes"


def program(slug: str) -> Program:
    return compile_bundle(from_folder(PROCESSES / slug))


def decided(element: str, table: str, value: Any) -> HistoryView:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    why = {"tabelle": [[table, []]]}
    return HistoryView(1, 1, element, "businessRuleTask", "done", at, "motore", value, None, why)


@pytest.mark.parametrize(
    ("slug", "element", "table", "value", "said"),
    [
        (
            "domiciliarita",
            "quota_oraria",
            "fascia_isee",
            {"fascia": "senza_isee", "tariffa_oraria": 18},
            "fascia senza ISEE, quota oraria 18,00\u00a0€/h",
        ),
        ("domiciliarita", "punteggio_lista", "punteggio_domiciliarita", 90, "punti 90"),
        (
            "progetto_sociale",
            "complessita",
            "complessita",
            {"verifica_entro": 180, "percorso": "equipe"},
            "percorso équipe, verifica entro 180\u00a0giorni",
        ),
        (
            "primo_contatto",
            "esito_triage",
            "triage",
            {"esito": "colloquio", "motivo": "La richiesta va ascoltata in un colloquio"},
            "la richiesta va ascoltata in un colloquio",
        ),
        (
            "rimodulazione",
            "soglia",
            "soglia_approvazione",
            {"chi": "responsabile", "perche": "La spesa cresce oltre la soglia"},
            "la spesa cresce oltre la soglia",
        ),
        (
            "istruttoria_domiciliare",
            "ammissione",
            "motivi_esclusione",
            {"motivi": ["L'ISEE supera la soglia del servizio"], "ammesso": False},
            "ammesso no, motivi: l'ISEE supera la soglia del servizio",
        ),
        (
            "istruttoria_domiciliare",
            "ammissione",
            "motivi_esclusione",
            {"motivi": [], "ammesso": True},
            "ammesso sì",
        ),
    ],
)
def test_a_decision_is_said_in_words(slug: str, element: str, table: str, value: Any, said: str) -> None:
    path = program(slug)
    assert reasons([decided(element, table, value)], path) == [f"{path.element(element).name}: {said}"]


def test_what_a_table_said_of_many_rows_is_said_once() -> None:
    path = program("domiciliarita")
    points = [decided("punteggio_lista", "punteggio_domiciliarita", each) for each in (40, 85, 40, 40)]
    assert [line.rsplit(" ", 1)[1] for line in reasons(points, path)] == ["40", "85"]


def test_the_last_three_decisions_are_told_the_newest_first() -> None:
    # given
    path = program("domiciliarita")
    points = [decided("punteggio_lista", "punteggio_domiciliarita", each) for each in (10, 25, 40, 85)]
    # when
    told = reasons(points, path)
    # then
    assert [line.rsplit(" ", 1)[1] for line in told] == ["85", "40", "25"]
