"""A diagram made into the specifications that tokens stand on (engine/spiff.py), by SpiffWorkflow's parser.

It looks at no extension and at no other file: what an element asks for is in its `Element`, read before
(engine/dialect.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    ReceiveTaskParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition

from engine.dialect import Diagram, Element
from engine.joins import InclusiveJoin, ParallelJoin
from engine.runnable import runnable
from engine.spiff import Activity, Condition, EventGateway, ExternalEvent, MultiInstance, SubProcess
from engine.tags import bpmn


class _ElementParser(TaskParser):  # type: ignore[misc]
    """Gives each spec its element of the diagram."""

    task: Any

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        self.task.element = self.element
        return {}

    @property
    def element(self) -> Element:
        return self.process_parser.parser.elements[self.bpmn_id]  # type: ignore[no-any-return]

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        original = self.spec.task_specs.pop(self.task.name)
        self.task = MultiInstance(self.spec, original.name, self.element, lane=self.lane)
        self._copy_task_attrs(original, loop_characteristics)
        original.completed_event.connect(self.task.merge_child)


class _EventParser(_ElementParser):
    """Turns every event that needs the outside world into an ExternalEvent."""

    def get_event_definition(self, xpaths: Any) -> EventDefinition:
        event = self.element.event
        if event is None or self.element.kind == "startEvent":
            return NoneEventDefinition()  # what starts has come already
        return TerminateEventDefinition() if event.kind == "terminate" else ExternalEvent(event)

    parse_message_event = get_event_definition


class _GatewayParser(_ElementParser):
    def handles_multiple_outgoing(self) -> bool:
        return True


class _ConditionalGatewayParser(_GatewayParser):
    """Conditions are FEEL; a flow without one is the default (the checker has refused the rest)."""

    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        condition = None if is_default else self.parse_condition(sequence_flow_node)
        if condition is None:
            self.task.connect(outgoing_task)
        else:
            self.task.connect_if(Condition(condition), outgoing_task)


class _SubProcessParser(_ElementParser, SubWorkflowParser):  # type: ignore[misc]
    pass


class _Start(_EventParser, StartEventParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        """A start by which only an event opens the path hangs beside: `new_workflow` puts the token there."""
        if self.element.event is None or self.node.getparent().tag != bpmn("process"):
            return super().create_task()
        task = self._create_task(self.get_event_definition(()))
        task.inputs = [self.spec.start]
        return task


class _End(_EventParser, EndEventParser):  # type: ignore[misc]
    pass


class _Catch(_EventParser, IntermediateCatchEventParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        """The far end of a link waits for nothing."""
        if self.element.links is None:
            return super().create_task()
        self.spec_class = IntermediateThrowEvent
        return self._create_task(NoneEventDefinition())


class _Throw(_EventParser, IntermediateThrowEventParser):  # type: ignore[misc]
    pass


class _Receive(_EventParser, ReceiveTaskParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        return self._create_task(self.get_event_definition(()))


class _Boundary(_EventParser, BoundaryEventParser):  # type: ignore[misc]
    pass


class _ProcessParser(ProcessParser):  # type: ignore[misc]
    """One plain start per process; other starts, event subprocesses, handlers hang beside until their time comes."""

    def add_tasks(self) -> None:
        for node in self.xpath("./bpmn:startEvent"):
            self.parse_node(node)
        for node in self.xpath("./bpmn:subProcess[@triggeredByEvent='true']"):
            task_spec = self.parse_node(node)
            self.parser.process_parsers[task_spec.spec].get_spec()
            task_spec.inputs = [self.spec.start]
            task_spec.connect(self.spec.end)
        for node in self.xpath(
            ".//*[@isForCompensation='true']"
        ):  # those of a subprocess that is over run out here
            task_spec = self.parse_node(node)
            task_spec.inputs = [self.spec.start]
            task_spec.connect(self.spec.end)


class _Parser(BpmnParser):  # type: ignore[misc]
    PROCESS_PARSER_CLASS = _ProcessParser

    OVERRIDE_PARSER_CLASSES: Mapping[str, Any] = {
        **{
            bpmn(tag): (_ElementParser, Activity)
            for tag in (
                "task",
                "userTask",
                "manualTask",
                "serviceTask",
                "sendTask",
                "scriptTask",
                "businessRuleTask",
                "callActivity",
            )
        },
        bpmn("exclusiveGateway"): (_ConditionalGatewayParser, ExclusiveGateway),
        bpmn("inclusiveGateway"): (_ConditionalGatewayParser, InclusiveJoin),
        bpmn("parallelGateway"): (_GatewayParser, ParallelJoin),
        bpmn("eventBasedGateway"): (_GatewayParser, EventGateway),
        bpmn("subProcess"): (_SubProcessParser, SubProcess),
        bpmn("startEvent"): (_Start, StartEvent),
        bpmn("endEvent"): (_End, EndEvent),
        bpmn("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        bpmn("intermediateThrowEvent"): (_Throw, IntermediateThrowEvent),
        bpmn("receiveTask"): (_Receive, ReceiveTask),
        bpmn("boundaryEvent"): (_Boundary, BoundaryEvent),
    }

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self.elements = diagram.elements


class Unrunnable(Exception):
    """SpiffWorkflow cannot make a specification of this diagram; `element` says where."""

    def __init__(self, element: str, message: str) -> None:
        super().__init__(message)
        self.element = element


def compile_diagram(
    root: etree._Element, diagram: Diagram
) -> tuple[BpmnProcessSpec, dict[str, BpmnProcessSpec]]:
    """The token specification of a process and of its subprocesses. Raises Unrunnable."""
    parser = _Parser(diagram)
    try:
        parser.add_bpmn_xml(runnable(root, diagram))
        spec = parser.get_spec(diagram.process_id)
        return spec, parser.get_subprocess_specs(diagram.process_id)
    except ValidationException as error:
        raise Unrunnable(getattr(error, "tag_id", None) or diagram.process_id, str(error)) from error
    except ValueError as error:
        # It reads the coordinates of the shapes as it goes.
        raise Unrunnable(diagram.process_id, "nel disegno una posizione non è un numero") from error
    except RecursionError as error:
        raise Unrunnable(diagram.process_id, "too many elements in a row") from error
