"""The sandbox refuses what the real INPS refuses, and its people are always the same."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
import requests
from lxml import etree

from connectors.inps.sandbox import PERSONE, Sandbox
from connectors.inps.sandbox_attestazione import write_attestazione
from connectors.inps.sandbox_population import CENT, find_situazione
from connectors.inps.soap import ACTION, ENVELOPE, IDENTITY, ISEE
from connectors.sandbox import Sandboxes
from tests.connectors.conftest import PATIENCE, ROSA, TODAY, Read

IDENTITY_HEADER = (
    f'<n:Identity xmlns:n="{IDENTITY}"><UserId>A</UserId><CodiceUfficio>1</CodiceUfficio></n:Identity>'
)
CROWD = [f"MRNLCU{year:02}A{day:02}D969X" for year in range(40, 100) for day in range(1, 31)]


def post(
    sandbox: Sandbox, fields: str, header: str = IDENTITY_HEADER, action: str = ACTION, prologue: str = ""
) -> requests.Response:
    body = f"""{prologue}<s:Envelope xmlns:s="{ENVELOPE}"><s:Header>{header}</s:Header><s:Body>
      <ConsultazioneAttestazione xmlns="{ISEE}"><request><RicercaCF>{fields}</RicercaCF></request>
      </ConsultazioneAttestazione></s:Body></s:Envelope>"""
    return requests.post(sandbox.address, body, headers={"SOAPAction": f'"{action}"'}, timeout=PATIENCE)


def outcome(reply: requests.Response) -> str | None:
    """The Esito, or the code of the fault."""
    root = etree.fromstring(reply.content)
    return root.findtext(f".//{{{ISEE}}}Esito") or root.findtext(".//faultcode")


def fields(code: str = ROSA, **others: str) -> str:
    return f"<CodiceFiscale>{code}</CodiceFiscale>" + "".join(
        f"<{name}>{value}</{name}>" for name, value in others.items()
    )


@pytest.mark.parametrize(
    "header",
    ["", f'<n:Identity xmlns:n="{IDENTITY}"><UserId>A</UserId></n:Identity>',
     f'<n:Identity xmlns:n="{IDENTITY}"><UserId> </UserId><CodiceUfficio>1</CodiceUfficio></n:Identity>'],
)  # fmt: skip
def test_who_does_not_say_who_asks_gets_a_fault(sandbox: Sandbox, header: str) -> None:
    reply = post(sandbox, fields(), header=header)
    assert (reply.status_code, outcome(reply)) == (500, "soap:Client")


def test_a_wrong_message_gets_a_fault(sandbox: Sandbox) -> None:
    assert outcome(post(sandbox, "<Nome>Rosa</Nome>")) == "a:DeserializationFailed"
    assert outcome(post(sandbox, fields(), action="altro")) == "a:ActionNotSupported"
    assert outcome(post(sandbox, fields(), prologue="<!DOCTYPE a>")) == "soap:Client"
    assert outcome(post(sandbox, "<")) == "soap:Client"


@pytest.mark.parametrize(
    "wrong",
    [
        fields("RSSRSO44A41D969X"),
        fields("RSSRSO44F41D969U"),
        fields("RSSRSOQ4A41D969U"),
        fields("12345678901"),
        fields("STP1234567890123"),
        fields(DataValidita="ieri"),
        fields(PrestazioneDaErogare="A9.01", StatodomandaPrestazione="Da Erogare"),
        fields(PrestazioneDaErogare="A2.07", StatodomandaPrestazione="Forse"),
        fields(PrestazioneDaErogare="A2.07"),
        fields(StatodomandaPrestazione="Da Erogare"),
        fields(PrestazioneDaErogare="A2.07", StatodomandaPrestazione="Erogata"),
    ],
)
def test_a_wrong_value_is_an_invalid_request(sandbox: Sandbox, wrong: str) -> None:
    reply = post(sandbox, wrong)
    assert (reply.status_code, outcome(reply)) == (200, "RICHIESTA_INVALIDA")


@pytest.mark.parametrize(
    "right",
    [
        fields(),
        fields("12345678903"),
        fields(PrestazioneDaErogare="A2.07", StatodomandaPrestazione="Da Erogare"),
        fields(
            PrestazioneDaErogare="A2.07",
            ProtocolloDomandaEnteErogatore="PG/1",
            StatodomandaPrestazione="Erogata",
        ),
    ],
)
def test_a_right_question_is_answered(sandbox: Sandbox, right: str) -> None:
    assert outcome(post(sandbox, right)) == "OK"


def test_nobody_has_an_isee_of_before_the_reform(sandbox: Sandbox) -> None:
    assert outcome(post(sandbox, fields(DataValidita="2014-12-31"))) == "DATI_NON_TROVATI"


def test_a_fault_lasts_as_ordered(sandbox: Sandbox) -> None:
    guasti = f"{sandbox.root}/sandbox/guasti"
    # when
    requests.post(guasti, json={"esito": "DATABASE_OFFLINE", "volte": 2}, timeout=PATIENCE)
    # then
    assert [outcome(post(sandbox, fields())) for _ in range(3)] == [
        "DATABASE_OFFLINE",
        "DATABASE_OFFLINE",
        "OK",
    ]
    # when
    requests.post(guasti, json={"esito": "ERRORE_INTERNO", "volte": None}, timeout=PATIENCE)
    # then
    assert [outcome(post(sandbox, fields())) for _ in range(3)] == ["ERRORE_INTERNO"] * 3
    # when
    requests.delete(guasti, timeout=PATIENCE)
    # then
    assert outcome(post(sandbox, fields())) == "OK"


@pytest.mark.parametrize(
    "order", [b"", b"[]", b'{"esito": "boh"}', b'{"esito": "timeout", "volte": 0}', b'{"esito": null}']
)
def test_a_senseless_order_is_refused(sandbox: Sandbox, order: bytes) -> None:
    assert requests.post(f"{sandbox.root}/sandbox/guasti", order, timeout=PATIENCE).status_code == 400


def test_the_list_of_calls_can_be_emptied(sandbox: Sandbox, read: Read) -> None:
    read(ROSA)
    chiamate = f"{sandbox.root}/sandbox/chiamate"
    assert len(requests.get(chiamate, timeout=PATIENCE).json()["chiamate"]) == 1
    requests.delete(chiamate, timeout=PATIENCE)
    assert requests.get(chiamate, timeout=PATIENCE).json() == {"chiamate": []}


def test_a_body_that_is_too_large_is_not_read(sandbox: Sandbox) -> None:
    headers = {"Content-Length": "99999999"}
    assert requests.post(sandbox.address, b"", headers=headers, timeout=PATIENCE).status_code == 413


def test_the_same_person_always_has_the_same_isee(read: Read) -> None:
    first, second = read(ROSA)["isee"], read(ROSA)["isee"]
    assert first.pop("attestazione_id") != second.pop("attestazione_id")
    assert first == second


def test_everyone_can_have_an_isee_on_the_first_of_january(read: Read) -> None:
    isee = read(ROSA, valido_il="2027-01-01")["isee"]
    assert (isee["presentata_il"], isee["scade_il"]) == ("2027-01-01", "2027-12-31")


def test_the_population_follows_the_users_of_a_comune() -> None:
    # given
    people = [find_situazione(code) for code in CROWD]
    found = [person for person in people if person]
    # when
    bands = Counter(
        next(top for top in (3_000, 6_000, 10_000, 20_000, 10**9) if person.ordinario.isee < top)
        for person in found
    )
    # then
    assert len(people) - len(found) == pytest.approx(0.08 * len(people), rel=0.25)
    assert sum(person.difforme for person in found) == pytest.approx(0.04 * len(found), rel=0.35)
    shares = [bands[top] / len(found) for top in (3_000, 6_000, 10_000, 20_000, 10**9)]
    assert shares == pytest.approx([0.25, 0.30, 0.20, 0.15, 0.10], abs=0.03)


def test_the_numbers_of_everyone_agree() -> None:
    for code in CROWD:
        person = find_situazione(code)
        if person:
            one = person.ordinario
            assert one.isr >= 0
            assert one.ise == one.isr + (one.isp * Decimal("0.20")).quantize(CENT)
            assert one.isee == (one.ise / one.scala).quantize(CENT, ROUND_HALF_UP)


def test_a_minor_is_declared_by_a_parent() -> None:
    situazione = PERSONE["davide"].situazione
    assert situazione
    document = etree.fromstring(write_attestazione(situazione, {"CodiceFiscale": "12345678903"}, TODAY))
    attestazione = document.find("{*}Attestazione")
    assert attestazione is not None
    assert attestazione.get("CodiceFiscaleDichiarante") != situazione.codice_fiscale


def test_all_sandboxes_say_how_to_reach_them() -> None:
    with Sandboxes(port=0) as sandboxes:
        environ = sandboxes.environ()
        assert requests.get(f"{environ['PERCORSI_INPS_ADDRESS']}?wsdl", timeout=PATIENCE).status_code == 200
        assert environ["PERCORSI_CONNECTOR_HOSTS"] in environ["PERCORSI_INPS_ADDRESS"]


def test_today_is_what_the_sandbox_was_told() -> None:
    with Sandbox(today=lambda: date(2030, 5, 1)) as sandbox:
        reply = post(sandbox, fields())
    assert outcome(reply) == "OK"
