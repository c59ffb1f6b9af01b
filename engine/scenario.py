"""Scenarios: stories told by analysts beside a diagram, played against the real engine.

People, operations, called paths, messages and the clock come from the story; decisions, mappings, deadlines
and forms are the bundle's own. What a story lets an operation answer is held against the operation's schema
and codes, so that no story rests on what the real one would never say. The keys of a story are in
engine/story.py. Nothing is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import json, release, tables
from engine.actor import Actor, system
from engine.bundle import Bundle
from engine.calendar import ROME, Calendar
from engine.clock import FixedClock
from engine.dialect import HEADER_WRITES
from engine.engine import Engine
from engine.errors import AnswerRefused, FormInvalid
from engine.operation import Call, Operation, Operations, Refused
from engine.running import Running
from engine.story import CLOCK, kind_of, listed

NOBODY = 0
"""The ente of a story: none, so that its rows can meet no others."""

SAINT = (6, 24)
BY = system("scenario")

AtRest = Callable[[Engine, int], None]


class ScenarioFailed(Exception):
    """The story and the diagram do not agree at a step (1-based; 0 before, -1 after the last)."""

    def __init__(self, step: int, message: str) -> None:
        where = {0: "inizio", -1: "allora"}.get(step, f"passo {step}")
        super().__init__(f"{where}: {message}")
        self.step = step


@dataclass(frozen=True)
class Scenario:
    """One story about one bundle; `name` is its file's, without folder and suffix."""

    bundle: Bundle
    name: str
    story: Mapping[str, Any]

    def play(
        self,
        session: Session,
        operations: Operations,
        *,
        straight: bool = False,
        ente_id: int = NOBODY,
        at_rest: AtRest | None = None,
    ) -> None:
        """Play the story; raises ScenarioFailed where it does not hold, ReleaseRefused for the bundle.

        `straight` keeps the instance in memory throughout; otherwise it is saved and loaded at every step.
        `at_rest` is called with the engine and the instance each time everything waits. The session works for
        `ente_id` (row-level security); the caller rolls back.
        """
        _Play(self, session, operations, straight, ente_id).run(at_rest)


def scenarios(bundle: Bundle) -> list[Scenario]:
    """The stories of a checked bundle, by name."""
    files = bundle.named("scenari/", ".json")
    return [Scenario(bundle, name, json.loads(content)) for name, content in sorted(files.items())]


class _Play:
    def __init__(
        self, scenario: Scenario, session: Session, operations: Operations, straight: bool, ente_id: int
    ) -> None:
        self.story = scenario.story
        self.slug = scenario.bundle.slug
        self.clock = FixedClock(datetime.fromisoformat(self.story["adesso"]))
        self.calendar = Calendar(SAINT)
        self.written: dict[str, Any] = {}
        live: dict[int, Running] | None = {} if straight else None
        self.session = session
        self.operations = operations
        self.engine = Engine(
            session,
            ente_id,
            Operations([self._stub(operation) for operation in operations]),
            calendar=self.calendar,
            clock=self.clock,
            live=live,
            stub_calls=True,
        )
        release.publish(session, ente_id, scenario.bundle, operations, BY.label, self.clock.instant)
        _, self.program = self.engine.current(self.slug)
        self.instance_id = 0
        self.here = 0
        self.steps: dict[str, Callable[[Any, dict[str, Any]], None]] = {
            "attivita": self._human,
            "operazione": self._operation,
            "decisione": self._decision,
            "chiama": self._call,
            "messaggio": self._message,
            "segnale": self._signal,
            "orologio": self._clock,
            "aspetta": self._waits,
        }

    def _stub(self, operation: Operation) -> Operation:
        """A service waits for the story's answer, as if outside; a human step's own write does not."""
        return replace(operation, call=self._answer_written, inside=False)

    def _answer_written(self, call: Call, request: dict[str, Any]) -> dict[str, Any]:
        return dict(self.written)

    def run(self, at_rest: AtRest | None = None) -> None:
        at = self.story.get("inizio")
        self.instance_id = self.engine.start(self.slug, self.story.get("dato", {}), BY, at=at).id
        self._no_incident()
        for number, step in enumerate(self.story["passi"], 1):
            self.here = number
            kind = kind_of(step)
            if not kind:
                raise self.fail(f"non si capisce: {', '.join(step)}")
            if at_rest is not None:
                at_rest(self.engine, self.instance_id)
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
        self._hold(self.program.element(element).headers.get(HEADER_WRITES), "scrive", self.written)
        # a different person each time, so that four eyes never stand in the way of a story
        by = Actor(f"scenario:{step.get('ruolo', 'persona')}", 1_000 + self.here)
        try:
            self.engine.complete(task.id, step.get("risposte", {}), by)
        except FormInvalid as error:
            fields = "; ".join(f"{'.'.join(map(str, e.path))} ({e.keyword})" for e in error.errors)
            raise self.fail(f"«{element}», il modulo non accetta: {fields}") from error
        except AnswerRefused as error:
            raise self.fail(f"«{element}»: {error.message}") from error

    def _hold(self, name: str | None, word: str, answer: dict[str, Any]) -> None:
        """No real operation gives what its response schema does not name or allow; a story may say less."""
        operation = self.operations.get(name) if name else None
        if operation is None:
            if answer:
                raise self.fail(f"«{word}»: qui nessuna operazione scrive")
            return
        known = operation.response.get("properties")
        for key in answer:
            if known is not None and key not in known:
                raise self.fail(
                    f"«{operation.name}» non risponde mai con «{key}», ma con: {', '.join(known)}"
                )
        validator = Draft202012Validator(operation.response, registry=Registry())
        for error in validator.iter_errors(answer):
            if error.validator != "required":
                where = ".".join(map(str, error.absolute_path)) or word
                raise self.fail(f"«{operation.name}» non risponde così: {where} ({error.validator})")

    def _operation(self, element: str, step: dict[str, Any]) -> None:
        j = tables.job.c
        job = self.session.execute(
            select(j.id, j.operation)
            .where(
                j.ente_id == self.engine.ente_id,
                j.instance_id == self.instance_id,
                j.element_id == element,
                j.status == "waiting",
            )
            .order_by(j.id)
        ).first()
        if job is None:
            raise self.fail(f"l'operazione «{element}» non è in attesa; {self._where()}")
        if "rifiuta" in step:
            operation = self.operations.get(job.operation)
            if operation is not None and step["rifiuta"] not in operation.errors:
                raise self.fail(f"«{job.operation}» non rifiuta mai con «{step['rifiuta']}»")
            self.engine.refuse_job(job.id, Refused(step["rifiuta"]), BY)
            return
        answer = step.get("risponde", {})
        self._hold(job.operation, "risponde", answer)
        self.engine.finish_job(job.id, answer, BY)

    def _decision(self, element: str, step: dict[str, Any]) -> None:
        given = [row.answers for row in self.engine.history(self.instance_id) if row.element_id == element]
        if not given:
            raise self.fail(f"la decisione «{element}» non è stata presa; {self._where()}")
        if given[-1] != step["vale"]:
            raise self.fail(f"la decisione «{element}» dà {_text(given[-1])}, non {_text(step['vale'])}")

    def _call(self, element: str, step: dict[str, Any]) -> None:
        if not self.engine.give_back(self.instance_id, element, step.get("ritorna", {}), BY):
            raise self.fail(f"il percorso «{element}» non è stato chiamato; {self._where()}")

    def _message(self, name: str, step: dict[str, Any]) -> None:
        delivery = self.engine.correlate(name, step["chiave"], step.get("porta", {}), BY)
        if delivery.outcome != "correlated":
            raise self.fail(f"nessuno aspetta «{name}» con chiave «{step['chiave']}»; {self._where()}")

    def _signal(self, name: str, step: dict[str, Any]) -> None:
        if not self.engine.broadcast(name, step.get("porta", {}), BY):
            raise self.fail(f"nessuno aspetta il segnale «{name}»; {self._where()}")

    def _clock(self, move: str, step: dict[str, Any]) -> None:
        try:
            self.clock.move_to(self._moved(move))
        except (ValueError, OverflowError):
            raise self.fail(f"l'orologio non può andare a «{move}»: è troppo lontano") from None
        before = len(self.engine.history(self.instance_id))
        while due := self.engine.due_timers():
            for timer in due:
                self.engine.fire_timer(timer, BY)
        fired = {
            row.element_id for row in self.engine.history(self.instance_id)[before:] if row.event == "timer"
        }
        for element in listed(step.get("scatta", [])):
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
        if unit == "mesi":
            return _months_after(now, count)
        return now + {"giorni": timedelta(days=1), "ore": timedelta(hours=1)}[unit] * count

    def _waits(self, elements: Any, step: dict[str, Any]) -> None:
        missing = [element for element in listed(elements) if element not in self._waiting()]
        if missing:
            raise self.fail(f"non aspetta in {', '.join(missing)}; {self._where()}")

    # ---- the end

    def _then(self, then: Mapping[str, Any]) -> None:
        instance = self.engine.instance(self.instance_id)
        if "finisce_in" in then and instance.ended_in != then["finisce_in"]:
            raise self.fail(
                f"finisce in «{instance.ended_in}», non in «{then['finisce_in']}»; {self._where()}"
            )
        if then.get("finisce_in") and instance.status == "open":
            raise self.fail(f"finisce in «{instance.ended_in}» e resta aperto; {self._where()}")
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
                raise self.fail(f"«{path}» è {_text(value)}, non {_text(expected)}")

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


def _months_after(instant: datetime, months: int) -> datetime:
    """The same day and hour some months later, or the last day of a shorter month."""
    local = instant.astimezone(ROME)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    day = min(local.day, (following - timedelta(days=1)).day)
    return local.replace(year=year, month=month + 1, day=day)


def _text(value: Any) -> str:
    return json.dumps_text(value)
