"""An ente with an office, and operations called as an engine's step would call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enti.model import Ente, Unita
from app.operations import domestic
from engine import Bundle, Call, Engine, FixedClock, Operations, operator
from engine.calendar import ROME, Calendar
from engine.request import check_request

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ROME)
ANNA = operator(1)
GENOVA = "010025"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def genova(session: Session, ente: int, owner_engine: Any) -> int:
    """Ente 1, comune di Genova, with the ATS Centro Est; Anna is account 1, Bruno account 2."""
    with owner_engine.begin() as connection:
        connection.execute(
            text("update ente set codice_istat = '010025', codice_belfiore = 'D969' where id = 1")
        )
        connection.execute(
            text(
                "insert into account (ente_id, nome_utente, password_hash, nome, cognome) values "
                "(1, 'anna', '-', 'Anna', 'Bruzzone'), (1, 'bruno', '-', 'Bruno', 'Costa')"
            )
        )
    session.expire_all()
    session.add(
        Unita(ente_id=1, id="ats_centro_est", nome="ATS Centro Est", tipo="ats", telefono="+390105570000")
    )
    session.flush()
    assert session.get_one(Ente, 1).codice_istat == GENOVA
    return 1


@pytest.fixture
def operations(clock: FixedClock) -> Operations:
    """The domestic operations, which open pratiche with engines like the one under test."""

    def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
        engine = Engine(session, ente_id, operations, calendar=Calendar((6, 24)), clock=clock)
        return engine.start(slug, variables, ANNA).id

    operations = Operations(domestic(start))
    return operations


@pytest.fixture
def engine_(session: Session, genova: int, clock: FixedClock, operations: Operations) -> Engine:
    """An engine with the domestic operations, saving at each step."""
    return Engine(session, genova, operations, calendar=Calendar((6, 24)), clock=clock)


@pytest.fixture
def ask(
    session: Session, genova: int, operations: Operations, clock: FixedClock
) -> Callable[..., dict[str, Any]]:
    """Call an operation: `ask("diario.write", persona_id="1", testo="…")`; the request is held against its schema."""
    numbers = count(1)

    def ask(
        name: str, *, root_id: int = 0, instance_id: int = 0, key: str | None = None, **request: Any
    ) -> dict[str, Any]:
        operation = operations.get(name)
        assert operation is not None
        check_request(operation, request)
        call = Call(
            ente_id=genova,
            idempotency_key=key or f"prova:{next(numbers)}",
            instance_id=instance_id or root_id,
            root_id=root_id,
            element_id="prova",
            by=ANNA.label,
            now=clock.instant,
            session=session,
        )
        with session.begin_nested():
            answer = operation.call(call, request)
        assert set(answer) == set(operation.response["required"])
        return answer

    return ask


CONTATTO: dict[str, Any] = {
    "canale": "sportello",
    "data": "2026-11-23",
    "ora": "09:10",
    "chi_chiede": "interessato",
    "cognome": "Parodi",
    "nome": "Rosa",
    "data_nascita": "1944-01-01",
    "recapito": "+390105551234",
    "domanda_espressa": "Non riesco più a fare la spesa.",
    "tipo_richiesta": "aiuto",
    "area_utenza": "anziani",
    "urgenza": "nessuna",
    "minore_a_rischio": False,
    "informativa_data": True,
}


@pytest.fixture
def a_contact(ask: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Register Rosa Parodi's contact, or another's: `a_contact(nome="Ada")`; gives contatto_id."""

    def a_contact(**told: Any) -> str:
        return str(ask("contatto.register", **{**CONTATTO, **told})["contatto_id"])

    return a_contact


@pytest.fixture
def a_persona(ask: Callable[..., dict[str, Any]], a_contact: Callable[..., str]) -> Callable[..., str]:
    """Somebody in the registry, as a first contact writes her down; gives persona_id."""

    def a_persona(**told: Any) -> str:
        contatto_id = a_contact(indirizzo="Via Prè 12", **told)
        return str(ask("persona.find_or_create", contatto_id=contatto_id)["persona_id"])

    return a_persona


def a_bundle(slug: str, *, termine_giorni: int | None = 30, letters: dict[str, str] | None = None) -> Bundle:
    """A path of one human step, with letters."""
    letters = {f"lettere/{name}.txt": text.encode() for name, text in (letters or {}).items()}  # type: ignore[misc]
    term = "null" if termine_giorni is None else str(termine_giorni)
    manifest = f'{{"slug": "{slug}", "nome": "{slug.title()}", "termine_giorni": {term}, "parametri": {{}}}}'
    diagram = DIAGRAM.replace("SLUG", slug)
    return Bundle(slug, {f"{slug}.bpmn": diagram.encode(), "bundle.json": manifest.encode(), **letters})  # type: ignore[dict-item]


DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:prova">
  <bpmn:process id="SLUG" name="SLUG" isExecutable="true">
    <bpmn:startEvent id="inizio" name="Si comincia"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="lavora" name="Lavora">
      <bpmn:extensionElements><zeebe:userTask/>
        <zeebe:assignmentDefinition candidateGroups="assistente_sociale"/></bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="finito" name="Finito"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="a" sourceRef="inizio" targetRef="lavora"/>
    <bpmn:sequenceFlow id="b" sourceRef="lavora" targetRef="finito"/>
  </bpmn:process>
</bpmn:definitions>
"""
