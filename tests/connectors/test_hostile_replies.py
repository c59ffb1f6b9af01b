"""Whatever a peer answers, the operation ends as Broken or Transient, soon, and without quoting it."""

from __future__ import annotations

import logging
import time
from base64 import b64encode
from itertools import pairwise

import pytest

from connectors.errors import Broken, Refused, Transient
from tests.connectors.conftest import ROSA, Peer, Read, told

ISEE = "http://inps.it/ConsultazioneISEE"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{("&" + previous + ";") * 10}">' for previous, name in pairwise("abcdefghi"))
    + "]>"
)


def envelope(body: str, prologue: str = "") -> bytes:
    return f'{prologue}<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def response(inner: str, namespace: str = ISEE) -> bytes:
    return envelope(
        f'<ConsultazioneAttestazioneResponse xmlns="{namespace}"><ConsultazioneAttestazioneResult>'
        f"{inner}</ConsultazioneAttestazioneResult></ConsultazioneAttestazioneResponse>"
    )


def attested(document: bytes) -> bytes:
    text = b64encode(document).decode()
    return response(
        f"<IdRichiesta>1</IdRichiesta><Esito>OK</Esito><XmlEsitoAttestazione>{text}</XmlEsitoAttestazione>"
    )


HOSTILE = {
    "nothing at all": b"",
    "not xml": b"\x00\xff" * 100,
    "a page": b"<html><body>Accesso negato</body></html>",
    "a bomb": envelope("&i;", BOMB),
    "a file": envelope("&x;", '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "a bomb in utf-16": envelope("&i;", BOMB).decode().encode("utf-16"),
    "too deep": envelope("<a>" * 5_000 + "</a>" * 5_000),
    "too large": envelope("<a/>" * 1_000_000),
    "an empty body": envelope(""),
    "two answers": envelope("<a/><b/>"),
    "another namespace": response("<IdRichiesta>1</IdRichiesta><Esito>OK</Esito>", "http://example.org/"),
    "no result": envelope(f'<ConsultazioneAttestazioneResponse xmlns="{ISEE}"/>'),
    "an unknown outcome": response("<IdRichiesta>1</IdRichiesta><Esito>FORSE</Esito>"),
    "a number that is a person": response(f"<IdRichiesta>{ROSA}</IdRichiesta><Esito>OK</Esito>"),
    "garbage base64": response(
        "<IdRichiesta>1</IdRichiesta><Esito>OK</Esito><XmlEsitoAttestazione>%%%</XmlEsitoAttestazione>"
    ),
    "ok without attestation": response("<IdRichiesta>1</IdRichiesta><Esito>OK</Esito>"),
    "an attestation that is a bomb": attested(f"{BOMB}<a>&i;</a>".encode()),
    "an attestation that is not xml": attested(ROSA.encode()),
    "an attestation of nobody": attested(b'<EsitoAttestazione xmlns="http://inps.it/ISEERiforma"/>'),
    "an attestation in another namespace": attested(
        b"<EsitoAttestazione><Attestazione/></EsitoAttestazione>"
    ),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_reply_is_contained(
    peer: Peer, read_from_peer: Read, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    peer.body = body
    caplog.set_level(logging.DEBUG)
    started = time.process_time()
    # when
    with pytest.raises(Broken) as error:
        read_from_peer(ROSA)
    # then
    assert ROSA not in told(error.value)
    assert ROSA not in caplog.text
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(301, Broken), (400, Broken), (401, Broken), (403, Broken), (404, Broken), (408, Transient),
     (429, Transient), (500, Transient), (502, Transient), (503, Transient), (504, Transient)],
)  # fmt: skip
def test_an_http_status_says_who_must_act(
    peer: Peer, read_from_peer: Read, status: int, outcome: type[Exception]
) -> None:
    peer.status, peer.body = status, b"<html/>"
    peer.headers = {"Location": f"{peer.address}/altrove"}
    with pytest.raises(outcome):
        read_from_peer(ROSA)
    assert len(peer.received) == 1


@pytest.mark.parametrize(("header", "wait"), [("120", 120), ("9" * 9, 2 * 24 * 3600), ("presto", None)])
def test_a_body_may_say_when_to_come_back(
    peer: Peer, read_from_peer: Read, header: str, wait: int | None
) -> None:
    peer.status, peer.headers = 503, {"Retry-After": header}
    with pytest.raises(Transient) as transient:
        read_from_peer(ROSA)
    assert transient.value.retry_after == wait


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("s:Client", Broken), ("s:Client.Auth", Broken), ("a:ActionNotSupported", Broken),
     ("s:Server", Transient), ("a:InternalServiceFault", Transient), (ROSA, Transient)],
)  # fmt: skip
def test_a_fault_is_told_by_its_code_and_never_by_its_text(
    peer: Peer, read_from_peer: Read, code: str, outcome: type[Exception]
) -> None:
    # given
    peer.status = 500
    peer.body = envelope(
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>Errore su {ROSA}</faultstring></s:Fault>"
    )
    # when
    with pytest.raises(outcome) as error:
        read_from_peer(ROSA)
    # then
    assert ROSA not in told(error.value)  # type: ignore[arg-type]


def test_a_reply_dripped_byte_by_byte_meets_the_deadline(peer: Peer, impatient_read_from_peer: Read) -> None:
    peer.body, peer.drip_s = envelope("<a/>" * 100), 0.05
    with pytest.raises(Transient, match="finito di rispondere"):
        impatient_read_from_peer(ROSA)


def test_a_multipart_reply_is_not_unpacked(peer: Peer, read_from_peer: Read) -> None:
    peer.headers = {"Content-Type": 'multipart/related; boundary="x"'}
    peer.body = b"--x\r\n\r\n" + response("<IdRichiesta>1</IdRichiesta><Esito>OK</Esito>") + b"\r\n--x--"
    with pytest.raises(Broken):
        read_from_peer(ROSA)


def test_a_compressed_reply_is_not_unpacked(peer: Peer, read_from_peer: Read) -> None:
    peer.headers, peer.body = {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"\0" * 100
    with pytest.raises(Broken):
        read_from_peer(ROSA)
    assert peer.received[0][0]["accept-encoding"] == "identity"


def test_what_the_body_describes_is_never_repeated(peer: Peer, read_from_peer: Read) -> None:
    peer.body = response(
        f"<IdRichiesta>1</IdRichiesta><Esito>DATI_NON_TROVATI</Esito>"
        f"<DescrizioneErrore>Nessun dato per {ROSA}</DescrizioneErrore>"
    )
    with pytest.raises(Refused) as refused:
        read_from_peer(ROSA)
    assert ROSA not in told(refused.value)
