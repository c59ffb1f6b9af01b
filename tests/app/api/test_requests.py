"""Requests that make no sense: refused by name, never an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text

from tests.app.api.conftest import UNIT, Program, fields_of, json_of

Rows = Callable[[str], list[Any]]
TOO_MUCH = "È più di quanto possiamo tenere: troppo lungo, troppo annidato o con troppe cifre."

UNREADABLE = {
    "nothing": b"",
    "cut": b'{"percorso": "pro',
    "not UTF-8": b'{"percorso": "\xff"}',
    "half a character": b'{"percorso": "\\ud800"}',
    "not a number": b'{"percorso": NaN}',
    "abyss": b"[" * 200_000,
    "endless exponent": b'{"dati": {"a": 1e99999999999999999999}}',
    "10,000 digits": b'{"dati": {"a": ' + b"1" * 10_000 + b"}}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_json_is_refused(program: Program, body: bytes) -> None:
    refused = program.post("/pratiche", raw=body)
    assert (refused.status_code, refused.content_type) == (400, "application/problem+json")
    assert json_of(refused)["title"] == "La richiesta non si legge"


BEYOND = {
    "deep": b'{"percorso": "prova", "dati": ' + b'{"a": ' * 30 + b"1" + b"}" * 31,
    "10,000 decimals": b'{"percorso": "prova", "dati": {"a": 0.' + b"3" * 10_000 + b"}}",
    "huge exponent": b'{"percorso": "prova", "dati": {"a": 1e400}}',
    "long text": b'{"percorso": "' + b"a" * 200_000 + b'"}',
    "many values": b'{"percorso": "prova", "dati": {"a": [' + b"1," * 30_000 + b"1]}}",
}


@pytest.mark.parametrize("body", BEYOND.values(), ids=BEYOND.keys())
def test_what_is_too_much_to_keep_is_refused(program: Program, body: bytes) -> None:
    refused = program.post("/pratiche", raw=body)
    assert refused.status_code == 422
    assert list(fields_of(refused).values()) == [TOO_MUCH]


def test_a_nul_is_refused_wherever_it_hides(program: Program) -> None:
    for body in ({"percorso": "a\0b"}, {"percorso": "prova", "dati": {"a\0b": 1}}):
        refused = program.post("/pratiche", body)
        assert refused.status_code == 422
        assert list(fields_of(refused).values()) == ["C’è un carattere che non si può usare."]
    assert fields_of(program.get("/attivita", percorso="a\0b")) == {
        "/percorso": "C’è un carattere che non si può usare."
    }


DOUBLES = {
    "/percorso": b'{"percorso": "attesa", "percorso": "prova"}',
    "/dati/canale": b'{"percorso": "prova", "dati": {"canale": "sportello", "canale": "portale"}}',
    "/dati/a/1/b": b'{"percorso": "attesa", "dati": {"a": [1, {"b": 1, "b": 1}]}}',
}


@pytest.mark.parametrize(("place", "body"), DOUBLES.items(), ids=DOUBLES.keys())
def test_a_name_that_stands_twice_is_refused(program: Program, place: str, body: bytes) -> None:
    refused = program.post("/pratiche", raw=body)
    assert (refused.status_code, fields_of(refused)) == (422, {place: "È scritto più volte."})


@pytest.mark.parametrize("text", [" ", "\t", "a\nb", "\u0085"])
def test_a_text_is_one_line_with_something_to_see(program: Program, text: str) -> None:
    body = {"nome": text, "chiave": text, "id_messaggio": text}
    assert fields_of(program.post("/messaggi", body)) == dict.fromkeys(
        ("/nome", "/chiave", "/id_messaggio"),
        "Serve una riga di testo, non solo spazi, senza caratteri di controllo.",
    )


@pytest.mark.parametrize("name", ["and", "true", "null", "function"])
def test_a_value_has_a_name_that_expressions_can_read(program: Program, name: str) -> None:
    refused = program.post("/pratiche", {"percorso": "attesa", "dati": {name: 1}})
    assert fields_of(refused) == {f"/dati/{name}": "Questo nome è riservato."}


def test_what_a_start_does_not_ask_is_told_apart(program: Program) -> None:
    refused = program.post("/pratiche", {"percorso": "prova", "dati": {"colore": "rosso"}})
    assert fields_of(refused) == {"/dati/colore": "Questa risposta non è prevista."}


def test_a_body_beyond_a_megabyte_is_refused(program: Program) -> None:
    refused = program.post("/pratiche", raw=b'{"percorso": "' + b"a" * 1_000_000 + b'"}')
    assert (refused.status_code, json_of(refused)["title"]) == (413, "La richiesta è troppo grande")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_that_is_no_json_is_refused_by_its_type(program: Program, content_type: str) -> None:
    refused = program.post("/pratiche", raw=b"{}", **{"Content-Type": content_type})
    assert (refused.status_code, json_of(refused)["title"]) == (415, "Serve JSON")


def test_every_wrong_field_is_named(program: Program) -> None:
    refused = program.post(
        "/pratiche", {"persona_id": "1; drop", "unita": 7, "dati": [], "in_più": 1, "percorso": None}
    )
    assert refused.status_code == 422
    assert fields_of(refused) == {
        "/percorso": "Non può essere nullo.",
        "/persona_id": "Serve un identificativo.",
        "/unita": "Serve un testo.",
        "/dati": "Serve un oggetto JSON.",
        "/in_più": "Non è previsto.",
    }


@pytest.mark.parametrize("body", [[], "prova", 1, None, True])
def test_a_body_is_an_object(program: Program, body: Any) -> None:
    refused = program.post("/pratiche", body)
    assert (refused.status_code, fields_of(refused)) == (422, {"": "Serve un oggetto JSON."})


def test_a_wrong_date_is_named(program: Program) -> None:
    for scade_il in (
        *("2026-02-30T10:00:00+01:00", "2026-11-23", "domani", 5, "2026-11-23T10:00:00"),
        # ways of ISO 8601 that RFC 3339, which the document names, does not have
        *("20261123T100000Z", "2026-11-23 10:00:00Z", "2026-11-23x10:00:00Z", "2026-11-23T10Z"),
        *("2026-W48-1T10:00:00Z", "2026-11-23T10:00:00,5Z", "2026-11-23T10:00:00+01:00:30"),
    ):
        body = {"nome": "a", "chiave": "b", "id_messaggio": "c", "scade_il": scade_il}
        refused = program.post("/messaggi", body)
        assert (refused.status_code, list(fields_of(refused))) == (422, ["/scade_il"]), scade_il


def test_what_a_start_does_not_find_is_named(program: Program, people: dict[str, str]) -> None:
    def refused(**asked: Any) -> dict[str, str]:
        return fields_of(program.post("/pratiche", {"percorso": "prova", **asked}))

    assert refused(percorso="ignoto") == {"/percorso": "Nessun percorso con questo slug si può avviare qui."}
    assert refused(percorso="interno") == refused(percorso="ignoto")
    assert refused(persona_id="999999") == {"/persona_id": "Non troviamo questa persona."}
    assert refused(persona_id=people["Ugo"]) == refused(persona_id="999999")
    assert refused(unita="ats_recco") == {"/unita": "Non troviamo questa unità."}
    assert refused(dati={"canale": "piccione"}) == {"/dati/canale": "Scegli una delle risposte."}
    assert refused(dati={"unita": "altra"}) == {"/dati/unita": "Questo nome è riservato."}


def test_a_pratica_opens_in_no_unit_that_is_closed(program: Program, owner_engine: Database) -> None:
    # given
    asked = {"percorso": "prova", "unita": UNIT}
    assert program.post("/pratiche", asked).status_code == 201
    # when
    with owner_engine.begin() as connection:
        connection.execute(text("update unita set attiva = false where id = :id"), {"id": UNIT})
    # then
    assert fields_of(program.post("/pratiche", asked)) == {"/unita": "Non troviamo questa unità."}


@pytest.mark.parametrize("path", ["/attivita/0", "/attivita/9999999999999999999", "/attivita/" + "9" * 5_000])
def test_an_id_that_cannot_be_is_not_found(program: Program, path: str) -> None:
    refused = program.get(path)
    assert (refused.status_code, json_of(refused)["title"]) == (404, "Niente a questo indirizzo")


@pytest.mark.parametrize("limite", ["1_0", "٥", "+5", " 5", "05", "5.0", "", "cinque"])
def test_a_number_is_written_in_digits(program: Program, limite: str) -> None:
    assert fields_of(program.get("/attivita", limite=limite)) == {"/limite": "Serve un numero intero."}


def test_an_id_ends_where_it_ends(program: Program) -> None:
    assert fields_of(program.get("/attivita", cursore="1\n")) == {"/cursore": "Serve un identificativo."}
    refused = program.post("/pratiche", {"percorso": "prova", "persona_id": "1\n"})
    assert fields_of(refused) == {"/persona_id": "Serve un identificativo."}


@pytest.mark.parametrize("query", ["percorso=%FF", "percorso=%ED%A0%80", "percorso=a%00"])
def test_what_is_no_text_in_an_address_is_refused(program: Program, query: str) -> None:
    assert fields_of(program.get(f"/attivita?{query}")) == {
        "/percorso": "C’è un carattere che non si può usare."
    }


def test_no_view_ignores_a_parameter(program: Program) -> None:
    # given
    pratica = program.start()
    document = json_of(program.get("/openapi.json"))
    ids = {"pratica_id": pratica["id"], "task_id": pratica["attivita"][0]["id"]}
    for path, methods in document["paths"].items():
        address = path.removeprefix("/api/v1").format(**ids) + "?ignoto=1"
        for method in set(methods) - {"parameters"}:
            # when
            answer = program.get(address) if method == "get" else program.post(address, {})
            # then
            assert fields_of(answer)["/ignoto"] == "Non è previsto.", path
            assert "422" in methods[method]["responses"]


def test_a_parameter_that_is_not_there_or_comes_twice_is_named(program: Program) -> None:
    assert fields_of(program.get("/attivita", colore="rosso")) == {"/colore": "Non è previsto."}
    assert fields_of(program.get("/attivita", ruolo=["a", "b"])) == {"/ruolo": "È scritto più volte."}


def test_a_method_that_is_not_there_says_which_are(program: Program) -> None:
    refused = program.browser.delete("/api/v1/pratiche")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "OPTIONS, POST")
    assert json_of(refused)["title"] == "Metodo non previsto"


def test_nothing_refused_left_a_trace(program: Program, rows: Rows) -> None:
    program.post("/pratiche", {"percorso": "prova", "dati": {"unita": "altra"}})
    assert rows("select 1 from pratica") == rows("select 1 from richiesta_api") == []
