"""The parameters of the paths in force, in words: what the release says, what the ente decided and from when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from app import format as written
from app.accounts.models import Account
from app.accounts.operator import Operator
from app.attivita.service import engine_of
from app.database import db
from app.enti import parametri
from app.enti.model import Ente, Parametro, Valore
from app.enti.patrono import CALENDAR, read
from app.enti.patrono import KEY as PATRONO
from app.enti.recapiti import CONTACTS, ONLINE, PEC, POST
from app.servizi.tariffe import DEMO, TARIFFARIO
from app.values import day_of
from engine import Program
from engine import operator as acting
from engine.tables import release

PARAMETERS: Final = "parametri"
DAY: Final = "giorno del mese"
FEAST: Final = "giorno dell’anno"
TO_WRITE: Final = {
    PEC: "PEC",
    POST: "Indirizzo per la posta",
    ONLINE: "Indirizzo web per rispondere online",
}
HOURS: Final = {
    "oss": "Costo di un’ora di OSS",
    "assistente_familiare": "Costo di un’ora di assistente familiare",
    "educatore": "Costo di un’ora di educatore",
}


class ParameterNotFound(LookupError):
    """No path in force has such a parameter, or it is decided in the paths that open this one."""


@dataclass(frozen=True)
class Decisione:
    """A value that the ente decided; `stato` is "vale adesso", "da venire", "superato"."""

    valore: Valore
    dal: date
    al: date | None
    chi: str
    quando: datetime
    stato: str


@dataclass(frozen=True)
class Voce:
    """A parameter today. `da`: "percorso", "ente" or the name of the ente above that decided it."""

    percorso: str
    chiave: str
    titolo: str
    unita: str
    predefinito: Valore
    vigente: Valore
    da: str
    decisioni: tuple[Decisione, ...]

    @property
    def adesso(self) -> Decisione | None:
        """The ente's own decision that holds today."""
        return next((each for each in self.decisioni if each.stato == "vale adesso"), None)

    @property
    def poi(self) -> list[Decisione]:
        """What is decided for the days to come, the nearest first."""
        return [each for each in reversed(self.decisioni) if each.stato == "da venire"]

    def holding(self, day: date) -> Decisione | None:
        """The ente's own decision that holds on a day."""
        held = (d for d in self.decisioni if d.dal <= day and (d.al is None or d.al >= day))
        return next(held, None)

    def on(self, day: date) -> Valore:
        """Its value on a day from today on; what the ente above may decide meanwhile is not known."""
        found = self.holding(day)
        return found.valore if found else self.vigente

    def words(self, value: Valore) -> str:
        """A value with its unit: «15 giorni lavorativi», «1,50 euro all’ora»."""
        if isinstance(value, bool):
            return "sì" if value else "no"
        if self.is_feast:
            feast = read(value)
            return f"{feast[1]} {written.MONTHS[feast[0] - 1]}" if feast else "nessuna"
        if value is None:
            return "nessuno"
        if isinstance(value, int | Decimal):
            amount = Decimal(value)
            cents = self.is_euro and amount != amount.to_integral_value()
            if self.unita == DAY:
                return f"il {written.number(amount)} del mese"
            figure = written.number(amount, 2) if cents else written.number(amount)
            return f"{figure} {self.unita}".rstrip()
        return str(value)

    @property
    def is_euro(self) -> bool:
        return self.unita.startswith("euro")

    @property
    def is_feast(self) -> bool:
        """A holiday that comes every year: «24 giugno»."""
        return self.unita == FEAST

    @property
    def is_contact(self) -> bool:
        """A way of writing to the ente; deciding None takes it away."""
        return self.percorso == CONTACTS

    @property
    def of_no_path(self) -> bool:
        """Of the ente as such: no release has a value for it."""
        return self.is_feast or self.is_contact


@dataclass(frozen=True)
class Gruppo:
    """The parameters of a path; `aperto_da`: the paths that open it and give it their values, by title."""

    slug: str
    titolo: str
    voci: list[Voce]
    aperto_da: list[str]


def groups(operator: Operator) -> list[Gruppo]:
    """Calendar and contacts; the paths in force that have parameters, by name, those that others open last; prices."""
    engine = engine_of(operator)
    slugs = db.session.scalars(select(release.c.slug).where(release.c.current))
    programs = [engine.current(slug)[1] for slug in slugs]
    openers = _openers(programs)
    reader = _Reader(operator, day_of(engine.now()))
    found = [
        Gruppo(
            slug=program.slug,
            titolo=program.bundle.title,
            voci=reader.voci(program),
            aperto_da=sorted(openers.get(program.slug, ())),
        )
        for program in programs
        if program.bundle.parameters
    ]
    hourly = reader.values(TARIFFARIO, DEMO)
    prices = [
        reader.voce(TARIFFARIO, key, HOURS[key], "euro all’ora", default, hourly)
        for key, default in DEMO.items()
    ]
    ordered = sorted(found, key=lambda group: (bool(group.aperto_da), group.titolo))
    feasts = reader.values(CALENDAR, {PATRONO: None})
    patron = reader.voce(CALENDAR, PATRONO, "Festa del santo patrono", FEAST, None, feasts)
    held = reader.values(CONTACTS, dict.fromkeys(TO_WRITE))
    contacts = [reader.voce(CONTACTS, key, title, "", None, held) for key, title in TO_WRITE.items()]
    return [
        Gruppo(CALENDAR, "Calendario", [patron], []),
        Gruppo(CONTACTS, "Recapiti", contacts, []),
        *ordered,
        Gruppo(TARIFFARIO, "Tariffario", prices, []),
    ]


def find(operator: Operator, percorso: str, chiave: str) -> tuple[Gruppo, Voce]:
    """One parameter that may be decided. Raises ParameterNotFound."""
    for group in groups(operator):
        if group.slug == percorso and not group.aperto_da:
            for voce in group.voci:
                if voce.chiave == chiave:
                    return group, voce
    raise ParameterNotFound(percorso, chiave)


def _openers(programs: Iterable[Program]) -> dict[str, set[str]]:
    """By slug, the paths that hand it all their parameters; none for one that people open too.

    What the caller hands over wins over what was decided for the called path (app/wiring.py).
    """
    by_slug = {program.slug: program for program in programs}
    found: dict[str, set[str]] = {}
    for program in by_slug.values():
        for called in _handed(program):
            if called in by_slug and not by_slug[called].bundle.manifest.get("avvio"):
                found.setdefault(called, set()).add(program.bundle.title)
    return found


def _handed(program: Program) -> Iterator[str]:
    for element in program.diagram.elements.values():
        hands = element.passes_all or any(each.target == PARAMETERS for each in element.inputs)
        if element.kind == "callActivity" and element.called and hands:
            yield element.called


class _Reader:
    """Reads all the decisions of the ente once."""

    def __init__(self, operator: Operator, today: date) -> None:
        self.ente_id = operator.ente_id
        self.today = today
        p = Parametro
        self.rows: dict[tuple[str, str], list[Parametro]] = {}
        for row in db.session.scalars(select(p).order_by(p.dal.desc(), p.id.desc())):
            self.rows.setdefault((row.percorso, row.chiave), []).append(row)
        people = db.session.scalars(select(Account))
        self.names = {acting(each.id).label: each.name for each in people} if self.rows else {}
        self.above = _above(operator.ente_id)

    def values(self, percorso: str, defaults: Mapping[str, Valore]) -> dict[str, Valore]:
        return parametri.values(self.ente_id, percorso, defaults, self.today)

    def voci(self, program: Program) -> list[Voce]:
        declared = program.bundle.parameters
        now = self.values(program.slug, {each.key: each.default for each in declared})
        return [
            self.voce(program.slug, each.key, each.title, each.unit or "", each.default, now)
            for each in declared
            if isinstance(each.default, str | int | float | Decimal)
        ]

    def voce(
        self, percorso: str, chiave: str, titolo: str, unita: str, default: Any, now: Mapping[str, Valore]
    ) -> Voce:
        decided = self._decisions(self.rows.get((percorso, chiave), []))
        own = any(each.stato == "vale adesso" for each in decided)
        elsewhere = self.above if now[chiave] != default else "percorso"
        return Voce(
            percorso=percorso,
            chiave=chiave,
            titolo=titolo,
            unita=unita.replace("'", "’"),
            predefinito=_exact(default),
            vigente=_exact(now[chiave]),
            da="ente" if own else elsewhere,
            decisioni=tuple(decided),
        )

    def _decisions(self, rows: list[Parametro]) -> list[Decisione]:
        found: list[Decisione] = []
        days: set[date] = set()
        in_force = False
        for row in rows:
            if row.dal > self.today:
                state = "superato" if row.dal in days else "da venire"
            elif not in_force and (row.al is None or row.al >= self.today):
                state, in_force = "vale adesso", True
            else:
                state = "superato"
            days.add(row.dal)
            chi = self.names.get(row.da_chi, "chi ha installato Percorsi")
            found.append(Decisione(row.valore, row.dal, row.al, chi, row.recorded_at, state))
        return found


def _exact(value: Valore) -> Valore:
    return Decimal(str(value)) if isinstance(value, float) else value


def _above(ente_id: int) -> str:
    parent = select(Ente.parent_id).where(Ente.id == ente_id).scalar_subquery()
    return db.session.scalar(select(Ente.nome).where(Ente.id == parent)) or "percorso"
