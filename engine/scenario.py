"""Scenarios: stories told by analysts beside a diagram, played against the real engine.

People, operations, called paths, messages and the clock come from the story; decisions, mappings, deadlines and
forms are the bundle's own. The keys of a story are in processes/README.md. Nothing is committed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import tables
from engine.actor import Actor, system
from engine.bundle import Bundle
from engine.calendar import ROME, Calendar
from engine.clock import FixedClock
from engine.dialect import HEADER_WRITES
from engine.engine import Engine
from engine.errors import AnswerRefused, FormInvalid
from engine.operation import Call, Operation, Operations, Refused
from engine.program import compile_bundle
from engine.running import Running

ENTE = 0
CLOCK = re.compile(r"\+(\d+) (giorni lavorativi|giorni|ore|mesi)")


class ScenarioFailed(Exception):
    """The story and the diagram do not agree at a step (1-based; 0 before, -1 after the last)."""

    def __init__(self, step: int, message: str) -> None:
        where = {0: "inizio", -1: "allora"}.get(step, f"passo {step}")
        super().__init__(f"{where}: {message}")


@dataclass
class Scenario:
    """One story about one bundle."""

    bundle: Bundle
    story: dict[str, Any]
    _calendar: Calendar = field(default_factory=lambda: Calendar((6, 24)))

    def play(self, session: Session, operations: Operations, *, straight: bool = False) -> None:
        """Play the story; raises ScenarioFailed where it does not hold.

        `straight` keeps the instance in memory throughout; otherwise it is saved and loaded at every step.
        """
        _Play(self, session, operations, straight).run()


class _Play:
    def __init__(self, scenario: Scenario, session: Session, operations: Operations, straight: bool) -> None:
        self.story = scenario.story
        self.clock = FixedClock(datetime.fromisoformat(self.story["adesso"]))
        self.calendar = scenario._calendar
        self.written: dict[str, Any] = {}
        elements = compile_bundle(scenario.bundle).diagram.elements.values()
        self.writers = {element.headers.get(HEADER_WRITES) for element in elements}
        live: dict[int, Running] | None = {} if straight else None
        self.engine = Engine(
            session,
            ENTE,
            Operations([self._stub(operation) for operation in operations]),
            calendar=self.calendar,
            clock=self.clock,
            live=live,
            stub_calls=True,
        )
        self.session = session
        self.slug = scenario.bundle.slug
        self.engine.publish(scenario.bundle, system("scenario"))
        self.instance_id = 0
        self.here = 0
        self.steps: dict[str, Callable[[str, dict[str, Any]], None]] = {
            "attivita": self._human,
            "operazione": self._operation,
            "decisione": self._decision,
            "chiama": self._call,
            "messaggio": self._message,
            "orologio": self._clock,
            "aspetta": self._waits,
        }

    def _stub(self, operation: Operation) -> Operation:
        """Outside, so that the story answers it; but what a human step writes is answered with that step."""
        return replace(operation, call=self._answer_written, inside=operation.name in self.writers)

    def _answer_written(self, call: Call, request: dict[str, Any]) -> dict[str, Any]:
        return dict(self.written)

    def run(self) -> None:
        self.instance_id = self.engine.start(self.slug, self.story.get("dato", {}), system("scenario")).id
        for number, step in enumerate(self.story["passi"], 1):
            self.here = number
            kind = next((key for key in self.steps if key in step), None)
            if kind is None:
                raise ScenarioFailed(number, f"non si capisce: {', '.join(step)}")
            self.steps[kind](step[kind], step)
            self._no_incident()
        self.here = -1
        self._then(self.story.get("allora", {}))

    def fail(self, message: str) -> ScenarioFailed:
        return ScenarioFailed(self.here, message)

    def _no_incident(self) -> None:
        for incident in self.engine.open_incidents(self.instance_id):
            raise self.fail(f"incidente in «{incident.element_id}»: {incident.message}")

    # ---- one method per kind of step

    def _human(self, element: str, step: dict[str, Any]) -> None:
        task = next((t for t in self.engine.open_tasks(self.instance_id) if t.element_id == element), None)
        if task is None:
            raise self.fail(f"«{element}» non è da fare; {self._where()}")
        if "ruolo" in step and task.ruolo != step["ruolo"]:
            raise self.fail(f"«{element}» è di «{task.ruolo}», non di «{step['ruolo']}»")
        due = task.due_at.astimezone(ROME).date().isoformat() if task.due_at else None
        if "scade_il" in step and due != step["scade_il"]:
            raise self.fail(f"«{element}» scade il {due}, non il {step['scade_il']}")
        self.written = step.get("scrive", {})
        # a different person each time, so that four eyes never stand in the way of a story
        by = Actor(f"scenario:{step.get('ruolo', 'persona')}", 1_000 + self.here)
        try:
            self.engine.complete(task.id, step.get("risposte", {}), by)
        except FormInvalid as error:
            fields = "; ".join(f"{'.'.join(map(str, e.path))} ({e.keyword})" for e in error.errors)
            raise self.fail(f"«{element}», il modulo non accetta: {fields}") from error
        except AnswerRefused as error:
            raise self.fail(f"«{element}»: {error.message}") from error

    def _operation(self, element: str, step: dict[str, Any]) -> None:
        j = tables.job.c
        job_id = self.session.execute(
            select(j.id).where(
                j.ente_id == ENTE,
                j.instance_id == self.instance_id,
                j.element_id == element,
                j.status == "waiting",
            )
        ).scalar()
        if job_id is None:
            raise self.fail(f"l'operazione «{element}» non è in attesa; {self._where()}")
        if "rifiuta" in step:
            self.engine.refuse_job(job_id, Refused(step["rifiuta"]), system("scenario"))
        else:
            self.engine.finish_job(job_id, step.get("risponde", {}), system("scenario"))

    def _decision(self, element: str, step: dict[str, Any]) -> None:
        given = [row.answers for row in self.engine.history(self.instance_id) if row.element_id == element]
        if not given:
            raise self.fail(f"la decisione «{element}» non è stata presa; {self._where()}")
        if given[-1] != step["vale"]:
            raise self.fail(f"la decisione «{element}» dà {given[-1]}, non {step['vale']}")

    def _call(self, element: str, step: dict[str, Any]) -> None:
        if not self.engine.give_back(self.instance_id, element, step.get("ritorna", {}), system("scenario")):
            raise self.fail(f"il percorso «{element}» non è stato chiamato; {self._where()}")

    def _message(self, name: str, step: dict[str, Any]) -> None:
        delivery = self.engine.correlate(name, step["chiave"], step.get("porta", {}), system("scenario"))
        if delivery.outcome != "correlated":
            raise self.fail(f"nessuno aspetta «{name}» con chiave «{step['chiave']}»; {self._where()}")

    def _clock(self, move: str, step: dict[str, Any]) -> None:
        self.clock.move_to(self._moved(move))
        before = len(self.engine.history(self.instance_id))
        while due := self.engine.due_timers():
            for timer in due:
                self.engine.fire_timer(timer, system("scenario"))
        fired = {
            row.element_id for row in self.engine.history(self.instance_id)[before:] if row.event == "timer"
        }
        expected = step.get("scatta", [])
        for element in [expected] if isinstance(expected, str) else expected:
            if element not in fired:
                raise self.fail(f"«{element}» non scatta; scattano: {', '.join(sorted(fired)) or 'nessuno'}")

    def _moved(self, move: str) -> datetime:
        now = self.clock.instant
        match = CLOCK.fullmatch(move)
        if match is None:
            return datetime.fromisoformat(move)
        count, unit = int(match[1]), match[2]
        if unit == "giorni lavorativi":
            # a deadline ends with its day: the clock goes just past it
            return self.calendar.after_working_days(now, count) + timedelta(seconds=1)
        return (
            now
            + {"giorni": timedelta(days=1), "ore": timedelta(hours=1), "mesi": timedelta(days=30)}[unit]
            * count
        )

    def _waits(self, elements: list[str], step: dict[str, Any]) -> None:
        if set(elements) - self._waiting():
            raise self.fail(f"non aspetta in {', '.join(elements)}; {self._where()}")

    # ---- the end

    def _then(self, then: dict[str, Any]) -> None:
        instance = self.engine.instance(self.instance_id)
        if "finisce_in" in then and instance.ended_in != then["finisce_in"]:
            raise self.fail(
                f"finisce in «{instance.ended_in}», non in «{then['finisce_in']}»; {self._where()}"
            )
        crossed = {row.element_id for row in self.engine.history(self.instance_id)}
        for element in then.get("attraversa", []):
            if element not in crossed:
                raise self.fail(f"non attraversa «{element}»")
        for element in then.get("mai", []):
            if element in crossed:
                raise self.fail(f"attraversa «{element}»")
        for path, expected in then.get("dati", {}).items():
            value: Any = instance.variables
            for part in path.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if value != expected:
                raise self.fail(f"«{path}» è {value}, non {expected}")

    def _waiting(self) -> set[str]:
        marks = self.engine.marks(self.instance_id)
        return {element for element, mark in marks.items() if mark == "ora"} | self._calls()

    def _calls(self) -> set[str]:
        rows = self.engine.history(self.instance_id)
        begun = [row.element_id for row in rows if row.event == "started"]
        ended = [row.element_id for row in rows if row.event == "done" and row.kind == "callActivity"]
        return {element for element in begun if begun.count(element) > ended.count(element)}

    def _where(self) -> str:
        return f"qui aspetta: {', '.join(sorted(self._waiting())) or 'niente'}"
