"""What nobody types, in the addresses and in the forms of the pages: refused in words, or taken for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.app.scrivania.conftest import Person, city, enter, maker, template

__all__ = ["city", "enter", "maker", "template"]

Enter = Callable[[str], Person]

NO_NUMBERS = ["²", "٣", "-1", "9" * 26, "1" * 5_000]
NO_TEXTS = ["x" * 200, "a%00b", "%FF", "%ED%A0%80", "'%22;--", "2026-02-30"]
ASKED = [
    "q",
    "q_lista",
    "percorso",
    "passo",
    "vista",
    "quando",
    "chi",
    "ordina",
    "pagina",
    "mostra",
    "chiuse",
    "da",
    "stato",
    "next",
    "sospeso",
    "codice",
]
NUL = "Un carattere non si può usare"


def addresses(person: Person) -> list[str]:
    """The pages that need nothing else to be opened."""
    rules = person.client.application.url_map.iter_rules()
    ours = [str(rule) for rule in rules if "GET" in rule.methods and not rule.arguments]
    return [path for path in ours if not path.startswith(("/api/", "/static", "/health"))]


@pytest.mark.parametrize("username", ["anna.traverso", "admin.genova"])
def test_no_address_breaks_a_page(enter: Enter, username: str) -> None:
    person = enter(username)
    for path in addresses(person):
        for value in (*NO_NUMBERS, *NO_TEXTS):
            # when
            answer = person.sees(f"{path}?" + "&".join(f"{name}={value}" for name in ASKED))
            # then
            assert answer.status_code < 500, (path, value)
            if answer.status_code == 400:
                assert "%00" in value and NUL in answer.text, (path, value)


@pytest.mark.parametrize(
    ("path", "after", "fields"),
    [
        ("/pratiche/avvia", "/pratiche/", {"percorso": "segnalazione_minore", "persona_id": ""}),
        ("/scrivania/scelte", "/scrivania", {"azione": "prendi", "scelte": ""}),
        ("/scrivania/scelte", "/scrivania", {"azione": "affida", "scelte": "1", "a": ""}),
        ("/passi-fermi/scelti", "/scrivania", {"azione": "affida", "scelte": "1", "a": ""}),
        ("/passi-fermi/scelti", "/scrivania", {"azione": "riprova", "scelte": ""}),
        ("/passi-fermi/messaggi", "/scrivania", {"nome": "a", "da": "b", "ultimo": ""}),
    ],
)
def test_no_number_breaks_a_form(enter: Enter, path: str, after: str, fields: dict[str, str]) -> None:
    anna = enter("anna.traverso")
    for number in NO_NUMBERS:
        bent = {name: value or number for name, value in fields.items()}
        assert anna.sends(path, after=after, **bent).status_code < 500, bent


def test_a_nul_in_a_text_is_refused_in_words(enter: Enter) -> None:
    # given
    auditor = enter("dpo.genova")
    stranger = auditor.client.application.test_client()
    # when
    searched = auditor.sends("/consultazioni", after="/consultazioni", cerca="a\0b")
    # then
    assert (searched.status_code, NUL in searched.text) == (400, True)
    assert auditor.sees("/consultazioni").status_code == 200
    assert stranger.get("/cerca?q=a%00b").status_code == 302
