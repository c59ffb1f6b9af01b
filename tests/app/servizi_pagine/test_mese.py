"""The events of a month from a file: read line by line, sent whole."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.servizi.models import EventoErogazione, Ordine, Rendiconto
from app.servizi.pagine import mese
from tests.app.servizi_pagine.storie import date_of_today

HEADER = "data;dalle;alle;operatore;prestazione;conferma;esito_tecnico;nota\n"


def csv_of(*lines: str) -> bytes:
    return (HEADER + "".join(f"{line}\n" for line in lines)).encode()


def monday_of_last_month() -> date:
    """A day of the plan in the month to tell."""
    first = (date_of_today().replace(day=1) - timedelta(days=1)).replace(day=1)
    return first + timedelta(days=-first.weekday() % 7)


def test_a_line_is_read_as_people_write_it():
    read = mese.read(csv_of("2/11/2026;8:30;9.30;OP12;Aiuto domestico;NFC;svolto;"))
    assert read.eventi == [
        {
            "data": "2026-11-02",
            "dalle": "08:30",
            "alle": "09:30",
            "operatore": "OP12",
            "prestazione": "aiuto_domestico",
            "conferma": "nfc",
            "esito_tecnico": "svolto",
        }
    ]


@pytest.mark.parametrize(
    "content",
    [
        csv_of("2026-11-02;08:30;09:30;OP12;igiene;nfc;svolto;Tutto bene").decode().encode("utf-8-sig"),
        csv_of("2026-11-02;08:30;09:30;OP12;igiene;nfc;svolto;È andata").decode().encode("cp1252"),
        csv_of("2026-11-02;08:30;09:30;OP12;igiene;nfc;svolto;").replace(b";", b","),
        csv_of("", "2026-11-02;08:30;09:30;OP12;igiene;nfc;svolto;", ";;;;;;;"),
    ],
)
def test_a_spreadsheet_may_save_it_in_its_own_way(content: bytes):
    read = mese.read(content)
    assert (len(read.eventi), read.errori) == (1, [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Manca la colonna «data»."),
        (HEADER.encode(), "Il file non ha nessun intervento."),
        (
            csv_of("31/02/2026;8:30;9:30;OP;igiene;nfc;svolto;"),
            "Riga 2: «31/02/2026» in «data» non si capisce.",
        ),
        (csv_of("2/11/2026;25:30;9:30;OP;igiene;nfc;svolto;"), "Riga 2: «25:30» in «dalle» non si capisce."),
        (csv_of("2/11/2026;8:30;9:30;;igiene;nfc;svolto;"), "Riga 2: manca «operatore»."),
        (csv_of("2/11/2026;8:30;9:30;OP;parrucchiere;nfc;svolto;"), "«parrucchiere» in «prestazione» non va"),
        (csv_of(f"2/11/2026;8:30;9:30;{'x' * 41};igiene;nfc;svolto;"), "«operatore» è troppo lungo."),
        (
            csv_of(*["2/11/2026;8:30;9:30;OP;igiene;nfc;svolto;"] * 401),
            "Un mese ha al massimo 400 interventi.",
        ),
        (b"x" * 300_000, "Il file è troppo grande"),
        (b"\x00\xff\xfe;;;\n\x00", "Manca la colonna «data»."),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_kept(content: bytes, sentence: str):
    read = mese.read(content)
    assert read.eventi == []
    assert any(sentence in error for error in read.errori), read.errori


@pytest.mark.parametrize(
    ("stato", "al", "ordine", "ready"),
    [
        ("aperto", date(2026, 10, 31), "avviato", True),
        ("aperto", date(2026, 11, 30), "avviato", False),
        ("aperto", date(2026, 11, 30), "chiuso", True),
        ("caricato", date(2026, 10, 31), "avviato", False),
    ],
)
def test_a_month_is_told_once_and_when_it_is_over(stato: str, al: date, ordine: str, ready: bool):
    on = date(2026, 11, 23)
    assert mese.is_ready(Rendiconto(stato=stato, al=al), Ordine(stato=ordine), on) is ready
    assert mese.is_ready(None, Ordine(stato=ordine), on) is False


def test_the_month_sent_by_the_supplier_goes_to_the_checks(enter, storie, db_session):
    # given
    supplier = enter("coop.lanterna")
    path = f"/ordini/{storie.in_servizio.ordine_id}/mese"
    day = monday_of_last_month()
    lines = [f"{day + timedelta(days=7 * n):%d/%m/%Y};8:30;9:30;OP12;igiene;nfc;svolto;" for n in range(3)]
    # when
    page = supplier.send(path, eventi=(BytesIO(csv_of(*lines)), "ottobre.csv"))
    # then
    assert "Interventi mandati: 3" in page.text
    month = db_session.scalars(select(Rendiconto).order_by(Rendiconto.mese)).first()
    assert month.stato == "validato"
    assert month.ore_validate == 3
    again = supplier.send(path, eventi=(BytesIO(csv_of(*lines)), "ottobre.csv"))
    assert again.status_code == 409 or "Il mese non è finito" in again.text


def test_an_event_of_another_month_is_refused_with_its_reason(enter, storie, db_session):
    lines = ["1/1/2020;8:30;9:30;OP12;igiene;nfc;svolto;"]
    sent = {"eventi": (BytesIO(csv_of(*lines)), "mese.csv")}
    page = enter("coop.lanterna").send(f"/ordini/{storie.in_servizio.ordine_id}/mese", **sent)
    assert page.status_code == 422
    assert "L&#39;intervento del 1 gennaio 2020 non è di" in page.text
    assert db_session.scalars(select(EventoErogazione)).all() == []


def test_the_office_does_not_send_events_in_the_suppliers_stead(enter, storie):
    sent = {"eventi": (BytesIO(csv_of("2/11/2026;8:30;9:30;OP;igiene;nfc;svolto;")), "mese.csv")}
    page = enter("silvia.canepa").send(f"/ordini/{storie.in_servizio.ordine_id}/mese", **sent)
    assert page.status_code == 403
