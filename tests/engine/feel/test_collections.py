"""Lists, contexts, filters and paths."""

import pytest

from tests.engine.feel.evaluation import reasons, value, written

PEOPLE = [{"nome": "Ada", "anni": 80}, {"nome": "Bea", "anni": 30}, {"nome": "Ciro"}]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[1,2,3][1]", "1"),
        ("[1,2,3][-1]", "3"),
        ("[1,2,3][0]", "null"),
        ("[1,2,3][4]", "null"),
        ("[1,2,3][1.5]", "null"),
        ("[][1]", "null"),
        ("[][item > 1]", "[]"),
        ("[1,2,3][item > 1]", "[2, 3]"),
        ("[1,2,3][false]", "[]"),
        ("[1,2,3][null]", "[]"),
        ('"foo"[1]', '"foo"'),
        ("5[item > 1]", "[5]"),
        ("null[1]", "null"),
        ("[{x:1,y:2},{x:2,y:3}].y", "[2, 3]"),
        ("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"),
        ("[[1,2],[3]][count(item) = 1]", "[[3]]"),
        ("{a: {b: [{c: 1}, {c: 2}]}}.a.b.c", "[1, 2]"),
        ("{a: 1, b: a + 1, c: a + b}", "{a: 1, b: 2, c: 3}"),
        ("{a: b, b: 1}.a", "null"),
        ("{a: 1, a: 2}", "null"),
        ('{"a key": 1}.a key', "1"),
        ("{}", "{}"),
        ("[1, [2, {a: 3}]] = [1, [2, {a: 3.0}]]", "true"),
        ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ],
)
def test_a_collection_expression_gives(text: str, result: str) -> None:
    assert written(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("list contains([1, null], null)", "true"),
        ("count([1, 2])", "2"),
        ("count(1, 2, 3)", "3"),
        ("min([3, 1, 2])", "1"),
        ('max("a", "c", "b")', '"c"'),
        ("min([])", "null"),
        ('max(1, "a")', "null"),
        ("sum(1, 2.5)", "3.5"),
        ("sum([])", "null"),
        ("product([2, 3, 4])", "24"),
        ("mean([1, 2])", "1.5"),
        ("median(8, 2, 5, 3)", "4"),
        ("mode([3, 1, 3, 1, 2])", "[1, 3]"),
        ("mode([])", "[]"),
        ("stddev([47])", "null"),
        ("decimal(stddev(2, 4, 7, 5), 6)", "2.081666"),
        ("all([true, null])", "null"),
        ("all([false, null])", "false"),
        ("any([])", "false"),
        ("any([123, false])", "null"),
        ("sublist([1,2,3], -2, 1)", "[2]"),
        ("append([1], 2, 3)", "[1, 2, 3]"),
        ("concatenate([1], [2, 3])", "[1, 2, 3]"),
        ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
        ("remove([1, 2, 3], -1)", "[1, 2]"),
        ("list replace([1, 2], 1, 9)", "[9, 2]"),
        ("list replace([1, 2, 3], function(item, new) item < new, 3)", "[3, 3, 3]"),
        ("reverse([1, 2])", "[2, 1]"),
        ("index of([1, 2, 1], 1)", "[1, 3]"),
        ("union([1, 2], [2, 3])", "[1, 2, 3]"),
        ('distinct values([1, 1.0, "1", [1], [1], null, null])', '[1, "1", [1], null]'),
        ("flatten([1, [2, [3, [[4]]]]])", "[1, 2, 3, 4]"),
        ("sort([3, 1, 2])", "[1, 2, 3]"),
        ("sort(list: [1, 3, 2], precedes: function(x, y) x > y)", "[3, 2, 1]"),
        ('sort([1, "a"])', "null"),
        ("count(list: null)", "null"),
        ("flatten(lista: [1])", "null"),
    ],
)
def test_the_list_library_gives(text: str, result: str) -> None:
    assert written(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('get value({a: 1}, "a")', "1"),
        ('get value({a: {b: 1}}, ["a", "b"])', "1"),
        ('get value({a: 1}, ["a", "b"])', "null"),
        ("get entries({a: 1})", '[{key: "a", value: 1}]'),
        ('context([{key: "a", value: 1}])', "{a: 1}"),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
        ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
        ('context put({a: {b: 1}}, ["a", "c"], 2)', "{a: {b: 1, c: 2}}"),
        ('context put({a: 1}, ["a", "c"], 2)', "null"),
        ("context merge([{a: 1, b: 1}, {b: 2}])", "{a: 1, b: 2}"),
    ],
)
def test_the_context_library_gives(text: str, result: str) -> None:
    assert written(text) == result


def test_a_filter_sees_the_entries_of_each_item_and_the_scope_outside() -> None:
    assert value("persone[anni > soglia].nome", persone=PEOPLE, soglia=65) == ["Ada"]


def test_an_entry_only_some_items_have_is_not_a_missing_variable() -> None:
    assert not any("non esiste" in reason for reason in reasons("persone[anni > 65]", persone=PEOPLE))


def test_a_name_no_item_has_is_a_missing_variable() -> None:
    assert "la variabile «eta» non esiste" in reasons("persone[eta > 65]", persone=PEOPLE)


def test_a_literal_is_not_changed_by_what_uses_it() -> None:
    assert written("{a: [1], b: append(a, 2), c: a}") == "{a: [1], b: [1, 2], c: [1]}"
