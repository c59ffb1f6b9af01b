"""How elements are connected, what tokens can do, and cycles: the faulty element is named."""

from __future__ import annotations

import pytest

from engine import Operations, check, check_diagram
from tests.engine import drawing
from tests.engine.conftest import inside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    extensions,
    gateway,
    human,
    message,
    on_error,
    on_timer,
    service,
    start,
)


def drawn(body: str, flows: str, before: str = "") -> bytes:
    return diagram("prova", start() + body + end(), flows, before=before)


def parallel(identity: str) -> str:
    return gateway(identity, "parallel")


def script(identity: str) -> str:
    return f"<bpmn:scriptTask id='{identity}'>{extensions(script='=1', result=identity)}</bpmn:scriptTask>"


def calling(identity: str, body: str) -> str:
    """A subprocess whose only step is «chiama»."""
    return drawing.inside(identity, body, "i2 chiama; chiama f2")


FORK = parallel("dividi") + human("a") + human("b")
FORKED = "inizio dividi; dividi a; dividi b"
UNIT = "<bpmn:subProcess id='dentro'>" + start("i2") + "{0}" + end("f2") + "{1}</bpmn:subProcess>"

FAULTS = {
    "no start": (
        "prova",
        diagram("prova", human("uno") + gateway("g", default="fine") + end(), "uno g; g uno [x]; g fine"),
    ),
    "two starts": (
        "prova",
        drawn(start("altro") + human("uno"), "inizio uno; altro uno; uno fine"),
    ),
    "a flow to nothing": (
        "g__altrove",
        drawn(gateway("g", default="fine"), "inizio g; g fine; g altrove [x]"),
    ),
    "a step that leads nowhere": ("due", drawn(FORK + human("due"), f"{FORKED}; a fine; b due")),
    "a step with two ways out": (
        "uno",
        drawn(human("uno") + human("due"), "inizio uno; uno due; uno fine; due fine"),
    ),
    "a step that nothing comes to": (
        "due",
        drawn(human("uno") + human("due"), "inizio uno; uno fine; due fine"),
    ),
    "a way out of an end": ("fine", drawn(human("uno"), "inizio uno; uno fine; fine uno")),
    "a way into the start": ("inizio", drawn(gateway("g", default="fine"), "inizio g; g fine; g inizio [x]")),
    "a way into a boundary event": (
        "bordo",
        drawn(
            human("uno")
            + gateway("g", default="fine")
            + boundary("bordo", "uno", on_timer("P1D"))
            + end("f2"),
            "inizio uno; uno g; g fine; g bordo [x]; bordo f2",
        ),
    ),
    "an island": ("c", drawn(human("uno") + human("c"), "inizio uno; uno fine; c c")),
    # gateways
    "a gateway without a default": (
        "g",
        drawn(gateway("g") + human("uno"), "inizio g; g uno [x]; g fine [y]; uno fine"),
    ),
    "a default that leads elsewhere": (
        "g",
        drawn(gateway("g", default="altro") + human("uno"), "inizio g; g uno [x]; g fine [y]; uno fine"),
    ),
    "a way without a condition": (
        "g",
        drawn(gateway("g", default="fine") + human("uno"), "inizio g; g uno; g fine; uno fine"),
    ),
    "a condition after a step": ("uno__fine", drawn(human("uno"), "inizio uno; uno fine [x]")),
    "a condition after a fork": (
        "dividi__a",
        drawn(FORK, "inizio dividi; dividi a [x]; dividi b; a fine; b fine"),
    ),
    "a condition on the only way": ("g__fine", drawn(gateway("g"), "inizio g; g fine [x]")),
    "a gateway of events before a step": (
        "g",
        drawn(
            gateway("g", "eventBased")
            + f"<bpmn:intermediateCatchEvent id='t'>{on_timer('P1D')}</bpmn:intermediateCatchEvent>"
            + human("uno"),
            "inizio g; g t; g uno; t fine; uno fine",
        ),
    ),
    "a flow through the border of a subprocess": (
        "g__uno",
        drawn(
            UNIT.format(
                gateway("g", default="f2"),
                "<bpmn:sequenceFlow id='x' sourceRef='i2' targetRef='g'/>"
                "<bpmn:sequenceFlow id='g__f2' sourceRef='g' targetRef='f2'/>",
            )
            + human("uno"),
            "inizio dentro; dentro uno; uno fine; g uno [x]",
        ),
    ),
    # tokens
    "a step that two branches come to": (
        "dopo",
        drawn(FORK + human("dopo"), f"{FORKED}; a dopo; b dopo; dopo fine"),
    ),
    "a gateway that lets two branches through one after the other": (
        "unisci",
        drawn(
            FORK + gateway("unisci") + human("dopo"), f"{FORKED}; a unisci; b unisci; unisci dopo; dopo fine"
        ),
    ),
    "a join of alternatives": (
        "unisci",
        drawn(
            gateway("bivio", default="a") + human("a") + human("b") + parallel("unisci"),
            "inizio bivio; bivio a; bivio b [x]; a unisci; b unisci; unisci fine",
        ),
    ),
    "a join that one branch may not come to": (
        "unisci",
        drawn(
            FORK + gateway("bivio", default="unisci") + parallel("unisci") + end("rinuncia"),
            f"{FORKED}; a unisci; b bivio; bivio unisci; bivio rinuncia [x]; unisci fine",
        ),
    ),
    "a join that a deadline takes a branch away from": (
        "unisci",
        drawn(
            FORK + boundary("scade", "a", on_timer("P1D")) + end("scaduta") + parallel("unisci"),
            f"{FORKED}; a unisci; b unisci; unisci fine; scade scaduta",
        ),
    ),
    "two branches that write one variable": (
        "b",
        drawn(
            parallel("dividi")
            + human("a", output="esito: =1")
            + human("b", output="esito: =2")
            + parallel("unisci"),
            f"{FORKED}; a unisci; b unisci; unisci fine",
        ),
    ),
    "two branches of which one adds to what the other replaces": (
        "b",
        drawn(
            parallel("dividi")
            + human("a", output="totale: =totale + 1")
            + human("b", output="totale: =2")
            + parallel("unisci"),
            f"{FORKED}; a unisci; b unisci; unisci fine",
        ),
    ),
    "a message that brings in anything beside a step that writes": (
        "b",
        diagram(
            "prova",
            start()
            + parallel("dividi")
            + human("a", output="esito: =1")
            + "<bpmn:receiveTask id='b' messageRef='m_notizia'/>"
            + parallel("unisci")
            + end(),
            f"{FORKED}; a unisci; b unisci; unisci fine",
            before=message("notizia", "=chi"),
        ),
    ),
    "a called path that gives everything back beside a step that writes": (
        "chiama",
        drawn(
            parallel("dividi")
            + human("a", output="esito: =1")
            + calling("b", start("i2") + "<bpmn:callActivity id='chiama' calledElement='altro'/>" + end("f2"))
            + parallel("unisci"),
            f"{FORKED}; a unisci; b unisci; unisci fine",
        ),
    ),
    "two branches of which one writes within what the other writes": (
        "b",
        drawn(
            parallel("dividi")
            + human("a", output="piano: =1")
            + human("b", output="piano.ore: =2")
            + parallel("unisci"),
            f"{FORKED}; a unisci; b unisci; unisci fine",
        ),
    ),
    # cycles
    "a cycle that never waits": (
        "bivio",
        drawn(
            script("conta") + gateway("bivio", default="fine"),
            "inizio conta; conta bivio; bivio conta [conta < 9]; bivio fine",
        ),
    ),
    "a cycle through a subprocess that never waits": (
        "bivio",
        drawn(
            UNIT.format(
                script("conta"),
                "<bpmn:sequenceFlow id='x' sourceRef='i2' targetRef='conta'/>"
                "<bpmn:sequenceFlow id='y' sourceRef='conta' targetRef='f2'/>",
            )
            + gateway("bivio", default="fine"),
            "inizio dentro; dentro bivio; bivio dentro [conta < 9]; bivio fine",
        ),
    ),
    "a path that calls itself at once": (
        "chiama",
        drawn(
            f"<bpmn:callActivity id='chiama'>{extensions(call='prova')}</bpmn:callActivity>",
            "inizio chiama; chiama fine",
        ),
    ),
    "a cycle of nothing but a gateway": (
        "g",
        drawn(gateway("g", default="fine"), "inizio g; g g [x]; g fine"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_connection_with_one_fault_is_refused_by_its_element(fault: str) -> None:
    # given
    element, content = FAULTS[fault]
    # when
    problems = check_diagram("prova.bpmn", content)
    # then
    assert {problem.element for problem in problems} == {element}, [str(problem) for problem in problems]


FINE = {
    "a fork and its join": drawn(FORK + parallel("unisci"), f"{FORKED}; a unisci; b unisci; unisci fine"),
    "a fork whose branches end apart": drawn(FORK + end("f2"), f"{FORKED}; a fine; b f2"),
    "a fork whose branches end together": drawn(FORK, f"{FORKED}; a fine; b fine"),
    "alternatives that meet again": drawn(
        gateway("bivio", default="a") + human("a") + human("b") + gateway("unisci"),
        "inizio bivio; bivio a; bivio b [x]; a unisci; b unisci; unisci fine",
    ),
    "an inclusive fork and its join": drawn(
        gateway("bivio", "inclusive", default="a") + human("a") + human("b") + gateway("unisci", "inclusive"),
        "inizio bivio; bivio a; bivio b [x]; a unisci; b unisci; unisci fine",
    ),
    "an inclusive fork within another, in a cycle": drawn(
        gateway("torna")
        + gateway("fuori", "inclusive", default="x")
        + human("x")
        + gateway("dentro", "inclusive", default="a")
        + human("a")
        + human("b")
        + gateway("unisci_dentro", "inclusive")
        + gateway("unisci_fuori", "inclusive")
        + gateway("ancora", default="fine"),
        "inizio torna; torna fuori; fuori x; fuori dentro [c]; dentro a; dentro b [c]; a unisci_dentro; "
        "b unisci_dentro; unisci_dentro unisci_fuori; x unisci_fuori; unisci_fuori ancora; ancora torna [c]; "
        "ancora fine",
    ),
    "a branch that goes round before the join": drawn(
        FORK + gateway("torna") + gateway("ancora", default="unisci") + parallel("unisci"),
        "inizio dividi; dividi torna; torna a; a ancora; ancora torna [x]; ancora unisci; dividi b; b unisci; unisci fine",
    ),
    "two branches that write different parts": drawn(
        parallel("dividi")
        + human("a", output="piano.ore: =1")
        + human("b", output="piano.costo: =2")
        + parallel("unisci"),
        f"{FORKED}; a unisci; b unisci; unisci fine",
    ),
    "two branches that add to one sum": drawn(
        parallel("dividi")
        + human("a", output="totale: =totale + ore")
        + f"<bpmn:scriptTask id='b'>{extensions(script='=totale + 1', result='totale')}</bpmn:scriptTask>"
        + parallel("unisci"),
        f"{FORKED}; a unisci; b unisci; unisci fine",
    ),
    "a reminder beside a branch": drawn(
        FORK
        + boundary("ricorda", "a", on_timer("P1D"), interrupting=False)
        + service("avvisa", "avviso.send")
        + end("f2")
        + parallel("unisci"),
        f"{FORKED}; a unisci; b unisci; unisci fine; ricorda avvisa; avvisa f2",
    ),
    "a fork that a terminating end cuts short": drawn(
        FORK + end("ferma", "<bpmn:terminateEventDefinition/>"), f"{FORKED}; a fine; b ferma"
    ),
    "a cycle in which a person decides": drawn(
        gateway("torna") + human("uno") + gateway("bivio", default="fine"),
        "inizio torna; torna uno; uno bivio; bivio torna [ancora = true]; bivio fine",
    ),
    "a path that calls itself after a person": drawn(
        human("uno") + f"<bpmn:callActivity id='chiama'>{extensions(call='prova')}</bpmn:callActivity>",
        "inizio uno; uno chiama; chiama fine",
    ),
    "five branches of four steps": drawn(
        parallel("dividi")
        + parallel("unisci")
        + "".join(human(f"p{branch}{step}") for branch in range(5) for step in range(4)),
        "inizio dividi; unisci fine; "
        + "; ".join(f"dividi p{b}0; p{b}0 p{b}1; p{b}1 p{b}2; p{b}2 p{b}3; p{b}3 unisci" for b in range(5)),
    ),
}


@pytest.mark.parametrize("shape", FINE)
def test_a_sound_shape_is_not_refused(shape: str) -> None:
    assert [str(problem) for problem in check_diagram("prova.bpmn", FINE[shape])] == []


RETRY = diagram(
    "prova",
    start()
    + gateway("torna")
    + service("cerca", "persona.find")
    + boundary("assente", "cerca", on_error("assente"))
    + end(),
    "inizio torna; torna cerca; cerca fine; assente torna",
    before=error("assente"),
)


def test_trying_again_at_once_what_was_refused_is_a_cycle_that_never_waits() -> None:
    # given
    operations = Operations([inside("persona.find", dict, errors=["assente"])])
    # when
    problems = check(bundle("prova", RETRY), operations)
    # then
    assert [problem.element for problem in problems] == ["assente"]
    assert "girerebbe per sempre" in problems[0].message


def chain(length: int) -> bytes:
    names = [f"n{number}" for number in range(length)]
    flows = [f"inizio {names[0]}", *map(" ".join, zip(names, names[1:], strict=False)), f"{names[-1]} fine"]
    return drawn("".join(map(script, names)), "; ".join(flows))


def test_a_chain_as_long_as_allowed_can_be_published() -> None:
    assert check_diagram("prova.bpmn", chain(398)) == []


def test_a_longer_chain_is_refused_before_it_is_compiled() -> None:
    problems = check_diagram("prova.bpmn", chain(2_000))
    assert [problem.element for problem in problems] == ["prova"]
    assert "percorso chiamato" in problems[0].message
