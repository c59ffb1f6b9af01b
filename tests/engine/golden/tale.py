"""A path that waits in every way there is, and the moves that take it to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine import Bundle, Engine, FixedClock, Operations, operator, tables
from tests.engine.conftest import outside
from tests.engine.drawing import (
    COMPENSATION,
    boundary,
    bundle,
    compensating,
    diagram,
    end,
    error,
    event,
    extensions,
    gateway,
    human,
    inside,
    message,
    on_error,
    on_message,
    on_signal,
    on_timer,
    service,
    signal,
    start,
    undone,
)
from tests.engine.walks import LOOP

OPERATIONS = Operations([outside("protocollo.register", errors=["assente"])])

_INSIDE = (
    "<bpmn:subProcess id='dentro'>"
    + start("inizio_dentro")
    + human("passo_dentro")
    + end("fine_dentro")
    + "<bpmn:sequenceFlow id='d1' sourceRef='inizio_dentro' targetRef='passo_dentro'/>"
    + "<bpmn:sequenceFlow id='d2' sourceRef='passo_dentro' targetRef='fine_dentro'/></bpmn:subProcess>"
)
_CORRECTION = (
    "<bpmn:subProcess id='correzione' triggeredByEvent='true'>"
    f"<bpmn:startEvent id='corretto' isInterrupting='false'>{on_message('correggi')}</bpmn:startEvent>"
    + end("fine_correzione")
    + "<bpmn:sequenceFlow id='c1' sourceRef='corretto' targetRef='fine_correzione'/></bpmn:subProcess>"
)
_BODY = (
    start()
    + human("domanda", due="P10D", output="detto: =detto")
    + boundary("sollecita", "domanda", on_timer("R/P3D", "timeCycle"), interrupting=False)
    + human("ricorda")
    + end("ricordata")
    + boundary("ritira", "domanda", on_message("ritirata"))
    + end("fine_ritirata")
    + service("protocolla", "protocollo.register", output="numero: =numero")
    + boundary("senza", "protocolla", on_error("assente"))
    + end("fine_assente")
    + f"<bpmn:callActivity id='chiama'>{extensions(call='figlio', output='esito: =esito')}</bpmn:callActivity>"
    + gateway("dividi", "parallel")
    + human("giri", loop=LOOP.format("false", "raccolte"))
    + _INSIDE
    + gateway("unisci", "parallel")
    + gateway("chi_prima", "eventBased")
    + f"<bpmn:intermediateCatchEvent id='risposto'>{on_message('risposta')}</bpmn:intermediateCatchEvent>"
    + f"<bpmn:intermediateCatchEvent id='scaduto'>{on_timer('P30D')}</bpmn:intermediateCatchEvent>"
    + gateway("poi")
    + f"<bpmn:intermediateCatchEvent id='pausa'>{on_timer('P2D')}</bpmn:intermediateCatchEvent>"
    + "<bpmn:receiveTask id='attesa' messageRef='m_arrivo'/>"
    + human("rotto", due="=quando")
    + human("approva", headers="diverso_da: domanda")
    + gateway("apri", "inclusive", default="c")
    + human("a")
    + human("b")
    + human("c")
    + gateway("chiudi", "inclusive")
    + human("prenota")
    + undone("prenota", "disdici")
    + compensating(human("disdici"))
    + inside(
        "sostegno",
        extensions(group="assistente_sociale") + human("telefona"),
        "",
        kind="adHocSubProcess",
        attributes="ordering='Sequential'",
    )
    + event("sentito", "intermediateCatch", on_signal("allerta"))
    + event("disfa", "intermediateThrow", COMPENSATION)
    + end()
    + _CORRECTION
)
_FLOWS = """inizio domanda; sollecita ricorda; ricorda ricordata; ritira fine_ritirata; domanda protocolla
senza fine_assente; protocolla chiama; chiama dividi; dividi giri; dividi dentro; giri unisci; dentro unisci
unisci chi_prima; chi_prima risposto; chi_prima scaduto; risposto poi; scaduto poi; poi pausa; pausa attesa
attesa rotto; rotto approva; approva apri; apri a [numero > 0]; apri b [numero > 1]; apri c
a chiudi; b chiudi; c chiudi; chiudi prenota; prenota sostegno; sostegno sentito; sentito disfa; disfa fine"""
_BEFORE = "".join(message(name, "=chiave") for name in ("ritirata", "risposta", "arrivo", "correggi"))

BUNDLES: tuple[Bundle, ...] = (
    bundle(
        "figlio",
        diagram("figlio", start() + human("passo_figlio") + end(), "inizio passo_figlio; passo_figlio fine"),
    ),
    bundle("golden", diagram("golden", _BODY, _FLOWS, before=_BEFORE + error("assente") + signal("allerta"))),
)
DATA = {"unita": "ats", "chiave": "k1", "quando": 3}

MOVES: list[list[Any]] = [
    ["wait", 3],
    ["do", "ricorda", 1, {}],
    ["do", "domanda", 1, {"detto": "sì"}],
    ["answer", "protocolla", {"numero": 7}],
    ["do", "passo_figlio", 1, {"esito": "bene"}],
    ["do", "giri", 1, {"scelta": 1}],
    ["do", "passo_dentro", 1, {}],
    ["do", "giri", 1, {"scelta": 2}],
    ["do", "giri", 1, {"scelta": 3}],
    ["message", "risposta", "k1", {}],
    ["wait", 2],
    ["message", "arrivo", "k1", {}],
    ["message", "correggi", "k1", {"quando": "2026-12-31"}],
    ["retry", "rotto"],
    ["do", "rotto", 1, {}],
    ["do", "approva", 2, {}],
    ["do", "b", 1, {}],
    ["do", "a", 1, {}],
    ["do", "prenota", 1, {}],
    ["do", "sostegno-scelta", 1, {"prossima": "telefona"}],
    ["do", "telefona", 1, {}],
    ["do", "sostegno-scelta", 1, {"prossima": "concludi"}],
    ["signal", "allerta", {}],
    ["do", "disdici", 1, {}],
]
"""`wait` days; `do` a step, as account, with answers; `answer` a job; a `message`, its key, what it carries; a `signal`; `retry`.
Kept in each golden file, so that a newer tale never changes how an older file ends."""


def make(engine: Engine, clock: FixedClock, root_id: int, move: list[Any]) -> None:
    """Make one move in a pratica."""
    kind, *told = move
    if kind == "wait":
        clock.move_to(clock.instant + timedelta(days=told[0], seconds=1))
        for timer in engine.due_timers():
            engine.fire_timer(timer, operator(1))
    elif kind == "do":
        task = next(task for task in engine.open_tasks(root_id) if task.element_id == told[0])
        engine.complete(task.id, told[2], operator(told[1]))
    elif kind == "answer":
        j = tables.job.c
        job = engine.session.scalars(select(j.id).where(j.element_id == told[0], j.status == "waiting")).one()
        engine.finish_job(job, told[1], operator(1))
    elif kind == "message":
        assert engine.correlate(told[0], told[1], told[2], operator(1)).outcome == "correlated"
    elif kind == "signal":
        assert engine.broadcast(told[0], told[1], operator(1)) == [root_id]
    elif kind == "retry":
        incident = next(i for i in engine.open_incidents(root_id) if i.element_id == told[0])
        engine.retry(incident.id, operator(1))
    else:
        raise AssertionError(f"unknown move {kind}")
