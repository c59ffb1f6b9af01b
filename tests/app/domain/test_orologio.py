"""The legal clock: properties over any suspensions, and the cases that a lawyer would check first."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.pratiche.orologio import Orologio, Pausa, read

START = date(2026, 11, 23)
DAY = timedelta(days=1)
days = st.integers(0, 200).map(lambda n: START + n * DAY)
terms = st.integers(1, 120)


@st.composite
def pauses(draw: st.DrawFn) -> list[Pausa]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        dal = draw(days)
        length = draw(st.integers(-1, 40))
        found.append(Pausa(dal, dal + length * DAY))
    if draw(st.booleans()):
        found.append(Pausa(draw(days), None))
    return found


@given(terms, pauses(), days)
def test_what_passed_and_what_is_left_make_the_term(term: int, stops: list[Pausa], on: date) -> None:
    clock = read(START, term, stops, on)
    assert clock.trascorsi + clock.restanti == term
    assert clock.trascorsi + clock.sospesi == (on - START).days
    assert clock.trascorsi >= 0


@given(terms, pauses(), days)
def test_the_term_is_over_on_the_day_after_the_deadline(term: int, stops: list[Pausa], on: date) -> None:
    clock = read(START, term, stops, on)
    assert clock.scaduto == (on > clock.scade_il and clock.trascorsi > term)
    if on == clock.scade_il:
        assert clock.restanti == 0


@given(terms, pauses(), days)
def test_a_day_brings_at_most_a_day(term: int, stops: list[Pausa], on: date) -> None:
    before, after = read(START, term, stops, on), read(START, term, stops, on + DAY)
    assert after.trascorsi - before.trascorsi in (0, 1)
    assert (after.trascorsi == before.trascorsi) == after.sospeso


@given(terms, pauses(), days)
def test_a_suspension_never_brings_the_deadline_nearer(term: int, stops: list[Pausa], on: date) -> None:
    assert read(START, term, stops, on).scade_il >= read(START, term, [], on).scade_il


@given(terms, pauses(), days)
def test_the_segments_cover_every_day_once(term: int, stops: list[Pausa], on: date) -> None:
    # when
    clock = read(START, term, stops, on)
    # then
    day = START
    for piece in clock.tratti:
        assert piece.dal == day + DAY
        assert piece.al >= piece.dal
        assert piece.da_venire == (piece.dal > on)
        day = piece.al
    assert day == max(clock.scade_il, on)
    assert _count(clock, "sospeso", until=on) == clock.sospesi
    assert _count(clock, "corre", until=on) + _count(clock, "oltre", until=on) == clock.trascorsi


def _count(clock: Orologio, kind: str, *, until: date) -> int:
    return sum(piece.days for piece in clock.tratti if piece.kind == kind and piece.dal <= until)


def test_thirty_days_from_a_monday_end_on_the_thirtieth_day_after() -> None:
    # the first day does not count (art. 2963 c.c.)
    assert read(START, 30, [], START).scade_il == date(2026, 12, 23)


def test_a_notice_before_refusal_stops_the_clock_until_it_restarts() -> None:
    # given a notice on the tenth day, and observations twelve days later
    stop = Pausa(date(2026, 12, 3), date(2026, 12, 14))
    # when
    during = read(START, 30, [Pausa(stop.dal, None)], date(2026, 12, 10))
    after = read(START, 30, [stop], date(2026, 12, 20))
    # then
    assert (during.trascorsi, during.sospeso, during.restanti) == (9, True, 21)
    assert (after.trascorsi, after.sospesi, after.scade_il) == (15, 12, date(2027, 1, 4))


def test_overlapping_suspensions_count_each_day_once() -> None:
    stops = [Pausa(START + 5 * DAY, START + 10 * DAY), Pausa(START + 8 * DAY, START + 12 * DAY)]
    assert read(START, 30, stops, START + 20 * DAY).sospesi == 8


def test_a_suspension_after_the_deadline_saves_nobody() -> None:
    # given
    late = read(START, 5, [Pausa(START + 10 * DAY, None)], START + 20 * DAY)
    # then
    assert late.scaduto
    assert late.scade_il == START + 5 * DAY
    assert [piece.kind for piece in late.tratti] == ["corre", "oltre", "sospeso"]
