"""The services for which a comune may consult an ISEE."""

from __future__ import annotations

# ConsultazioneISEE v2.8, PrestazioneDaErogareType: A1 money, A2 services, A3 facilities, Z9.99 anything else.
PRESTAZIONI = (
    *(f"A1.{number:02}" for number in range(1, 21)),
    *(f"A2.{number:02}" for number in range(1, 13)),
    *(f"A3.{number:02}" for number in range(1, 4)),
    "Z9.99",
)
