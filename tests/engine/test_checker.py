"""Diagrams with one fault each: exactly the faulty element is named, with a sentence that says what to do."""

from __future__ import annotations

import pytest

from engine import Operations, check, check_diagram
from tests.engine.conftest import inside, outside
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
    on_message,
    on_signal,
    on_timer,
    service,
    start,
)

ONE = "inizio uno; uno fine"


def one(element: str, flows: str = ONE, *, before: str = "", beside: str = "") -> bytes:
    """A path with one step, called «uno», and perhaps something beside it."""
    return diagram("prova", start() + element + end() + beside, flows, before=before)


def around(event: str, *, before: str = "", interrupting: bool = True, host: str = "") -> bytes:
    """A step «uno» with an event «bordo» on it that leads to an end of its own."""
    return one(
        host or human("uno"),
        f"{ONE}; bordo fine_2",
        before=before,
        beside=boundary("bordo", "uno", event, interrupting=interrupting) + end("fine_2"),
    )


def waiting(definition: str, *, before: str = "") -> bytes:
    """An event «uno» that waits in the flow."""
    return one(
        f"<bpmn:intermediateCatchEvent id='uno'>{definition}</bpmn:intermediateCatchEvent>", before=before
    )


def subprocess(inner: str, flows: str, attributes: str = "", extra: str = "") -> str:
    """A subprocess «dentro» with its own flows."""
    drawn = "".join(
        f"<bpmn:sequenceFlow id='{a}__{b}' sourceRef='{a}' targetRef='{b}'/>"
        for a, b in (line.split() for line in flows.split(";") if line.strip())
    )
    return f"<bpmn:subProcess id='dentro' {attributes}>{extra}{inner}{drawn}</bpmn:subProcess>"


def beside_on(definition: str, attributes: str = "isInterrupting='false'") -> str:
    """An event subprocess «dentro» that begins with an event «arriva»."""
    inner = f"<bpmn:startEvent id='arriva' {attributes}>{definition}</bpmn:startEvent>" + human("valuta")
    return subprocess(inner + end("valutato"), "arriva valuta; valuta valutato", "triggeredByEvent='true'")


def event(identity: str, kind: str, inner: str) -> str:
    return f"<bpmn:{kind} id='{identity}'>{inner}</bpmn:{kind}>"


LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    "<zeebe:loopCharacteristics {0}/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
SIGNAL = "<bpmn:signalEventDefinition/>"
KEYED = message("decesso", "=persona_id")

FAULTS = {
    # what SpiffWorkflow refuses, or accepts and runs wrongly
    "a complex gateway": ("uno", one("<bpmn:complexGateway id='uno'/>")),
    "a transaction": ("uno", one("<bpmn:transaction id='uno'/>")),
    "an ad hoc subprocess with nothing to choose": ("uno", one("<bpmn:adHocSubProcess id='uno'/>")),
    "a signal without a name": ("uno", waiting(SIGNAL)),
    "a signal without a name at the end": (
        "fine",
        diagram("prova", start() + human("uno") + end(inner=SIGNAL), ONE),
    ),
    "a signal whose name is an expression": (
        "uno",
        waiting(on_signal("x"), before="<bpmn:signal id='g_x' name='=x'/>"),
    ),
    "a compensation thrown where nothing is undone": (
        "uno",
        one(event("uno", "intermediateThrowEvent", "<bpmn:compensateEventDefinition/>")),
    ),
    "a compensation that leads to no step": ("bordo", around("<bpmn:compensateEventDefinition/>")),
    "an activity that compensates nothing": ("uno", one("<bpmn:task id='uno' isForCompensation='true'/>")),
    "a conditional event": ("uno", waiting("<bpmn:conditionalEventDefinition/>")),
    "a cancel event": ("bordo", around("<bpmn:cancelEventDefinition/>")),
    "an event with two definitions": ("uno", waiting(on_timer("P1D") + SIGNAL)),
    "a plain loop": (
        "uno",
        one(
            "<bpmn:userTask id='uno'>"
            + extensions(group="x")
            + "<bpmn:standardLoopCharacteristics/></bpmn:userTask>"
        ),
    ),
    "the id Start": ("Start", diagram("prova", start("Start") + human("uno") + end(), "Start uno; uno fine")),
    "the id End": ("End", diagram("prova", start() + human("uno") + end("End"), "inizio uno; uno End")),
    "an id with a dot": ("uno.EndJoin", one(human("uno.EndJoin"), "inizio uno.EndJoin; uno.EndJoin fine")),
    "an id with a slash": ("a/b", one(human("a/b"), "inizio a/b; a/b fine")),
    "the same id twice": ("uno", one(human("uno") + "<bpmn:textAnnotation id='uno'/>")),
    "an element without id": ("riga 5", one("<bpmn:userTask/>" + human("uno"))),
    # events
    "nothing to wait for": ("uno", one("<bpmn:intermediateCatchEvent id='uno'/>")),
    "an error waited for in the flow": ("uno", waiting(on_error("x"), before=error("x"))),
    "a receive task without a message": ("uno", one("<bpmn:receiveTask id='uno'/>")),
    "a message without a name": ("uno", waiting("<bpmn:messageEventDefinition/>")),
    "a message whose name is an expression": (
        "uno",
        waiting(
            on_message("x"),
            before="<bpmn:message id='m_x' name='=nome'><bpmn:extensionElements>"
            "<zeebe:subscription correlationKey='=x'/></bpmn:extensionElements></bpmn:message>",
        ),
    ),
    "a message without a key": (
        "uno",
        waiting(on_message("x"), before="<bpmn:message id='m_x' name='x'/>"),
    ),
    "a message without a key, beside the path": (
        "arriva",
        one(human("uno"), before="<bpmn:message id='m_x' name='x'/>", beside=beside_on(on_message("x"))),
    ),
    "a timer without a time": ("uno", waiting("<bpmn:timerEventDefinition/>")),
    "a duration that is not one": ("uno", waiting(on_timer("cinque giorni"))),
    "a date that is not one": ("uno", waiting(on_timer("P5D", "timeDate"))),
    "a cycle in the flow": ("uno", waiting(on_timer("R3/PT1H", "timeCycle"))),
    "a cycle that is not one": ("bordo", around(on_timer("0 0 9 * * *", "timeCycle"), interrupting=False)),
    "a cycle without a pause": ("bordo", around(on_timer("R/PT0S", "timeCycle"), interrupting=False)),
    "a deadline that is not one": ("uno", one(human("uno", due="domani"))),
    "an error without a code": (
        "fine",
        diagram("prova", start() + human("uno") + end(inner="<bpmn:errorEventDefinition/>"), ONE),
    ),
    "an error out of a person's step": ("bordo", around(on_error("x"), before=error("x"))),
    "an error that does not interrupt": (
        "bordo",
        around(on_error("x"), before=error("x"), interrupting=False, host=service("uno", "a.b")),
    ),
    "an escalation out of a service": (
        "bordo",
        around("<bpmn:escalationEventDefinition/>", host=service("uno", "a.b")),
    ),
    "an event attached to nothing": (
        "bordo",
        one(
            human("uno"),
            f"{ONE}; bordo fine_2",
            beside=boundary("bordo", "x", on_timer("P1D")) + end("fine_2"),
        ),
    ),
    "an event attached to a gateway": (
        "bordo",
        around(on_timer("P1D"), host=gateway("uno")),
    ),
    "no plain start": (
        "prova",
        diagram(
            "prova",
            event("inizio", "startEvent", on_message("decesso")) + human("uno") + end(),
            ONE,
            before=KEYED,
        ),
    ),
    "a start with a timer": (
        "alle_otto",
        one(human("uno"), f"{ONE}; alle_otto uno", beside=event("alle_otto", "startEvent", on_timer("P1D"))),
    ),
    "two starts with one message": (
        "due",
        one(
            gateway("g") + human("uno"),
            "inizio g; prima g; due g; g uno; uno fine",
            before=KEYED,
            beside=event("prima", "startEvent", on_message("decesso"))
            + event("due", "startEvent", on_message("decesso")),
        ),
    ),
    # subprocesses
    "a subprocess with two starts": (
        "dentro",
        one(
            subprocess(start("i1") + start("i2") + human("due") + end("f2"), "i1 due; i2 due; due f2"),
            "inizio dentro; dentro fine",
        ),
    ),
    "a subprocess that maps variables": (
        "dentro",
        one(
            subprocess(
                start("i2") + human("due") + end("f2"), "i2 due; due f2", extra=extensions(input="a: =1")
            ),
            "inizio dentro; dentro fine",
        ),
    ),
    "a subprocess that begins with an event": (
        "dentro",
        one(
            subprocess(
                event("i2", "startEvent", on_timer("P1D")) + human("due") + end("f2"), "i2 due; due f2"
            ),
            "inizio dentro; dentro fine",
        ),
    ),
    "an event subprocess that begins plainly": ("dentro", one(human("uno"), beside=beside_on(""))),
    "an event subprocess whose error does not interrupt": (
        "dentro",
        one(human("uno"), before=error("x"), beside=beside_on(on_error("x"))),
    ),
    "an event subprocess with a flow": (
        "dentro",
        one(
            human("uno"),
            "inizio uno; uno dentro; dentro fine",
            before=KEYED,
            beside=beside_on(on_message("decesso")),
        ),
    ),
    # activities
    "a step that nobody sees": ("uno", one("<bpmn:userTask id='uno'/>")),
    "a step of somebody by name": (
        "uno",
        one(human("uno").replace("assignmentDefinition", "assignmentDefinition assignee='mario'")),
    ),
    "a step with two groups": ("uno", one(human("uno", group="a,b"))),
    "four eyes on nothing": ("uno", one(human("uno", headers="diverso_da: piano"))),
    "four eyes on itself": ("uno", one(human("uno", headers="diverso_da: uno"))),
    "a service that calls nothing": ("uno", one("<bpmn:serviceTask id='uno'/>")),
    "a service that is tried too often": ("uno", one(service("uno", "a.b", retries="1000000"))),
    "a service that is never tried": ("uno", one(service("uno", "a.b", retries="0"))),
    "a service that is tried in words": ("uno", one(service("uno", "a.b", retries="tre"))),
    "a service that is tried twice over": ("uno", one(service("uno", "a.b", retries="²"))),
    "a decision without a table": ("uno", one("<bpmn:businessRuleTask id='uno'/>")),
    "a script without a result": (
        "uno",
        one("<bpmn:scriptTask id='uno'>" + extensions(script="=1", result="") + "</bpmn:scriptTask>"),
    ),
    "a call to nothing": ("uno", one("<bpmn:callActivity id='uno'/>")),
    "a receive task with inputs": (
        "uno",
        one(
            "<bpmn:receiveTask id='uno' messageRef='m_decesso'>"
            + extensions(input="a: =1")
            + "</bpmn:receiveTask>",
            before=KEYED,
        ),
    ),
    # repetitions
    "a repetition of nothing": ("uno", one(human("uno", loop=LOOP.format("")))),
    "answers collected nowhere": (
        "uno",
        one(human("uno", loop=LOOP.format("inputCollection='=persone' outputElement='=esito'"))),
    ),
    "a million rounds": (
        "uno",
        one(human("uno", loop=LOOP.format("inputCollection='=for i in 1..1000000 return i'"))),
    ),
    "a few too many rounds": (
        "uno",
        one(human("uno", loop=LOOP.format("inputCollection='=for i in 1..1001 return i'"))),
    ),
    "a repetition over a number": ("uno", one(human("uno", loop=LOOP.format("inputCollection='=3'")))),
    # expressions
    "an input that cannot be read": ("uno", one(service("uno", "a.b", input="a: =1 +"))),
    "a key that cannot be read": (
        "uno",
        waiting(on_message("x"), before=message("x", "=persona(")),
    ),
    "a timer that cannot be read": ("uno", waiting(on_timer("=(("))),
    "a variable called if": ("uno", one(human("uno", output="if: =1"))),
    "a variable with a space": ("uno", one(human("uno", output="due parole: =1"))),
    "a variable written twice by one step": ("uno", one(human("uno", output="a: =1; a: =2"))),
    "parameters written by a step": ("uno", one(human("uno", output="parametri.giorni: =1"))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_diagram_with_one_fault_is_refused_by_its_element(fault: str) -> None:
    # given
    element, drawn = FAULTS[fault]
    # when
    problems = check_diagram("prova.bpmn", drawn)
    # then
    assert {problem.element for problem in problems} == {element}, [str(problem) for problem in problems]
    assert all(len(problem.message) > 15 for problem in problems)


def test_what_is_not_executed_does_not_hide_the_rest() -> None:
    # given
    twice = human("uno").replace("</bpmn:userTask>", "<bpmn:standardLoopCharacteristics/></bpmn:userTask>")
    # when
    found = check_diagram("x.bpmn", one(twice, "inizio uno; uno due; due fine", beside=service("due", "")))
    # then
    assert [problem.element for problem in found] == ["uno", "due"]


def test_a_fine_diagram_is_not_refused() -> None:
    drawn = one(
        human("uno", due="P5D", output="quota.tariffa: =1"),
        f"{ONE}; tardi sollecita; sollecita fine_2; due_volte ricorda; ricorda fine_3",
        before=KEYED,
        beside=boundary("tardi", "uno", on_timer("2026-12-31", "timeDate"), interrupting=False)
        + human("sollecita")
        + end("fine_2")
        + boundary("due_volte", "uno", on_timer("R2/PT24H", "timeCycle"), interrupting=False)
        + service("ricorda", "avviso.send")
        + end("fine_3")
        + beside_on(on_message("decesso")),
    )
    assert check_diagram("prova.bpmn", drawn) == []


OPERATIONS = Operations(
    [
        inside(
            "piano.register",
            dict,
            request={
                "type": "object",
                "properties": {"persona_id": {}},
                "required": ["persona_id"],
                "additionalProperties": False,
            },
            errors=["piano_presente"],
        ),
        outside("inps.isee.read"),
    ]
)

REFUSED_HERE = {
    "an operation that is not installed": one(service("uno", "piano.destroy")),
    "an operation without what it needs": one(service("uno", "piano.register")),
    "an operation with what it does not accept": one(
        service("uno", "piano.register", input="persona_id: =1; persone: =2")
    ),
    "a step that writes by nothing": one(human("uno", headers="scrive: piano.destroy")),
    "a step that writes outside": one(human("uno", headers="scrive: inps.isee.read")),
    "a refusal that never comes": around(
        on_error("fondo_esaurito"),
        before=error("fondo_esaurito"),
        host=service("uno", "piano.register", input="persona_id: =1"),
    ),
}


@pytest.mark.parametrize("fault", REFUSED_HERE)
def test_a_diagram_is_held_against_the_installed_operations(fault: str) -> None:
    # given
    drawn = REFUSED_HERE[fault]
    # when
    problems = check(bundle("prova", drawn), OPERATIONS)
    # then
    assert [problem.element for problem in problems] == ["uno"]
    assert check(bundle("prova", drawn)) == []


@pytest.mark.parametrize("code", ["piano_presente", ""])
def test_a_refusal_that_may_come_can_be_caught(code: str) -> None:
    drawn = around(
        on_error(code) if code else "<bpmn:errorEventDefinition/>",
        before=error(code) if code else "",
        host=service("uno", "piano.register", input="persona_id: =1"),
    )
    assert check(bundle("prova", drawn), OPERATIONS) == []
