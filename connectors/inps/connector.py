"""INPS: ISEE attestations (SOAP ConsultazioneISEE, XSD v2.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from connectors.base import CallInfo, Connector, Data, operation
from connectors.environment import read_hosts, read_int, read_text
from connectors.errors import Broken, LimitReached, Refused, Transient
from connectors.http import Http
from connectors.inps import attestazione
from connectors.inps.codice_fiscale import clean, find_refusal
from connectors.inps.schemas import READ_REQUEST, READ_RESPONSE
from connectors.inps.soap import RicercaCF, Risultato, Soap

ROME = ZoneInfo("Europe/Rome")
# A few minutes past midnight: our clock and theirs may differ.
LIMIT_LIFTED = time(0, 5)

FIELDS = (
    "CodiceFiscale",
    "DataValidita",
    "PrestazioneDaErogare",
    "ProtocolloDomandaEnteErogatore",
    "StatodomandaPrestazione",
)


@dataclass(frozen=True)
class InpsSettings:
    """Where INPS answers and who we are there; `allowed_hosts` is the administrator's list."""

    address: str = ""
    user_id: str = ""
    codice_ufficio: str = ""
    timeout_s: int = 10
    allowed_hosts: frozenset[str] = frozenset()


class Inps(Connector):
    """INPS: reads the ISEE attestation of a person. It changes nothing there, so any call may be repeated."""

    slug = "inps"
    title = "INPS"

    def __init__(self, settings: InpsSettings) -> None:
        self.settings = settings
        self.http = Http("L'INPS", settings.allowed_hosts, settings.timeout_s)
        self.soap = Soap(self.http, settings.address, settings.user_id, settings.codice_ufficio)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        return cls(
            InpsSettings(
                address=read_text(environ, "PERCORSI_INPS_ADDRESS"),
                user_id=read_text(environ, "PERCORSI_INPS_USER_ID"),
                codice_ufficio=read_text(environ, "PERCORSI_INPS_CODICE_UFFICIO"),
                timeout_s=read_int(environ, "PERCORSI_INPS_TIMEOUT_S", 10, least=1, most=120),
                allowed_hosts=read_hosts(environ, "PERCORSI_CONNECTOR_HOSTS"),
            )
        )

    def check_config(self) -> list[str]:
        problems = []
        if not self.settings.address:
            problems.append("INPS: manca l'indirizzo del servizio (PERCORSI_INPS_ADDRESS).")
        else:
            refusal = self.http.find_refusal(self.settings.address)
            if refusal:
                problems.append(f"INPS: {refusal} (PERCORSI_INPS_ADDRESS, PERCORSI_CONNECTOR_HOSTS).")
        if not self.settings.user_id:
            problems.append("INPS: manca l'utente con cui l'ente si presenta (PERCORSI_INPS_USER_ID).")
        if not self.settings.codice_ufficio:
            problems.append("INPS: manca il codice dell'ufficio (PERCORSI_INPS_CODICE_UFFICIO).")
        return problems

    @operation(
        "inps.isee.read",
        title="Leggi l'ISEE all'INPS",
        request=READ_REQUEST,
        response=READ_RESPONSE,
        errors=("isee_assente", "isee_non_calcolabile", "codice_fiscale_non_accettato"),
        idempotent=True,
    )
    def read_isee(self, info: CallInfo, request: Data) -> Data:
        """The person's ISEE of one kind (DPCM 159/2013), for a service that is still to be granted."""
        problems = self.check_config()
        if problems:
            raise Broken(" ".join(problems))
        ricerca = _read_ricerca(request)
        try:
            risultato = self.soap.consult(ricerca, info.idempotency_key, info.request_name)
        except LimitReached as limit:
            wait = limit.retry_after or _seconds_to_next_day(info.now)
            raise Transient(str(limit), wait) from None
        isee = _find_isee(risultato, request["tipo"], ricerca.codice_fiscale)
        return {"isee": isee.to_data() | {"attestazione_id": str(risultato.id_richiesta)}}


def _read_ricerca(request: Data) -> RicercaCF:
    codice_fiscale = clean(request["codice_fiscale"])
    refusal = find_refusal(codice_fiscale)
    if refusal:
        raise Refused("codice_fiscale_non_accettato", refusal, "codice_fiscale")
    valido_il = request.get("valido_il")
    return RicercaCF(
        codice_fiscale=codice_fiscale,
        prestazione=request["prestazione"],
        valido_il=date.fromisoformat(valido_il) if valido_il else None,
        protocollo_domanda=request.get("protocollo_domanda") or None,
    )


def _find_isee(risultato: Risultato, tipo: str, codice_fiscale: str) -> attestazione.Isee:
    if risultato.esito != "OK":
        raise _translate(risultato)
    if not risultato.attestazione:
        raise Broken("L'INPS dice che l'attestazione c'è, ma non l'ha mandata.")
    try:
        return attestazione.read_isee(risultato.attestazione, tipo, codice_fiscale)
    except attestazione.IndicatoreAssente:
        raise Refused(
            "isee_assente", f"L'attestazione c'è, ma senza ISEE di tipo {tipo} per questa persona."
        ) from None
    except attestazione.IndicatoreNonCalcolabile:
        raise Refused(
            "isee_non_calcolabile",
            f"L'ISEE di tipo {tipo} non si può calcolare: "
            "mancano i dati di un genitore o di un figlio fuori dal nucleo.",
        ) from None
    except attestazione.AttestazioneInvalida as invalid:
        raise Broken(f"L'attestazione mandata dall'INPS non va bene: {invalid}.") from None


def _translate(risultato: Risultato) -> Refused | Transient | Broken:
    """What an outcome other than OK means. INPS's own description stays out: it may quote the request."""
    match risultato.esito:
        case "DATI_NON_TROVATI":
            return Refused("isee_assente", "All'INPS non risulta un ISEE valido per questa persona.")
        case "DATABASE_OFFLINE":
            return Transient("Gli archivi dell'INPS non sono disponibili.")
        case "ERRORE_INTERNO":
            return Transient("L'INPS ha un errore interno.")
        case "RICHIESTA_INVALIDA":
            return Broken(f"L'INPS non accetta la richiesta: {_blame(risultato.descrizione)}.")
        case "RISCONTRO_NON_VALIDO":
            return Broken("L'INPS non riconosce il riscontro della richiesta (RISCONTRO_NON_VALIDO).")
    return Broken("L'INPS ha risposto con un esito sconosciuto.")


def _blame(description: str) -> str:
    named = [field for field in FIELDS if re.search(rf"\b{field}\b", description)]
    return "campo " + ", ".join(named) if named else "non dice quale campo"


def _seconds_to_next_day(now: datetime) -> int:
    """INPS's limit is per day; the day is the Italian one."""
    here = now.astimezone(ROME)
    lifted = datetime.combine(here.date() + timedelta(days=1), LIMIT_LIFTED, tzinfo=ROME)
    return int((lifted - now).total_seconds()) + 1
