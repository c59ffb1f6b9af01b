"""People of the synthetic city at different points of home care, brought there by the real paths."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.persone import registry
from app.persone.registry import Known
from app.pratiche import service
from app.pratiche.model import Assegnazione, Pratica
from app.servizi import ordine
from app.servizi.models import Budget, Fornitore, Iscrizione, Ordine
from app.wiring import EngineMaker
from engine import Engine, FixedClock, operator, tables
from engine.calendar import ROME
from engine.form.codice_fiscale import parse

PROCESSES = Path(__file__).parents[3] / "processes"
CENTRO = "ats-centro-est"
ISEE = {
    "valore": 10_000,
    "scade_il": "2026-12-31",
    "protocollo_dsu": "INPS-ISEE-2026-00012345A-00",
    "difforme": False,
}


@dataclass(frozen=True)
class Storia:
    """Where somebody is: ids of hers; `ordine_id` and `iscrizione_id` when there is one."""

    persona_id: int
    pratica_id: int
    root_id: int
    ordine_id: int | None = None
    iscrizione_id: int | None = None


@dataclass(frozen=True)
class Storie:
    """One persona at each point."""

    in_ordine: Storia  # the order waits for an answer
    in_servizio: Storia  # since the first of last month, whose events nobody has told
    in_preavviso: Storia
    in_lista: Storia


def answers(slug: str, scenario: str, attivita: str) -> dict[str, Any]:
    """What somebody answers in a scenario of the repository."""
    steps = json.loads((PROCESSES / slug / "scenari" / f"{scenario}.json").read_text())["passi"]
    return next(dict(step["risposte"]) for step in steps if step.get("attivita") == attivita)


def open_steps(session: Session, root_id: int) -> set[str]:
    """The human steps at which a pratica stands now."""
    t = tables.task.c
    session.rollback()
    return set(session.scalars(select(t.element_id).where(t.root_id == root_id, t.status == "open")))


def lay(database: Database, maker: EngineMaker) -> Storie:
    """Suppliers, money and four people, each at her point."""
    with ente_context(GENOVA), Session(database) as session, session.begin():
        _market(session)
    rosa, caterina, bianca, carlo = (
        _Wanderer(database, maker, *who)
        for who in (
            ("Parodi", "Rosa", "PRDRSO44A41D969J", "Via Prè 12"),
            ("Ottonello", "Caterina", "TTNCRN48C54D969H", "Salita San Paolo 3"),
            ("Costa", "Bianca", None, "Via Balbi 4"),
            ("Parodi", "Carlo", "PRDCRL38C12D969V", "Vico Largo 1"),
        )
    )
    return Storie(
        in_ordine=rosa.to_order(),
        in_servizio=caterina.to_service(),
        in_preavviso=bianca.to_notice(),
        in_lista=carlo.to_list(),
    )


def _market(session: Session) -> None:
    begun = date_of_today().replace(month=1, day=1)
    for fornitore_id in ("coop-lanterna", "coop-ponente"):
        session.add(
            Fornitore(
                ente_id=GENOVA,
                id=fornitore_id,
                dal=begun,
                zone=[],
                profili=["oss", "assistente_familiare", "educatore"],
                ore_settimana=200,
            )
        )
    for anno in (begun.year, begun.year + 1):
        for servizio, capitolo in (("domiciliarita", "1204/1"), ("interventi", "1204/9")):
            session.add(
                Budget(ente_id=GENOVA, anno=anno, servizio=servizio, capitolo=capitolo, stanziato_eur=60_000)
            )


def date_of_today() -> date:
    return datetime.now(ROME).date()


class _Wanderer:
    """Brings one persona through the paths as the people at work would."""

    def __init__(
        self, database: Database, maker: EngineMaker, cognome: str, nome: str, codice: str | None, via: str
    ) -> None:
        self.database, self.maker = database, maker
        self.clock: FixedClock | None = None
        self.who = (cognome, nome, codice, via)

    def to_order(self) -> Storia:
        self._open()
        self._assess("ammessa")
        self._plan()
        self._complete("scelta_fornitore", {"fornitore_id": "coop-lanterna"}, by="giulia.parodi")
        return self._storia()

    def to_service(self) -> Storia:
        first = (date_of_today().replace(day=1) - timedelta(days=1)).replace(day=1)
        self.clock = FixedClock(datetime.combine(first, time(9), ROME))  # no visit comes before its order
        storia = self.to_order()
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            actor = operator(_account(session, "coop.lanterna"))
            ordine.accept(self.maker(session, GENOVA, self.clock), storia.ordine_id or 0, actor)
        self.clock = None
        start = answers("affidamento_domiciliare", "scelta_e_avvio", "avvio_servizio")
        start["data_primo_intervento"] = first.isoformat()
        self._complete("avvio_servizio", start, by="coop.lanterna")
        return storia

    def to_notice(self) -> Storia:
        self._open()
        self._assess("non_ammessa")
        notice = answers("preavviso_rigetto", "osservazioni_accolte", "scrivi_preavviso")
        self._complete("scrivi_preavviso", notice, by="paolo.ferrari")
        return self._storia()

    def to_list(self) -> Storia:
        self._set_budget(0)
        self._open()
        self._assess("ammessa")
        self._plan()
        self._set_budget(60_000)
        return self._storia()

    def _set_budget(self, euro: int) -> None:
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            for row in session.scalars(select(Budget).where(Budget.servizio == "domiciliarita")):
                row.stanziato_eur = row.prenotato_eur + euro

    def _open(self) -> None:
        cognome, nome, codice, via = self.who
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            today = date_of_today()
            known = Known(
                cognome=cognome,
                nome=nome,
                nata_il=None if codice else date(1944, 1, 1),
                codice=parse(codice, today) if codice else None,
                telefono="+390105551234",
                indirizzo=via,
                unita_id=CENTRO,
            )
            persona = registry.create(session, GENOVA, known, today - timedelta(days=300))
            giulia = _account(session, "giulia.parodi")
            pratica = service.open(
                session, GENOVA, "domiciliarita", persona.id, CENTRO, operator(giulia).label,
                start=self.maker.start, now=self.maker(session, GENOVA).now(),
            )  # fmt: skip
            pratica.case_manager_id = giulia
            session.add(
                Assegnazione(
                    ente_id=GENOVA,
                    pratica_id=pratica.id,
                    account_id=giulia,
                    ruolo="case_manager",
                    dal_at=pratica.aperta_at,
                )  # fmt: skip
            )
            self.persona_id, self.pratica_id = persona.id, pratica.id
            self.root_id = pratica.instance_id or 0

    def _assess(self, scenario: str) -> None:
        asked = answers("istruttoria_domiciliare", scenario, "domanda_domiciliare")
        asked["codice_fiscale"] = self.who[2] or _with_check(f"{1_000_000_000 + self.persona_id}")
        self._complete("domanda_domiciliare", asked, by="giulia.parodi")
        self._answer_inps()
        visit = answers("istruttoria_domiciliare", scenario, "visita_domiciliare")
        visit["data"] = date_of_today().isoformat()
        self._complete("visita_domiciliare", visit, by="giulia.parodi")

    def _plan(self) -> None:
        plan = answers("domiciliarita", "lista_servizio_decesso", "piano_domiciliare")
        plan["dal"] = date_of_today().isoformat()
        self._complete("piano_domiciliare", plan, by="giulia.parodi")
        self._complete("approvazione_piano", {"piano_approvato": True}, by="anna.traverso")

    def _answer_inps(self) -> None:
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            j, engine = tables.job.c, self.maker(session, GENOVA)
            for job_id in session.scalars(select(j.id).where(j.status == "waiting")):
                assert engine.claim_job(job_id) is not None
                engine.finish_job(job_id, {"isee": ISEE}, operator(1))

    def _complete(self, element: str, data: dict[str, Any], by: str) -> None:
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            engine: Engine = self.maker(session, GENOVA, self.clock)
            tasks = {task.element_id: task.id for task in engine.open_tasks(self.root_id)}
            assert element in tasks, (element, tasks, engine.open_incidents(self.root_id))
            engine.complete(tasks[element], data, operator(_account(session, by)))

    def _storia(self) -> Storia:
        found = Storia(self.persona_id, self.pratica_id, self.root_id)
        with ente_context(GENOVA), Session(self.database) as session:
            assert session.get_one(Pratica, (GENOVA, self.pratica_id)).chiusa_at is None
            mine = {"persona_id": self.persona_id}
            return replace(
                found,
                ordine_id=session.scalar(select(Ordine.id).filter_by(**mine)),
                iscrizione_id=session.scalar(select(Iscrizione.id).filter_by(**mine)),
            )


def _account(session: Session, nome_utente: str) -> int:
    return session.scalars(select(Account.id).where(Account.nome_utente == nome_utente)).one()


def _with_check(ten: str) -> str:
    """A provisional codice fiscale: eleven digits, the last one Luhn's (dominio.md §3.1)."""
    total = sum(
        digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(map(int, ten))
    )
    return ten + str(-total % 10)
