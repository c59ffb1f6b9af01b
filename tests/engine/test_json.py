"""What is said of a text that is no JSON to who wrote it."""

from __future__ import annotations

import pytest

from engine import json

REFUSED = {
    b'{"a": 1,\n}': "riga 2, colonna 1: c'è una virgola di troppo",
    b"{a: 1}": "riga 1, colonna 2: il nome di un campo va tra virgolette",
    b'{"a" 1}': "riga 1, colonna 6: dopo il nome di un campo mancano i due punti",
    b'{"a": 1} e poi': "riga 1, colonna 11: c'è altro dopo la fine",
    b"[1 2]": "riga 1, colonna 4: manca una virgola o la chiusura",
    b'{"a": 01}': "riga 1, colonna 8: un numero non si scrive così",
    b'"\\q"': "riga 1, colonna 4: dopo «\\» c'è un carattere che non può starci",
    '{"età":\n "su due\nrighe"}'.encode(): "riga 2, colonna 9: un carattere non può stare qui",
    b"[1, 2": "finisce a metà",
    b"": "finisce a metà",
    b'"\xff"': "non è scritto in UTF-8",
    b"[" * 100_000: "è annidato troppo in profondità",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_a_malformed_text_is_told_where_and_why(text: bytes) -> None:
    # when
    with pytest.raises((ValueError, RecursionError)) as refused:
        json.loads(text)
    # then
    assert json.fault(text, refused.value) == REFUSED[text]
