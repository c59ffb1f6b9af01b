"""Our messages against INPS's own schemas where they are at hand, else against ours: never skipped."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from connectors.errors import Broken
from connectors.inps.prestazione import PRESTAZIONI
from connectors.inps.sandbox import PERSONE, Sandbox
from connectors.inps.soap import ACTION, ENVELOPE, IDENTITY, ISEE, WSDL
from tests.connectors.conftest import PATIENCE, ROSA, Peer, Read

OFFICIAL = Path(__file__).parents[3] / "shared" / "domain" / "specs" / "isee"

SCHEMAS = {
    "consultazione": "ConsultazioneISEE_v2.8_PDND.xsd",
    "identity": "ConsultazioneISEE_IdentityHeader.xsd",
    "attestazione": "ISEE_EsitoConsultazioneAttestazione.xsd",
}


def schemas(name: str) -> list[etree.XMLSchema]:
    """Ours, and INPS's own where it is present."""
    files = [WSDL / f"{name}.xsd", OFFICIAL / SCHEMAS[name]]
    return [etree.XMLSchema(etree.parse(file)) for file in files if file.exists()]


def sent(peer: Peer) -> etree._Element:
    ((_, body),) = peer.received
    return etree.fromstring(body)


def found(root: etree._Element, path: str) -> etree._Element:
    element = root.find(path)
    assert element is not None
    return element


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"valido_il": None},
        {"protocollo_domanda": "PG/2026/4127"},
        {"codice_fiscale": "91100000008"},
        {"prestazione": "Z9.99"},
    ],
)
def test_what_we_ask_is_valid(peer: Peer, read_from_peer: Read, request_: dict[str, Any]) -> None:
    # when: the peer's answer does not matter
    with pytest.raises(Broken):
        read_from_peer(**request_)
    # then
    root = sent(peer)
    for schema in schemas("consultazione"):
        schema.assertValid(found(root, f"{{{ENVELOPE}}}Body")[0])
    for schema in schemas("identity"):
        schema.assertValid(found(root, f"{{{ENVELOPE}}}Header/{{{IDENTITY}}}Identity"))
    headers, _ = peer.received[0]
    assert headers["soapaction"] == f'"{ACTION}"'
    assert headers["content-type"].startswith("text/xml")


def test_we_ask_for_what_is_still_to_be_granted(peer: Peer, read_from_peer: Read) -> None:
    with pytest.raises(Broken):
        read_from_peer(ROSA, protocollo_domanda="PG/2026/4127")
    ricerca = found(sent(peer), f".//{{{ISEE}}}RicercaCF")
    assert [(etree.QName(field).localname, field.text) for field in ricerca] == [
        ("CodiceFiscale", ROSA),
        ("DataValidita", "2026-11-23"),
        ("PrestazioneDaErogare", "A2.07"),
        ("ProtocolloDomandaEnteErogatore", "PG/2026/4127"),
        ("StatodomandaPrestazione", "Da Erogare"),
    ]


def ask(sandbox: Sandbox, codice_fiscale: str, day: str = "2026-11-23") -> etree._Element:
    """The sandbox's answer to a message written by hand."""
    body = f"""<s:Envelope xmlns:s="{ENVELOPE}" xmlns:i="{ISEE}"><s:Header>
      <n:Identity xmlns:n="{IDENTITY}"><UserId>A</UserId><CodiceUfficio>1</CodiceUfficio></n:Identity>
      </s:Header>
      <s:Body><i:ConsultazioneAttestazione><i:request><i:RicercaCF><i:CodiceFiscale>{codice_fiscale}</i:CodiceFiscale>
      <i:DataValidita>{day}</i:DataValidita></i:RicercaCF></i:request></i:ConsultazioneAttestazione></s:Body>
      </s:Envelope>"""
    headers = {"SOAPAction": f'"{ACTION}"', "Content-Type": "text/xml; charset=utf-8"}
    return etree.fromstring(requests.post(sandbox.address, body, headers=headers, timeout=PATIENCE).content)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-11-23", "2028-02-29"])
@pytest.mark.parametrize("name", PERSONE)
def test_what_the_sandbox_answers_is_valid(sandbox: Sandbox, name: str, day: str) -> None:
    # when
    root = ask(sandbox, PERSONE[name].codice_fiscale, day)
    # then
    for schema in schemas("consultazione"):
        schema.assertValid(found(root, f"{{{ENVELOPE}}}Body")[0])
    encoded = root.find(f".//{{{ISEE}}}XmlEsitoAttestazione")
    assert (encoded is None) == (PERSONE[name].situazione is None)
    if encoded is not None:
        document = etree.fromstring(b64decode(encoded.text or "", validate=True))
        for schema in schemas("attestazione"):
            schema.assertValid(document)
        assert "SIMULATA" in (document[0].text or "")


def test_the_services_are_those_of_the_schema() -> None:
    for schema in schemas("consultazione"):
        for code in (*PRESTAZIONI, "A1.21", "A2.13", "A3.04", "A1.05.01"):
            body = etree.fromstring(
                f'<ConsultazioneAttestazione xmlns="{ISEE}"><request><RicercaCF><CodiceFiscale>{ROSA}'
                f"</CodiceFiscale><PrestazioneDaErogare>{code}</PrestazioneDaErogare></RicercaCF></request>"
                "</ConsultazioneAttestazione>"
            )
            assert schema.validate(body) == (code in PRESTAZIONI), code


def test_a_stranger_can_speak_with_the_sandbox_from_its_wsdl_alone(sandbox: Sandbox) -> None:
    # given: a client that knows only the address
    client = zeep.Client(f"{sandbox.address}?wsdl")  # type: ignore[no-untyped-call]
    identity = etree.Element(f"{{{IDENTITY}}}Identity")
    etree.SubElement(identity, "UserId").text = "A"
    etree.SubElement(identity, "CodiceUfficio").text = "1"
    # when
    result = client.service.ConsultazioneAttestazione(
        request={"RicercaCF": {"CodiceFiscale": ROSA}}, _soapheaders=[identity]
    )
    # then
    assert result.Esito == "OK"
    assert result.XmlEsitoAttestazione.startswith(b"<?xml")
