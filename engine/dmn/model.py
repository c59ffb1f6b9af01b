"""A loaded decision model: what it decides, and what is wrong with it before it is published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine import feel
from engine.dmn.check import find_problems
from engine.dmn.check.reading import names_from_outside
from engine.dmn.errors import DecisionNotFound
from engine.dmn.evaluation import Evaluation
from engine.dmn.graph import Decision, Element, InputData, KnowledgeModel, Service, in_order
from engine.dmn.item import ItemTypes
from engine.dmn.problem import Problem
from engine.dmn.reader import Definitions
from engine.dmn.run import Run


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and why: `tables` are (decision id, ids of the rules that matched) in the order of
    evaluation, `inputs` the input data that were read, by name. All values are JSON values."""

    value: object
    tables: tuple[tuple[str, tuple[str, ...]], ...]
    inputs: Mapping[str, object]


class Model:
    """The decisions of one DMN file. A model is immutable and may be shared between threads.

    Evaluation is strict: what the standard would turn into a silent null (overlapping rules, a value
    of the wrong type, FEEL that cannot be read) raises a DmnError with the element's id.
    `lenient()` gives the standard's own reading.
    """

    def __init__(
        self,
        definitions: Definitions,
        *,
        strict: bool = True,
        imported: Mapping[str, tuple[str, Model]] | None = None,
    ) -> None:
        """`imported`: by namespace, the name that a model is imported with, and the model."""
        self.name = definitions.name
        self.definitions = definitions
        self.strict = strict
        self.imported = imported or {}
        self.types: ItemTypes = ItemTypes(
            definitions.items, {name: other.types for name, other in self.imported.values()}
        )
        self._by_id = {element.element_id: element for element in reversed(definitions.elements)}
        decisions_last = sorted(definitions.elements, key=lambda element: isinstance(element, Decision))
        self._by_name = {element.name: element for element in decisions_last}
        self._orders: dict[str, list[str]] = {}
        self.declared: frozenset[str] = frozenset(
            name for element in definitions.elements for name in element.names
        )
        self._free = {
            element.element_id: names_from_outside(element.logic) - self.declared
            for element in definitions.elements
            if isinstance(element, Decision) and element.logic is not None
        }

    def lenient(self) -> Model:
        """The same model where errors are null with a warning in the environment."""
        return Model(self.definitions, strict=False, imported=self.imported)

    @property
    def decision_ids(self) -> list[str]:
        """Ids of the decisions (names, where the file has no ids), in the order of the file."""
        return [element.element_id for element in self.definitions.elements if isinstance(element, Decision)]

    def inputs(self, decision: str) -> Mapping[str, str | None]:
        """What the decision needs from outside, directly or not: type names by variable name.

        Variables that the model reads without drawing them have no type; host functions are among them.
        """
        order = self.order(self._decision(decision).element_id)
        drawn = [element for element in self.found(order) if isinstance(element, InputData)]
        free = dict.fromkeys(sorted(self.free_names(order)))
        return {**free, **{element.variable: element.type_ref for element in drawn}}

    def free_names(self, element_ids: Iterable[str]) -> frozenset[str]:
        """Variables of the process that decisions read though no element of the model is called so."""
        return frozenset().union(*(self._free.get(element_id, ()) for element_id in element_ids))

    def decide(
        self, decision: str, context: Mapping[str, object], env: feel.Environment | None = None
    ) -> object:
        """The value of a decision, or of a decision service, by id or name, as a JSON value; `context` holds
        JSON values by name.

        Strings become dates, times and durations where the input data say so. Raises DmnError.
        """
        return self.explain(decision, context, env).value

    def explain(
        self, decision: str, context: Mapping[str, object], env: feel.Environment | None = None
    ) -> Decided:
        """As `decide`, with the rules that matched and the inputs that were read."""
        run = self._run(env)
        evaluation = Evaluation(self, run, context, from_json=True)
        service = self.find(decision)
        if isinstance(service, Service):
            value = feel.to_json(evaluation.service_of_context(service))
        else:
            value = feel.to_json(evaluation.value(self._decision(decision).element_id))
        read = evaluation.inputs().items()
        inputs = {name: feel.to_json(feel.from_json(value)) for name, value in read}
        return Decided(value, tuple(run.tables), inputs)

    def evaluate(
        self, decision: str, context: Mapping[str, object], env: feel.Environment | None = None
    ) -> object:
        """The FEEL value of a decision; `context` holds FEEL values."""
        found = self._decision(decision)
        return Evaluation(self, self._run(env), context).value(found.element_id)

    def invoke(
        self,
        name: str,
        arguments: Mapping[str, object],
        output: str | None = None,
        env: feel.Environment | None = None,
    ) -> object:
        """The FEEL value of a decision service or knowledge model for its FEEL arguments by name.

        `output` asks for one of a service's output decisions. Raises DecisionNotFound.
        """
        element = self.find(name)
        evaluation = Evaluation(self, self._run(env), {})
        if isinstance(element, Service):
            outputs = evaluation.service_outputs(element, arguments)
            return outputs[output] if output in outputs else evaluation.service(element, arguments)
        if isinstance(element, KnowledgeModel) and element.logic is not None:
            function = evaluation.function(element)
            if isinstance(function, feel.Function):
                return function.call(*(arguments.get(name) for name in function.parameters))
            return None
        raise DecisionNotFound(name)

    def problems(self, functions: Collection[str] = ()) -> list[Problem]:
        """Why this model cannot be published; empty when it can. `functions`: names the host will offer."""
        return list(find_problems(self, functions))

    def find(self, name: str) -> Element | None:
        """An element by id, or by name."""
        return self._by_id.get(name) or self._by_name.get(name)

    def found(self, references: Iterable[str]) -> list[Element]:
        """The elements of these references; a reference to nothing is left out (a Problem names it)."""
        return [element for element in map(self.find, references) if element is not None]

    def outside(self, reference: str) -> tuple[str, Model, Element] | None:
        """An element of an imported model, by `namespace#id`: with the import's name and its model."""
        namespace, _, identifier = reference.rpartition("#")
        name, other = self.imported.get(namespace, ("", self))
        element = None if other is self else other.find(identifier)
        return None if element is None else (name, other, element)

    def _run(self, env: feel.Environment | None) -> Run:
        return Run(self.types, env or feel.Environment(), self.strict)

    def _decision(self, name: str) -> Decision:
        for element in (self._by_id.get(name), self._by_name.get(name)):
            if isinstance(element, Decision):
                return element
        raise DecisionNotFound(name)

    def order(self, element_id: str) -> list[str]:
        """What a decision needs, itself last, in an order that can be evaluated. Raises DecisionCycle."""
        if element_id not in self._orders:
            self._orders[element_id] = in_order([element_id], self.requires)
        return self._orders[element_id]

    def requires(self, element_id: str) -> Iterable[str]:
        """Ids of what a decision requires, by id or name in the file."""
        element = self.find(element_id)
        if not isinstance(element, Decision):
            return []
        required = self.found(element.requires)
        return [found.element_id for found in required if isinstance(found, Decision | InputData)]
