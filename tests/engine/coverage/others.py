"""Flows, data, artifacts, participants, and what surrounds a process in a file."""

from __future__ import annotations

from tests.engine.coverage.row import Row, do, documentation, executed, one, path, refused, tag
from tests.engine.drawing import diagram, end, gateway, human, start

FLOW = "<bpmn:sequenceFlow id='{0}' sourceRef='{1}' targetRef='{2}'>{3}</bpmn:sequenceFlow>"
CONDITION = "<bpmn:conditionExpression>=grave</bpmn:conditionExpression>"
ONE = human("uno")


def with_parts(inner: str) -> str:
    """The step «uno», with more inside."""
    return ONE.replace("</bpmn:userTask>", f"{inner}</bpmn:userTask>")


def around(before: str = "", *, beside: str = "", inner: str = "") -> bytes:
    """A path with one step, and something in the file, beside the step or inside it."""
    return path(with_parts(inner) + beside, "inizio uno; uno fine", before)


LANED = (
    "<bpmn:laneSet id='corsie'><bpmn:lane id='assistente_sociale' name='Assistente sociale'>"
    "<bpmn:flowNodeRef>uno</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)
DATA_OBJECT = "<bpmn:dataObject id='d'/><bpmn:dataObjectReference id='dr' name='Domanda' dataObjectRef='d'/>"
SPECIFIED = (
    "<bpmn:ioSpecification id='io'><bpmn:dataInput id='di'/><bpmn:dataOutput id='do'/>"
    "<bpmn:inputSet><bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet>"
    "<bpmn:outputSet><bpmn:dataOutputRefs>do</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
)
ASSOCIATED = (
    "<bpmn:dataInputAssociation id='a1'><bpmn:sourceRef>dr</bpmn:sourceRef><bpmn:targetRef>di</bpmn:targetRef>"
    "</bpmn:dataInputAssociation><bpmn:dataOutputAssociation id='a2'><bpmn:sourceRef>do</bpmn:sourceRef>"
    "<bpmn:targetRef>dr</bpmn:targetRef></bpmn:dataOutputAssociation>"
)
POOLS = (
    "<bpmn:collaboration id='c'><bpmn:participant id='p1' name='Comune' processRef='prova'/>"
    "<bpmn:participant id='p2' name='Famiglia'/>{0}</bpmn:collaboration>"
)
NOTE = "<bpmn:textAnnotation id='nota'><bpmn:text>Chiamare prima</bpmn:text></bpmn:textAnnotation>"
BOTH = "inizio uno; uno fine"

ROWS: list[Row] = [
    executed("sequence flow", one(ONE), [do("uno")]),
    executed(
        "conditional and default flow out of a gateway",
        path(
            gateway("g", default="due") + ONE + human("due") + end("f2"),
            "inizio g; g uno [grave]; g due; uno fine; due f2",
        ),
        [do("uno")],
        mai=["due"],
    ),
    refused("conditional flow out of an activity", path(ONE, "inizio uno; uno fine [grave]"), "uno__fine"),
    refused(
        "default flow out of an activity",
        path(
            tag("task", attributes="default='uno__due'") + human("due") + end("f2"),
            "inizio uno; uno due; uno fine [grave]; due f2",
        ),
    ),
    documentation(
        "message flow", around(POOLS.format("<bpmn:messageFlow id='mf' sourceRef='uno' targetRef='p2'/>"))
    ),
    documentation("pool (participant)", around(POOLS.format(""))),
    executed(
        "lane",
        diagram("prova", LANED + start() + tag("userTask") + end(), BOTH),
        [{**do("uno"), "ruolo": "assistente_sociale"}],
    ),
    documentation("data object", around(beside=DATA_OBJECT)),
    documentation("data object, collection", around(beside="<bpmn:dataObject id='d' isCollection='true'/>")),
    documentation("data input and output of an activity", around(inner=SPECIFIED)),
    documentation("data association", around(beside=DATA_OBJECT, inner=SPECIFIED + ASSOCIATED)),
    documentation("data input and output of the process", path(SPECIFIED + ONE, BOTH)),
    documentation(
        "data store",
        around(
            "<bpmn:dataStore id='ds' name='Archivio'/>",
            beside="<bpmn:dataStoreReference id='dsr' dataStoreRef='ds'/>",
        ),
    ),
    documentation("property", around(inner="<bpmn:property id='pr' name='x'/>")),
    documentation("message, not referred to", around("<bpmn:message id='m' name='m'/>")),
    documentation("text annotation", around(beside=NOTE)),
    documentation(
        "association", around(beside=NOTE + "<bpmn:association id='as' sourceRef='uno' targetRef='nota'/>")
    ),
    documentation(
        "group",
        around(
            "<bpmn:category id='cat'><bpmn:categoryValue id='cv' value='Valutazione'/></bpmn:category>",
            beside="<bpmn:group id='gr' categoryValueRef='cv'/>",
        ),
    ),
    documentation("documentation", around(inner="<bpmn:documentation>Come si fa</bpmn:documentation>")),
    documentation(
        "performer, potential owner",
        around(
            "<bpmn:resource id='r' name='AS'/>",
            inner="<bpmn:potentialOwner id='po'><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>",
        ),
    ),
    documentation(
        "interface, operation",
        around(
            "<bpmn:interface id='i' name='I'><bpmn:operation id='o' name='o'><bpmn:inMessageRef>m</bpmn:inMessageRef></bpmn:operation></bpmn:interface>"
        ),
    ),
    documentation("item definition, import", around("<bpmn:itemDefinition id='it' structureRef='x'/>")),
    documentation("correlation property", around("<bpmn:correlationProperty id='cp' name='chi'/>")),
    documentation(
        "conversation",
        around("<bpmn:collaboration id='c'><bpmn:conversation id='cv1'/></bpmn:collaboration>"),
    ),
    documentation("global task", around("<bpmn:globalUserTask id='gu' name='Firma'/>")),
    documentation("choreography beside a process", around("<bpmn:choreography id='ch'/>")),
    documentation("auditing, monitoring", around(inner="<bpmn:auditing id='au'/><bpmn:monitoring id='mo'/>")),
    documentation(
        "process that is not executable, beside one that is",
        around("<bpmn:process id='altro' isExecutable='false'><bpmn:task id='firma'/></bpmn:process>"),
    ),
]
