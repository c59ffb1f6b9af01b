"""Filling the city: people in the registry, then every story told in the order of time, all in one transaction.

One transaction, because workers may be about: they must never see a timer of three months ago, nor fire it.
"""

from __future__ import annotations

import heapq
import random
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TextIO

import structlog
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.demo import inhabitants, supplies
from app.demo.acts import Play
from app.demo.agenda import Agenda
from app.demo.city import GENOVA
from app.demo.mix import plots
from app.demo.people import Births, Inhabitant
from app.demo.plots import Plot
from app.demo.progress import Progress
from app.demo.rota import Rota
from app.demo.stage import Stage, Story, StoryStuck
from app.demo.vicende import Vicenda, all_of, named, words_of
from app.pratiche.model import Pratica
from app.servizi.models import Iscrizione
from app.wiring import EngineMaker
from connectors.inps.sandbox import Sandbox
from connectors.inps.sandbox_population import find_situazione
from engine import EngineError, FixedClock

log = structlog.get_logger()

SEED: Final = 16_128
PERSONS: Final = 500
CEILING: Final = Decimal(20_000)  # the ISEE beyond which home care is not given (processes/domiciliarita)
CITIZENS_BEFORE: Final = timedelta(days=500)


@dataclass(frozen=True)
class Told:
    """What came of it: stories that could not go on are named with the reason."""

    persone: int
    pratiche: int
    fermate: tuple[str, ...]


def is_there(database: Database) -> bool:
    """Whether Genova has pratiche already."""
    with ente_context(GENOVA), Session(database) as session:
        return session.scalar(select(Pratica.id).limit(1)) is not None


def populate(
    database: Database,
    maker: EngineMaker,
    now: datetime,
    *,
    persons: int = PERSONS,
    sandbox: Sandbox | None = None,
    to: TextIO = sys.stderr,
) -> Told:
    """Fill the city as it would be at `now`. Give `sandbox` when the connectors ask that one."""
    with ente_context(GENOVA), Session(database) as session, session.begin():
        clock = FixedClock(now)
        stage = Stage(session, maker, clock, sandbox)
        agenda = Agenda(stage.engine.calendar, now, SEED)
        return _City(stage, agenda, persons, to).fill()


class _City:
    def __init__(self, stage: Stage, agenda: Agenda, persons: int, to: TextIO) -> None:
        self.stage, self.agenda, self.persons, self.to = stage, agenda, persons, to
        self.session = stage.session
        self.births = Births(SEED, agenda.today)
        self.chance = random.Random(SEED)  # noqa: S311 - the same city every time
        self.stuck: list[str] = []

    def fill(self) -> Told:
        today = self.agenda.today
        supplies.lay(self.session, date(today.year - 1, 1, 1), (today.year - 1, today.year, today.year + 1))
        stories = [self._story(plot) for plot in plots(self.agenda)]
        self._people(len(stories))
        self._tell(stories)
        self._tighten()
        count = self.session.scalar(select(func.count()).select_from(Pratica)) or 0
        return Told(self.persons, count, tuple(self.stuck))

    # ---- people

    def _people(self, in_stories: int) -> None:
        written_on = self.agenda.today - CITIZENS_BEFORE
        left = self.persons - in_stories
        bar = Progress("Anagrafe ", max(left, 1), self.to)
        clock = self.stage.clock
        now = clock.instant
        clock.move_to(now - CITIZENS_BEFORE)
        left -= inhabitants.unusual(self.stage.engine, self.births, written_on)
        for family in inhabitants.families(self.births):
            if left <= 0:
                break
            inhabitants.settle(self.stage.engine, family[:left], written_on)
            left -= len(family)
            bar.step(len(family))
        self.session.flush()
        self.session.expunge_all()
        bar.step(self.persons)
        clock.move_to(now)

    def _story(self, plot: Plot) -> tuple[Plot, Story]:
        vicenda = named(plot.vicenda) if plot.vicenda else self.chance.choice(all_of(plot.genere))
        who = plot.chi(self.births) if plot.chi else self._somebody(plot, vicenda)
        story = Story(
            nome=plot.nome,
            who=who,
            vicenda=vicenda,
            words=words_of(who, self.chance),
            assistente=plot.assistente,
            acts=plot.acts,
            libera=plot.libera,
        )
        if plot.gia_nota:
            known = inhabitants.write(self.session, who, self.agenda.today - CITIZENS_BEFORE)
            story.facts["omonima"] = str(known.id)
        return plot, story

    def _somebody(self, plot: Plot, vicenda: Vicenda) -> Inhabitant:
        """Of the right age and office; for help at home, with an ISEE that INPS has and the service takes."""
        unita = "ats-valpolcevera" if plot.assistente == "bruno.merello" else "ats-centro-est"
        while True:
            who = self.births.person(
                vicenda.eta, sesso=vicenda.sesso, unita=unita, straniera=vicenda.straniera or None
            )
            if not plot.genere.startswith("casa") or _within(who):
                return who

    # ---- stories

    def _tell(self, stories: list[tuple[Plot, Story]]) -> None:
        queue = []
        for number, (plot, story) in enumerate(stories):
            for n, moment in enumerate(self.agenda.times(story.acts, plot.ago)):
                if moment <= self.agenda.now:
                    queue.append((moment, number, n))
        heapq.heapify(queue)
        bar = Progress("Pratiche ", len(queue), self.to)
        rota, over = Rota(self.session), set[int]()
        self.stage.clock.move_to(queue[0][0] - timedelta(minutes=1))
        while queue:
            moment, number, n = heapq.heappop(queue)
            self.stage.move_to(moment)
            if number not in over and not self._act(Play(self.stage, rota, stories[number][1], stories[number][1].acts[n])):
                over.add(number)
            bar.step()
        self.stage.move_to(self.agenda.now)
        for plot, story in stories:
            if not plot.libera:
                self.stage.take(story, plot.prende)

    def _act(self, play: Play) -> bool:
        """Do an act, or leave everything as it was and say why."""
        try:
            with self.session.begin_nested():
                play.do()
        except (StoryStuck, EngineError, SQLAlchemyError, LookupError) as error:
            self.stuck.append(f"{play.story.nome}: {type(error).__name__}: {error}")
            log.warning("demo.stuck", story=play.story.nome, act=play.act.what, why=str(error))
            return False
        self.session.expire_all()
        return True

    def _tighten(self) -> None:
        """With people in the waiting list there is no money left, or they would not be there."""
        i = Iscrizione
        query = select(func.min(i.importo_mensile_eur)).where(
            i.ente_id == GENOVA, i.stato == "in_attesa", i.servizio == "domiciliarita"
        )
        least = self.session.scalar(query)
        if least is not None:
            supplies.squeeze(self.session, self.agenda.today.year, (least / 2).quantize(Decimal(1)))


def _within(who: Inhabitant) -> bool:
    found = find_situazione(who.codice or "")
    return found is not None and (found.ristretto or found.ordinario).isee <= CEILING and not found.difforme
