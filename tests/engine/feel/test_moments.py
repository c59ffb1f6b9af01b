"""Dates, times and durations."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import Date, DayTimeDuration, Environment, parse
from tests.engine.feel.evaluation import value, written


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('date("2026-02-29")', "null"),
        ('date("2026-1-31")', "null"),
        ('date("-2026-12-31")', '@"-2026-12-31"'),
        ('date("999999999-12-31")', '@"999999999-12-31"'),
        ("date(2024, 2, 29)", '@"2024-02-29"'),
        ('date(@"2026-01-31T10:00:00")', '@"2026-01-31"'),
        ('time("24:00:00")', '@"00:00:00"'),
        ('time("24:00:01")', "null"),
        ('time("10:00:00-00:00")', '@"10:00:00Z"'),
        ('time("10:00:00@xyz/abc")', "null"),
        ('time("10:00:00@../../etc/passwd")', "null"),
        ('time("10:00:00+19:00")', "null"),
        ('time(11, 59, 45.5, @"-PT2H45M55S")', '@"11:59:45.5-02:45:55"'),
        ('time(@"2026-01-31")', '@"00:00:00Z"'),
        ('date and time("2026-01-31")', '@"2026-01-31T00:00:00"'),
        ('date and time("2026-12-31T24:00:00")', '@"2027-01-01T00:00:00"'),
        ('date and time(@"2026-01-31", @"10:00:00@Europe/Rome")', '@"2026-01-31T10:00:00@Europe/Rome"'),
        ('date and time(2026, 1, 31, 10, 0, 0, "Europe/Rome")', '@"2026-01-31T10:00:00@Europe/Rome"'),
        ('date and time(2026, 1, 31, 10, 0, 0, @"PT1H")', '@"2026-01-31T10:00:00+01:00"'),
        ('duration("P26M")', '@"P2Y2M"'),
        ('duration("-PT1000M0.5S")', '@"-PT16H40M0.5S"'),
        ('duration("P0D")', '@"PT0S"'),
        ('duration("P1Y1D")', "null"),
        ('duration("P")', "null"),
        ('@"foo"', "null"),
        ("now()", '@"2026-03-15T09:30:00Z"'),
        ("today()", '@"2026-03-15"'),
    ],
)
def test_a_moment_is_read(text: str, result: str) -> None:
    assert written(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('@"2024-01-31" + @"P1M"', '@"2024-02-29"'),
        ('@"P1Y" + @"2024-02-29"', '@"2025-02-28"'),
        ('@"2026-01-01" - @"PT36H"', '@"2025-12-30"'),
        ('@"2026-03-01" - @"2026-02-01"', '@"P28D"'),
        ('@"23:00:00" + @"PT2H"', '@"01:00:00"'),
        ('@"10:00:00Z" - @"10:00:00+01:00"', '@"PT1H"'),
        ('@"2026-03-29T01:30:00@Europe/Rome" + @"PT1H"', '@"2026-03-29T03:30:00@Europe/Rome"'),
        ('@"2026-03-29T01:30:00+01:00" + @"PT1H"', '@"2026-03-29T02:30:00+01:00"'),
        ('@"2026-01-02T00:00:00Z" - @"2026-01-01"', '@"P1D"'),
        ('@"2026-01-02T00:00:00" - @"2026-01-01T00:00:00Z"', "null"),
        ('@"P1D" * 1.5', '@"P1DT12H"'),
        ('@"P1Y" / 5', '@"P2M"'),
        ('@"P1D" / @"PT1H"', "24"),
        ('@"P1D" / 0', "null"),
        ('@"P1Y" + @"P1D"', "null"),
        ('@"2026-01-01" + 1', "null"),
        ('-@"P1Y"', '@"-P1Y"'),
        ('years and months duration(@"2025-12-31", @"2024-02-29")', '@"-P1Y10M"'),
        ('@"2026-03-29T04:00:00@Europe/Rome".time offset', '@"PT2H"'),
        ('@"-PT1H2M".minutes', "-2"),
        ('@"10:00:01.5".second', "1.5"),
        ('@"-PT1.25S".seconds', "-1.25"),
        ('(function(m: date and time) m)(@"2026-01-31")', '@"2026-01-31T00:00:00Z"'),
        ('@"2026-03-15".weekday', "7"),
        ('@"P1Y".days', "null"),
        ('day of year(@"2024-12-31")', "366"),
        ('day of week(@"2026-03-15")', '"Sunday"'),
        ('month of year(@"2026-03-15T10:00:00")', '"March"'),
        ('week of year(@"2021-01-03")', "53"),
        ('@"999999999-12-31" + @"P1D"', "null"),
    ],
)
def test_calendar_arithmetic_gives(text: str, result: str) -> None:
    assert written(text) == result


def test_the_clock_is_null_where_the_host_gives_none() -> None:
    assert parse("now()").evaluate({}, Environment()) is None


@given(st.dates(), st.integers(-800_000, 800_000))
def test_days_are_counted_as_the_standard_library_does(day: date, shift: int) -> None:
    # given
    ordinal = day.toordinal() + shift
    if not 1 <= ordinal <= date.max.toordinal():
        return
    # when
    moved = value("g + d", g=day, d=DayTimeDuration(shift * 86_400 * 10**9))
    # then
    assert str(moved) == date.fromordinal(ordinal).isoformat()


@given(st.dates())
def test_weeks_are_those_of_the_standard_library(day: date) -> None:
    assert value("week of year(g)", g=day) == day.isocalendar().week
    assert value("g.weekday", g=day) == day.isoweekday()
    assert value("day of year(g)", g=day) == day.timetuple().tm_yday


@given(st.integers(-300_000_000_000, 300_000_000_000))
def test_ordinals_go_there_and_back(ordinal: int) -> None:
    assert Date.from_ordinal(ordinal).ordinal == ordinal


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_survives_its_text(moment: object) -> None:
    assert value("date and time(string(m)) = m", m=moment) is True
