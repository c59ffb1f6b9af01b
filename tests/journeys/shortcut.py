"""Work done without the pages, by the engine, to bring somebody where a journey begins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.avvisi.model import Avviso
from app.database.context import ente_context
from app.demo.city import GENOVA
from app.persone import registry
from app.persone.registry import Known
from app.pratiche import service
from app.pratiche.model import Pratica
from app.servizi import ordine
from app.servizi.models import Ordine
from app.wiring import make_engines
from engine import Engine, operator
from engine.form.codice_fiscale import parse

CENTRO = "ats-centro-est"
PATIENCE = 60  # seconds for the worker
BORN = date(1948, 3, 14)
APPLICATION = {
    "richiedente": "se_stesso",
    "tipo_isee": "SocioSanitario",
    "urgente": False,
    "prestazioni_chieste": ["igiene"],
    "motivo_domanda": "Non riesce più a lavarsi da sola.",
}
VISIT = {
    "aged": 14,
    "adl": 2,
    "iadl": 1,
    "invalidita": 100,
    "accompagnamento": True,
    "legge_104": "c3",
    "ricovero_definitivo": False,
    "area_supporto": 2,
}
SHIFT = {"prestazione": "igiene", "profilo": "oss", "giorni": ["lun"], "dalle": "08:30", "alle": "09:30"}


class Shortcut:
    """Brings people of the city through the paths as those at work would."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.maker = make_engines({})

    def to_application(self, cognome: str, nome: str, codice_fiscale: str) -> int:
        """Somebody whose help at home begins with «Raccogli la domanda»; returns her pratica's id."""
        with self._at_work() as engine:
            session, today = engine.session, engine.now().date()
            known = Known(
                cognome=cognome,
                nome=nome,
                nata_il=BORN,
                codice=parse(codice_fiscale, today),
                telefono="+390105551234",
                indirizzo="Salita San Paolo 3",
                unita_id=CENTRO,
            )
            persona = registry.create(session, GENOVA, known, date(2026, 1, 1))
            by = operator(self._account(session, "giulia.parodi")).label
            pratica = service.open(
                session,
                GENOVA,
                "domiciliarita",
                persona.id,
                CENTRO,
                by,
                start=self.maker.start,
                now=engine.now(),
            )
            pratica.case_manager_id = self._account(session, "giulia.parodi")
            return pratica.id

    def to_order(self, cognome: str, nome: str, codice_fiscale: str) -> int:
        """Somebody whose order waits at La Lanterna; returns her pratica's id."""
        pratica_id = self.to_visit(cognome, nome, codice_fiscale)
        today = self.today()
        self.complete(pratica_id, "visita_domiciliare", {**VISIT, "data": today}, "giulia.parodi")
        plan = {"prestazioni": [SHIFT], "dal": today, "accesso_casa": "Citofono", "animali": False}
        self.complete(pratica_id, "piano_domiciliare", plan, "giulia.parodi")
        self.complete(pratica_id, "approvazione_piano", {"piano_approvato": True}, "anna.traverso")
        self.complete(pratica_id, "scelta_fornitore", {"fornitore_id": "coop-lanterna"}, "giulia.parodi")
        return pratica_id

    def to_service(self, cognome: str, nome: str, codice_fiscale: str) -> int:
        """Somebody whom La Lanterna helps since today; returns her pratica's id."""
        pratica_id = self.to_order(cognome, nome, codice_fiscale)
        with self._at_work() as engine:
            taken = engine.session.scalars(select(Ordine.id).filter_by(pratica_id=pratica_id)).one()
            ordine.accept(engine, taken, operator(self._account(engine.session, "coop.lanterna")))
        begun = {"data_primo_intervento": self.today(), "operatore_riferimento": "Sara Bo"}
        self.complete(pratica_id, "avvio_servizio", begun, "coop.lanterna")
        return pratica_id

    def numbers(self, pratica_id: int) -> dict[str, int]:
        """The ids of what hangs on a pratica: persona, order, letter."""
        with self._at_work() as engine:
            session, pratica = engine.session, engine.session.get_one(Pratica, (GENOVA, pratica_id))
            mine = {"pratica_id": pratica_id}
            return {
                "pratica": pratica_id,
                "persona": pratica.persona_id or 0,
                "ordine": session.scalars(select(Ordine.id).filter_by(**mine)).one(),
                "avviso": session.scalars(select(Avviso.id).filter_by(**mine).limit(1)).one(),
            }

    def to_visit(self, cognome: str, nome: str, codice_fiscale: str) -> int:
        """Somebody who has asked and waits for a visit; returns her pratica's id."""
        pratica_id = self.to_application(cognome, nome, codice_fiscale)
        asked = {**APPLICATION, "codice_fiscale": codice_fiscale}
        self.complete(pratica_id, "domanda_domiciliare", asked, "giulia.parodi")
        return pratica_id

    def complete(self, pratica_id: int, element: str, answers: dict[str, Any], by: str) -> None:
        """Complete a step as soon as it is open."""
        task_id = self.finds(pratica_id, element)
        with self._at_work() as engine:
            engine.complete(task_id, answers, operator(self._account(engine.session, by)))

    def finds(self, pratica_id: int, element: str) -> int:
        """The id of a step as soon as it is open."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self._at_work() as engine:
                open_now = {
                    each.element_id: each.id for each in engine.open_tasks(self._root(engine, pratica_id))
                }
            if element in open_now:
                return open_now[element]
            time.sleep(0.1)
        raise AssertionError(f"«{element}» never opens: {open_now}")

    def today(self) -> str:
        with self._at_work() as engine:
            return engine.now().date().isoformat()

    @contextmanager
    def _at_work(self) -> Iterator[Engine]:
        with ente_context(GENOVA), Session(self.database) as session, session.begin():
            yield self.maker(session, GENOVA)

    def _root(self, engine: Engine, pratica_id: int) -> int:
        return engine.session.get_one(Pratica, (GENOVA, pratica_id)).instance_id or 0

    def _account(self, session: Session, username: str) -> int:
        return session.scalars(select(Account.id).where(Account.nome_utente == username)).one()
