"""The tags of BPMN 2.0 and of Camunda's extensions."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def bpmn(tag: str) -> str:
    """The qualified name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def zeebe(tag: str) -> str:
    """The qualified name of a zeebe tag."""
    return f"{{{ZEEBE}}}{tag}"


FLOW_NODES = frozenset(
    bpmn(tag)
    for tag in [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    ]
)
