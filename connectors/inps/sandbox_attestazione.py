"""Writes the simulated attestation of one person: INPS's own XML (ISEERiforma), marked as simulated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from codicefiscale import codicefiscale
from lxml import etree

from connectors.inps.attestazione import NAMESPACE
from connectors.inps.sandbox_population import (
    ADULT_AGE,
    CENT,
    OLD_AGE,
    Indicatore,
    Situazione,
    age_of,
    draw,
)

COMMENT = " Attestazione SIMULATA dalla sandbox di Percorsi: nessun dato viene dall'INPS. "
SENDER = "PERCORSI-SIMULATA"
STUDENT_AGES = range(ADULT_AGE, 36)


@dataclass(frozen=True)
class Membro:
    """A fictive member of a nucleo."""

    codice_fiscale: str
    cognome: str
    nome: str
    rapporto: str


def write_attestazione(situazione: Situazione, ricerca: dict[str, str], on: date) -> bytes:
    """The EsitoAttestazione document valid on a day; `ricerca` is repeated as INPS does."""
    presentata_il = _presented_on(situazione, on)
    nucleo = list(_nucleo(situazione, on))
    root = etree.Element(f"{{{NAMESPACE}}}EsitoAttestazione", nsmap={"isee": NAMESPACE})
    root.append(etree.Comment(COMMENT))
    attestazione = _add(
        root,
        "Attestazione",
        CodiceFiscaleDichiarante=next(one.codice_fiscale for one in nucleo if one.rapporto == "D"),
        NumeroProtocolloDSU=_protocol(situazione, on),
        DataPresentazione=presentata_il.isoformat(),
        DataValidita=date(on.year, 12, 31).isoformat(),
        ProtocolloMittente=SENDER,
    )
    if situazione.corrente:
        attestazione.set("DataScadenzaDSUCorrente", _semester_end(on).isoformat())
    _write_ordinario(attestazione, situazione, nucleo, presentata_il, on)
    if situazione.ristretto:
        _write_ridotto(attestazione, situazione, situazione.ristretto, presentata_il)
    if situazione.difforme:
        _add(
            attestazione,
            "OmissioneDifformita",
            TipoOmissioneDifformita="PatrimoniMobiliari",
            CodiceFiscale=situazione.codice_fiscale,
            DataControlloAE=presentata_il.isoformat(),
        )
    _add(_add(root, "Ricerca"), "RicercaCF", **ricerca)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_ordinario(
    attestazione: etree._Element,
    situazione: Situazione,
    nucleo: list[Membro],
    presentata_il: date,
    on: date,
) -> None:
    ordinario = _add(attestazione, "Ordinario")
    if situazione.corrente:
        ordinario.set("Corrente", "SI")
    familiare = _add(ordinario, "NucleoFamiliare")
    for membro in nucleo:
        _add(familiare, "ComponenteNucleo", RapportoConDichiarante=membro.rapporto, **_who(membro))
    indicatore = _add(ordinario, "ISEEOrdinario", DataRilascio=presentata_il.isoformat())
    _write_indicatore(indicatore, situazione.ordinario, "ModalitaCalcoloISEEOrdinario")
    _write_personal(ordinario, situazione, nucleo, on)


def _write_personal(
    ordinario: etree._Element, situazione: Situazione, nucleo: list[Membro], on: date
) -> None:
    """The kinds that belong to single persons; here they always equal the ordinary one."""
    sections = (
        ("ISEEMin", "ComponenteMinorenne", range(ADULT_AGE)),
        ("ISEEUni", "StudenteUniversitario", STUDENT_AGES),
        ("ISEESocioSanRes", "ComponenteSocioSanitarieRes", range(OLD_AGE, 200)),
    )
    for section, element, ages in sections:
        entitled = [membro for membro in nucleo if age_of(membro.codice_fiscale, on) in ages]
        if not entitled:
            continue
        parent = _add(ordinario, section)
        for membro in entitled:
            holder = _add(parent, element, **_who(membro))
            if situazione.non_calcolabile:
                _add(holder, "ISEENonCalcolabile")
            else:
                holder.set("ISEE", _euro(situazione.ordinario.isee))
                _add(holder, "ISEEOrd")


def _write_ridotto(
    attestazione: etree._Element, situazione: Situazione, ristretto: Indicatore, presentata_il: date
) -> None:
    ridotto = _add(attestazione, "Ridotto", CodiceFiscaleBeneficiario=situazione.codice_fiscale)
    beneficiario = Membro(situazione.codice_fiscale, situazione.cognome, situazione.nome, "B")
    nucleo = _add(ridotto, "NucleoRistretto")
    _add(nucleo, "ComponenteNucleoRistretto", RelazioneConBeneficiario="B", **_who(beneficiario))
    indicatore = _add(ridotto, "ISEERistretto", DataRilascio=presentata_il.isoformat())
    _write_indicatore(indicatore, ristretto, "ModalitaCalcoloISEERistretto")


def _write_indicatore(parent: etree._Element, indicatore: Indicatore, calculation: str) -> None:
    _add(
        parent,
        "Valori",
        ISE=_euro(indicatore.ise),
        ScalaEquivalenza=_euro(indicatore.scala),
        ISEE=_euro(indicatore.isee),
        ISR=_euro(indicatore.isr),
        ISP=_euro(indicatore.isp),
    )
    _add(
        parent,
        calculation,
        SommaRedditiComponenti=_euro(indicatore.isr),
        RedditoFigurativoPatrimonioMobiliare="0.00",
        Detrazioni="0.00",
        ISR=_euro(indicatore.isr),
        PatrimonioMobiliare=_euro(indicatore.isp),
        DetrazionePatrimonioMobiliare="0.00",
        PatrimonioImmobiliare="0.00",
        DetrazionePatrimonioImmobiliare="0.00",
        ISP=_euro(indicatore.isp),
        ISE=_euro(indicatore.ise),
        ParametroNucleo=_euro(indicatore.parametro),
        Maggiorazioni=_euro(indicatore.maggiorazioni),
        ScalaEquivalenza=_euro(indicatore.scala),
    )


def _nucleo(situazione: Situazione, on: date) -> Iterator[Membro]:
    """The person and as many others as the indicator counts: a parent declares for a minor."""
    person = (situazione.codice_fiscale, situazione.cognome, situazione.nome)
    if age_of(situazione.codice_fiscale, on) < ADULT_AGE:
        yield _fictive(situazione, "GENITORE", "D", on.year - 40)
        yield Membro(*person, "F")
        others = situazione.ordinario.componenti - 2
    else:
        yield Membro(*person, "D")
        others = situazione.ordinario.componenti - 1
    ordinals = ("PRIMO", "SECONDO", "TERZO", "QUARTO")
    for ordinal in ordinals[: max(0, others)]:
        yield _fictive(situazione, f"PARENTE {ordinal}", "P", on.year - 45)


def _fictive(situazione: Situazione, nome: str, rapporto: str, birth_year: int) -> Membro:
    day = date(birth_year, 1, 1) + timedelta(days=int(draw(situazione.codice_fiscale, nome) * 365))
    codice = codicefiscale.encode("SIMULATO", nome, "M", day.isoformat(), "Genova")
    return Membro(codice, "SIMULATO", nome, rapporto)


def _presented_on(situazione: Situazione, on: date) -> date:
    """In the first weeks of the year (of the semester for a corrente), yet never after the day asked for,
    so that nobody lacks an ISEE only because it is January."""
    start = date(on.year, 7 if on.month > 6 else 1, 1) if situazione.corrente else date(on.year, 1, 1)
    return min(on, start + timedelta(days=1 + int(draw(situazione.codice_fiscale, "giorno") * 40)))


def _semester_end(on: date) -> date:
    return date(on.year, 6, 30) if on.month <= 6 else date(on.year, 12, 31)


def _protocol(situazione: Situazione, on: date) -> str:
    number = int(draw(situazione.codice_fiscale, f"dsu {on.year}") * 10**8)
    letter = chr(ord("A") + number % 26)
    return f"INPS-ISEE-{on.year:04}-{number:08}{letter}-{1 if situazione.corrente else 0:02}"


def _who(membro: Membro) -> dict[str, str]:
    return {"Cognome": membro.cognome, "Nome": membro.nome, "CodiceFiscale": membro.codice_fiscale}


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", dict(attributes))


def _euro(value: Decimal) -> str:
    return str(value.quantize(CENT))
