"""Who has which ISEE in the sandbox: everything follows from the codice fiscale, so it never changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connectors.inps.codice_fiscale import standardize

CENT = Decimal("0.01")
MONTHS = "ABCDEHLMPRST"
ADULT_AGE = 18
OLD_AGE = 65

NOT_FOUND_SHARE = Decimal("0.08")
DIFFORME_SHARE = Decimal("0.04")

# Share of the users, lowest and highest ISEE in euro (the project's estimate of the users of a comune).
BANDS = (
    (Decimal("0.25"), 0, 3_000),
    (Decimal("0.30"), 3_000, 6_000),
    (Decimal("0.20"), 6_000, 10_000),
    (Decimal("0.15"), 10_000, 20_000),
    (Decimal("0.10"), 20_000, 60_000),
)

# Scale for 1 to 5 persons, then +0.35 each (all. 1, DPCM 159/2013).
SCALE = tuple(Decimal(text) for text in ("1.00", "1.57", "2.04", "2.46", "2.85"))
EACH_FURTHER = Decimal("0.35")
EACH_DISABLED = Decimal("0.50")
ISP_WEIGHT = Decimal("0.20")


@dataclass(frozen=True)
class Indicatore:
    """An indicator whose parts agree: ISE = ISR + 20% ISP and ISEE = ISE / scala, HALF_UP to cents."""

    isee: Decimal
    isp: Decimal
    componenti: int
    disabili: int = 0

    @property
    def parametro(self) -> Decimal:
        further = max(0, self.componenti - len(SCALE))
        return SCALE[min(self.componenti, len(SCALE)) - 1] + EACH_FURTHER * further

    @property
    def maggiorazioni(self) -> Decimal:
        return EACH_DISABLED * self.disabili

    @property
    def scala(self) -> Decimal:
        return self.parametro + self.maggiorazioni

    @property
    def ise(self) -> Decimal:
        return (self.isee * self.scala).quantize(CENT, ROUND_HALF_UP)

    @property
    def isr(self) -> Decimal:
        return self.ise - (self.isp * ISP_WEIGHT).quantize(CENT)


@dataclass(frozen=True)
class Situazione:
    """What INPS would know of one person. `ristretto` only where the nucleo ristretto was chosen."""

    codice_fiscale: str
    cognome: str
    nome: str
    ordinario: Indicatore
    ristretto: Indicatore | None = None
    difforme: bool = False
    corrente: bool = False
    non_calcolabile: bool = False


@dataclass(frozen=True)
class Persona:
    """A person always there, for tests and demonstrations; without `situazione` INPS has nothing."""

    codice_fiscale: str
    cognome: str
    nome: str
    perche: str
    situazione: Situazione | None


def _persona(
    codice_fiscale: str,
    cognome: str,
    nome: str,
    perche: str,
    ordinario: Indicatore,
    *,
    ristretto: Indicatore | None = None,
    difforme: bool = False,
    corrente: bool = False,
    non_calcolabile: bool = False,
) -> Persona:
    situazione = Situazione(
        codice_fiscale, cognome, nome, ordinario, ristretto, difforme, corrente, non_calcolabile
    )
    return Persona(codice_fiscale, cognome, nome, perche, situazione)


def _indicatore(isee: str, isp: int, componenti: int, disabili: int = 0) -> Indicatore:
    return Indicatore(Decimal(isee), Decimal(isp), componenti, disabili)


PERSONE = {
    "rosa": _persona(
        "RSSRSO44A41D969U", "ROSSI", "ROSA", "ISEE sociosanitario di 10.000,00 €, fino al 31/12",
        _indicatore("14250.00", 9_000, 2, 1), ristretto=_indicatore("10000.00", 5_000, 1, 1),
    ),
    "caterina": _persona(
        "TTNCRN48C54D969H", "OTTONELLO", "CATERINA", "ISEE sociosanitario di 9.412,00 €, fino al 31/12",
        _indicatore("11300.00", 6_000, 3, 1), ristretto=_indicatore("9412.00", 2_500, 1, 1),
    ),
    "carlo": Persona("PRDCRL38C12D969V", "PARODI", "CARLO", "nessun ISEE", None),
    "elena": _persona(
        "CNPLNE71H63D969Z", "CANEPA", "ELENA", "ISEE difforme: patrimoni mobiliari omessi",
        _indicatore("4200.00", 1_500, 2), difforme=True,
    ),
    "marta": _persona(
        "TRVMRT90S49D969H", "TRAVERSO", "MARTA", "ISEE corrente, che scade a fine semestre",
        _indicatore("2350.00", 0, 3), corrente=True,
    ),
    "luigi": _persona(
        "BRZLGU51M30D969R", "BRUZZONE", "LUIGI", "ISEE di 38.500,00 €, oltre ogni soglia",
        _indicatore("38500.00", 120_000, 2),
    ),
    "gino": _persona(
        "RPTGNI60E05D969D", "REPETTO", "GINO", "tre persone, una con disabilità: 13.600 / 2,54 = 5.354,33 €",
        _indicatore("5354.33", 9_000, 3, 1),
    ),
    "davide": _persona(
        "TTNDVD12H10D969L", "OTTONELLO", "DAVIDE", "minorenne, ISEE per minorenni non calcolabile",
        _indicatore("7100.00", 0, 2), non_calcolabile=True,
    ),
}  # fmt: skip

_BY_CODE = {standardize(persona.codice_fiscale)[:15]: persona for persona in PERSONE.values()}


def find_situazione(codice_fiscale: str) -> Situazione | None:
    """The situation of a valid codice fiscale; None where INPS has no attestation."""
    persona = _BY_CODE.get(standardize(codice_fiscale)[:15])
    if persona is not None:
        return persona.situazione
    if draw(codice_fiscale, "assente") < NOT_FOUND_SHARE:
        return None
    return Situazione(
        codice_fiscale=codice_fiscale,
        cognome="SIMULATO",
        nome="PERSONA",
        ordinario=_draw_indicatore(codice_fiscale),
        difforme=draw(codice_fiscale, "difforme") < DIFFORME_SHARE,
    )


def draw(codice_fiscale: str, what: str) -> Decimal:
    """A number from 0 to 1 (excluded), always the same for one code and one purpose."""
    digest = hashlib.sha256(f"{codice_fiscale}/{what}".encode()).digest()
    return Decimal(int.from_bytes(digest[:4], "big")) / Decimal(2**32)


def age_of(codice_fiscale: str, on: date) -> int:
    """Years completed; a temporary code says nothing, so an adult. Centenarians look newborn."""
    if codice_fiscale.isdigit():
        return 40
    year = int(codice_fiscale[6:8])
    year += on.year - on.year % 100 if year <= on.year % 100 else on.year - on.year % 100 - 100
    month = MONTHS.index(codice_fiscale[8]) + 1
    day = int(codice_fiscale[9:11]) % 40
    return on.year - year - ((on.month, on.day) < (month, day))


def _draw_indicatore(codice_fiscale: str) -> Indicatore:
    isee = _draw_isee(codice_fiscale)
    componenti = 1 + int(draw(codice_fiscale, "componenti") * 4)
    disabili = int(draw(codice_fiscale, "disabili") < Decimal("0.20"))
    ise = Indicatore(isee, Decimal(0), componenti, disabili).ise
    # Up to 40% of the ISE comes from assets; whole multiples of 5 euro keep its fifth exact.
    most = int(ise * 2)
    isp = int(most * draw(codice_fiscale, "patrimonio")) // 5 * 5
    return Indicatore(isee, Decimal(isp), componenti, disabili)


def _draw_isee(codice_fiscale: str) -> Decimal:
    rank = draw(codice_fiscale, "fascia")
    low, high = _find_band(rank)
    within = draw(codice_fiscale, "isee")
    return Decimal(low) + int(within * (high - low) * 100) * CENT


def _find_band(rank: Decimal) -> tuple[int, int]:
    passed = Decimal(0)
    for share, low, high in BANDS:
        passed += share
        if rank < passed:
            return low, high
    raise ValueError(f"the shares of BANDS add up to {passed}")
