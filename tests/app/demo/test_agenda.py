"""Stories are laid out in working days, back from now or around the days that are fixed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.demo.agenda import Act, Agenda
from engine import Calendar
from engine.calendar import ROME

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ROME)


@pytest.fixture
def agenda() -> Agenda:
    return Agenda(Calendar((6, 24)), MONDAY, 1)


@pytest.mark.parametrize(("term", "ago"), [(15, 17), (15, 15), (10, 1), (3, 3), (5, 0)])
def test_a_step_opened_some_days_ago_is_due_when_its_term_says(agenda: Agenda, term: int, ago: int) -> None:
    opened = agenda.before(agenda.today, ago)
    assert agenda.after(opened, term) == (
        agenda.after(agenda.today, term - ago) if term >= ago else agenda.before(agenda.today, ago - term)
    )


@pytest.mark.parametrize("today", ["2026-11-28", "2026-11-29", "2026-12-08", "2026-12-26"])
@pytest.mark.parametrize(("term", "ago"), [(15, 17), (15, 16), (15, 15), (10, 9), (3, 3), (1, 1)])
def test_on_a_holiday_what_would_be_due_today_is_due_the_next_day_at_work(
    today: str, term: int, ago: int
) -> None:
    # given
    agenda = Agenda(Calendar((6, 24)), datetime.fromisoformat(f"{today}T10:00").replace(tzinfo=ROME), 1)
    at_work = agenda.after(agenda.today, 1)
    # when
    (opened,) = agenda.times([Act("apre")], ago)
    # then it is late by as many working days as on any other day, and not by one more
    due = agenda.calendar.after_working_days(opened, term).date()
    assert agenda.calendar.working_days_between(at_work, due) == term - ago
    assert agenda.calendar.is_working(opened.date())


def test_days_go_back_from_the_last_act(agenda: Agenda) -> None:
    acts = [Act("prima"), Act("poi", 3), Act("dopo"), Act("infine", 2)]
    days = [moment.date() for moment in agenda.times(acts, ago=1)]
    assert days == [date(2026, 11, 13), date(2026, 11, 18), date(2026, 11, 18), date(2026, 11, 20)]


def test_acts_of_a_day_follow_one_another(agenda: Agenda) -> None:
    moments = agenda.times([Act(str(n)) for n in range(6)], ago=4)
    assert moments == sorted(set(moments))


def test_what_happens_today_has_happened_before_now(agenda: Agenda) -> None:
    moments = agenda.times([Act("prima"), Act("poi"), Act("infine")], ago=0)
    assert moments == sorted(set(moments))
    assert moments[-1] < MONDAY


def test_acts_gather_around_a_fixed_day(agenda: Agenda) -> None:
    fixed = date(2026, 10, 5)
    acts = [Act("domanda"), Act("avvio", 4, on=fixed), Act("verifica", 2), Act("oggi", 1)]
    days = [moment.date() for moment in agenda.times(acts, ago=None)]
    assert days == [date(2026, 9, 29), fixed, date(2026, 10, 7), date(2026, 10, 8)]
    recent = [moment.date() for moment in agenda.times(acts, ago=1)]
    assert recent == [date(2026, 9, 29), fixed, date(2026, 11, 19), date(2026, 11, 20)]


def test_an_act_may_have_its_very_instant(agenda: Agenda) -> None:
    moment = MONDAY - timedelta(hours=21)
    assert agenda.times([Act("apre", at=moment), Act("poi")], ago=None)[0] == moment
