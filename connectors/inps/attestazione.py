"""An ISEE attestation as INPS writes it (namespace ISEERiforma), read into exact values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from connectors.inps.codice_fiscale import is_same_person
from connectors.xml import XmlRefused, parse_xml

NAMESPACE = "http://inps.it/ISEERiforma"
TIPI = ("Ordinario", "Minorenne", "Universitario", "SocioSanitario", "Dottorato", "Residenziale")

OMISSIONI = {
    "PatrimoniMobiliari": "Patrimoni mobiliari omessi o difformi",
    "RedditiScostamento": "Redditi diversi da quelli noti all'Agenzia delle Entrate",
    "PatrimoniMobiliariSottoSoglia": "Patrimoni mobiliari omessi o difformi, sotto soglia",
    "PatrimoniMobiliariSopraSoglia": "Patrimoni mobiliari omessi o difformi, sopra soglia",
}

# Per kind: the section for the whole nucleo, its element for one person.
_PERSONAL = {
    "Minorenne": ("ISEEMin", "ComponenteMinorenne"),
    "Universitario": ("ISEEUni", "StudenteUniversitario"),
    "Residenziale": ("ISEESocioSanRes", "ComponenteSocioSanitarieRes"),
}


class AttestazioneInvalida(Exception):
    """The attestation cannot be read; the message says which part, never with what value."""


class IndicatoreAssente(Exception):
    """The attestation is there but has no indicator of the kind asked for this person."""


class IndicatoreNonCalcolabile(Exception):
    """INPS could not compute this kind: the data of a parent or child outside the nucleo are missing."""


@dataclass(frozen=True)
class Componente:
    """A member of the nucleo; `rapporto` is INPS's code: D C F MA FC FNC P GNC, B in a nucleo ristretto."""

    codice_fiscale: str
    rapporto: str


@dataclass(frozen=True)
class Isee:
    """One indicator of one person: euro with cents, a scale with two digits, first and last valid day."""

    tipo: str
    valore: Decimal
    ise: Decimal
    isr: Decimal
    isp: Decimal
    scala_equivalenza: Decimal
    protocollo_dsu: str
    presentata_il: date
    scade_il: date
    omissioni: tuple[str, ...]
    componenti: tuple[Componente, ...]

    @property
    def difforme(self) -> bool:
        """Whether the ente must decide: ask for documents or refuse (art. 11, c. 5, DPCM 159/2013)."""
        return bool(self.omissioni)

    def to_data(self) -> dict[str, Any]:
        """As process data: numbers stay Decimal, dates become ISO text."""
        return {
            "valore": self.valore,
            "ise": self.ise,
            "isr": self.isr,
            "isp": self.isp,
            "scala_equivalenza": self.scala_equivalenza,
            "tipo": self.tipo,
            "protocollo_dsu": self.protocollo_dsu,
            "presentata_il": self.presentata_il.isoformat(),
            "scade_il": self.scade_il.isoformat(),
            "difforme": self.difforme,
            "omissioni": list(self.omissioni),
            "componenti": [vars(componente) for componente in self.componenti],
        }


def read_isee(data: bytes, tipo: str, codice_fiscale: str) -> Isee:
    """The indicator `tipo` of the person in an EsitoAttestazione document.

    Raises AttestazioneInvalida, IndicatoreAssente or IndicatoreNonCalcolabile.
    """
    attestazione = _find_attestazione(data)
    if not any(is_same_person(_text(one, "CodiceFiscale"), codice_fiscale) for one in _people(attestazione)):
        raise AttestazioneInvalida("non riguarda la persona richiesta")
    section, valori = _find_valori(attestazione, tipo, codice_fiscale)
    presentata_il = _date(attestazione, "DataPresentazione")
    scade_il = _find_end(attestazione, section)
    if scade_il < presentata_il:
        raise AttestazioneInvalida("scade prima di essere presentata")
    return Isee(
        tipo=tipo,
        valore=_euro(valori, "ISEE"),
        ise=_euro(valori, "ISE"),
        isr=_euro(valori, "ISR"),
        isp=_euro(valori, "ISP"),
        scala_equivalenza=_euro(valori, "ScalaEquivalenza"),
        protocollo_dsu=_protocol(attestazione),
        presentata_il=presentata_il,
        scade_il=scade_il,
        omissioni=tuple(_omissioni(attestazione)),
        componenti=tuple(_componenti(section)),
    )


def _find_attestazione(data: bytes) -> etree._Element:
    try:
        root = parse_xml(data)
    except XmlRefused as refused:
        raise AttestazioneInvalida(f"non è un XML leggibile ({refused})") from None
    # The v1 answer wraps it with the search; some comuni are handed it bare.
    if root.tag == f"{{{NAMESPACE}}}Attestazione":
        return root
    found = _child(root, "Attestazione") if root.tag == f"{{{NAMESPACE}}}EsitoAttestazione" else None
    if found is None:
        raise AttestazioneInvalida("manca l'elemento Attestazione")
    return found


def _people(attestazione: etree._Element) -> Iterator[etree._Element]:
    """Everyone whose indicators may be in this attestation."""
    paths = (
        "Ordinario/NucleoFamiliare/ComponenteNucleo",
        "Ordinario/ISEEMin/ComponenteMinorenne",
        "Ordinario/ISEEUni/StudenteUniversitario",
        "Ordinario/ISEESocioSanRes/ComponenteSocioSanitarieRes",
        "Ridotto/NucleoRistretto/ComponenteNucleoRistretto",
    )
    for path in paths:
        yield from attestazione.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


def _find_valori(
    attestazione: etree._Element, tipo: str, codice_fiscale: str
) -> tuple[etree._Element, etree._Element]:
    """The section (Ordinario or Ridotto) and the values of an indicator.

    Adults' sociosanitarie and dottorato may rest on the nucleo ristretto, at the beneficiary's choice
    (art. 6, c. 2, and art. 8, DPCM 159/2013): where there is none, the ordinary one counts.
    """
    ordinario = _child(attestazione, "Ordinario")
    ridotto = _find_ridotto(attestazione, codice_fiscale)
    if tipo in ("SocioSanitario", "Dottorato") and ridotto is not None:
        valori = _valori(_child(ridotto, "ISEERistretto"))
        if valori is not None:
            return ridotto, valori
    if tipo == "Residenziale" and ridotto is not None:
        holder = _child(_child(ridotto, "ISEESocioSanResRistretto"), "ComponenteSocioSanitarieRes")
        if holder is not None:
            return ridotto, _personal_valori(holder, _child(ridotto, "ISEERistretto"))
    if ordinario is None:
        raise IndicatoreAssente
    base = _child(ordinario, "ISEEOrdinario")
    if tipo not in _PERSONAL:
        return ordinario, _required(_valori(base), "Valori")
    section, element = _PERSONAL[tipo]
    holder = _find_person(_child(ordinario, section), element, codice_fiscale)
    if holder is None:
        raise IndicatoreAssente
    return ordinario, _personal_valori(holder, base)


def _find_ridotto(attestazione: etree._Element, codice_fiscale: str) -> etree._Element | None:
    for ridotto in attestazione.findall(f"{{{NAMESPACE}}}Ridotto"):
        if is_same_person(_text(ridotto, "CodiceFiscaleBeneficiario"), codice_fiscale):
            return ridotto
    return None


def _find_person(parent: etree._Element | None, name: str, codice_fiscale: str) -> etree._Element | None:
    for one in [] if parent is None else parent.findall(f"{{{NAMESPACE}}}{name}"):
        if is_same_person(_text(one, "CodiceFiscale"), codice_fiscale):
            return one
    return None


def _personal_valori(holder: etree._Element, base: etree._Element | None) -> etree._Element:
    """Values of their own (with an attracted or additional component), or those of the nucleo."""
    for variant in holder:
        name = etree.QName(variant).localname
        if name == "ISEENonCalcolabile":
            raise IndicatoreNonCalcolabile
        own = _valori(variant)
        if own is not None:
            return own
        if name in ("ISEEOrd", "ISEERistretto"):
            return _required(_valori(base), "Valori")
    raise AttestazioneInvalida("un indicatore non ha valori")


def _find_end(attestazione: etree._Element, section: etree._Element) -> date:
    """The last day: 31/12 of the year, or within six months for an ISEE corrente (art. 9, DPCM 159/2013)."""
    if section.get("Corrente") == "SI" and attestazione.get("DataScadenzaDSUCorrente"):
        return _date(attestazione, "DataScadenzaDSUCorrente")
    return _date(attestazione, "DataValidita")


def _omissioni(attestazione: etree._Element) -> Iterator[str]:
    """What INPS found omitted or different, without the amounts and the banks that it also tells."""
    for omissione in attestazione.findall(f"{{{NAMESPACE}}}OmissioneDifformita"):
        kind = OMISSIONI.get(_text(omissione, "TipoOmissioneDifformita"), "Omissione o difformità")
        day = _date(omissione, "DataControlloAE")
        yield f"{kind} (controllo dell'Agenzia delle Entrate del {day:%d/%m/%Y})"


def _componenti(section: etree._Element) -> Iterator[Componente]:
    nucleo = _child(section, "NucleoFamiliare")
    if nucleo is None:
        nucleo = _required(_child(section, "NucleoRistretto"), "NucleoRistretto")
    for one in nucleo:
        rapporto = one.get("RapportoConDichiarante") or one.get("RelazioneConBeneficiario") or ""
        yield Componente(_text(one, "CodiceFiscale").strip().upper(), rapporto)


def _protocol(attestazione: etree._Element) -> str:
    text = _text(attestazione, "NumeroProtocolloDSU")
    if not re.fullmatch(r"INPS-ISEE-[0-9]{4}-[0-9]{8}[A-Z]-[0-9]{2}", text):
        raise AttestazioneInvalida("NumeroProtocolloDSU non è scritto bene")
    return text


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    return None if parent is None else parent.find(f"{{{NAMESPACE}}}{name}")


def _valori(parent: etree._Element | None) -> etree._Element | None:
    return _child(parent, "Valori")


def _required(element: etree._Element | None, name: str) -> etree._Element:
    if element is None:
        raise AttestazioneInvalida(f"manca {name}")
    return element


def _text(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise AttestazioneInvalida(f"manca {name}")
    return value


def _date(element: etree._Element, name: str) -> date:
    text = _text(element, name)
    # xs:date may carry a time zone, which means nothing for a day of validity.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?", text):
        raise AttestazioneInvalida(f"{name} non è una data")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise AttestazioneInvalida(f"{name} non è una data") from None


def _euro(element: etree._Element, name: str) -> Decimal:
    """A non-negative amount with two digits: Decimal alone would take NaN and 1E+999999 as well."""
    text = _text(element, name).strip()
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise AttestazioneInvalida(f"{name} non è un importo")
    exact = Decimal(text)
    rounded = exact.quantize(Decimal("0.01"))
    if rounded != exact:
        raise AttestazioneInvalida(f"{name} ha più di due decimali")
    return rounded
