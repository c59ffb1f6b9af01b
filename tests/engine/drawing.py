"""Small diagrams written by hand in the tests, without their drawing."""

from __future__ import annotations

from engine import Bundle
from engine.json import dumps

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="http://percorsi.example/prova">
"""


def diagram(slug: str, body: str, flows: str, *, before: str = "") -> bytes:
    """A process: its elements, and its flows as «a b; b c [condition]; c d *» (* marks the default)."""
    return (
        f"{HEAD}{before}<bpmn:process id='{slug}' name='Prova' isExecutable='true'>"
        f"{body}{_flows(flows)}</bpmn:process></bpmn:definitions>"
    ).encode()


def _flows(text: str) -> str:
    return "".join(_flow(line.strip()) for line in text.replace("\n", ";").split(";") if line.strip())


def _flow(line: str) -> str:
    ends, _, condition = line.removesuffix("*").partition("[")
    source, target = ends.split()
    inner = ""
    if condition:
        text = condition.strip().rstrip("]").replace("&", "&amp;").replace("<", "&lt;")
        inner = (
            f"<bpmn:conditionExpression xsi:type='bpmn:tFormalExpression'>={text}</bpmn:conditionExpression>"
        )
    return (
        f"<bpmn:sequenceFlow id='{source}__{target}' sourceRef='{source}' targetRef='{target}'>"
        f"{inner}</bpmn:sequenceFlow>"
    )


def extensions(**parts: str) -> str:
    """Extension elements: group, due, form, input, output, headers («name=source» lines)."""
    inner = ""
    if "form" in parts:
        inner += f"<zeebe:formDefinition formId='{parts['form']}'/>"
    if "group" in parts:
        inner += f"<zeebe:assignmentDefinition candidateGroups='{parts['group']}'/>"
    if "due" in parts:
        inner += f"<zeebe:taskSchedule dueDate='{parts['due']}'/>"
    if "operation" in parts:
        inner += f"<zeebe:taskDefinition type='{parts['operation']}' retries='{parts.get('retries', '3')}'/>"
    if "decision" in parts:
        inner += (
            f"<zeebe:calledDecision decisionId='{parts['decision']}' resultVariable='{parts['result']}'/>"
        )
    if "script" in parts:
        inner += f"<zeebe:script expression='{parts['script']}' resultVariable='{parts['result']}'/>"
    if "call" in parts:
        inner += (
            f"<zeebe:calledElement processId='{parts['call']}' propagateAllParentVariables='false' "
            "propagateAllChildVariables='false'/>"
        )
    mapping = "".join(
        f"<zeebe:{side} source='{source}' target='{target}'/>"
        for side in ("input", "output")
        for target, source in _pairs(parts.get(side, ""))
    )
    if mapping:
        inner += f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>"
    headers = "".join(f"<zeebe:header key='{k}' value='{v}'/>" for k, v in _pairs(parts.get("headers", "")))
    if headers:
        inner += f"<zeebe:taskHeaders>{headers}</zeebe:taskHeaders>"
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def _pairs(text: str) -> list[tuple[str, str]]:
    """«target: source; target: source»"""
    return [
        (line.split(":", 1)[0].strip(), line.split(":", 1)[1].strip())
        for line in text.split(";")
        if line.strip()
    ]


def start(identity: str = "inizio") -> str:
    return f"<bpmn:startEvent id='{identity}'/>"


def end(identity: str = "fine", inner: str = "") -> str:
    return f"<bpmn:endEvent id='{identity}'>{inner}</bpmn:endEvent>"


def human(identity: str, *, loop: str = "", **parts: str) -> str:
    parts.setdefault("group", "assistente_sociale")
    return f"<bpmn:userTask id='{identity}' name='{identity}'>{extensions(**parts)}{loop}</bpmn:userTask>"


def service(identity: str, operation: str, **parts: str) -> str:
    return f"<bpmn:serviceTask id='{identity}'>{extensions(operation=operation, **parts)}</bpmn:serviceTask>"


def event(identity: str, kind: str, definition: str, attributes: str = "") -> str:
    """An event of any kind: `kind` is its tag without «Event»."""
    return f"<bpmn:{kind}Event id='{identity}' {attributes}>{definition}</bpmn:{kind}Event>"


def inside(identity: str, body: str, flows: str, *, kind: str = "subProcess", attributes: str = "") -> str:
    """A subprocess with its elements and flows."""
    return f"<bpmn:{kind} id='{identity}' {attributes}>{body}{_flows(flows)}</bpmn:{kind}>"


def beside(
    identity: str, definition: str, body: str, flows: str, *, interrupting: bool = True, begin: str = ""
) -> str:
    """An event subprocess, whose start event is called `<identity>_inizio` unless told."""
    begin = begin or f"{identity}_inizio"
    begins = event(begin, "start", definition, f"isInterrupting='{str(interrupting).lower()}'")
    return inside(identity, begins + body, flows, attributes="triggeredByEvent='true'")


def gateway(identity: str, kind: str = "exclusive", default: str = "") -> str:
    attribute = f" default='{identity}__{default}'" if default else ""
    return f"<bpmn:{kind}Gateway id='{identity}'{attribute}/>"


def message(name: str, key: str) -> str:
    return (
        f"<bpmn:message id='m_{name}' name='{name}'><bpmn:extensionElements>"
        f"<zeebe:subscription correlationKey='{key}'/></bpmn:extensionElements></bpmn:message>"
    )


def on_message(name: str) -> str:
    return f"<bpmn:messageEventDefinition messageRef='m_{name}'/>"


def on_timer(when: str, tag: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{when}</bpmn:{tag}></bpmn:timerEventDefinition>"


def error(code: str) -> str:
    return f"<bpmn:error id='e_{code}' name='{code}' errorCode='{code}'/>"


def on_error(code: str) -> str:
    return f"<bpmn:errorEventDefinition errorRef='e_{code}'/>"


def escalation(code: str) -> str:
    return f"<bpmn:escalation id='s_{code}' name='{code}' escalationCode='{code}'/>"


def on_escalation(code: str = "") -> str:
    reference = f"escalationRef='s_{code}'" if code else ""
    return f"<bpmn:escalationEventDefinition {reference}/>"


def signal(name: str) -> str:
    return f"<bpmn:signal id='g_{name}' name='{name}'/>"


def on_signal(name: str) -> str:
    return f"<bpmn:signalEventDefinition signalRef='g_{name}'/>"


def link(identity: str, name: str, kind: str) -> str:
    """One end of a link: `kind` is Throw or Catch."""
    return event(identity, f"intermediate{kind}", f"<bpmn:linkEventDefinition name='{name}'/>")


COMPENSATION = "<bpmn:compensateEventDefinition/>"


def undone(activity: str, by: str) -> str:
    """What undoes an activity: a compensation on its border and the association that leads to the step `by`."""
    return (
        boundary(f"disfa_{activity}", activity, COMPENSATION)
        + f"<bpmn:association id='disfa_{activity}__{by}' sourceRef='disfa_{activity}' targetRef='{by}'/>"
    )


def compensating(drawn: str) -> str:
    """A step that undoes another."""
    return drawn.replace(" id=", " isForCompensation='true' id=", 1)


def boundary(identity: str, attached_to: str, definition: str, *, interrupting: bool = True) -> str:
    return (
        f"<bpmn:boundaryEvent id='{identity}' attachedToRef='{attached_to}' "
        f"cancelActivity='{str(interrupting).lower()}'>{definition}</bpmn:boundaryEvent>"
    )


def bundle(slug: str, content: bytes, **files: bytes | dict[str, object]) -> Bundle:
    """A bundle around a diagram; files named with __ for / and _dot_ for ."""
    manifest = {"slug": slug, "nome": "Prova", "codice": "X01", "parametri": {}}
    named = {
        name.replace("__", "/").replace("_dot_", "."): value if isinstance(value, bytes) else dumps(value)
        for name, value in files.items()
    }
    return Bundle(slug, {f"{slug}.bpmn": content, "bundle.json": dumps(manifest), **named})
