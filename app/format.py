"""How numbers, money, hours and dates are written on screen: Italian words, the nearer the more familiar.

Dates come as `date`, aware `datetime` or ISO text; what is missing (None, "") is written as "".
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Flask
from markupsafe import Markup, escape

from engine.calendar import END_OF_DAY
from engine.form.formats import is_telefono

ROME = ZoneInfo("Europe/Rome")
NBSP = "\u00a0"
DAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
ITALY = 39  # country code
NEAR = 7  # days: beyond them a date is absolute, and a deadline is no longer "presto"

UNIT = re.compile(r"(.+?)\s*\(([^()]{1,12})\)")

When = date | datetime | str | None
Clock = Callable[[], datetime]


def counted(value: int | str | None) -> str:
    """A count, which may be a text such as «500+» where counting stopped."""
    return value if isinstance(value, str) else number(value)


def number(value: Decimal | int | str | None, decimals: int | None = None) -> str:
    """1234.5 → «1.234,5»; with `decimals` the figure is rounded half up to that many."""
    if value is None or value == "":
        return ""
    amount = Decimal(value)
    if decimals is not None:
        amount = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{amount:,f}".translate(str.maketrans(",.-", ".,−"))


def euro(value: Decimal | int | str | None) -> str:
    """Euro, rounded half up to the cent: «1.234,50 €»."""
    return f"{number(value, 2)}{NBSP}€" if value not in (None, "") else ""


def measured(label: str, value: object) -> tuple[str, str]:
    """«Costo al mese (€)», 859.3 → «Costo al mese», «859,30 €»: a label may end with its figure's unit.

    The words are "" for what is no figure; the label then stays whole.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return label, ""
    found = UNIT.fullmatch(label)
    name, unit = found.groups() if found else (label, "")
    amount = Decimal(str(value))
    if unit.startswith("€"):
        return name, f"{number(amount, 2)}{NBSP}{unit}"
    whole = number(
        amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
    )
    return name, f"{whole}{NBSP}{unit}" if unit else whole


def hours(value: timedelta | int | None) -> str:
    """Minutes (or a timedelta) as hours and minutes: 2080 → «34:40»."""
    if value is None:
        return ""
    minutes = int(value.total_seconds()) // 60 if isinstance(value, timedelta) else value
    sign = "−" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def telephone(value: str) -> str:
    """A number kept in E.164, in groups as one reads it aloud: «010 246 8013», «+33 1 45 67 89 01».

    What is not such a number stays as it is.
    """
    if not is_telefono(value):
        return value
    called = phonenumbers.parse(value)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        called, style.NATIONAL if called.country_code == ITALY else style.INTERNATIONAL
    )


def plural(count: int, one: str, many: str) -> str:
    """«1 scaduta», «3 scadute»; the figure is written with its dots."""
    return f"{number(count)} {one if count == 1 else many}"


def parse(when: When) -> date | datetime | None:
    """A date, or an instant in Rome's time; None for what a template leaves undefined too. Raises ValueError
    when the text is no ISO date."""
    if not when:
        return None
    if isinstance(when, str):
        when = date.fromisoformat(when) if len(when) == len("2026-11-25") else datetime.fromisoformat(when)
    if isinstance(when, datetime):
        return when.astimezone(ROME) if when.tzinfo else when.replace(tzinfo=ROME)
    return when


def day_of(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def clock_time(when: date | datetime) -> str:
    """«, 9:31» after an instant, nothing after a date."""
    return f", {when.hour}:{when.minute:02d}" if isinstance(when, datetime) else ""


def short(when: When, now: datetime) -> str:
    """«mer 25 nov»; the year only when it is not this one."""
    at = parse(when)
    if at is None:
        return ""
    day = day_of(at)
    year = "" if day.year == now.astimezone(ROME).year else f" {day.year}"
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}{year}"


def long(when: When, now: datetime) -> str:
    """«mercoledì 25 novembre»; the year only when it is not this one."""
    at = parse(when)
    if at is None:
        return ""
    day = day_of(at)
    year = "" if day.year == now.astimezone(ROME).year else f" {day.year}"
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def full(when: When) -> str:
    """«14 marzo 1948»: a birthday, a protocol."""
    at = parse(when)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}" if at else ""


def month(code: str) -> str:
    """«novembre 2026» for «2026-11»."""
    year, number_of_month = code.split("-")
    return f"{MONTHS[int(number_of_month) - 1]} {year}"


def instant(when: When, now: datetime) -> str:
    """«ven 20 nov, 16:12»; today's and yesterday's by name."""
    at = parse(when)
    if at is None:
        return ""
    distance = (day_of(at) - now.astimezone(ROME).date()).days
    return {0: "oggi", -1: "ieri"}.get(distance, short(at, now)) + clock_time(at)


def _ends_with_day(at: date | datetime) -> bool:
    return isinstance(at, datetime) and at.astimezone(ROME).time() == END_OF_DAY


def near(when: When, now: datetime) -> str:
    """A deadline: «3 giorni fa», «ieri», «oggi, 12:00», «domani», then «mer 25 nov».

    One that ends with its day is «oggi» and no more.
    """
    at = parse(when)
    if at is None:
        return ""
    distance = (day_of(at) - now.astimezone(ROME).date()).days
    named = {-1: "ieri", 0: "oggi" + ("" if _ends_with_day(at) else clock_time(at)), 1: "domani"}
    if distance in named:
        return named[distance]
    if -NEAR <= distance < 0:
        return f"{-distance} giorni fa"
    return short(at, now)


def distance(when: When, now: datetime) -> str:
    """«oggi», «domani», «tra 10 giorni», «da ieri», «da 3 giorni»: after a deadline written in full."""
    at = parse(when)
    if at is None:
        return ""
    days = (day_of(at) - now.astimezone(ROME).date()).days
    named = {0: "oggi", 1: "domani", -1: "da ieri"}
    return named.get(days) or (f"tra {number(days)} giorni" if days > 0 else f"da {number(-days)} giorni")


def deadline_class(when: When, now: datetime) -> str:
    """`scaduta`, `oggi`, `presto` (within seven days) or `poi`; an instant of today expires at its hour."""
    at = parse(when)
    if at is None:
        return "poi"
    days = (day_of(at) - now.astimezone(ROME).date()).days
    if days < 0 or (isinstance(at, datetime) and at < now):
        return "scaduta"
    return "oggi" if days == 0 else "presto" if days <= NEAR else "poi"


def waiting(since: When, now: datetime) -> str:
    """How long something has been waiting: «8 g», «2 h», «oggi» in its first hour or for a bare date."""
    at = parse(since)
    if at is None:
        return ""
    days = (now.astimezone(ROME).date() - day_of(at)).days
    if days > 0:
        return f"{number(days)}{NBSP}g"
    elapsed = now - at if isinstance(at, datetime) else timedelta()
    return f"{elapsed // timedelta(hours=1)}{NBSP}h" if elapsed >= timedelta(hours=1) else "oggi"


def age(born_on: When, now: datetime) -> int | None:
    """Whole years; who was born on 29 February turns on 1 March in common years."""
    born = parse(born_on)
    if born is None:
        return None
    today = now.astimezone(ROME).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def time_tag(when: When, write: Callable[[When, datetime], str], now: datetime) -> Markup:
    """The date as `write` puts it, inside `<time datetime>`."""
    at = parse(when)
    if at is None:
        return Markup()
    machine = at.isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()
    return Markup('<time datetime="{}">{}</time>').format(machine, escape(write(at, now)))


def system_clock() -> datetime:
    return datetime.now(ROME)


def at_present(write: Callable[[When, datetime], object], clock: Clock) -> Callable[[When], object]:
    """The filter that asks the clock at every use."""
    return lambda when: write(when, clock())


def init_app(app: Flask, clock: Clock = system_clock) -> None:
    """Register the filters. `clock` gives the present moment (aware) to those that need it.

    Filters: euro, numero, conta, ore, plurale, mese, vicino, giorno, giorno_lungo, data, istante, distanza, aspetta,
    eta, scadenza; and, already inside `<time>`: tempo (near), tempo_giorno, tempo_lungo, tempo_istante."""
    dated: dict[str, Callable[[When, datetime], object]] = {
        "vicino": near,
        "giorno": short,
        "giorno_lungo": long,
        "istante": instant,
        "distanza": distance,
        "aspetta": waiting,
        "eta": age,
        "scadenza": deadline_class,
        "tempo": lambda when, now: time_tag(when, near, now),
        "tempo_giorno": lambda when, now: time_tag(when, short, now),
        "tempo_lungo": lambda when, now: time_tag(when, long, now),
        "tempo_istante": lambda when, now: time_tag(when, instant, now),
    }
    app.jinja_env.filters.update(
        euro=euro, numero=number, conta=counted, ore=hours, plurale=plural, data=full, mese=month
    )
    app.jinja_env.filters.update({name: at_present(write, clock) for name, write in dated.items()})
