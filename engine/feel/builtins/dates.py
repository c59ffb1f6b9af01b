"""now, today, and where a day falls."""

from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Nulled
from engine.feel.interchange import from_json
from engine.feel.moments import Date, DateTime
from engine.feel.scope import Run

# The specification gives these names in English only (DMN 1.5, 10.3.4.8).
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("now()")
def now(run: Run) -> DateTime:
    moment = run.environment.now
    if moment is None:
        raise Nulled("l'ora attuale non è disponibile qui")
    found: DateTime = from_json(moment)
    return found


@builtin("today()")
def today(run: Run) -> Date:
    return now(run).date


def _date(date: Date | DateTime) -> Date:
    return date.date if isinstance(date, DateTime) else date


@builtin("day of year(date: day)")
def day_of_year(run: Run, date: Date | DateTime) -> Decimal:
    return Decimal(_date(date).day_of_year)


@builtin("day of week(date: day)")
def day_of_week(run: Run, date: Date | DateTime) -> str:
    return DAYS[_date(date).weekday - 1]


@builtin("month of year(date: day)")
def month_of_year(run: Run, date: Date | DateTime) -> str:
    return MONTHS[_date(date).month - 1]


@builtin("week of year(date: day)")
def week_of_year(run: Run, date: Date | DateTime) -> Decimal:
    """ISO 8601."""
    return Decimal(_date(date).week_of_year)
