"""Filling the city: people in the registry, then every story, told in the order of time.

Stories share one transaction, because workers may be about: they must never see a timer of three months ago, nor
fire it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final, TextIO

from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database.context import ente_context
from app.demo import inhabitants, supplies
from app.demo.acts import Play
from app.demo.agenda import Agenda
from app.demo.city import GENOVA
from app.demo.mix import PERSONS_TO_A_STORY, more, plots
from app.demo.people import Births, Inhabitant
from app.demo.plots import Plot
from app.demo.progress import Progress
from app.demo.rota import Rota
from app.demo.stage import Stage, Story, StoryStuck
from app.demo.vicende import Vicenda, all_of, named, words_of
from app.persone.model import Persona
from app.pratiche.model import Pratica
from app.servizi.models import Iscrizione
from app.values import day_of
from app.wiring import EngineMaker
from connectors.inps.sandbox import Sandbox
from connectors.inps.sandbox_population import find_situazione
from engine import EngineError, FixedClock

SEED: Final = 16_128
PERSONS: Final = 500
CEILING: Final = Decimal(20_000)  # the ISEE beyond which home care is not given (processes/domiciliarita)
BEFORE: Final = timedelta(days=500)  # when the registry office wrote down who is not new
BATCH: Final = 150  # stories in one transaction


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
    """Fill the city as it would be at `now`: with `persons` people, or as many as its stories need if they are more.

    Give `sandbox` when the connectors ask that one.
    """
    filling = _Filling(now, persons, to)
    with ente_context(GENOVA):
        for batch in filling.batches():
            with Session(database) as session, session.begin():
                batch(Stage(session, maker, FixedClock(now), sandbox))
        with Session(database) as session:
            people, pratiche = (_count(session, of) for of in (Persona, Pratica))
    return Told(people, pratiche, tuple(filling.stuck))


class _Filling:
    """The city's people and stories, in batches small enough for the locks that one transaction may hold."""

    def __init__(self, now: datetime, persons: int, to: TextIO) -> None:
        self.now, self.persons, self.to = now, persons, to
        self.today = day_of(now)
        self.births = Births(SEED, self.today)
        self.chance = random.Random(SEED)  # noqa: S311 - the same city every time
        self.told = 0  # stories
        self.stuck: list[str] = []

    def batches(self) -> Iterator[Callable[[Stage], None]]:
        """The first is the default city, told in the order of time; a larger city has others.

        The last brings the neighbours, as many as are lacking: only then is it known whom the stories brought along.
        """
        further = [BATCH] * (self._stories_beyond() // BATCH) + [self._stories_beyond() % BATCH]
        *before, last = [self._first, *(partial(self._further, many) for many in further if many)]
        yield from before
        yield partial(self._with_neighbours, last)

    def _stories_beyond(self) -> int:
        return max(self.persons - PERSONS, 0) // PERSONS_TO_A_STORY

    def _with_neighbours(self, batch: Callable[[Stage], None], stage: Stage) -> None:
        batch(stage)
        self._settle(stage)

    def _first(self, stage: Stage) -> None:
        years = (self.today.year - 1, self.today.year, self.today.year + 1)
        supplies.lay(stage.session, date(years[0], 1, 1), years)
        agenda = Agenda(stage.engine.calendar, self.now, SEED)
        stories = [self._story(stage, plot) for plot in plots(agenda)]
        self.told += len(stories)
        self._tell(stage, agenda, stories)
        self._tighten(stage)

    def _further(self, many: int, stage: Stage) -> None:
        supplies.squeeze(stage.session, self.today.year, Decimal(many * 5_000))  # they come with their money
        agenda = Agenda(stage.engine.calendar, self.now, SEED + self.told)
        stories = [self._story(stage, plot) for plot in more(agenda, many, self.chance)]
        self._tell(stage, agenda, stories)
        self._tighten(stage)
        self.told += many

    # ---- people

    def _settle(self, stage: Stage) -> None:
        written_on = self.today - BEFORE
        stage.clock.move_to(self.now - BEFORE)
        inhabitants.unusual(stage.engine, self.births, written_on)
        left = max(self.persons - _count(stage.session, Persona), 0)
        bar = Progress("Anagrafe", left, self.to)
        for family in inhabitants.families(self.births):
            if left <= 0:
                break
            inhabitants.settle(stage.engine, family[:left], written_on)
            stage.session.expunge_all()
            left -= len(family)
            bar.step(len(family))
        stage.clock.move_to(self.now)

    def _story(self, stage: Stage, plot: Plot) -> tuple[Plot, Story]:
        vicenda = named(plot.vicenda) if plot.vicenda else self.chance.choice(all_of(plot.genere))
        who = plot.chi(self.births) if plot.chi else self._somebody(plot, vicenda)
        words = words_of(who, self.chance)
        story = Story(plot.nome, who, vicenda, words, plot.assistente, plot.acts)
        if plot.gia_nota:
            known = inhabitants.write(stage.session, who, self.today - BEFORE)
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

    def _tell(self, stage: Stage, agenda: Agenda, stories: list[tuple[Plot, Story]]) -> None:
        """Everything that happened up to now, in the order in which it happened."""
        queue = [
            (moment, number, n)
            for number, (plot, story) in enumerate(stories)
            for n, moment in enumerate(agenda.times(story.acts, plot.ago))
            if moment <= self.now
        ]
        queue.sort()
        bar = Progress("Pratiche", len(queue), self.to)
        rota, stopped = Rota(stage.session), set[int]()
        stage.clock.move_to(queue[0][0] - timedelta(minutes=1))
        for moment, number, n in queue:
            stage.move_to(moment)
            story = stories[number][1]
            if number not in stopped and not self._act(Play(stage, rota, story, story.acts[n])):
                stopped.add(number)
            bar.step()
        stage.move_to(self.now)
        for plot, story in stories:
            if not plot.libera:
                stage.take(story, plot.prende)

    def _act(self, play: Play) -> bool:
        """Do an act, or leave everything as it was and remember why."""
        try:
            with play.session.begin_nested():
                play.do()
        except (StoryStuck, EngineError, SQLAlchemyError, LookupError) as error:
            self.stuck.append(f"{play.story.nome}, {play.act.what}: {type(error).__name__}: {error}")
            return False
        return True

    def _tighten(self, stage: Stage) -> None:
        """With people in the waiting list there is no money left, or they would not be there."""
        i = Iscrizione
        query = select(func.min(i.importo_mensile_eur)).where(
            i.ente_id == GENOVA, i.stato == "in_attesa", i.servizio == "domiciliarita"
        )
        least = stage.session.scalar(query)
        if least is not None:
            supplies.squeeze(stage.session, self.today.year, (least / 2).quantize(Decimal(1)))


def _count(session: Session, what: type[Persona | Pratica]) -> int:
    return session.scalar(select(func.count()).select_from(what)) or 0


def _within(who: Inhabitant) -> bool:
    found = find_situazione(who.codice or "")
    return found is not None and (found.ristretto or found.ordinario).isee <= CEILING and not found.difforme
