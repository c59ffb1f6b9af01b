"""An ente with an office, and operations called as an engine's step would call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enti.model import Ente, Unita
from app.operations import domestic
from app.pratiche import service
from app.pratiche.ended import on_end
from app.servizi.models import Budget, Fornitore
from engine import Bundle, Call, Engine, FixedClock, Operations, json, operator
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
def a_engine(session: Session, genova: int, clock: FixedClock, operations: Operations) -> Engine:
    """An engine with the domestic operations, saving at each step."""
    calendar = Calendar((6, 24))
    return Engine(session, genova, operations, calendar=calendar, clock=clock, on_end=on_end)


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


def a_bundle(slug: str, *, termine_giorni: int | None = 30, **letters: str) -> Bundle:
    """A path of one human step, with letters."""
    manifest = {
        "slug": slug,
        "nome": slug.title(),
        "codice": "P00",
        "descrizione": "Un percorso di prova.",
        "termine_giorni": termine_giorni,
        "soggetto": "persona",
        "avvio": ["assistente_sociale"],
        "parametri": {},
    }
    files = {f"lettere/{name}.txt": text.encode() for name, text in letters.items()}
    files[f"{slug}.bpmn"] = DIAGRAM.replace("SLUG", slug).encode()
    files["bundle.json"] = json.dumps(manifest)
    return Bundle(slug, files)


@dataclass(frozen=True)
class Opened:
    """A pratica about Rosa, with the engine that runs it."""

    engine: Engine
    id: int
    root_id: int
    persona_id: str


@pytest.fixture
def a_pratica(
    session: Session, genova: int, a_engine: Engine, a_persona: Callable[..., str], operations: Operations
) -> Callable[..., Opened]:
    """Open a pratica of a path of one step: `a_pratica("domiciliarita", termine_giorni=30)`."""

    def a_pratica(slug: str = "domiciliarita", persona_id: str | None = None, **bundle: Any) -> Opened:
        a_engine.publish(a_bundle(slug, **bundle), ANNA)
        persona_id = persona_id or a_persona()

        def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
            return a_engine.start(slug, variables, ANNA).id

        pratica = service.open(
            session,
            genova,
            slug,
            int(persona_id),
            "ats_centro_est",
            ANNA.label,
            start=start,
            now=a_engine.now(),
        )
        assert pratica.instance_id is not None
        return Opened(a_engine, pratica.id, pratica.instance_id, persona_id)

    return a_pratica


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


PRESTAZIONI: list[dict[str, Any]] = [
    {"prestazione": "igiene", "profilo": "oss", "giorni": ["lun", "gio"], "dalle": "08:00", "alle": "09:30"},
    {
        "prestazione": "pasti",
        "profilo": "assistente_familiare",
        "giorni": ["mar"],
        "dalle": "12:00",
        "alle": "13:00",
    },
]


@pytest.fixture
def a_plan(ask: Callable[..., dict[str, Any]], a_persona: Callable[..., str]) -> Callable[..., str]:
    """An approved plan of four hours a week from December: `a_plan(cognome="Costa")`; gives piano_id."""

    def a_plan(**told: Any) -> str:
        persona_id = a_persona(**told)
        piano_id = ask("piano.register", persona_id=persona_id, prestazioni=PRESTAZIONI, dal="2026-12-01")[
            "piano_id"
        ]
        ask("progetto.approve", piano_id=piano_id, piano_approvato=True)
        return str(piano_id)

    return a_plan


@pytest.fixture
def a_budget(session: Session, genova: int) -> Callable[..., Budget]:
    """A capitolo of 2026: `a_budget(1000)` euro for home care."""

    def a_budget(stanziato: int, servizio: str = "domiciliarita", capitolo: str = "U.1.04.02") -> Budget:
        budget = Budget(
            ente_id=genova, anno=2026, servizio=servizio, capitolo=capitolo, stanziato_eur=Decimal(stanziato)
        )
        session.add(budget)
        session.flush()
        return budget

    return a_budget


@pytest.fixture
def a_supplier(session: Session, genova: int) -> Callable[..., str]:
    """An accredited supplier: `a_supplier("alfa", ore_settimana=10)`; gives fornitore_id."""

    def a_supplier(slug: str, ore_settimana: int = 100, **more: Any) -> str:
        session.add(Unita(ente_id=genova, id=slug, nome=slug.title(), tipo="fornitore"))
        session.flush()
        given = {"zone": [], "profili": ["oss", "assistente_familiare", "educatore"], **more}
        session.add(
            Fornitore(
                ente_id=genova,
                id=slug,
                dal=date(2026, 1, 1),
                ore_settimana=Decimal(ore_settimana),
                **given,
            )
        )
        session.flush()
        return slug

    return a_supplier
