"""One evaluation of a graph: every element at most once, and only what the decision needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine import feel
from engine.dmn.coercion import from_json
from engine.dmn.function import Parameter, typed_function
from engine.dmn.graph import Decision, Element, InputData, KnowledgeModel, Service, in_order
from engine.dmn.run import Run, Scope

if TYPE_CHECKING:
    from engine.dmn.model import Model


class Evaluation:
    """Values by element id, for one set of inputs."""

    def __init__(
        self,
        model: Model,
        run: Run,
        context: Mapping[str, object],
        *,
        from_json: bool = False,
        others: dict[int, Evaluation] | None = None,
    ) -> None:
        self.model = model
        self.run = run
        self.context = context
        self.from_json = from_json
        # Those of imported models, each once however many import it.
        self.others = {} if others is None else others
        self.values: dict[str, object] = {}
        self.functions: dict[str, object] = {}
        # A process hands over all its variables; those that no element of the model is called after are
        # read as they are (Camunda 8 models often draw no input data), the others only where required.
        self.free = {name: value for name, value in context.items() if name not in model.declared}

    def value(self, element_id: str) -> object:
        """The value of a decision, after whatever it needs."""
        order = self.model.order(element_id) if not self.values else self._order(element_id)
        for needed in order:
            if needed not in self.values:
                self.values[needed] = self._compute(needed)
        return self.values[element_id]

    def _order(self, element_id: str) -> list[str]:
        """As the model's, but not beyond what has a value already."""
        return in_order(
            [element_id], lambda needed: () if needed in self.values else self.model.requires(needed)
        )

    def inputs(self) -> dict[str, object]:
        """The input data and the variables of the process that were read, by name."""
        drawn = {}
        for evaluation in (*self.others.values(), self):
            for element_id, value in evaluation.values.items():
                element = evaluation.model.find(element_id)
                if isinstance(element, InputData):
                    drawn[element.variable] = value
        free = self.model.free_names(self.values)
        return {**{name: value for name, value in self.free.items() if name in free}, **drawn}

    def _compute(self, element_id: str) -> object:
        element = self.model.find(element_id)
        if isinstance(element, InputData):
            return self._input(element)
        if isinstance(element, Decision) and element.logic is not None:
            with self.run.owned_by(element.element_id):
                value = self.run.value(element.logic, self._scope(element))
                return self.run.coerce(element.element_id, element.type_ref, value)
        return None

    def service_of_context(self, element: Service) -> object:
        """The output of a service for the inputs of this evaluation."""
        inputs = self.model.found([*element.input_data, *element.input_decisions])
        return self.service(element, {found.variable: self._input(found) for found in inputs})

    def _input(self, element: Element) -> object:
        value = self._given(element)
        if self.from_json and element.type_ref is not None:
            value = from_json(self.run.types, self.run.types.of(element.type_ref), feel.from_json(value))
        return self.run.coerce(element.element_id, element.type_ref, value)

    def _given(self, element: Element) -> object:
        """The value of an input, by its name: `namespace#name` where two models have one of that name."""
        names = (*element.names, element.name)
        for name in (*(f"{self.model.definitions.namespace}#{name}" for name in names), *names):
            if name in self.context:
                return self.context[name]
        self.run.env.warn(0, f"manca il dato «{element.variable}»", element.variable)
        return None

    def _scope(self, element: Decision) -> dict[str, object]:
        """The names a decision sees: its requirements, and the variables that belong to nobody."""
        scope = dict(self.free)
        for required in self.model.found(element.requires):
            if required.element_id in self.values:
                scope |= dict.fromkeys(required.names, self.values[required.element_id])
        scope |= self.knowledge(element.knowledge)
        return scope | self._imported([*element.requires, *element.knowledge])

    def knowledge(self, required: Sequence[str]) -> dict[str, object]:
        """Functions and services by the names they are called with."""
        own = {
            name: self.function(element)
            for element in self.model.found(required)
            if isinstance(element, KnowledgeModel | Service)
            for name in element.names
        }
        return {**own, **self._imported(required)}

    def _imported(self, required: Sequence[str]) -> dict[str, object]:
        """What is required of other models: for each import a context by its name; one without a name
        lends its elements as if they were drawn here (DMN 1.5, 6.3.3)."""
        contexts: dict[str, dict[str, object]] = {}
        for reference in required:
            found = self.model.outside(reference)
            if found is not None:
                prefix, model, element = found
                value = self._inside(model).reached(element)
                contexts.setdefault(prefix, {}).update(dict.fromkeys(element.names, value))
        return contexts.pop("", {}) | contexts

    def _inside(self, model: Model) -> Evaluation:
        """The evaluation of an imported model, on the same inputs."""
        if id(model) not in self.others:
            run = self.run.of(model.types)
            inside = Evaluation(model, run, self.context, from_json=self.from_json, others=self.others)
            self.others[id(model)] = inside
        return self.others[id(model)]

    def reached(self, element: Element) -> object:
        """The value of a decision or input, the function of what can be called."""
        if isinstance(element, KnowledgeModel | Service):
            return self.function(element)
        return self.value(element.element_id)

    def function(self, element: KnowledgeModel | Service) -> object:
        """The function value of a knowledge model or service, made once."""
        if element.element_id not in self.functions:
            if isinstance(element, Service):
                self.functions[element.element_id] = self._service_function(element)
            else:
                self.functions[element.element_id] = self._knowledge_function(element)
        return self.functions[element.element_id]

    def _knowledge_function(self, element: KnowledgeModel) -> object:
        if element.logic is None:
            return None
        result = self.run.types.result_of(element.type_ref)

        def scope() -> Scope:
            return self.knowledge([*element.knowledge, element.element_id])

        return element.logic.closed_over(scope, self.run, result, element.element_id)

    def _service_function(self, element: Service) -> object:
        inputs = self.model.found([*element.input_data, *element.input_decisions])
        parameters = [Parameter(found.variable, found.type_ref) for found in inputs]

        def call(given: Mapping[str, object]) -> object:
            return self.service(element, given)

        return typed_function(element.element_id, parameters, call, self.run)

    def service(self, element: Service, given: Mapping[str, object]) -> object:
        """The output of a service for its inputs by variable name: it sees nothing else.

        One output decision gives its value, more give a context by their variable names.
        """
        outputs = self.service_outputs(element, given)
        value: object = outputs
        if len(outputs) == 1:
            value = next(iter(outputs.values()))
        return self.run.coerce(element.element_id, self.run.types.result_of(element.type_ref), value)

    def service_outputs(self, element: Service, given: Mapping[str, object]) -> dict[str, object]:
        """The values of a service's output decisions, by variable name."""
        inside = Evaluation(self.model, self.run, {})
        for found in self.model.found([*element.input_data, *element.input_decisions]):
            value = given.get(found.variable, given.get(found.name))
            inside.values[found.element_id] = self.run.coerce(found.element_id, found.type_ref, value)
        return {found.variable: inside.value(found.element_id) for found in self.model.found(element.outputs)}
