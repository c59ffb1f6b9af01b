"""Strings count code points; regular expressions are XPath's."""

import pytest

from tests.engine.feel.evaluation import value, written


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (r'"\u00e8 \U01F40E \n \t \" \\"', 'è 🐎 \n \t " \\'),
        (r'"\uD83D\uDCA9"', "💩"),
        (r'"\d\s"', r"\d\s"),
        ('"a" + "b"', "ab"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 3, 3.8)', "oba"),
        ('substring("🐎foo", 2)', "foo"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring after("foobar", "")', "foobar"),
        ('upper case("perché")', "PERCHÉ"),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ("string join([])", ""),
        ("string(1.50)", "1.5"),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ("string([1..3))", "[1..3)"),
        ('string(@"2026-01-31T10:00:00@Europe/Rome")', "2026-01-31T10:00:00@Europe/Rome"),
    ],
)
def test_a_string_expression_gives(text: str, result: str) -> None:
    assert value(text) == result


@pytest.mark.parametrize(
    "text",
    ['substring("abc", 0)', 'substring("abc", 2, 3)', 'substring("abc", 4)', '"a" + 1', "string length(1)"],
)
def test_a_string_function_used_wrongly_is_null(text: str) -> None:
    assert value(text) is None


def test_length_counts_code_points() -> None:
    assert value('string length("🐎è")') == 2


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('matches("abc", "^a.c$")', True),
        ('matches("a\\nc", "a.c")', False),
        ('matches("a\\nc", "a.c", "s")', True),
        ('matches("x\\ny", "^y$", "m")', True),
        ('matches("ABC", "abc", "i")', True),
        (r'matches("hello world", "hello\ sworld", "x")', True),
        (r'matches("x9", "\p{L}\p{Nd}")', True),
        (r'matches("è", "\p{IsLatin-1Supplement}")', True),
        (r'matches("b", "[a-z-[aeiou]]")', True),
        (r'matches("e", "[a-z-[aeiou]]")', False),
        (r'matches("E", "[a-z-[aeiou]]", "i")', False),
        (r'matches("è", "[\p{L}-[a-z]]")', True),
        (r'matches("_", "^\w$")', False),
        (r'matches("a:b", "^\i\c*$")', True),
        (r'matches("abab", "^(ab)\1$")', True),
        (r'matches("abAB", "^(ab)\1$", "i")', True),
        (r'matches("abac", "^(ab)\1$")', False),
        (r'matches("aXbbXa", "^(a|b)+X(b+?)\2*X\1?a?$")', True),
        (r'matches("xx yy", "((x)\2| )*((y)\4)")', True),
    ],
)
def test_a_pattern_matches_as_in_xpath(text: str, result: bool) -> None:
    assert value(text) is result


@pytest.mark.parametrize(
    "pattern",
    [
        *["(", ")", "a**", "[", "[]", "[b-a]", r"\y", "(?=a)", "(?i)a", r"\1", r"(a)\2", r"[\1]"],
        *[r"\p{Xx}", "a{2,1}", "a{1001}", r"\p{ L}", "[a-z", "a\\"],
    ],
)
def test_a_pattern_xpath_refuses_is_null(pattern: str) -> None:
    assert value("matches(testo, modello)", testo="a", modello=pattern) is None


@pytest.mark.parametrize("flags", ["p", "X", " ", "q"])
def test_unknown_flags_are_null(flags: str) -> None:
    assert value('matches("a", "a", opzioni)', opzioni=flags) is None


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (r'replace("0123456789", "(\d{3})(\d{3})(\d{4})", "($1) $2-$3")', "(012) 345-6789"),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("abc", "b", "$0$0")', "abbc"),
        (r'replace("abc", "b", "\\$")', "a$c"),
        ('replace("abc", "(b)", "$12")', "ab2c"),
        (r'replace("xabab", "(ab)\1", "-")', "x-"),
        ('replace("abc", "x*", "-")', None),
        ('replace("abc", "b", "$")', None),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        (r'split("John Doe", "\s")', ["John", "Doe"]),
        ('split("", ";")', [""]),
    ],
)
def test_replace_and_split_give(text: str, result: object) -> None:
    assert value(text) == result


def test_a_list_is_written_with_its_quotes() -> None:
    assert written('["a\\"b"]') == '["a\\"b"]'
