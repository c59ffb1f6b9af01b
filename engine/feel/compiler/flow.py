"""The conditional."""

from engine.feel.compiler.core import Evaluator, compile_node, compiles
from engine.feel.scope import Scope
from engine.feel.syntax import If
from engine.feel.values import Value, kind_name


@compiles(If)
def if_(node: If) -> Evaluator:
    branches = tuple((compile_node(condition), compile_node(result)) for condition, result in node.branches)
    otherwise = compile_node(node.otherwise)
    at = node.at

    def evaluate(scope: Scope) -> Value:
        for condition, result in branches:
            answer = condition(scope)
            if answer is True:
                return result(scope)
            if answer is not False:
                scope.run.null(at, f"la condizione di «if» è {kind_name(answer)}, non vera né falsa")
        return otherwise(scope)

    return evaluate
