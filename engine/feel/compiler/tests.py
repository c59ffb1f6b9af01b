"""`in`, and the unary tests of decision tables."""

from collections.abc import Callable

from engine.feel.comparison import compare, contains, equal
from engine.feel.compiler.core import Evaluator, compile_node, compiles
from engine.feel.compiler.operators import ORDERS
from engine.feel.ranges import Range
from engine.feel.scope import Run, Scope
from engine.feel.syntax import In, RangeLiteral, Test, UnaryTestsNode
from engine.feel.values import Value, kind_name

Tester = Callable[[Value, Scope], bool | None]


def compile_test(test: Test) -> Tester:
    """The closure that says whether a value passes a positive unary test."""
    operand, at = compile_node(test.operand), test.at
    if test.operator in ORDERS:
        return _order_test(test.operator, operand, at)
    if test.operator is not None:
        return _equality_test(operand, test.operator == "=", at)
    is_range = isinstance(test.operand, RangeLiteral)

    def passes(value: Value, scope: Scope) -> bool | None:
        answer = operand(scope)
        if answer is None and is_range:
            return None
        if test.mentions_input and (type(answer) is bool or answer is None):
            return answer
        return matches(value, answer, at, scope.run)

    return passes


def _order_test(symbol: str, operand: Evaluator, at: int) -> Tester:
    holds = ORDERS[symbol]

    def passes(value: Value, scope: Scope) -> bool | None:
        bound = operand(scope)
        order = compare(value, bound)
        if order is None:
            scope.run.null(at, f"«{symbol}» non confronta {kind_name(value)} e {kind_name(bound)}")
            return None
        return holds(order, 0)

    return passes


def _equality_test(operand: Evaluator, wanted: bool, at: int) -> Tester:
    def passes(value: Value, scope: Scope) -> bool | None:
        bound = operand(scope)
        same = equal(value, bound, scope.run.meter)
        if same is None:
            scope.run.null(at, f"non si confrontano {kind_name(value)} e {kind_name(bound)}")
            return None
        return same is wanted

    return passes


def matches(value: Value, answer: Value, at: int, run: Run) -> bool | None:
    """Whether a value passes a test that evaluated to `answer`: it equals it, or is in it, or it is true."""
    if type(answer) is list:
        return _is_in_list(value, answer, run)
    if type(answer) is bool and type(value) is not bool and value is not None:
        return answer
    found = _equals_or_is_in(value, answer, run)
    if found is None:
        run.null(at, f"non si confrontano {kind_name(value)} e {kind_name(answer)}")
    return found


def _is_in_list(value: Value, items: list[Value], run: Run) -> bool:
    for item in items:
        run.meter.spend()
        if _equals_or_is_in(value, item, run) is True:
            return True
    return type(value) is list and equal(value, items, run.meter) is True


def _equals_or_is_in(value: Value, wanted: Value, run: Run) -> bool | None:
    if type(wanted) is Range and type(value) is not Range:
        return contains(wanted, value, run.meter)
    return equal(value, wanted, run.meter)


def any_passes(testers: tuple[Tester, ...], value: Value, scope: Scope) -> bool | None:
    """The "or" of tests, in three-valued logic."""
    result: bool | None = False
    for passes in testers:
        answer = passes(value, scope)
        if answer is True:
            return True
        if answer is None:
            result = None
    return result


@compiles(In)
def in_(node: In) -> Evaluator:
    value, testers = compile_node(node.value), tuple(compile_test(test) for test in node.tests)
    mentions = any(test.mentions_input for test in node.tests)

    def evaluate(scope: Scope) -> bool | None:
        tested = value(scope)
        return any_passes(testers, tested, scope.inner({"?": tested}) if mentions else scope)

    return evaluate


def compile_tests(node: UnaryTestsNode) -> Tester:
    """The closure that says whether a value passes the whole cell."""
    testers = tuple(compile_test(test) for test in node.tests)
    if not testers:
        return lambda value, scope: True

    def passes(value: Value, scope: Scope) -> bool | None:
        answer = any_passes(testers, value, scope)
        return not answer if node.negated and answer is not None else answer

    return passes
