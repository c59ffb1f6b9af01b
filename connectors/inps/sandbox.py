"""A simulated INPS: ConsultazioneISEE v2.8 over SOAP, refusing what the real one refuses."""

from __future__ import annotations

import argparse
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from codicefiscale import codicefiscale
from lxml import etree

from connectors.inps.sandbox_attestazione import write_attestazione
from connectors.inps.sandbox_population import MONTHS, PERSONE, find_situazione
from connectors.inps.soap import ACTION, ENVELOPE, IDENTITY, ISEE, KEY_HEADER, WSDL
from connectors.sandbox_server import Answer, Incoming, SandboxServer
from connectors.xml import XmlRefused, parse_xml

__all__ = ["PERSONE", "Sandbox", "main"]

PATH = "/inps/isee"
# No ISEE of this kind exists before (DPCM 159/2013).
REFORM = date(2015, 1, 1)
OPERATION = "ConsultazioneAttestazione"
# The namespace of WCF's own fault codes.
DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
ROME = ZoneInfo("Europe/Rome")

# Faults of libxml2 that concern the value of one element; any other concerns the message's shape.
VALUE_FAULTS = ("PATTERN", "ENUMERATION", "DATATYPE", "MAXLENGTH")


class SoapFault(Exception):
    """A message that is no valid question: `code` as WCF writes it."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class RichiestaInvalida(Exception):
    """A well-formed question with a value that INPS does not accept."""


class Sandbox(SandboxServer):
    """INPS's service at `address`. `today` decides which day a question without a date means."""

    slug: ClassVar[str] = "inps"
    title: ClassVar[str] = "INPS"
    guasti: ClassVar[frozenset[str]] = frozenset(
        {
            "DATABASE_OFFLINE",
            "ERRORE_INTERNO",
            "DATI_NON_TROVATI",
            "RICHIESTA_INVALIDA",
            "RISCONTRO_NON_VALIDO",
        }
    )

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, today: Callable[[], date] | None = None
    ) -> None:
        super().__init__(host, port)
        self.today = today or (lambda: datetime.now(ROME).date())
        self.schema = etree.XMLSchema(etree.parse(WSDL / "consultazione.xsd"))
        self.identity = etree.XMLSchema(etree.parse(WSDL / "identity.xsd"))
        self._validating = threading.Lock()

    @property
    def address(self) -> str:
        return f"{self.root}{PATH}"

    def environ(self) -> dict[str, str]:
        """The settings that point the connector here."""
        return {
            "PERCORSI_INPS_ADDRESS": self.address,
            "PERCORSI_INPS_USER_ID": "PERCORSI",
            "PERCORSI_INPS_CODICE_UFFICIO": "001",
            "PERCORSI_CONNECTOR_HOSTS": self.host,
        }

    def answer(self, incoming: Incoming) -> Answer | None:
        if incoming.path != PATH:
            return Answer(404, b"", "text/plain")
        if incoming.method == "GET":
            return self._describe(incoming.query)
        if incoming.method != "POST":
            return Answer(405, b"", "text/plain")
        return self._consult(incoming)

    def _describe(self, query: str) -> Answer:
        if query == "xsd":
            return Answer(200, (WSDL / "consultazione.xsd").read_bytes())
        if query.lower() != "wsdl":
            return Answer(400, b"", "text/plain")
        wsdl = etree.parse(WSDL / "isee.wsdl")
        for include in wsdl.iter("{http://www.w3.org/2001/XMLSchema}include"):
            include.set("schemaLocation", f"{self.address}?xsd")
        for address in wsdl.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
            address.set("location", self.address)
        return Answer(200, etree.tostring(wsdl, xml_declaration=True, encoding="UTF-8"))

    def _consult(self, incoming: Incoming) -> Answer | None:
        guasto = self.faults.take()
        if guasto in self.common_guasti:
            self._record(incoming, guasto)
            return self.misbehave(guasto)
        try:
            ricerca = self._read(incoming)
            esito, description, document = self._find(ricerca, guasto)
        except SoapFault as fault:
            self._record(incoming, f"fault {fault.code}")
            return _fault(fault)
        except RichiestaInvalida as invalid:
            esito, description, document = "RICHIESTA_INVALIDA", str(invalid), None
        number = self._record(incoming, esito)
        return _reply(number, esito, description, document)

    def _record(self, incoming: Incoming, esito: str) -> int:
        return self.calls.record(
            operazione=OPERATION, chiave=incoming.headers.get(KEY_HEADER.lower()), esito=esito
        )

    def _read(self, incoming: Incoming) -> dict[str, str]:
        """The fields of RicercaCF. Raises SoapFault (wrong message) or RichiestaInvalida (wrong value)."""
        if incoming.headers.get("soapaction", "").strip('"') != ACTION:
            raise SoapFault("a:ActionNotSupported", "L'operazione richiesta non esiste in questa sandbox.")
        try:
            root = parse_xml(incoming.body)
        except XmlRefused as refused:
            raise SoapFault("soap:Client", f"Il messaggio non è un XML leggibile: {refused}.") from None
        body = root.find(f"{{{ENVELOPE}}}Body")
        if root.tag != f"{{{ENVELOPE}}}Envelope" or body is None or len(body) != 1:
            raise SoapFault("soap:Client", "Il messaggio non è una busta SOAP 1.1.")
        self._check_identity(root)
        if body[0].tag != f"{{{ISEE}}}{OPERATION}":
            raise SoapFault("a:DeserializationFailed", f"Il corpo non contiene {OPERATION}.")
        self._check_values(body[0])
        fields = body[0].iterfind(f".//{{{ISEE}}}RicercaCF/*")
        ricerca = {etree.QName(field).localname: field.text or "" for field in fields}
        _check_rules(ricerca)
        return ricerca

    def _check_identity(self, root: etree._Element) -> None:
        identity = root.find(f"{{{ENVELOPE}}}Header/{{{IDENTITY}}}Identity")
        if identity is None:
            raise SoapFault("soap:Client", "Manca l'header Identity.")
        with self._validating:
            valid = self.identity.validate(identity)
        if not valid or not all((child.text or "").strip() for child in identity):
            raise SoapFault("soap:Client", "L'header Identity non è completo.")

    def _check_values(self, body: etree._Element) -> None:
        with self._validating:
            if self.schema.validate(body):
                return
            log: Any = self.schema.error_log
            faults = [(error.type_name, error.message) for error in log]
        if not all(any(kind in name for kind in VALUE_FAULTS) for name, _ in faults):
            raise SoapFault("a:DeserializationFailed", "Il messaggio non rispetta lo schema.")
        # As careless as the real one may be: the message quotes the value.
        raise RichiestaInvalida(re.sub(r"\{[^}]*\}", "", faults[0][1]))

    def _find(self, ricerca: dict[str, str], guasto: str | None) -> tuple[str, str, bytes | None]:
        if guasto is not None:
            return guasto, f"Esito ordinato alla sandbox per {ricerca['CodiceFiscale']}", None
        day = ricerca.get("DataValidita")
        on = _read_day(day) if day else self.today()
        situazione = find_situazione(ricerca["CodiceFiscale"])
        if situazione is None or on < REFORM:
            return "DATI_NON_TROVATI", "Nessuna attestazione per il soggetto richiesto", None
        return "OK", "", write_attestazione(situazione, ricerca, on)


def _check_rules(ricerca: dict[str, str]) -> None:
    """What no schema can say. The rules on the state are our prudent reading: INPS's are not published."""
    if not _is_valid(ricerca["CodiceFiscale"]):
        raise RichiestaInvalida(f"CodiceFiscale {ricerca['CodiceFiscale']}: carattere di controllo errato")
    stated = "StatodomandaPrestazione" in ricerca
    if stated != ("PrestazioneDaErogare" in ricerca):
        raise RichiestaInvalida("StatodomandaPrestazione e PrestazioneDaErogare vanno insieme")
    if ricerca.get("StatodomandaPrestazione") == "Erogata" and not ricerca.get(
        "ProtocolloDomandaEnteErogatore"
    ):
        raise RichiestaInvalida("ProtocolloDomandaEnteErogatore obbligatorio se la prestazione è Erogata")


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RichiestaInvalida(f"DataValidita {text} non è una data del calendario") from None


def _is_valid(codice_fiscale: str) -> bool:
    """Month, day and check letter, or the check digit of a temporary code (as in a partita IVA)."""
    if not codice_fiscale.isdigit():
        dated = codice_fiscale[8] in MONTHS and 1 <= int(codice_fiscale[9:11]) % 40 <= 31
        return dated and bool(codicefiscale.encode_cin(codice_fiscale) == codice_fiscale[-1])
    digits = [int(digit) for digit in codice_fiscale]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def _reply(number: int, esito: str, description: str, document: bytes | None) -> Answer:
    response = etree.Element(f"{{{ISEE}}}{OPERATION}Response", nsmap={"isee": ISEE})
    result = etree.SubElement(response, f"{{{ISEE}}}{OPERATION}Result")
    etree.SubElement(result, f"{{{ISEE}}}IdRichiesta").text = str(number)
    etree.SubElement(result, f"{{{ISEE}}}Esito").text = esito
    if description:
        etree.SubElement(result, f"{{{ISEE}}}DescrizioneErrore").text = description
    if document is not None:
        etree.SubElement(result, f"{{{ISEE}}}XmlEsitoAttestazione").text = b64encode(document).decode()
    return Answer(200, _wrap(response))


def _fault(fault: SoapFault) -> Answer:
    element = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"a": DISPATCHER})
    etree.SubElement(element, "faultcode").text = fault.code
    etree.SubElement(element, "faultstring").text = str(fault)
    return Answer(500, _wrap(element))


def _wrap(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def main(argv: Sequence[str] | None = None) -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.inps.sandbox", description="INPS simulato")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8710)
    options = parser.parse_args(argv)
    with Sandbox(options.host, options.port) as sandbox:
        print(f"INPS (simulato): {sandbox.address}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
