"""A command sent twice with one Idempotency-Key takes effect once (reliability.md, rows 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.api.idempotency import sweep
from tests.app.api.conftest import Program, fields_of, json_of

Rows = Callable[[str], list[Any]]


def test_the_same_command_again_gets_the_stored_answer_and_one_effect(program: Program, rows: Rows) -> None:
    # given
    first = program.post("/pratiche", {"percorso": "prova"}, key="k1")
    # when
    again = program.post("/pratiche", {"percorso": "prova"}, key="k1")
    # then
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    assert rows("select count(*) as n from pratica")[0].n == 1


def test_a_retried_completion_is_no_conflict(program: Program) -> None:
    # given
    task = program.start()["attivita"][0]
    first = program.complete(task["id"], key="k1", gravita=2)
    # when
    again = program.complete(task["id"], key="k1", gravita=2)
    # then
    assert (again.status_code, again.data) == (200, first.data)


def test_the_same_key_with_another_body_is_refused(program: Program) -> None:
    # given
    program.post("/pratiche", {"percorso": "prova"}, key="k1")
    # when
    refused = program.post("/pratiche", {"percorso": "attesa"}, key="k1")
    # then
    assert refused.status_code == 422
    assert fields_of(refused) == {"Idempotency-Key": "L’Idempotency-Key è già usata."}


def test_a_refused_command_may_be_put_right_under_the_same_key(program: Program) -> None:
    assert program.post("/pratiche", {"percorso": "ignoto"}, key="k1").status_code == 422
    assert program.post("/pratiche", {"percorso": "prova"}, key="k1").status_code == 201


def test_keys_belong_to_their_token(a_program: Callable[..., Program], rows: Rows) -> None:
    for program in (a_program(), a_program()):
        answer = program.post("/pratiche", {"percorso": "prova"}, key="k1")
        assert (answer.status_code, answer.headers.get("Idempotent-Replay")) == (201, None)
    assert rows("select count(*) as n from pratica")[0].n == 2


def test_a_request_under_way_answers_for_its_key(program: Program, engine: Database, rows: Rows) -> None:
    # given the row that the first request waits for
    task = program.start()["attivita"][0]
    with ThreadPoolExecutor(1) as pool, engine.connect() as other:
        other.execute(text("select 1 from engine_instance for update"))
        first = pool.submit(program.complete, task["id"], "k1", gravita=2)
        wait_for_a_waiter(rows)
        # when
        second = program.complete(task["id"], "k1", gravita=2)
        other.rollback()
        # then
        assert (second.status_code, second.headers["Retry-After"]) == (409, "1")
        assert json_of(second)["title"] == "La stessa richiesta è in corso"
        assert first.result().status_code == 200
    assert program.complete(task["id"], "k1", gravita=2).headers["Idempotent-Replay"] == "true"


def wait_for_a_waiter(rows: Rows) -> None:
    waiting = (
        "select 1 from pg_locks l join pg_stat_activity a using (pid) "
        "where not l.granted and a.datname = current_database()"
    )
    for _ in range(1_000):
        if rows(waiting):
            return
    raise AssertionError("nobody waits")


def test_of_many_who_complete_one_task_at_once_one_does(
    a_program: Callable[..., Program], rows: Rows
) -> None:
    # given
    programs = [a_program() for _ in range(4)]
    task = programs[0].start()["attivita"][0]
    barrier = Barrier(len(programs))

    def complete(program: Program) -> int:
        barrier.wait()
        return program.complete(task["id"], gravita=2).status_code

    # when
    with ThreadPoolExecutor(len(programs)) as pool:
        statuses = sorted(pool.map(complete, programs))
    # then
    assert statuses == [200, 409, 409, 409]
    assert rows("select count(*) as n from audit where azione = 'task.complete'")[0].n == 1


def test_a_start_without_a_key_is_refused(program: Program, rows: Rows) -> None:
    refused = program.post("/pratiche", {"percorso": "prova"}, key=None)
    assert (refused.status_code, list(fields_of(refused))) == (400, ["Idempotency-Key"])
    assert rows("select 1 from pratica") == []


@pytest.mark.parametrize("key", [" ", "x" * 201, "perché"])
def test_a_key_is_plain_text(program: Program, key: str) -> None:
    assert program.post("/pratiche", {"percorso": "prova"}, key=key).status_code == 400


def test_the_database_keeps_neither_key_nor_request_nor_answer(program: Program, rows: Rows) -> None:
    # when
    pratica = json_of(program.post("/pratiche", {"percorso": "prova"}, key="RSSMRA80A01D969X"))
    # then
    (row,) = rows("select * from richiesta_api")
    kept = b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert b"RSSMRA80A01D969X" not in kept
    assert pratica["numero"].encode() not in kept


def test_an_answer_is_kept_a_day_and_swept(
    program: Program, session: Session, owner_engine: Database, rows: Rows
) -> None:
    # given
    program.post("/pratiche", {"percorso": "prova"}, key="k1")
    (row,) = rows("select expires_at - recorded_at as kept from richiesta_api")
    assert row.kept.total_seconds() == 86_400
    assert sweep(session) == 0
    # when
    with owner_engine.begin() as connection:
        connection.execute(text("update richiesta_api set expires_at = now()"))
    session.rollback()
    # then
    assert program.post("/pratiche", {"percorso": "attesa"}, key="k1").status_code == 201
    with owner_engine.begin() as connection:
        connection.execute(text("update richiesta_api set expires_at = now()"))
    session.rollback()
    assert sweep(session) == 1
