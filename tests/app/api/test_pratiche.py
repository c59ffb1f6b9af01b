"""Another program starts a path and follows it."""

from __future__ import annotations

from tests.app.api.conftest import Program, json_of


def test_a_program_sees_the_paths_that_may_be_started_with_their_start_schema(program: Program) -> None:
    # when
    found = json_of(program.get("/percorsi"))["percorsi"]
    # then
    assert [path["slug"] for path in found] == ["attesa", "prova"]
    assert found[0]["schema"] == {"type": "object"}
    assert found[1]["schema"]["properties"]["canale"]["enum"] == ["sportello", "portale"]
    assert found[1]["termine_giorni"] == 30


def test_a_started_path_is_a_pratica_with_its_first_task(program: Program, people: dict[str, str]) -> None:
    # when
    answer = program.post(
        "/pratiche", {"percorso": "prova", "persona_id": people["Rosa"], "dati": {"canale": "portale"}}
    )
    # then
    assert answer.status_code == 201
    pratica = json_of(answer)
    assert answer.headers["Location"] == f"/api/v1/pratiche/{pratica['id']}"
    assert json_of(program.get(f"/pratiche/{pratica['id']}")) == pratica
    assert (pratica["stato"], pratica["unita"]) == ("aperta", "ats_centro_est")
    assert pratica["variabili"]["canale"] == "portale"
    assert pratica["variabili"]["persona_id"] == people["Rosa"]
    assert pratica["orologio"]["termine_giorni"] == 30
    assert [task["passo"] for task in pratica["attivita"]] == ["segnala"]


def test_a_pratica_tells_how_it_ended(program: Program, people: dict[str, str]) -> None:
    # given
    pratica = program.start(percorso="attesa", persona_id=people["Rosa"])
    program.post(
        "/messaggi", {"nome": "decesso_registrato", "chiave": people["Rosa"], "id_messaggio": "anpr-1"}
    )
    (task,) = json_of(program.get("/attivita"))["attivita"]
    # when
    done = json_of(program.complete(task["id"]))
    # then
    assert (done["pratica_stato"], done["pratica_esito"], done["successive"]) == ("chiusa", "fine", [])
    ended = json_of(program.get(f"/pratiche/{pratica['id']}"))
    assert (ended["stato"], ended["esito"], ended["attivita"]) == ("chiusa", "fine", [])
    assert ended["chiusa_il"] is not None
