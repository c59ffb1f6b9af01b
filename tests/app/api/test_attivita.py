"""Another program reads tasks and completes them, as a person would from the page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.service import grant_role
from app.wiring import EngineMaker
from engine import operator
from tests.app.api.conftest import UNIT, Program, fields_of, json_of

Rows = Callable[[str], list[Any]]


def first_task(program: Program, **asked: Any) -> dict[str, Any]:
    task: dict[str, Any] = program.start(**asked)["attivita"][0]
    return task


def test_a_task_is_shown_with_its_form(program: Program) -> None:
    # given
    task = first_task(program)
    # when
    shown = json_of(program.get(f"/attivita/{task['id']}"))
    # then
    assert shown["modulo"]["schema"]["required"] == ["gravita"]
    assert shown["modulo"]["schema"]["properties"]["spesa"]["multipleOf"] == Decimal("0.01")
    assert shown["modulo"]["ui"] == {"campi": {"gravita": {"widget": "numero"}}}
    assert (shown["stato"], shown["nota"]) == ("aperta", None)


def test_a_completed_task_moves_the_path_on_and_money_keeps_its_digits(program: Program, rows: Rows) -> None:
    # given
    task = first_task(program)
    # when
    answer = program.post(
        f"/attivita/{task['id']}/completa", raw=b'{"risposte": {"gravita": 3, "spesa": 1234.10}}'
    )
    # then
    done = json_of(answer)
    assert (done["attivita"]["stato"], done["pratica_stato"]) == ("fatta", "aperta")
    assert [each["passo"] for each in done["successive"]] == ["verifica"]
    text = program.get(f"/pratiche/{task['pratica_id']}").text
    assert '"spesa":1234.10' in text
    assert [row.by for row in rows("select by from engine_history where element_id = 'segnala'")] == ["api:1"]


def test_answers_that_will_not_do_are_all_named_in_italian_and_change_nothing(program: Program) -> None:
    # given
    task = first_task(program)
    # when
    refused = program.complete(task["id"], gravita=9, telefono="nessuno", altro=1)
    # then
    assert refused.status_code == 422
    assert fields_of(refused) == {
        "/risposte/gravita": "Scrivi al massimo 5.",
        "/risposte/telefono": "Scrivi il numero di telefono, per esempio 347 555 0142.",
        "/risposte/altro": "Questa risposta non è prevista.",
    }
    assert {each.get("regola") for each in json_of(refused)["errori"]} == {
        "maximum",
        "format",
        "additionalProperties",
    }
    assert program.complete(task["id"], gravita=5).status_code == 200


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"nota": "  \n"}, "Scrivi la nota."),
        ({"nota": "a\x07"}, "C’è un carattere che non si può usare."),
        ({"visto_il": "0026-11-23"}, "L’anno 26 non può essere. Scrivi la data così: 23/11/2026."),
        ({"visto_il": "1849-12-31"}, "L’anno 1849 non può essere. Scrivi la data così: 23/11/2026."),
        ({"visto_il": "2026-02-30"}, "Scrivi la data così: 23/11/2026."),
    ],
)
def test_what_says_nothing_is_no_answer(program: Program, answer: dict[str, str], sentence: str) -> None:
    refused = program.complete(first_task(program)["id"], gravita=1, **answer)
    assert fields_of(refused)[f"/risposte/{next(iter(answer))}"] == sentence


def test_a_program_chooses_among_those_whom_the_page_would_offer(
    program: Program, session: Session, people: dict[str, str]
) -> None:
    # given
    task = program.start(unita=UNIT)["attivita"][0]
    refused = {"/risposte/segue": "Qui non si può scegliere: non segue casi in questa unità."}
    # when nobody follows cases, or somebody else does
    answers = [program.complete(task["id"], gravita=1, segue=who) for who in ("1", "999999", "-1", "Carla")]
    # then
    assert [fields_of(each) for each in answers] == [refused] * 4
    # when Carla does
    grant_role(session, None, 1, "assistente_sociale", UNIT)
    session.commit()
    # then
    assert program.complete(task["id"], gravita=1, segue="1").status_code == 200


def test_a_missing_answer_is_named_where_it_should_be(program: Program) -> None:
    refused = program.complete(first_task(program)["id"])
    assert fields_of(refused) == {"/risposte/gravita": "Scrivi la gravità."}


def test_what_has_happened_is_on_no_day_to_come(program: Program) -> None:
    # given
    task = first_task(program)
    # when
    refused = program.complete(task["id"], gravita=9, visto_il="2999-01-02")
    # then
    assert refused.status_code == 422
    assert fields_of(refused) == {
        "/risposte/visto_il": "Non può essere nel futuro.",
        "/risposte/gravita": "Scrivi al massimo 5.",
    }
    assert program.complete(task["id"], gravita=1, visto_il="2026-01-02").status_code == 200


def test_a_second_completion_is_told_what_happened_meanwhile(program: Program) -> None:
    # given
    task = first_task(program)
    program.complete(task["id"], gravita=1)
    # when
    late = program.complete(task["id"], gravita=2)
    # then
    assert late.status_code == 409
    meanwhile = json_of(late)["attivita"]
    assert (meanwhile["id"], meanwhile["stato"], meanwhile["chiusa_da"]) == (task["id"], "fatta", "api:1")
    assert meanwhile["chiusa_il"] is not None


def test_nobody_keeps_the_draft_of_a_task_that_is_done(
    program: Program, session: Session, rows: Rows
) -> None:
    # given
    task = first_task(program)
    draft = text(
        "insert into bozza (ente_id, task_id, account_id, campi, saved_at) values (1, :id, 1, '[]', now())"
    )
    session.execute(draft, {"id": task["id"]})
    session.commit()
    # when
    program.complete(task["id"], gravita=1)
    # then
    assert rows("select 1 from bozza") == []


def test_a_step_that_checks_another_is_for_a_person(program: Program, rows: Rows) -> None:
    # given
    task = first_task(program)
    check = json_of(program.complete(task["id"], gravita=1))["successive"][0]
    assert check["serve_una_persona"]
    # when
    refused = program.complete(check["id"])
    # then
    assert refused.status_code == 403
    assert json_of(refused)["title"] == "Questo passo tocca a una persona"
    assert rows(
        "select 1 from audit where azione = 'accesso.refuse' and dettaglio ->> 'perche' = 'quattro_occhi'"
    )
    assert json_of(program.get(f"/attivita/{check['id']}"))["stato"] == "aperta"


def test_a_person_finishes_what_a_program_began(
    program: Program, session: Session, maker: EngineMaker
) -> None:
    # given
    task = first_task(program)
    check = json_of(program.complete(task["id"], gravita=1))["successive"][0]
    # when
    maker(session, 1).complete(int(check["id"]), {}, operator(1))
    session.commit()
    # then
    assert json_of(program.get(f"/pratiche/{task['pratica_id']}"))["attivita"] == []
    late = program.complete(check["id"])
    assert json_of(late)["attivita"]["chiusa_da"] == "account:1"


def test_open_tasks_are_listed_by_what_they_are(program: Program, people: dict[str, str]) -> None:
    # given
    of_rosa = first_task(program, persona_id=people["Rosa"])
    of_nobody = first_task(program)

    # when
    def listed(**query: str) -> list[str]:
        return [task["id"] for task in json_of(program.get("/attivita", **query))["attivita"]]

    # then
    assert listed() == [of_rosa["id"], of_nobody["id"]]
    assert listed(persona_id=people["Rosa"]) == listed(unita=UNIT) == [of_rosa["id"]]
    assert listed(percorso="prova", ruolo="assistente_sociale") == [of_rosa["id"], of_nobody["id"]]
    assert listed(percorso="altro") == listed(ruolo="ragioneria") == []


def test_a_list_is_read_a_page_at_a_time(program: Program) -> None:
    # given
    ids = [first_task(program)["id"] for _ in range(5)]
    # when
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = json_of(program.get("/attivita", limite=2, **({"cursore": cursor} if cursor else {})))
        pages.append([task["id"] for task in page["attivita"]])
        cursor = page["cursore"]
    # then
    assert pages == [ids[:2], ids[2:4], ids[4:]]


def test_a_page_has_at_most_a_hundred(program: Program) -> None:
    assert fields_of(program.get("/attivita", limite=101)) == {"/limite": "Serve un numero da 1 a 100."}


def test_a_page_of_a_task_that_is_not_there_says_so(program: Program) -> None:
    for answer in (program.get("/attivita/999"), program.complete("999")):
        assert (answer.status_code, json_of(answer)["title"]) == (404, "Non c’è")
