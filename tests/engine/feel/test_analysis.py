"""What an expression reads is known without evaluating it."""

import pytest

from engine.feel import parse, parse_unary_tests
from engine.feel.expression import _compiled


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("isee.valore < 10 and età > 3", {("isee", "valore"), ("età",)}),
        ("for x in lista, y in x.figli return x.n + z", {("lista",), ("z",)}),
        ("{a: b, c: a}", {("b",)}),
        ("function(x) x + y", {("y",)}),
        ("dopo_giorni_lavorativi(inizio, 3)", {("dopo_giorni_lavorativi",), ("inizio",)}),
        ("count(lista)", {("lista",)}),
        ("lista[1].nome", {("lista",)}),
        ("(a.b)[1]", {("a", "b")}),
        ("some x in xs satisfies x in (1, soglia)", {("xs",), ("soglia",)}),
        ("for i in 1..n return partial", {("n",)}),
        ("1 instance of number", set()),
    ],
)
def test_paths_are_those_read_from_the_context(text: str, paths: set[tuple[str, ...]]) -> None:
    assert parse(text).paths == paths
    assert parse(text).variables == {path[0] for path in paths}


def test_names_in_a_filter_may_be_properties_of_the_items() -> None:
    # when
    unknown = parse("persone[età > soglia]")
    known = parse("persone[età > soglia]", frozenset({"soglia"}))
    # then
    assert (unknown.variables, unknown.ambiguous) == ({"persone"}, {"età", "soglia"})
    assert (known.variables, known.ambiguous) == ({"persone", "soglia"}, {"età"})


def test_unary_tests_do_not_read_their_input() -> None:
    assert parse_unary_tests("> limite, ? < altro").variables == {"limite", "altro"}


def test_a_parsed_text_is_kept() -> None:
    assert parse("1 + uno") is parse("1 + uno")


def test_plain_names_in_scope_do_not_parse_a_text_again() -> None:
    # given
    parse("uno + due", frozenset({"uno", "due"}))
    parsed = _compiled.cache_info().misses
    # when
    for number in range(20):
        parse("uno + due", frozenset({"uno", "due", f"altro_{number}"}))
    # then
    assert _compiled.cache_info().misses == parsed
