"""Small decision models written as the tests need them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from engine.dmn import Model, load

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def xml_of(*elements: str, namespace: str = NAMESPACE) -> bytes:
    """A DMN file with these elements."""
    head = f'<definitions xmlns="{namespace}" id="prova" name="prova" namespace="urn:prova">'
    return f"{head}{''.join(elements)}</definitions>".encode()


def model_of(*elements: str) -> Model:
    return load(xml_of(*elements))


def literal(text: str, type_ref: str = "") -> str:
    return f"<literalExpression{_type(type_ref)}><text>{escape(text)}</text></literalExpression>"


def decision(
    name: str, logic: str, *, needs: Sequence[str] = (), knows: Sequence[str] = (), type_ref: str = ""
) -> str:
    """A decision; `needs` are decisions, or input data with a leading `>`."""
    needed = "".join(
        f'<informationRequirement><requiredInput href="#{need[1:]}"/></informationRequirement>'
        if need.startswith(">")
        else f'<informationRequirement><requiredDecision href="#{need}"/></informationRequirement>'
        for need in needs
    )
    known = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{know}"/></knowledgeRequirement>' for know in knows
    )
    variable = f'<variable name="{name}"{_type(type_ref)}/>'
    return f'<decision id="{name}" name="{name}">{variable}{needed}{known}{logic}</decision>'


def input_data(name: str, type_ref: str = "") -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{_type(type_ref)}/></inputData>'


def function(name: str, parameters: Sequence[str], body: str, *, knows: Sequence[str] = ()) -> str:
    """A business knowledge model; a parameter may be `name:type`."""
    formal = "".join(
        f'<formalParameter name="{parameter.partition(":")[0]}"{_type(parameter.partition(":")[2])}/>'
        for parameter in parameters
    )
    known = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{know}"/></knowledgeRequirement>' for know in knows
    )
    logic = f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>"
    return f'<businessKnowledgeModel id="{name}" name="{name}">{known}{logic}</businessKnowledgeModel>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    identifier: str = "tabella",
) -> str:
    """A table: inputs `expression[:allowed]`, outputs `name[:allowed[:default]]`, rules as rows of cells."""
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(map(_input, inputs)) + "".join(map(_output, outputs))
    rows = "".join(_rule(number, rule, len(inputs)) for number, rule in enumerate(rules, 1))
    return (
        f'<decisionTable id="{identifier}" hitPolicy="{policy}"{aggregated}>{columns}{rows}</decisionTable>'
    )


def _input(column: str) -> str:
    expression, _, allowed = column.partition(":")
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    return f"<input><inputExpression><text>{escape(expression)}</text></inputExpression>{values}</input>"


def _output(column: str) -> str:
    name, allowed, default = [*column.split(":"), "", ""][:3]
    values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
    entry = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output name="{name}">{values}{entry}</output>'


def _rule(number: int, cells: Sequence[str], inputs: int) -> str:
    conditions = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells[:inputs])
    results = "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in cells[inputs:])
    return f'<rule id="r{number}">{conditions}{results}</rule>'


def _type(type_ref: str) -> str:
    return f' typeRef="{escape(type_ref)}"' if type_ref else ""
