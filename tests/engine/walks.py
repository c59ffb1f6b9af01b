"""Random processes and random walks through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from engine import Bundle, Engine, FixedClock, TaskView, operator, system
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    event,
    extensions,
    gateway,
    human,
    inside,
    link,
    message,
    on_message,
    on_signal,
    on_timer,
    signal,
    start,
)

ANNA = operator(1)
DEEPEST = 3
MESSAGE = "arriva"
SIGNAL = "allerta"
LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics isSequential='{0}'><bpmn:extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=[1,2,3]' inputElement='voce' "
    "outputCollection='{1}' outputElement='=voce + scelta'/>"
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


@dataclass
class Drawing:
    """A process being drawn: every block has one way in and one way out, named by the elements at its ends."""

    random: Random
    body: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    count: int = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def add(self, element: str, *flows: str) -> None:
        self.body.append(element)
        self.flows.extend(flows)

    def block(self, depth: int) -> tuple[str, str]:
        """Draw a block; its first and last element."""
        kinds = [self.step, self.guarded, self.reminded, self.rounds, self.chosen, self.linked, self.thrown]
        if depth < DEEPEST:
            kinds += [self.sequence, self.choice, self.loop, self.fork, self.inside] * 3
        kind = self.random.choice(kinds)
        return kind(depth + 1)

    def step(self, depth: int) -> tuple[str, str]:
        identity = self.new("passo")
        self.add(human(identity, output=f"{identity}_detto: =scelta"))
        return identity, identity

    def rounds(self, depth: int) -> tuple[str, str]:
        identity = self.new("giri")
        self.add(
            human(identity, loop=LOOP.format(self.random.choice(("true", "false")), f"{identity}_detti"))
        )
        return identity, identity

    def sequence(self, depth: int) -> tuple[str, str]:
        first, middle = self.block(depth)
        following, last = self.block(depth)
        self.flows.append(f"{middle} {following}")
        return first, last

    def choice(self, depth: int) -> tuple[str, str]:
        split, join = self.new("bivio"), self.new("torna")
        (one, one_end), (other, other_end) = self.block(depth), self.block(depth)
        self.add(
            gateway(split, default=one) + gateway(join), f"{split} {one}", f"{split} {other} [scelta > 4]"
        )
        self.flows += [f"{one_end} {join}", f"{other_end} {join}"]
        return split, join

    def loop(self, depth: int) -> tuple[str, str]:
        back, again, out = self.new("giro"), self.new("ancora"), self.new("fuori")
        first, last = self.sequence(depth)
        step, _ = self.step(depth)
        self.add(
            gateway(back) + gateway(again, default=out) + gateway(out),
            f"{back} {first}",
            f"{last} {step}",
            f"{step} {again}",
            f"{again} {back} [scelta > 5]",
            f"{again} {out}",
        )
        return back, out

    def fork(self, depth: int) -> tuple[str, str]:
        kind = self.random.choice(("parallel", "inclusive"))
        split, join = self.new("dividi"), self.new("unisci")
        (one, one_end), (other, other_end) = self.block(depth), self.block(depth)
        default = one if kind == "inclusive" else ""
        condition = " [scelta > 3]" if kind == "inclusive" else ""
        self.add(
            gateway(split, kind, default) + gateway(join, kind),
            f"{split} {one}",
            f"{split} {other}{condition}",
        )
        self.flows += [f"{one_end} {join}", f"{other_end} {join}"]
        return split, join

    def guarded(self, depth: int) -> tuple[str, str]:
        """A step that a deadline may take away."""
        identity, event, join = self.new("scelta"), self.new("scade"), self.new("poi")
        step, _ = self.step(depth)
        self.add(
            human(identity) + boundary(event, identity, on_timer("P2D")) + gateway(join),
            f"{identity} {join}",
            f"{event} {step}",
            f"{step} {join}",
        )
        return identity, join

    def reminded(self, depth: int) -> tuple[str, str]:
        """A step beside which a message or a cycle begins work, any number of times."""
        identity, event, over = self.new("lungo"), self.new("ricorda"), self.new("ricordato")
        step, _ = self.step(depth)
        heard = (on_message(MESSAGE), on_timer("R2/P1D", "timeCycle"), on_signal(SIGNAL))
        definition = self.random.choice(heard)
        self.add(
            human(identity) + boundary(event, identity, definition, interrupting=False) + end(over),
            f"{event} {step}",
            f"{step} {over}",
        )
        return identity, identity

    def chosen(self, depth: int) -> tuple[str, str]:
        """Two steps among which a person chooses, one at a time or together."""
        identity, one, other = self.new("sostegno"), self.new("o"), self.new("oppure")
        ordering = self.random.choice(("Sequential", "Parallel"))
        group = extensions(group="assistente_sociale")
        kind = f"ordering='{ordering}'"
        body = group + human(one) + human(other)
        self.add(inside(identity, body, "", kind="adHocSubProcess", attributes=kind))
        return identity, identity

    def linked(self, depth: int) -> tuple[str, str]:
        """A step after a jump."""
        throws, catches = self.new("salta"), self.new("arriva_da")
        step, _ = self.step(depth)
        self.add(link(throws, throws, "Throw") + link(catches, throws, "Catch"), f"{catches} {step}")
        return throws, step

    def thrown(self, depth: int) -> tuple[str, str]:
        """A step, and a signal that others may hear."""
        throws = self.new("lancia")
        step, _ = self.step(depth)
        self.add(event(throws, "intermediateThrow", on_signal(SIGNAL)), f"{step} {throws}")
        return step, throws

    def inside(self, depth: int) -> tuple[str, str]:
        """A subprocess, which a message may end, and which may be done for each of three."""
        inner = Drawing(self.random, count=self.count + 100)
        first, last = inner.block(depth)
        begin, finish = inner.new("inizio"), inner.new("fine")
        inner.flows += [f"{begin} {first}", f"{last} {finish}"]
        self.count = inner.count
        identity, event, join = self.new("dentro"), self.new("ferma"), self.new("dopo")
        drawn = diagram(
            "x", start(begin) + "".join(inner.body) + end(finish), "; ".join(inner.flows)
        ).decode()
        content = drawn.partition("isExecutable='true'>")[2].partition("</bpmn:process>")[0]
        rounds = LOOP.format(self.random.choice(("true", "false")), f"{identity}_detti")
        content = self.random.choice((content, rounds + content))
        self.add(
            f"<bpmn:subProcess id='{identity}'>{content}</bpmn:subProcess>"
            + boundary(event, identity, on_message(MESSAGE))
            + gateway(join),
            f"{identity} {join}",
            f"{event} {join}",
        )
        return identity, join


def a_process(seed: int) -> Bundle:
    """A random process, always the same for a seed."""
    drawing = Drawing(Random(seed))
    first, last = drawing.loop(0)
    drawing.flows += [f"inizio {first}", f"{last} fine"]
    before = message(MESSAGE, "=chiave") + signal(SIGNAL)
    content = diagram(
        "prova", start() + "".join(drawing.body) + end(), "; ".join(drawing.flows), before=before
    )
    return bundle("prova", content)


def answers(engine: Engine, task: TaskView, number: int) -> dict[str, Any]:
    """What a person answers: a number, or which activity comes next."""
    program = engine.program(engine.instance(task.instance_id).hash)
    choices = program.element(task.element_id).choices
    return {"prossima": choices[number % len(choices)][0]} if choices else {"scelta": number}


Told = tuple[str, str, int | None]
Walked = tuple[list[str], list[Told], list[tuple[str, str]], str]
"""After each move: what is to be done. Then history (element, event, answer), variables, status."""


def walk(
    engine: Engine,
    clock: FixedClock,
    seed: int,
    moves: int,
    at_rest: Callable[[Engine, int], None] = lambda engine, instance: None,
) -> Walked:
    """Start the process of a seed and make random moves; the same seed always makes the same moves."""
    random = Random(seed * 7 + 1)
    engine.publish(a_process(seed), ANNA)
    instance = engine.start("prova", {"chiave": "k", "scelta": 0}, ANNA).id
    seen = []
    for _ in range(moves):
        at_rest(engine, instance)
        tasks = sorted(engine.open_tasks(instance), key=lambda task: (task.element_id, task.id))
        seen.append(", ".join(task.element_id for task in tasks))
        if engine.instance(instance).status != "open":
            break
        move = random.random()
        if move < 0.8 and tasks:
            task, number = random.choice(tasks), random.randint(0, 9)
            engine.complete(task.id, answers(engine, task, number), ANNA)
        elif move < 0.9:
            engine.correlate(MESSAGE, "k", {}, system("prova"))
        else:
            clock.move_to(clock.instant.replace(year=clock.instant.year + 1))
            for timer in engine.due_timers():
                engine.fire_timer(timer, system("prova"))
    history = [
        (
            row.element_id,
            row.event,
            (row.answers or {}).get("scelta") if isinstance(row.answers, dict) else None,
        )
        for row in engine.history(instance)
        if row.event != "migrated"
    ]
    view = engine.instance(instance)
    incidents = [(i.element_id, i.message) for i in engine.open_incidents(instance)]
    return seen, history, incidents, view.status
