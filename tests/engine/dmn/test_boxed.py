"""Boxed expressions."""

from decimal import Decimal

import pytest

from engine.dmn import ExpressionFailed
from tests.engine.dmn.models import decision, literal, model_of


def decide(logic, **context):
    return model_of(decision("d", logic)).decide("d", context)


def entry(name: str, logic: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_each_entry_of_a_context_sees_those_before_it():
    # given
    entries = entry("a", literal("1")) + entry("b", literal("a + 1"))
    # then
    assert decide(f"<context>{entries}</context>") == {"a": Decimal(1), "b": Decimal(2)}
    assert decide(f"<context>{entries}{entry('', literal('a + b'))}</context>") == Decimal(3)


def test_a_list_and_a_relation_hold_expressions():
    # given
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in (("1", '"x"'), ("1 + 1", '"y"')))
    relation = f'<relation><column name="n"/><column name="t"/>{rows}</relation>'
    # then
    assert decide(f"<list>{literal('1')}{literal('n')}</list>", n="z") == [Decimal(1), "z"]
    assert decide(relation) == [{"n": Decimal(1), "t": "x"}, {"n": Decimal(2), "t": "y"}]


@pytest.mark.parametrize(("condition", "expected"), [("true", "si"), ("false", "no"), ("null", "no")])
def test_a_conditional_takes_one_way(condition, expected):
    # given
    then, otherwise = literal('"si"'), literal('"no"')
    parts = f"<if>{literal(condition)}</if><then>{then}</then><else>{otherwise}</else>"
    # then
    assert decide(f"<conditional>{parts}</conditional>") == expected


def test_a_condition_that_is_no_truth_value_is_an_error():
    # given
    parts = f"<if>{literal('1')}</if><then>{literal('1')}</then><else>{literal('2')}</else>"
    # then
    with pytest.raises(ExpressionFailed):
        decide(f"<conditional>{parts}</conditional>")


def test_a_filter_reads_the_item_and_its_entries():
    # given
    people = [{"eta": 10}, {"eta": 70}]
    # then
    for match in ("eta > 18", "item.eta > 18"):
        parts = f"<in>{literal('persone')}</in><match>{literal(match)}</match>"
        assert decide(f"<filter>{parts}</filter>", persone=people) == [{"eta": Decimal(70)}]


def test_a_filter_drops_what_it_cannot_tell_and_refuses_what_is_no_truth_value():
    # given
    def kept(match: str, people: object) -> object:
        parts = f"<in>{literal('persone')}</in><match>{literal(match)}</match>"
        return decide(f"<filter>{parts}</filter>", persone=people)

    # then
    assert kept("item > 2", [1, None, 3]) == [Decimal(3)]
    assert kept("item > 2", None) is None
    with pytest.raises(ExpressionFailed):
        kept('"si"', [1])


def test_an_iteration_over_null_is_null_and_over_one_value_an_error():
    # given
    parts = f"<in>{literal('dati')}</in><return>{literal('n')}</return>"
    # then
    assert decide(f'<for iteratorVariable="n">{parts}</for>', dati=None) is None
    with pytest.raises(ExpressionFailed):
        decide(f'<for iteratorVariable="n">{parts}</for>', dati=1)


def test_the_points_of_a_range_are_gone_through():
    # given
    def gone(values: str) -> object:
        parts = f"<in>{literal(values)}</in><return>{literal('n')}</return>"
        return decide(f'<for iteratorVariable="n">{parts}</for>')

    every = f"<in>{literal('[1..3]')}</in><satisfies>{literal('n < 3')}</satisfies>"
    # then
    assert gone("[1..3)") == [1, 2]
    assert decide(f'<every iteratorVariable="n">{every}</every>') is False
    with pytest.raises(ExpressionFailed):
        gone('["a".."c"]')


def test_an_iteration_may_read_its_results_so_far():
    # given
    parts = f"<in>{literal('[1, 2, 3]')}</in><return>{literal('n + count(partial)')}</return>"
    # then
    assert decide(f'<for iteratorVariable="n">{parts}</for>') == [Decimal(1), Decimal(3), Decimal(5)]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("some", "[1, 5]", True),
        ("some", "[1]", False),
        ("some", "[]", False),
        ("every", "[5, 6]", True),
        ("every", "[1, 5]", False),
        ("every", "[]", True),
    ],
)
def test_quantifiers_ask_every_item(kind, values, expected):
    # given
    parts = f"<in>{literal(values)}</in><satisfies>{literal('n > 3')}</satisfies>"
    # then
    assert decide(f'<{kind} iteratorVariable="n">{parts}</{kind}>') is expected


def test_a_quantifier_is_null_when_an_item_gives_no_truth_value():
    # given
    parts = f"<in>{literal('[1, 2]')}</in><satisfies>{literal('n')}</satisfies>"
    # then
    assert decide(f'<every iteratorVariable="n">{parts}</every>') is None


def test_an_invocation_binds_its_arguments_by_name():
    # given
    body = '<formalParameter name="a - b"/><formalParameter name="c"/>' + literal("a - b + c")
    called = entry("f", f"<functionDefinition>{body}</functionDefinition>")
    bindings = "".join(
        f'<binding><parameter name="{name}"/>{literal(value)}</binding>'
        for name, value in (("c", "1"), ("a - b", "x"))
    )
    invocation = f"<invocation>{literal('f')}{bindings}</invocation>"
    # then
    assert decide(f"<context>{called}{entry('', invocation)}</context>", x=41) == Decimal(42)


def test_a_function_in_java_or_pmml_is_refused():
    for kind in ("Java", "PMML"):
        body = f'<functionDefinition kind="{kind}">{literal("1")}</functionDefinition>'
        with pytest.raises(ExpressionFailed, match=kind):
            decide(f"<context>{entry('f', body)}{entry('', literal('f()'))}</context>")
