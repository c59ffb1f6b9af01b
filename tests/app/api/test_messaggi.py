"""Messages from other programs: each correlated once (reliability.md, rows 20 and 21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.wiring import EngineMaker
from engine import operator
from tests.app.api.conftest import Program, a_report, fields_of, json_of

Rows = Callable[[str], list[Any]]


def died(program: Program, persona_id: str, id_messaggio: str = "anpr-1", **more: Any) -> str:
    answer = program.post(
        "/messaggi",
        {"nome": "decesso_registrato", "chiave": persona_id, "id_messaggio": id_messaggio, **more},
    )
    assert answer.status_code == 200, answer.text
    return str(json_of(answer)["esito"])


def test_a_message_moves_who_waits_for_it(program: Program, people: dict[str, str]) -> None:
    # given
    pratica = program.start(percorso="attesa", persona_id=people["Rosa"])
    # when
    outcome = died(program, people["Rosa"], contenuto={"data": "2026-11-20"})
    # then
    assert outcome == "correlated"
    after = json_of(program.get(f"/pratiche/{pratica['id']}"))
    assert [task["passo"] for task in after["attivita"]] == ["saluta"]
    assert after["variabili"]["data"] == "2026-11-20"


def test_a_message_that_came_early_waits(program: Program, people: dict[str, str]) -> None:
    # given
    assert died(program, people["Rosa"]) == "buffered"
    # when
    pratica = program.start(percorso="attesa", persona_id=people["Rosa"])
    # then
    assert [task["passo"] for task in pratica["attivita"]] == ["saluta"]


def test_one_message_sent_a_hundred_times_at_once_is_correlated_once(
    program: Program, people: dict[str, str]
) -> None:
    # given
    program.start(percorso="attesa", persona_id=people["Rosa"])
    # when
    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: died(program, people["Rosa"]), range(100)))
    # then
    assert outcomes == {"correlated": 1, "already": 99}


def test_a_new_token_of_the_same_program_is_no_new_source(
    a_program: Callable[..., Program], people: dict[str, str]
) -> None:
    assert died(a_program(nome="anagrafe"), people["Rosa"]) == "buffered"
    assert died(a_program(nome="anagrafe"), people["Rosa"]) == "already"
    assert died(a_program(nome="stato civile"), people["Rosa"]) == "buffered"


def test_a_message_is_kept_until_it_is_told_to(program: Program, people: dict[str, str], rows: Rows) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    died(program, people["Rosa"], scade_il=until.isoformat())
    assert [row.expires_at for row in rows("select expires_at from engine_message")] == [until]


@pytest.mark.parametrize(
    "scade_il", ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"]
)
def test_a_message_expires_within_the_year_to_come(program: Program, scade_il: str) -> None:
    body = {"nome": "a", "chiave": "b", "id_messaggio": "c", "scade_il": scade_il}
    refused = program.post("/messaggi", body)
    assert (refused.status_code, list(fields_of(refused))) == (422, ["/scade_il"])


def test_a_message_may_not_change_whose_pratica_it_is(program: Program) -> None:
    body = {
        "nome": "a",
        "chiave": "b",
        "id_messaggio": "c",
        "contenuto": {"persona_id": "9", "Nome Strano": 1},
    }
    assert fields_of(program.post("/messaggi", body)) == {
        "/contenuto/persona_id": "Questo nome è riservato.",
        "/contenuto/Nome Strano": (
            "I nomi si scrivono con minuscole, cifre e «_», e cominciano con una lettera."
        ),
    }


def test_a_message_that_reaches_a_sealed_pratica_tells_its_sender_nothing(
    program: Program, people: dict[str, str], owner_engine: Database, rows: Rows
) -> None:
    # given
    program.start(percorso="attesa", persona_id=people["Rosa"])
    with owner_engine.begin() as connection:
        connection.execute(text("update pratica set riservatezza = 'adozione'"))
    # when
    outcome = died(program, people["Rosa"])
    # then
    assert outcome == "buffered"
    assert [row.status for row in rows("select status from engine_message")] == ["correlated"]


def test_a_message_opens_the_pratica_of_the_person_it_is_about(
    program: Program, people: dict[str, str], maker: EngineMaker, session: Session, rows: Rows
) -> None:
    # given
    maker(session, 1).publish(a_report(), operator(1))
    session.commit()
    # when: about Rosa, about somebody of another ente, about nobody
    outcomes = [
        json_of(
            program.post(
                "/messaggi",
                {"nome": "segnala", "chiave": key, "id_messaggio": key, "contenuto": content},
            )
        )["esito"]
        for key, content in (
            (people["Rosa"], {"fatto": "caduta"}),
            (people["Ugo"], {"fatto": "caduta"}),
            ("nessuno", {}),
        )
    ]
    # then
    assert outcomes == ["correlated"] * 3
    opened = rows(
        "select p.persona_id, p.unita_id, t.element_id, t.unita_id as di from pratica p join engine_task t "
        "on t.ente_id = p.ente_id and t.root_id = p.instance_id where p.percorso = 'arrivo' order by p.id"
    )
    assert [tuple(row) for row in opened] == [
        (int(people["Rosa"]), "ats_centro_est", "valuta", "ats_centro_est"),
        (None, None, "valuta", None),
        (None, None, "valuta", None),
    ]
