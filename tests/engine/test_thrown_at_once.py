"""Two steps that throw a signal, or send a message, at each other at the same moment, on real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.database.transaction import retrying
from engine import Engine, Operations
from tests.engine.conftest import ANNA, inside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    event,
    extensions,
    gateway,
    human,
    message,
    on_message,
    on_signal,
    service,
    signal,
    start,
)

SIGNAL = on_signal("allerta")
SENT = extensions(headers="messaggio: allerta; chiave: =altra") + "<bpmn:messageEventDefinition/>"
BEFORE = signal("allerta") + message("allerta", "=mia")


def drawn(thrown: str, heard: str) -> bytes:
    return diagram(
        "prova",
        start()
        + gateway("dividi", "parallel")
        + human("chiama")
        + service("incontra", "prova.incontra")
        + event("lancia", "end", thrown)
        + human("ascolta")
        + boundary("sentito", "ascolta", heard, interrupting=False)
        + human("rispondi")
        + end("risposto")
        + end(),
        "inizio dividi; dividi chiama; chiama incontra; incontra lancia; dividi ascolta; ascolta fine; "
        "sentito rispondi; rispondi risposto",
        before=BEFORE,
    )


@pytest.mark.parametrize(
    ("thrown", "heard", "answers"),
    [(SIGNAL, SIGNAL, 2), (SENT, on_message("allerta"), 1)],  # its own signal is heard by who throws it too
    ids=["segnale", "messaggio"],
)
def test_each_hears_the_other_once_though_they_wait_for_each_other(
    thrown: str, heard: str, answers: int, engine: Database, ente: int
) -> None:
    # given: each holds its own instance when it throws, and needs that of the other
    both = Barrier(2)
    tries: list[int] = []

    def meet(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        tries.append(call.instance_id)
        if len(tries) <= 2:
            both.wait(timeout=60)
        return {}

    operations = Operations([inside("prova.incontra", meet)])
    with Session(engine) as session:
        made = Engine(session, ente, operations)
        made.publish(bundle("prova", drawn(thrown, heard)), ANNA)
        keys = [{"mia": "a", "altra": "b"}, {"mia": "b", "altra": "a"}]
        ids = [made.start("prova", each, ANNA).id for each in keys]
        session.commit()

    def call(instance_id: int) -> None:
        with ente_context(ente), Session(engine) as session:
            mine = Engine(session, ente, operations)

            def work() -> None:
                task = next(t for t in mine.open_tasks(instance_id) if t.element_id == "chiama")
                mine.complete(task.id, {}, ANNA)

            retrying(session, work)

    # when
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(call, ids))
    # then: whose transaction was given up has thrown anew, and it counts once
    with Session(engine) as session:
        made = Engine(session, ente, operations)
        todo = [sorted(task.element_id for task in made.open_tasks(each)) for each in ids]
        assert todo == [["ascolta", *["rispondi"] * answers]] * 2
        assert made.check() == []
    assert len(tries) > 2, "they never waited for each other"
