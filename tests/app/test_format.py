"""Numbers, money, hours and dates as the screens write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, render_template_string

from app import format as fmt

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=fmt.ROME)  # a Monday


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.5"), "1.234,50 €"),
        (Decimal("5.145"), "5,15 €"),
        ("-140", "−140,00 €"),
        (0, "0,00 €"),
        (None, ""),
    ],
)
def test_money_has_two_decimals_and_italian_signs(value, written):
    assert fmt.euro(value) == written.replace(" €", "\u00a0€")


def test_a_number_keeps_its_own_decimals_unless_told():
    assert fmt.number(Decimal("1234.5")) == "1.234,5"
    assert fmt.number(Decimal("1E+3")) == "1.000"
    assert fmt.number(Decimal("2.5"), 0) == "3"


@pytest.mark.parametrize(
    ("label", "value", "written"),
    [
        ("Costo al mese (€)", Decimal("859.3"), ("Costo al mese", "859,30 €")),
        ("Quota oraria (€/h)", 18, ("Quota oraria", "18,00 €/h")),
        ("Ore al mese (ore)", Decimal("39.00"), ("Ore al mese", "39 ore")),
        ("Variazione (%)", Decimal("-12.5"), ("Variazione", "−12,5 %")),
        ("Punti", 1200, ("Punti", "1.200")),
        ("Fascia (ISEE)", "minima", ("Fascia (ISEE)", "")),
        ("Ammessa", True, ("Ammessa", "")),
    ],
)
def test_a_figure_is_written_with_the_unit_of_its_label(label, value, written):
    name, words = fmt.measured(label, value)
    assert (name, words.replace("\u00a0", " ")) == written


def test_hours_are_hours_and_minutes_never_decimals():
    assert fmt.hours(34 * 60 + 40) == "34:40"
    assert fmt.hours(timedelta(minutes=45)) == "0:45"
    assert fmt.hours(-90) == "−1:30"


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ("+390102468013", "010 246 8013"),
        ("+393331234567", "333 123 4567"),
        ("+33145678901", "+33 1 45 67 89 01"),
        ("rosa@posta.example", "rosa@posta.example"),
        ("010 lo sa il figlio", "010 lo sa il figlio"),
    ],
)
def test_a_telephone_is_written_in_groups(kept, written):
    assert fmt.telephone(kept) == written


def test_a_month_is_named():
    assert fmt.month("2026-03") == "marzo 2026"


def test_one_is_singular():
    assert fmt.plural(1, "scaduta", "scadute") == "1 scaduta"
    assert fmt.plural(1000, "scaduta", "scadute") == "1.000 scadute"


@pytest.mark.parametrize(
    ("when", "written"),
    [
        ("2026-11-15", "dom 15 nov"),
        ("2026-11-16", "7 giorni fa"),
        ("2026-11-22", "ieri"),
        ("2026-11-23", "oggi"),
        ("2026-11-23T12:00:00+01:00", "oggi, 12:00"),
        ("2026-11-24", "domani"),
        ("2026-11-25", "mer 25 nov"),
        ("2027-01-06", "mer 6 gen 2027"),
        (None, ""),
    ],
)
def test_a_deadline_is_relative_when_near_and_absolute_when_far(when, written):
    assert fmt.near(when, NOW) == written


def test_an_instant_in_utc_is_told_in_rome_even_across_midnight():
    # given half past eleven of the evening before, in UTC
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    # then in Rome it is already today
    assert fmt.near(at, NOW) == "oggi, 0:30"
    assert fmt.instant(at, NOW) == "oggi, 0:30"


def test_the_history_names_the_day_and_the_hour():
    assert fmt.instant("2026-11-20T16:12:00+01:00", NOW) == "ven 20 nov, 16:12"
    assert fmt.instant("2025-11-20T16:12:00+01:00", NOW) == "gio 20 nov 2025, 16:12"


def test_long_dates_are_for_heads_of_pages():
    assert fmt.long("2026-11-25", NOW) == "mercoledì 25 novembre"
    assert fmt.full("1948-03-14") == "14 marzo 1948"


def test_a_distance_follows_a_date_written_in_full():
    assert [fmt.distance(NOW.date() + timedelta(n), NOW) for n in (-3, -1, 0, 1, 10)] == [
        "da 3 giorni", "da ieri", "oggi", "domani", "tra 10 giorni",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("2026-11-22", "scaduta"),
        ("2026-11-23T09:00:00+01:00", "scaduta"),
        ("2026-11-23", "oggi"),
        ("2026-11-30", "presto"),
        ("2026-12-01", "poi"),
        (None, "poi"),
    ],
)
def test_a_deadline_has_one_of_four_urgencies(when, kind):
    assert fmt.deadline_class(when, NOW) == kind


def test_waiting_counts_days_then_hours():
    assert fmt.waiting(date(2026, 11, 15), NOW) == "8\u00a0g"
    assert fmt.waiting(NOW - timedelta(hours=2, minutes=10), NOW) == "2\u00a0h"
    assert fmt.waiting(NOW - timedelta(minutes=10), NOW) == "oggi"


def test_age_counts_the_birthday_itself():
    assert fmt.age("1948-11-23", NOW) == 78
    assert fmt.age("1948-11-24", NOW) == 77


def test_templates_get_the_filters_with_the_clock_they_were_given():
    # given
    app = Flask(__name__)
    fmt.init_app(app, lambda: NOW)
    # when
    with app.app_context():
        page = render_template_string('{{ "2026-11-24"|tempo }} {{ 3|plurale("scaduta", "scadute") }}')
    # then
    assert page == '<time datetime="2026-11-24">domani</time> 3 scadute'
