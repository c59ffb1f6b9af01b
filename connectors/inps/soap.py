"""The SOAP side of INPS ConsultazioneISEE v2.8: one question, one checked answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport

from connectors.errors import Broken, Transient
from connectors.http import Http, Reply
from connectors.xml import XmlRefused, parse_xml

WSDL = Path(__file__).parent / "wsdl"
ISEE = "http://inps.it/ConsultazioneISEE"
IDENTITY = "http://inps.it/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ACTION = f"{ISEE}/ISvcConsultazione/ConsultazioneAttestazione"
# SOAP 1.1 has no place in this protocol for the key of a call: headers of ours let a log match attempts and requests.
KEY_HEADER = "Idempotency-Key"
REQUEST_HEADER = "X-Request-ID"

# Faults that no further attempt can heal (SOAP 1.1 and WCF's own names).
HOPELESS_FAULTS = {
    "Client",
    "VersionMismatch",
    "MustUnderstand",
    "ActionNotSupported",
    "DeserializationFailed",
    "InvalidSecurity",
}


@dataclass(frozen=True)
class RicercaCF:
    """What is asked: `prestazione` is a code such as A2.07; the dates and the protocol may be missing."""

    codice_fiscale: str
    prestazione: str
    valido_il: date | None = None
    protocollo_domanda: str | None = None


@dataclass(frozen=True)
class Risultato:
    """What INPS answers: `attestazione` is the decoded XML. `descrizione` may hold personal data."""

    id_richiesta: int
    esito: str
    descrizione: str
    attestazione: bytes | None


class Soap:
    """A client of the service at `address`, presenting itself as `user_id` of `codice_ufficio`."""

    def __init__(self, http: Http, address: str, user_id: str, codice_ufficio: str) -> None:
        self.http = http
        self.address = address
        self.user_id = user_id
        self.codice_ufficio = codice_ufficio

    def consult(self, ricerca: RicercaCF, idempotency_key: str, request_name: str | None = None) -> Risultato:
        """Ask once. Raises Transient (LimitReached at the day's limit) or Broken."""
        headers = {KEY_HEADER: idempotency_key, **({REQUEST_HEADER: request_name} if request_name else {})}
        try:
            with self._client.settings(extra_http_headers=headers):
                result = self._service.ConsultazioneAttestazione(
                    request={"RicercaCF": _fill(ricerca)}, _soapheaders=[self._identity()]
                )
        except Fault as fault:
            raise _translate(fault) from None
        if result is None:
            raise Broken("L'INPS ha risposto senza un risultato.")
        return Risultato(
            id_richiesta=result.IdRichiesta,
            esito=result.Esito,
            descrizione=result.DescrizioneErrore or "",
            attestazione=result.XmlEsitoAttestazione,
        )

    @cached_property
    def _client(self) -> Any:
        transport = CheckedTransport(self.http)
        return zeep.Client(wsdl=str(WSDL / "isee.wsdl"), transport=transport)  # type: ignore[no-untyped-call]

    @cached_property
    def _service(self) -> Any:
        return self._client.create_service(f"{{{ISEE}}}BasicHttpBinding_ISvcConsultazione", self.address)

    def _identity(self) -> etree._Element:
        identity = etree.Element(f"{{{IDENTITY}}}Identity", nsmap={"inps": IDENTITY})
        etree.SubElement(identity, "UserId").text = self.user_id
        etree.SubElement(identity, "CodiceUfficio").text = self.codice_ufficio
        return identity


class CheckedTransport(Transport):
    """zeep's way out: our HTTP, and an answer that is held against the schema before zeep reads it.

    zeep alone logs what it cannot convert, and what it cannot convert may be personal data.
    """

    def __init__(self, http: Http) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.http = http
        self.schema = etree.XMLSchema(etree.parse(WSDL / "consultazione.xsd"))

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Reply:
        reply = self.http.post(address, message, headers)
        # A SOAP 1.1 fault travels with status 500: what it means is in the body.
        if reply.status_code != 500:
            self.http.refuse_status(reply)
        body = self._find_body(reply)
        fault = body is not None and body.tag == f"{{{ENVELOPE}}}Fault"
        if not fault:
            self.http.refuse_status(reply)
        if body is None or not (fault or self.schema.validate(body)):
            raise Broken("L'INPS ha mandato una risposta che non rispetta il suo schema.")
        # The type that INPS declares is not to be trusted: zeep would follow a multipart one.
        return Reply(reply.status_code, {"Content-Type": "text/xml"}, reply.content)

    def _find_body(self, reply: Reply) -> etree._Element | None:
        try:
            root = parse_xml(reply.content, limit=self.http.limit)
        except XmlRefused as refused:
            self.http.refuse_status(reply)
            raise Broken(f"L'INPS ha mandato un XML che non si può leggere ({refused}).") from None
        if root.tag != f"{{{ENVELOPE}}}Envelope":
            return None
        body = root.find(f"{{{ENVELOPE}}}Body")
        return body[0] if body is not None and len(body) == 1 else None


def _fill(ricerca: RicercaCF) -> dict[str, Any]:
    filled = {
        "CodiceFiscale": ricerca.codice_fiscale,
        "DataValidita": ricerca.valido_il,
        "PrestazioneDaErogare": ricerca.prestazione,
        "ProtocolloDomandaEnteErogatore": ricerca.protocollo_domanda,
        "StatodomandaPrestazione": "Da Erogare",
    }
    return {name: value for name, value in filled.items() if value is not None}


def _translate(fault: Fault) -> Broken | Transient:
    """What a fault means; its text stays out, because it may quote the request."""
    code = str(fault.code or "").rpartition(":")[2]
    name = code if re.fullmatch(r"[A-Za-z.]{1,40}", code) else "senza codice"
    if code.split(".")[0] in HOPELESS_FAULTS:
        return Broken(f"L'INPS rifiuta il messaggio (fault {name}).")
    return Transient(f"L'INPS ha un guasto (fault {name}).")
