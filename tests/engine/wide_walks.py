"""Random processes of what stops, is refused, throws, calls and is undone, and random walks through them.

As tests/engine/walks.py, with everything that may go wrong: what must hold of every instance is looked for at each move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from engine import Bundle, Engine, FixedClock, Refused, system
from tests.engine.drawing import (
    COMPENSATION,
    beside,
    boundary,
    bundle,
    compensating,
    diagram,
    end,
    error,
    escalation,
    event,
    extensions,
    gateway,
    human,
    message,
    on_error,
    on_escalation,
    on_message,
    on_signal,
    on_timer,
    service,
    signal,
    start,
    undone,
)
from tests.engine.walks import ANNA, DEEPEST, LOOP, MESSAGE, SIGNAL, Drawing, answers

BY = system("prova")
ASKS = "ente.chiede"
TERMINATE = "<bpmn:terminateEventDefinition/>"
BEFORE = (
    message(MESSAGE, "=chiave") + signal(SIGNAL) + error("no") + error("negato") + escalation("su")
)  # fmt: skip
CALLED = bundle(
    "altro",
    diagram(
        "altro",
        start()
        + human("valuta", output="scelta: =scelta")
        + gateway("come", default="bene")
        + event("rotto", "end", on_error("no"))
        + event("alza", "intermediateThrow", on_escalation("su"))
        + end("bene"),
        "inizio valuta; valuta come; come bene; come rotto [scelta > 7]; come alza [scelta < 2]; alza bene",
        before=BEFORE,
    ),
)
HANDLED = (
    (on_message(MESSAGE), True),
    (on_message(MESSAGE), False),
    (on_timer("P4D"), True),
    (on_timer("R2/P1D", "timeCycle"), False),
    (on_error("no"), True),
    (on_escalation("su"), False),
    (on_signal(SIGNAL), True),
)
"""What a scope may handle, and whether that takes it over."""


class Wide(Drawing):
    """A process with calls, errors, escalations, compensation and scopes that handle what comes."""

    def block(self, depth: int) -> tuple[str, str]:
        kinds = [self.step, self.reminded, self.rounds, self.chosen, self.asked, self.called, self.first]
        kinds += [self.undoing]
        if depth < DEEPEST:
            kinds += [self.sequence, self.choice, self.loop, self.fork, self.scope, self.scope] * 2
        return self.random.choice(kinds)(depth + 1)

    def asked(self, depth: int) -> tuple[str, str]:
        """A call outside, whose refusal may be caught."""
        identity, refused, join = self.new("chiede"), self.new("rifiutata"), self.new("poi")
        caught = self.random.random() < 0.5
        self.add(
            service(identity, ASKS, output=f"{identity}_detto: =1") + gateway(join), f"{identity} {join}"
        )
        if caught:
            self.add(boundary(refused, identity, on_error("negato")), f"{refused} {join}")
        return identity, join

    def first(self, depth: int) -> tuple[str, str]:
        """A message or a term, whichever comes first."""
        wait, heard, over, join = (self.new(name) for name in ("attesa", "sentito", "scaduto", "poi"))
        self.add(
            gateway(wait, "eventBased")
            + event(heard, "intermediateCatch", on_message(MESSAGE))
            + event(over, "intermediateCatch", on_timer("P3D"))
            + gateway(join),
            *(f"{wait} {heard}", f"{wait} {over}", f"{heard} {join}", f"{over} {join}"),
        )
        return wait, join

    def called(self, depth: int) -> tuple[str, str]:
        """Another path, perhaps for each of three; what it throws may be caught."""
        identity, failed, raised, join = (self.new(name) for name in ("chiama", "preso", "alzato", "poi"))
        call = f"<bpmn:callActivity id='{identity}'>{extensions(call='altro')}{{0}}</bpmn:callActivity>"
        self.add(call.format(self._rounds(identity)) + gateway(join), f"{identity} {join}")
        if self.random.random() < 0.7:
            self.add(boundary(failed, identity, on_error("no")), f"{failed} {join}")
        if self.random.random() < 0.5:
            self.add(boundary(raised, identity, on_escalation("su")), f"{raised} {join}")
        return identity, join

    def undoing(self, depth: int) -> tuple[str, str]:
        """A step, undone as soon as it is done."""
        identity, handler, asks = self.new("fatto"), self.new("rimedia"), self.new("disfa")
        step = human(identity) + undone(identity, handler) + compensating(human(handler))
        self.add(step + event(asks, "intermediateThrow", COMPENSATION), f"{identity} {asks}")
        return identity, asks

    def scope(self, depth: int) -> tuple[str, str]:
        """A subprocess that may end badly, and handle what comes while it lasts; perhaps for each of three."""
        inner = Wide(self.random, count=self.count + 100)
        first, last = inner.block(depth)
        begin, how, well, badly = (inner.new(name) for name in ("inizio", "come", "bene", "male"))
        thrown = self.random.choice((on_error("no"), TERMINATE, on_escalation("su")))
        inner.add(
            gateway(how, default=well) + event(badly, "end", thrown),
            *(f"{begin} {first}", f"{last} {how}", f"{how} {well}", f"{how} {badly} [scelta > 5]"),
        )
        handler = self._handler(inner) if self.random.random() < 0.6 else ""
        self.count = inner.count + 50
        identity, failed, join = self.new("dentro"), self.new("preso"), self.new("dopo")
        drawn = diagram(
            "x", start(begin) + "".join(inner.body) + end(well) + handler, "; ".join(inner.flows)
        ).decode()
        content = drawn.partition("isExecutable='true'>")[2].partition("</bpmn:process>")[0]
        self.add(
            f"<bpmn:subProcess id='{identity}'>{self._rounds(identity)}{content}</bpmn:subProcess>"
            + boundary(failed, identity, on_error("no"))
            + gateway(join),
            *(f"{identity} {join}", f"{failed} {join}"),
        )
        if self.random.random() < 0.4:
            late = self.new("scade")
            self.add(boundary(late, identity, on_timer("P3D")), f"{late} {join}")
        return identity, join

    def _handler(self, inner: Drawing) -> str:
        via, step, over = (inner.new(name) for name in ("via", "gestisce", "gestita"))
        definition, interrupting = self.random.choice(HANDLED)
        flows = f"{via}_inizio {step}; {step} {over}"
        return beside(via, definition, human(step) + end(over), flows, interrupting=interrupting)

    def _rounds(self, identity: str) -> str:
        if self.random.random() < 0.5:
            return ""
        loop = LOOP.format(self.random.choice(("true", "false")), f"{identity}_detti")
        loop = loop.replace("=voce + scelta", "=voce")
        enough = "<bpmn:completionCondition>=numberOfCompletedInstances = 2</bpmn:completionCondition>"
        early = self.random.random() < 0.3
        return loop.replace("</bpmn:multi", f"{enough}</bpmn:multi") if early else loop


def a_process(seed: int) -> Bundle:
    """A random process, always the same for a seed; the checker may refuse it."""
    drawing = Wide(Random(seed))
    first, last = drawing.loop(0)
    drawing.flows += [f"inizio {first}", f"{last} fine"]
    content = diagram(
        "prova", start() + "".join(drawing.body) + end(), "; ".join(drawing.flows), before=BEFORE
    )
    return bundle("prova", content)


@dataclass
class Walk:
    """A walk through the process of a seed; the same seed always makes the same moves."""

    engine: Engine
    clock: FixedClock
    seed: int

    def walked(self, moves: int) -> tuple[list[Any], list[list[tuple[str, str]]], dict[str, Any]]:
        """What was to be done after each move; then the history of each instance, and the variables."""
        self.random = Random(self.seed * 7 + 1)
        for each in (CALLED, a_process(self.seed)):
            self.engine.publish(each, ANNA)
        root = self.root = self.engine.start("prova", {"chiave": "k", "scelta": 0}, ANNA).id
        seen = []
        for _ in range(moves):
            seen.append(self._look())
            if self.engine.instance(root).status != "open":
                break
            self._move()
        histories: dict[int, list[tuple[str, str]]] = {}
        for row in self.engine.history(root):
            histories.setdefault(row.instance_id, []).append((row.element_id, row.event))
        return seen, [histories[each] for each in sorted(histories)], self.engine.instance(root).variables

    def _look(self) -> tuple[list[str], list[str], list[str]]:
        assert self.engine.check(deep=True) == []
        self.tasks = sorted(self.engine.open_tasks(self.root), key=lambda each: (each.element_id, each.id))
        incidents = self.engine.open_incidents(self.root)
        self.incidents = sorted(incidents, key=lambda each: (each.element_id, each.id))
        self.jobs = self.engine.session.execute(
            text("select id, element_id from engine_job where status in ('waiting', 'running') order by 2, 1")
        ).all()
        lists = (self.tasks, self.incidents, self.jobs)
        return tuple([each.element_id for each in found] for found in lists)  # type: ignore[return-value]

    def _move(self) -> None:
        kind, number, pick = self.random.random(), self.random.randint(0, 9), self.random.random()
        if kind < 0.55 and self.tasks:
            task = self.tasks[int(pick * len(self.tasks))]
            self.engine.complete(task.id, answers(self.engine, task, number), ANNA)
        elif kind < 0.65 and self.tasks:
            self._go_back(self.tasks[int(pick * len(self.tasks))].id, number)
        elif kind < 0.78 and self.jobs:
            self._answer(self.jobs[int(pick * len(self.jobs))].id, number)
        elif kind < 0.86 and self.incidents:
            self._mend(self.incidents[int(pick * len(self.incidents))].id, number)
        elif kind < 0.9:
            self.engine.correlate(MESSAGE, "k", {}, BY)
        elif kind < 0.93:
            self.engine.broadcast(SIGNAL, {}, BY)
        else:
            self.clock.move_to(self.clock.instant + timedelta(days=2))
            for timer in self.engine.due_timers():
                self.engine.fire_timer(timer, BY)

    def _go_back(self, task_id: int, number: int) -> None:
        targets = sorted(each.element_id for each in self.engine.send_back_targets(task_id))
        if targets:
            self.engine.send_back(task_id, targets[number % len(targets)], "manca la firma", ANNA)

    def _answer(self, job_id: int, number: int) -> None:
        if number < 5:
            self.engine.finish_job(job_id, {}, BY)
        elif number < 8:
            self.engine.refuse_job(job_id, Refused("negato"), BY)
        else:
            self.engine.claim_job(job_id)
            self.engine.fail_job(job_id, "l'ente non risponde", BY, None)

    def _mend(self, incident_id: int, number: int) -> None:
        if number < 3 or not self.engine.remedy(incident_id).skippable:
            self.engine.retry(incident_id, ANNA)
        else:
            self.engine.skip(incident_id, "è agli atti", ANNA)
