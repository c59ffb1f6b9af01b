"""The shipped paths on the real domain: Rosa asks for help, gets it at home, and her first month is paid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.avvisi.model import Avviso
from app.bisogni.model import Bisogno
from app.contatti.model import Contatto
from app.diario.model import Diario
from app.persone import decesso
from app.persone.model import Persona, Residenza
from app.pratiche import service
from app.pratiche.model import Pratica
from app.servizi import eventi, fondo, ordine
from app.servizi.models import Budget, Ordine, PianoDomiciliare, Quota, Rendiconto
from engine import Engine, FixedClock, Operation, Operations, TaskView, from_folder, operator, system, tables
from engine.calendar import ROME
from tests.app.domain.conftest import ANNA, CONTATTO

PROCESSES = Path(__file__).parents[3] / "processes"
PATHS = (
    "primo_contatto",
    "domiciliarita",
    "istruttoria_domiciliare",
    "affidamento_domiciliare",
    "rendicontazione",
    "chiusura",
)
BRUNO = operator(2)
ISEE = {"valore": 10000, "scade_il": "2026-12-31", "protocollo_dsu": None, "difforme": False}


class City:
    """The shipped paths, played by two people and by the clock."""

    def __init__(self, engine: Engine, clock: FixedClock) -> None:
        self.engine, self.clock, self.session = engine, clock, engine.session

    def open(self, slug: str, persona_id: int | None = None) -> Pratica:
        def start(session: Session, ente_id: int, slug: str, variables: dict[str, Any], by: str) -> int:
            return self.engine.start(slug, variables, ANNA).id

        return service.open(
            self.session,
            1,
            slug,
            persona_id,
            "ats_centro_est",
            ANNA.label,
            start=start,
            now=self.engine.now(),
        )

    def todo(self, pratica: Pratica) -> list[str]:
        assert pratica.instance_id is not None
        return sorted(task.element_id for task in self.engine.open_tasks(pratica.instance_id))

    def task(self, pratica: Pratica, element: str) -> TaskView:
        assert pratica.instance_id is not None
        tasks = self.engine.open_tasks(pratica.instance_id)
        return next(task for task in tasks if task.element_id == element)

    def do(self, pratica: Pratica, element: str, by: Any = ANNA, **answers: Any) -> None:
        self.engine.complete(self.task(pratica, element).id, answers, by)
        assert self.engine.open_incidents() == []

    def answer_inps(self, isee: dict[str, Any]) -> None:
        """The job that asks INPS is answered."""
        for job_id in self.session.scalars(select(tables.job.c.id).where(tables.job.c.status == "waiting")):
            assert self.engine.claim_job(job_id) is not None
            self.engine.finish_job(job_id, {"isee": isee}, system("prova"))

    def move_to(self, instant: datetime) -> None:
        """Time passes, and what is due happens."""
        self.clock.move_to(instant)
        while due := self.engine.due_timers():
            for timer in due:
                self.engine.fire_timer(timer, system("prova"))


@pytest.fixture
def operations(operations: Operations) -> Operations:
    """The domestic operations, and INPS as a job that the test answers."""
    given = {"isee": {"type": "object"}}
    operations.add(
        Operation(
            "inps.isee.read",
            "INPS · Leggi l'ISEE",
            {"type": "object", "properties": {}},
            {"type": "object", "properties": given},
            lambda call, request: {},
            inside=False,
            errors=("isee_assente", "isee_non_calcolabile", "codice_fiscale_non_accettato"),
        )
    )
    return operations


@pytest.fixture
def city(a_engine: Engine, clock: FixedClock) -> City:
    """The paths of home care are published."""
    for slug in PATHS:
        a_engine.publish(from_folder(PROCESSES / slug), ANNA)
    return City(a_engine, clock)


@pytest.fixture
def rosa(city: City, session: Session) -> Pratica:
    """Rosa's home care, opened after a first contact and an interview."""
    contact = city.open("primo_contatto")
    city.do(contact, "registra_contatto", **CONTATTO, indirizzo="Via Prè 12")
    city.do(
        contact,
        "primo_colloquio",
        data="2026-11-23",
        luogo="domicilio",
        narrazione="Vive sola al terzo piano.",
        situazione_rilevata=[{"dimensione": "salute_autonomia", "gravita": 4}],
        esito_colloquio="prestazione",
        percorso_prestazione="domiciliarita",
    )
    return session.scalars(select(Pratica).where(Pratica.aperta_da_id == contact.id)).one()


@pytest.fixture
def capitolo(request: pytest.FixtureRequest, a_budget: Callable[..., Budget]) -> Budget:
    """The money of 2026: 10.000 € unless a test gives another sum."""
    return a_budget(getattr(request, "param", 10_000))


@pytest.fixture
def admitted(city: City, rosa: Pratica, capitolo: Budget) -> Pratica:
    """Rosa has applied, INPS has answered, the visit is done, the plan is approved by another person."""
    city.do(
        rosa,
        "domanda_domiciliare",
        richiedente="se_stesso",
        codice_fiscale="PRDRSO44A41D969J",
        tipo_isee="SocioSanitario",
        urgente=False,
        prestazioni_chieste=["igiene"],
        motivo_domanda="Non riesce più a lavarsi.",
        ricoverato=False,
    )
    city.answer_inps(ISEE)
    city.do(
        rosa,
        "visita_domiciliare",
        data="2026-11-23",
        aged=12,
        adl=3,
        iadl=2,
        invalidita=100,
        accompagnamento=True,
        legge_104="c3",
        ricovero_definitivo=False,
        area_supporto=2,
    )
    shift = {
        "prestazione": "igiene",
        "profilo": "oss",
        "giorni": ["lun", "mer"],
        "dalle": "08:30",
        "alle": "09:30",
    }
    city.do(
        rosa,
        "piano_domiciliare",
        prestazioni=[shift],
        dal="2026-12-01",
        accesso_casa="Citofono Parodi",
        animali=False,
    )
    city.do(rosa, "approvazione_piano", BRUNO, piano_approvato=True)
    return rosa


@pytest.fixture
def served(city: City, a_supplier: Callable[..., str], admitted: Pratica, session: Session) -> Pratica:
    """«alfa» goes to Rosa since 2 December."""
    a_supplier("alfa")
    city.do(admitted, "scelta_fornitore", fornitore_id="alfa")
    ordine.accept(city.engine, session.scalars(select(Ordine.id)).one(), ANNA)
    city.move_to(datetime(2026, 12, 3, 9, 0, tzinfo=ROME))
    city.do(admitted, "avvio_servizio", data_primo_intervento="2026-12-02", operatore_riferimento="Sara Bo")
    return admitted


def test_a_first_contact_opens_home_care(city: City, rosa: Pratica, session: Session) -> None:
    contact = session.scalars(select(Pratica).where(Pratica.percorso == "primo_contatto")).one()
    assert (contact.esito, rosa.percorso, rosa.termine_giorni) == ("prestazione_avviata", "domiciliarita", 30)
    assert contact.persona_id == rosa.persona_id
    assert session.scalars(select(Contatto.esito)).one() == "prestazione_avviata"
    assert [b.tipo for b in session.scalars(select(Bisogno).order_by(Bisogno.id))] == ["espresso", "rilevato"]
    assert session.scalars(select(Diario.tipo)).all() == ["colloquio"]
    assert city.todo(rosa) == ["domanda_domiciliare"]


def test_two_who_look_alike_are_left_to_a_person(city: City, rosa: Pratica) -> None:
    # given a namesake without a birth date
    contact = city.open("primo_contatto")
    told = {name: value for name, value in CONTATTO.items() if name != "data_nascita"}
    city.do(contact, "registra_contatto", **told)
    assert city.todo(contact) == ["scegli_persona"]
    # when
    city.do(
        contact, "scegli_persona", scelta="esistente", persona_scelta=str(rosa.persona_id), motivo="È lei."
    )
    # then
    assert contact.persona_id == rosa.persona_id
    assert city.todo(contact) == ["primo_colloquio"]


def test_what_a_person_pays_follows_her_isee(admitted: Pratica, session: Session) -> None:
    # dominio.md §3.5: ISEE 10.000 → 5,86 €/h
    assert session.scalars(select(Quota.tariffa_oraria)).all() == [Decimal("5.86")]


@pytest.mark.parametrize("capitolo", [0], indirect=True)
def test_without_money_she_waits_and_the_money_calls_her(
    city: City, admitted: Pratica, capitolo: Budget
) -> None:
    # given no money when the plan is approved
    assert city.todo(admitted) == []
    # when
    capitolo.stanziato_eur = Decimal(5_000)
    city.session.flush()
    called = fondo.release(city.engine, "domiciliarita", ANNA)
    # then
    assert len(called) == 1
    assert city.todo(admitted) == ["scelta_fornitore"]


def test_the_service_begins_and_the_plan_is_active(served: Pratica, session: Session) -> None:
    assert session.scalars(select(PianoDomiciliare.stato)).all() == ["attivo"]
    assert session.scalars(select(Ordine.stato)).all() == ["avviato"]


def test_a_month_is_told_and_paid(city: City, served: Pratica, session: Session) -> None:
    # given
    [month] = session.scalars(select(Rendiconto)).all()
    visit = {
        "data": "2026-12-07",
        "dalle": "08:30",
        "alle": "09:30",
        "operatore": "op1",
        "prestazione": "igiene",
        "conferma": "nfc",
        "esito_tecnico": "svolto",
    }
    # when
    city.move_to(datetime(2027, 1, 2, 9, 0, tzinfo=ROME))
    eventi.submit(city.engine, month.id, [visit, {**visit, "data": "2026-12-09"}], ANNA)
    # then two hours of OSS at 24.50
    assert city.engine.open_incidents() == []
    assert (month.stato, month.ore_validate, month.importo_eur) == ("validato", Decimal(2), Decimal("49.00"))


def test_who_answers_from_outside_locks_the_path_before_what_its_steps_write(
    city: City, a_supplier: Callable[..., str], admitted: Pratica, session: Session
) -> None:
    # given an order that waits for its supplier
    a_supplier("alfa")
    city.do(admitted, "scelta_fornitore", fornitore_id="alfa")
    # when
    with locking(session) as accepting:
        ordine.accept(city.engine, session.scalars(select(Ordine.id)).one(), ANNA)
    city.move_to(datetime(2026, 12, 3, 9, 0, tzinfo=ROME))
    city.do(admitted, "avvio_servizio", data_primo_intervento="2026-12-02", operatore_riferimento="Sara Bo")
    [month] = session.scalars(select(Rendiconto)).all()
    with locking(session) as submitting:
        eventi.submit(city.engine, month.id, [], ANNA)
    with locking(session) as dying:
        decesso.register(city.engine, admitted.persona_id or 0, date(2026, 12, 3), ANNA)
    # then
    assert accepting[:2] == ["engine_instance", "ordine"]
    assert submitting[:2] == ["engine_instance", "rendiconto"]
    assert dying[0] == "engine_instance"


@contextmanager
def locking(session: Session) -> Iterator[list[str]]:
    """The tables whose rows are locked until the block ends, in order."""
    locked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if re.search(r"for (no key )?update", statement, re.IGNORECASE):
            locked.append(re.findall(r"\bfrom\s+(\w+)", statement, re.IGNORECASE)[0])

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    yield locked
    event.remove(connection, "before_cursor_execute", hear)


def test_a_death_stops_the_service(city: City, served: Pratica, session: Session) -> None:
    # when
    assert served.persona_id is not None
    delivery = decesso.register(city.engine, served.persona_id, date(2026, 12, 3), ANNA)
    # then
    assert delivery.outcome == "correlated"
    assert city.engine.open_incidents() == []
    assert session.scalars(select(Ordine.stato)).all() == ["chiuso"]
    assert session.get_one(Persona, (1, served.persona_id)).deceduta_il == date(2026, 12, 3)


def test_the_beginning_is_told_to_who_applies(admitted: Pratica, session: Session) -> None:
    letter = session.scalars(select(Avviso).where(Avviso.lettera == "avvio_procedimento")).one()
    assert letter.pratica_id == admitted.id
    assert session.scalars(select(Residenza.indirizzo)).one() == "Via Prè 12"
