"""What is not FEEL is refused with a position and an Italian sentence."""

import pytest

from engine.feel import FeelSyntaxError, parse, parse_unary_tests


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("", 0, "espressione incompleta"),
        ("1 +", 3, "espressione incompleta"),
        ("1 + * 2", 4, "«*» inatteso"),
        ("(1", 2, "manca «)» alla fine"),
        ("if a then b", 11, "manca «else» alla fine"),
        ('"abc', 0, "virgolette"),
        ("1 # 2", 2, "carattere inatteso «#»"),
        ("a b c = 1 2", 10, "«2» inatteso"),
        ("{a 1}", 1, "nome di una voce"),
        ("/* mai chiuso", 0, "commento"),
        ('"\\uD83D"', 1, "Unicode"),
        ("1e9999", 0, "numero fuori intervallo"),
        ("f(a: 1, 2)", 8, "argomenti con nome"),
        ("for i return i", 4, "variabile prima di «in»"),
        ("[1..2", 5, "chiusura dell'intervallo"),
        ("@2026", 1, "dopo @ serve una stringa"),
        ("a then b", 2, "«then» inatteso"),
        ("1 instance of number<string>", 21, "non ha parametri"),
    ],
)
def test_a_syntax_error_says_where_and_why(text: str, position: int, sentence: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)
    assert sentence in caught.value.message
    assert caught.value.position == position


def test_the_position_is_also_a_line_and_a_column() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse("1 +\n  2 +\n  )")
    assert (caught.value.line, caught.value.column) == (3, 3)
    assert caught.value.message.startswith("riga 3, colonna 3: ")


@pytest.mark.parametrize("text", ["", "1,", "not(", "< ", "[1..", "1 2"])
def test_unary_tests_have_syntax_errors_too(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        parse_unary_tests(text)


def test_comments_are_spaces() -> None:
    assert parse("1 /* uno */ + // due\n 1").evaluate({}) == 2
