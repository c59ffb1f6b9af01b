"""The list of pratiche says where each one stands, in the words of its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, func, insert, literal, select
from sqlalchemy.orm import Session

from app.database import db
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.pratiche import stato
from app.wiring import EngineMaker
from engine import tables
from tests.app.servizi_pagine.citta import Visitor
from tests.app.servizi_pagine.storie import Storie

Enter = Callable[[str], Visitor]


def told(page: str) -> dict[int, str]:
    """What the list says of each pratica's state."""
    rows = re.findall(r'<a href="/pratiche/(\d+)">.*?</tr>', page)
    cells = re.findall(r'<a href="/pratiche/\d+">.*?<td role="cell">([^<]*)</td></tr>', page)
    return dict(zip(map(int, rows), cells, strict=True))


def test_the_list_tells_the_step_or_what_is_awaited_as_the_page_does(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    anna = enter("anna.traverso")
    # when
    rows = told(anna.get("/pratiche/").text)
    # then
    for storia, words in (
        (storie.in_ordine, "in attesa: l&#39;accettazione"),
        (storie.in_servizio, "in attesa: gli eventi"),
        (storie.in_preavviso, "in attesa: Dieci giorni passati o Osservazioni ricevute"),
        (storie.in_lista, "in attesa: il fondo"),
    ):
        assert rows[storia.pratica_id] == words
        page = anna.get(f"/pratiche/{storia.pratica_id}").text
        assert f"I{words[1:]}. Nessuno deve fare niente adesso." in page
    # when the supplier has accepted, a step waits for it
    enter("coop.lanterna").send(f"/ordini/{storie.in_ordine.ordine_id}/accetta")
    # then
    assert told(anna.get("/pratiche/").text)[storie.in_ordine.pratica_id] == "Registra l&#39;avvio"
    assert (
        "<strong>Registra l&#39;avvio</strong>" in anna.get(f"/pratiche/{storie.in_ordine.pratica_id}").text
    )


def test_a_pratica_that_has_stopped_says_that_it_needs_somebody(
    enter: Enter, storie: Storie, db_session: Session
) -> None:
    # given
    db_session.execute(
        insert(tables.incident).from_select(
            ["ente_id", "instance_id", "root_id", "token", "element_id", "kind", "message", "created_at"],
            select(
                tables.instance.c.ente_id, tables.instance.c.id, tables.instance.c.id, literal("prova"),
                literal("prova"), literal("operation"), literal("prova"), func.now(),
            ).where(tables.instance.c.id == storie.in_lista.root_id),
        )
    )  # fmt: skip
    db_session.commit()
    # then
    rows = told(enter("anna.traverso").get("/pratiche/").text)
    assert rows[storie.in_lista.pratica_id] == "ferma: serve una persona"


def test_the_list_asks_the_database_as_often_for_one_pratica_as_for_many(
    web: Flask, storie: Storie, db_session: Session, maker: EngineMaker
) -> None:
    # given
    roots = [
        each.root_id for each in (storie.in_ordine, storie.in_servizio, storie.in_preavviso, storie.in_lista)
    ]
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with web.app_context(), ente_context(GENOVA):
        engine = maker(db.session, GENOVA)
        stato.of_roots(engine, roots)  # the releases are read once a process
        event.listen(db.engine, "before_cursor_execute", count)
        # when / then
        for some in (roots[:1], roots):
            asked.clear()
            assert len(stato.of_roots(engine, some)) == len(some)
            assert len([each for each in asked if "engine_" in each]) == 3
