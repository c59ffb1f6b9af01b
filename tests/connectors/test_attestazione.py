"""INPS's XML read into exact values, for each way in which it can state an indicator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.inps.attestazione import (
    AttestazioneInvalida,
    IndicatoreAssente,
    IndicatoreNonCalcolabile,
    read_isee,
)

NAMESPACE = "http://inps.it/ISEERiforma"
ADULT, CHILD = "PRDCRL80C12D969K", "PRDGNN15D10D969Y"


def who(code: str) -> str:
    return f'Cognome="PARODI" Nome="CARLO" CodiceFiscale="{code}"'


def valori(isee: str, scala: str = "1.57") -> str:
    return f'<Valori ISE="100.00" ScalaEquivalenza="{scala}" ISEE="{isee}" ISR="80" ISP="100.0"/>'


def attestazione(
    personal: str = "",
    after: str = "",
    attributes: str = 'DataPresentazione="2026-01-20" DataValidita="2026-12-31"',
    ordinario: str = "",
    isee: str = "1000.00",
) -> bytes:
    return f"""<EsitoAttestazione xmlns="{NAMESPACE}">
      <Attestazione CodiceFiscaleDichiarante="{ADULT}" NumeroProtocolloDSU="INPS-ISEE-2026-12345678A-00"
          {attributes}>
        <Ordinario {ordinario}>
          <NucleoFamiliare>
            <ComponenteNucleo RapportoConDichiarante="D" {who(ADULT)}/>
            <ComponenteNucleo RapportoConDichiarante="F" {who(CHILD)}/>
          </NucleoFamiliare>
          <ISEEOrdinario DataRilascio="2026-01-25">{valori(isee)}</ISEEOrdinario>
          {personal}
        </Ordinario>
        {after}
      </Attestazione>
      <Ricerca><RicercaCF CodiceFiscale="{ADULT}"/></Ricerca>
    </EsitoAttestazione>""".encode()


def personale(section: str, element: str, inner: str, code: str = CHILD) -> str:
    return f"<{section}><{element} {who(code)}>{inner}</{element}></{section}>"


def ridotto(inner: str) -> str:
    nucleo = f'<ComponenteNucleoRistretto RelazioneConBeneficiario="B" {who(ADULT)}/>'
    return (
        f'<Ridotto CodiceFiscaleBeneficiario="{ADULT}"><NucleoRistretto>{nucleo}</NucleoRistretto>'
        f'<ISEERistretto DataRilascio="2026-01-25">{valori("400.00", "1.00")}</ISEERistretto>'
        f"{inner}</Ridotto>"
    )


def test_it_reads_every_fact_of_the_ordinary_indicator() -> None:
    isee = read_isee(attestazione(), "Ordinario", ADULT)
    assert (isee.valore, isee.ise, isee.isr, isee.isp) == tuple(
        Decimal(text) for text in ("1000.00", "100.00", "80.00", "100.00")
    )
    assert (isee.presentata_il, isee.scade_il) == (date(2026, 1, 20), date(2026, 12, 31))
    assert isee.protocollo_dsu == "INPS-ISEE-2026-12345678A-00"
    assert [(one.codice_fiscale, one.rapporto) for one in isee.componenti] == [(ADULT, "D"), (CHILD, "F")]
    assert not isee.difforme


@pytest.mark.parametrize(
    ("tipo", "section", "element", "variant"),
    [
        ("Minorenne", "ISEEMin", "ComponenteMinorenne", "ISEEMinAttr"),
        ("Minorenne", "ISEEMin", "ComponenteMinorenne", "ISEEMinAgg"),
        ("Universitario", "ISEEUni", "StudenteUniversitario", "ISEEUniStudAttratto"),
        ("Residenziale", "ISEESocioSanRes", "ComponenteSocioSanitarieRes", "ISEEOrdAgg"),
    ],
)
def test_a_personal_indicator_has_values_of_its_own(
    tipo: str, section: str, element: str, variant: str
) -> None:
    own = f'<{variant} DataRilascio="2026-01-25">{valori("2500.00")}</{variant}>'
    isee = read_isee(attestazione(personale(section, element, own)), tipo, CHILD)
    assert isee.valore == Decimal("2500.00")


def test_a_personal_indicator_may_equal_the_ordinary_one() -> None:
    document = attestazione(personale("ISEEMin", "ComponenteMinorenne", "<ISEEOrd/>"))
    assert read_isee(document, "Minorenne", CHILD).valore == Decimal("1000.00")


def test_a_personal_indicator_belongs_to_its_person_alone() -> None:
    document = attestazione(personale("ISEEMin", "ComponenteMinorenne", "<ISEEOrd/>"))
    with pytest.raises(IndicatoreAssente):
        read_isee(document, "Minorenne", ADULT)


def test_a_personal_indicator_may_not_be_computable() -> None:
    document = attestazione(personale("ISEEMin", "ComponenteMinorenne", "<ISEENonCalcolabile/>"))
    with pytest.raises(IndicatoreNonCalcolabile):
        read_isee(document, "Minorenne", CHILD)


@pytest.mark.parametrize("tipo", ["SocioSanitario", "Dottorato"])
def test_the_restricted_nucleo_counts_where_it_was_chosen(tipo: str) -> None:
    isee = read_isee(attestazione(after=ridotto("")), tipo, ADULT)
    assert isee.valore == Decimal("400.00")
    assert [one.rapporto for one in isee.componenti] == ["B"]


@pytest.mark.parametrize("tipo", ["SocioSanitario", "Dottorato"])
def test_the_ordinary_nucleo_counts_where_there_is_no_restricted_one(tipo: str) -> None:
    assert read_isee(attestazione(), tipo, ADULT).valore == Decimal("1000.00")


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        ("<ISEERistretto/>", "400.00"),
        (f'<ISEERistrettoAgg DataRilascio="2026-01-25">{valori("700.00")}</ISEERistrettoAgg>', "700.00"),
    ],
)
def test_a_residential_indicator_may_rest_on_the_restricted_nucleo(inner: str, value: str) -> None:
    holder = personale("ISEESocioSanResRistretto", "ComponenteSocioSanitarieRes", inner, ADULT)
    isee = read_isee(attestazione(after=ridotto(holder)), "Residenziale", ADULT)
    assert isee.valore == Decimal(value)


def test_only_a_corrente_ends_early() -> None:
    dates = 'DataPresentazione="2026-01-20" DataValidita="2026-12-31" DataScadenzaDSUCorrente="2026-07-19"'
    ends_early = attestazione(attributes=dates, ordinario='Corrente="SI"')
    assert read_isee(ends_early, "Ordinario", ADULT).scade_il == date(2026, 7, 19)
    assert read_isee(attestazione(attributes=dates), "Ordinario", ADULT).scade_il == date(2026, 12, 31)


def test_omissions_are_told_without_amounts_or_banks() -> None:
    omissione = (
        f'<OmissioneDifformita TipoOmissioneDifformita="RedditiScostamento" CodiceFiscale="{ADULT}" '
        'DataControlloAE="2026-02-10"><RedditoAE RedditoPensioneAE="12345"/></OmissioneDifformita>'
    )
    isee = read_isee(attestazione(after=omissione), "Ordinario", ADULT)
    assert isee.omissioni == (
        "Redditi diversi da quelli noti all'Agenzia delle Entrate "
        "(controllo dell'Agenzia delle Entrate del 10/02/2026)",
    )
    assert isee.difforme


def test_a_bare_attestation_is_read_too() -> None:
    document = attestazione().decode()
    start, end = document.index("<Attestazione"), document.index("<Ricerca>")
    bare = document[start:end].replace("<Attestazione", f'<Attestazione xmlns="{NAMESPACE}"', 1)
    assert read_isee(bare.encode(), "Ordinario", ADULT).valore == Decimal("1000.00")


def test_the_attestation_of_somebody_else_is_not_taken() -> None:
    with pytest.raises(AttestazioneInvalida, match="persona richiesta"):
        read_isee(attestazione(), "Ordinario", "RSSRSO44A41D969U")


@pytest.mark.parametrize("isee", ["NaN", "Infinity", "1E+999999", "-5.00", "1.005", "1.000,00", "", "0x10"])
def test_an_amount_that_is_no_amount_is_not_taken(isee: str) -> None:
    with pytest.raises(AttestazioneInvalida, match="ISEE"):
        read_isee(attestazione(isee=isee), "Ordinario", ADULT)


@pytest.mark.parametrize(
    "attributes",
    [
        'DataPresentazione="2026-01-20"',
        'DataPresentazione="2026-02-30" DataValidita="2026-12-31"',
        'DataPresentazione="20/01/2026" DataValidita="2026-12-31"',
        'DataPresentazione="2026-01-20" DataValidita="2025-12-31"',
    ],
)
def test_dates_that_make_no_sense_are_not_taken(attributes: str) -> None:
    with pytest.raises(AttestazioneInvalida):
        read_isee(attestazione(attributes=attributes), "Ordinario", ADULT)
