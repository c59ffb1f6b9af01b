"""Which role opens which page: every address of the application, asked by one person of each role.

`pages.txt` is the reviewed answer: an address, then the roles that open it («-»: none, or nothing is there
in this city). A new page changes it, and whoever reviews sees to whom it opens.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.demo.city import ACCOUNTS
from app.rights.roles import CATALOGUE
from tests.app.servizi_pagine.citta import Visitor
from tests.app.servizi_pagine.storie import Storia, Storie

REVIEWED = Path(__file__).with_name("pages.txt")
NO_PAGE = re.compile(r"^/(api|static|health)/")
AT_WORK = {seed.ruoli[0][0]: seed.nome_utente for seed in reversed(ACCOUNTS)}  # of each role, the first


def test_each_page_opens_to_the_reviewed_roles_and_to_no_other(
    enter: Callable[[str], Visitor], web: Flask, storie: Storie, db_session: Session
) -> None:
    # given the pratica of Caterina, who is served in the unit of Giulia and Anna by somebody of La Lanterna
    worker = {"codice": "LAN-7", "qualifica": "oss", "dal": "2026-01-01"}
    enter("coop.lanterna").send("/ordini/operatori/coop-lanterna/nuovo", **worker)
    known = numbers(storie.in_servizio, db_session)
    pages = {rule.rule: filled(rule.rule, known) for rule in web.url_map.iter_rules() if is_page(rule)}
    people = {role.id: enter(AT_WORK[role.id]) for role in CATALOGUE.ruoli if role.id in AT_WORK}
    # when
    found = [
        f"{rule} {told([role for role, visitor in people.items() if opens(visitor, path)], len(people))}"
        for rule, path in sorted(pages.items())
    ]
    # then
    assert len(people) > 10
    assert found == REVIEWED.read_text().splitlines()


def is_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and not NO_PAGE.search(rule.rule)


def opens(visitor: Visitor, path: str) -> bool:
    return visitor.get(path).status_code == 200


def told(roles: list[str], all_: int) -> str:
    return "tutti" if len(roles) == all_ else " ".join(roles) or "-"


def numbers(storia: Storia, session: Session) -> dict[str, str]:
    """What stands for the variable parts of an address."""
    task = text("select min(id) from engine_task where root_id = :root")
    worker = text("select min(id) from operatore_fornitore where fornitore_id = 'coop-lanterna'")
    return {
        "persona_id": str(storia.persona_id),
        "pratica_id": str(storia.pratica_id),
        "instance_id": str(storia.root_id),
        "ordine_id": str(storia.ordine_id),
        "task_id": str(session.scalar(task, {"root": storia.root_id})),
        "nome": "rimodulazione_richiesta",
        "chiave": str(storia.ordine_id),
        "percorso": "domiciliarita",
        "parametro": "soglia_isee",
        "unita_id": "ats-centro-est",
        "fornitore_id": "coop-lanterna",
        "number": str(session.scalar(worker)),
    }


def filled(rule: str, known: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: known.get(part[1], "1"), rule)
