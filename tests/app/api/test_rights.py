"""What a token may reach, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.tokens import client_of
from app.api.scopes import SCOPES
from app.database.context import EnteChanged
from tests.app.api.conftest import Program, fields_of, json_of

Rows = Callable[[str], list[Any]]
DATA = "variabili:read"

DOORS: dict[str, tuple[str, Callable[[Program], Any]]] = {
    "paths": ("pratiche:start", lambda p: p.get("/percorsi")),
    "start": ("pratiche:start", lambda p: p.post("/pratiche", {"percorso": "ignoto"})),
    "pratica": ("pratiche:read", lambda p: p.get("/pratiche/999")),
    "history": ("pratiche:read", lambda p: p.get("/pratiche/999/storia")),
    "tasks": ("attivita:read", lambda p: p.get("/attivita")),
    "task": ("attivita:read", lambda p: p.get("/attivita/999")),
    "complete": ("attivita:complete", lambda p: p.complete("999")),
    "message": ("messaggi:deliver", lambda p: p.post("/messaggi", {})),
}


@pytest.mark.parametrize(("scope", "knock"), DOORS.values(), ids=DOORS.keys())
def test_each_door_opens_to_its_scope_and_to_no_other(
    a_program: Callable[..., Program], rows: Rows, scope: str, knock: Callable[[Program], Any]
) -> None:
    # when
    others = a_program(*(each for each in SCOPES if each != scope))
    refused = knock(others)
    # then
    assert (refused.status_code, json_of(refused)["title"]) == (403, "Il token non basta")
    assert fields_of(refused) == {"Authorization": f"Serve l’ambito {scope}."}
    assert [
        row.perche
        for row in rows("select dettaglio ->> 'perche' as perche from audit where azione = 'accesso.refuse'")
    ] == [scope]
    assert knock(a_program(scope)).status_code in (200, 404, 422)


def test_without_a_token_nothing_opens(program: Program) -> None:
    refused = program.browser.get("/api/v1/attivita")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert json_of(refused)["title"] == "Manca un token valido"


def test_a_token_never_moves_the_work_of_another_ente_to_its_own(
    a_program: Callable[..., Program], session: Session
) -> None:
    # given work that has begun for ente 1
    units = text("select id from unita")
    neighbour = a_program(ente_id=2)
    assert session.scalars(units).all() == ["ats_centro_est"]
    # when
    with pytest.raises(EnteChanged):
        client_of(session, f"Bearer {neighbour.token}")
    # then
    assert session.scalars(units).all() == ["ats_centro_est"]


def test_an_ente_that_is_being_moved_answers_no_program(program: Program, owner_engine: Database) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("update ente set in_trasferimento_at = now() where id = 1"))
    # when
    answer = program.get("/percorsi")
    # then
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")


def test_the_api_sets_no_cookie(program: Program) -> None:
    assert "Set-Cookie" not in program.get("/attivita").headers


def test_a_neighbour_sees_nothing(a_program: Callable[..., Program], program: Program) -> None:
    # given
    pratica = program.start()
    task = pratica["attivita"][0]
    # when
    neighbour = a_program(ente_id=2)
    # then
    assert json_of(neighbour.get("/attivita"))["attivita"] == []
    assert json_of(neighbour.get("/percorsi"))["percorsi"] == []
    for answer in (
        neighbour.get(f"/pratiche/{pratica['id']}"),
        neighbour.get(f"/pratiche/{pratica['id']}/storia"),
        neighbour.get(f"/attivita/{task['id']}"),
        neighbour.complete(task["id"], gravita=1),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "sealing",
    [
        "update pratica set riservatezza = 'violenza'",
        "update pratica set riservatezza = 'adozione'",
        "update persona set livello_riservatezza = 'violenza' where nome = 'Rosa'",
    ],
)
def test_a_sealed_case_does_not_exist_here(
    program: Program, people: dict[str, str], owner_engine: Database, sealing: str
) -> None:
    # given
    pratica = program.start(persona_id=people["Rosa"])
    task = pratica["attivita"][0]
    # when
    with owner_engine.begin() as connection:
        connection.execute(text(sealing))
    # then
    assert json_of(program.get("/attivita"))["attivita"] == []
    for answer in (
        program.get(f"/pratiche/{pratica['id']}"),
        program.get(f"/pratiche/{pratica['id']}/storia"),
        program.get(f"/attivita/{task['id']}"),
        program.complete(task["id"], gravita=1),
    ):
        assert answer.status_code == 404


def test_nothing_starts_about_somebody_sealed(program: Program, people: dict[str, str]) -> None:
    refused = program.post("/pratiche", {"percorso": "prova", "persona_id": people["Ada"]})
    assert fields_of(refused) == {"/persona_id": "Non troviamo questa persona."}


def test_what_people_wrote_is_shown_only_to_who_may_read_it(a_program: Callable[..., Program]) -> None:
    # given
    every = a_program()
    pratica = every.start(dati={"canale": "portale"})
    every.complete(pratica["attivita"][0]["id"], gravita=4)
    narrow = a_program(*(scope for scope in SCOPES if scope != DATA))
    # when
    shown = json_of(narrow.get(f"/pratiche/{pratica['id']}"))
    events = json_of(narrow.get(f"/pratiche/{pratica['id']}/storia"))["eventi"]
    # then
    assert "variabili" not in shown
    assert not any({"risposte", "variabili", "perche"} & set(event) for event in events)
    assert "nota" not in json_of(narrow.get(f"/attivita/{shown['attivita'][0]['id']}"))
    full = json_of(every.get(f"/pratiche/{pratica['id']}/storia"))["eventi"]
    assert [event["passo"] for event in full] == [event["passo"] for event in events]
    assert {"gravita": 4} in [event["risposte"] for event in full]


def test_a_history_is_read_a_page_at_a_time(program: Program) -> None:
    # given
    pratica = program.start()
    program.complete(pratica["attivita"][0]["id"], gravita=1)
    whole = json_of(program.get(f"/pratiche/{pratica['id']}/storia"))
    assert whole["cursore"] is None
    # when
    first = json_of(program.get(f"/pratiche/{pratica['id']}/storia", limite=1))
    rest = json_of(program.get(f"/pratiche/{pratica['id']}/storia", cursore=first["cursore"]))
    # then
    assert [*first["eventi"], *rest["eventi"]] == whole["eventi"]


READINGS = (
    "select azione, persona_id, pratica_id, dettaglio ->> 'sezione' as sezione, dettaglio -> 'token' as token"
)


def test_every_reading_of_a_persona_is_written_down(
    program: Program, people: dict[str, str], rows: Rows
) -> None:
    # given
    pratica = program.start(persona_id=people["Rosa"])
    # when
    program.get(f"/pratiche/{pratica['id']}")
    program.get(f"/pratiche/{pratica['id']}/storia")
    program.get(f"/attivita/{pratica['attivita'][0]['id']}")
    program.get("/attivita")
    # then
    found = rows(f"{READINGS} from audit where azione = 'persona.read' order by id")
    assert [row.sezione for row in found] == ["pratica", "storia", "attivita", "attivita"]
    assert {(row.persona_id, str(row.pratica_id), int(row.token)) for row in found} == {
        (people["Rosa"], pratica["id"], 1)
    }


def test_every_command_is_written_down_with_its_token(
    program: Program, people: dict[str, str], rows: Rows
) -> None:
    # when
    pratica = program.start(persona_id=people["Rosa"])
    program.complete(pratica["attivita"][0]["id"], gravita=1)
    program.post("/messaggi", {"nome": "altro", "chiave": "x", "id_messaggio": "1"})
    # then
    found = rows("select azione from audit where (dettaglio ->> 'token')::int = 1 order by id")
    assert [row.azione for row in found] == ["pratica.start", "task.complete", "messaggio.deliver"]
