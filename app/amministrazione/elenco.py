"""Who works in the ente, as the administrator sees them: accounts, roles, sessions; never what they work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Date, Text, and_, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from app.accounts.models import Account, RuoloOperatore, Sessione
from app.accounts.operator import Operator
from app.accounts.service import AccountNotFound
from app.accounts.sessions import SessionLimits
from app.audit.models import Audit
from app.database import db
from app.enti.model import Unita
from app.rights.roles import ROLES, Ambito, title

PAGE: Final = 50
LATELY: Final = 30  # days
REVIEW: Final = "accesso:review"
MANAGE: Final = "account:manage"
STATI: Final = ("attivi", "sospesi", "")
WHOLE: Final = "tutto l’ente"

_TODAY = cast(func.timezone("Europe/Rome", func.now()), Date)


@dataclass(frozen=True)
class Filter:
    """Which accounts: words of the name, one of STATI ("": all)."""

    q: str = ""
    stato: str = "attivi"
    pagina: int = 1


@dataclass(frozen=True)
class Held:
    """A role held, in words; `quando` is "ora", "poi" or "prima"."""

    id: int
    ruolo: str
    dove: str
    dal: date
    al: date | None
    dato_da: str
    quando: str


@dataclass(frozen=True)
class Arrival:
    """Somebody who was lately given a role over people."""

    chi: str
    ruolo: Held


@dataclass(frozen=True)
class Reset:
    """A password made anew."""

    di_chi: str
    at: datetime
    da_chi: str


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    account: Account
    ruoli: list[Held]


@dataclass(frozen=True)
class Card:
    """One account. `ultimo_accesso`: its last login; `aperte`: on how many computers it is in now."""

    account: Account
    ruoli: list[Held]
    passati: list[Held]
    ultimo_accesso: datetime | None
    aperte: int


def rows(wanted: Filter) -> tuple[list[Row], bool]:
    """A page of the list by name, and whether there are more."""
    query = select(Account).order_by(Account.cognome, Account.nome, Account.id)
    if wanted.stato:
        query = query.where(Account.attivo.is_(wanted.stato == "attivi"))
    for word in wanted.q.split():
        part = f"%{_plain(word)}%"
        columns = (Account.nome, Account.cognome, Account.nome_utente)
        query = query.where(or_(*(column.ilike(part, escape="\\") for column in columns)))
    found = db.session.scalars(query.offset((wanted.pagina - 1) * PAGE).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    held = _held(RuoloOperatore.account_id.in_([account.id for account in shown]))
    return [Row(each, _now(held.get(each.id, []))) for each in shown], len(found) > PAGE


def card(account_id: int, limits: SessionLimits) -> Card:
    """Raises AccountNotFound."""
    account = db.session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise AccountNotFound(account_id)
    last = select(Audit.at).where(Audit.account_id == account_id, Audit.azione == "accesso.login")
    alive = select(func.count()).where(
        Sessione.account_id == account_id,
        Sessione.expires_at > func.now(),
        Sessione.last_seen_at > func.now() - limits.idle,
    )
    held = _held(RuoloOperatore.account_id == account_id).get(account_id, [])
    return Card(
        account=account,
        ruoli=[each for each in held if each.quando != "prima"],
        passati=[each for each in held if each.quando == "prima"],
        ultimo_accesso=db.session.scalar(last.order_by(Audit.id.desc()).limit(1)),
        aperte=db.session.execute(alive).scalar_one(),
    )


def unita() -> list[tuple[str, str]]:
    """The units in which a role may be given: (id, name)."""
    found = db.session.scalars(select(Unita).where(Unita.attiva).order_by(Unita.nome))
    return [(row.id, row.nome) for row in found]


def arrivals(operator: Operator) -> list[Arrival]:
    """Who was given, in these days, a role over the people of the operator's units, and by whom.

    An administrator sees no case, but opens accounts and gives roles: the responsabile of the unit looks.
    """
    r = RuoloOperatore
    found = _held(and_(_over_people_of(operator), r.granted_by.is_not(None), r.dal > _TODAY - LATELY))
    names = {
        row.id: row.name for row in db.session.scalars(select(Account).where(Account.id.in_(found.keys())))
    }
    return [Arrival(names[account_id], held) for account_id, all_ in found.items() for held in all_]


def resets(operator: Operator) -> list[Reset]:
    """Whose password was made anew in these days, among those who work in the operator's units, and by whom.

    Who made it knew it, until its owner changed it.
    """
    r, owner, maker = RuoloOperatore, Account, aliased(Account)
    makers = select(r.account_id).where(r.ruolo.in_([role.id for role in ROLES.values() if role.can(MANAGE)]))
    at_work = select(r.account_id).where(_over_people_of(operator), r.al.is_(None) | (r.al >= _TODAY))
    rows = db.session.execute(
        select(Audit.at, owner, maker)
        .join(owner, and_(owner.ente_id == Audit.ente_id, cast(owner.id, Text) == Audit.oggetto_id))
        .join(maker, and_(maker.ente_id == Audit.ente_id, maker.id == Audit.account_id))
        .where(
            Audit.account_id.in_(makers),
            Audit.azione == "account.reset_password",
            Audit.at > func.now() - timedelta(days=LATELY),
            owner.id.in_(at_work),
        )
        .order_by(Audit.id.desc())
    )
    return [Reset(whose.name, at, by.name) for at, whose, by in rows]


def _over_people_of(operator: Operator) -> ColumnElement[bool]:
    """Roles over real people, in the units that the operator watches or in the whole ente."""
    reach = [grant.units for grant in operator.roles if REVIEW in ROLES[grant.ruolo].azioni]
    units = {unit for each in reach for unit in each or ()}
    over_people = [role.id for role in ROLES.values() if role.vede and role.ambito is not Ambito.SINTETICI]
    r = RuoloOperatore
    near = or_(r.unita_id.is_(None), r.unita_id.in_(sorted(units))) if None not in reach else true()
    return and_(r.ruolo.in_(over_people), near)


def _now(held: Iterable[Held]) -> list[Held]:
    return [each for each in held if each.quando == "ora"]


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _held(wanted: ColumnElement[bool]) -> dict[int, list[Held]]:
    """Those roles by account, the newest first; one taken away before its first day was never held."""
    r, giver = RuoloOperatore, Account
    found = db.session.execute(
        select(r, Unita.nome, giver.nome, giver.cognome, _TODAY.label("oggi"))
        .outerjoin(Unita, (Unita.ente_id == r.ente_id) & (Unita.id == r.unita_id))
        .outerjoin(giver, (giver.ente_id == r.ente_id) & (giver.id == r.granted_by))
        .where(wanted, r.al.is_(None) | (r.al >= r.dal))
        .order_by(r.dal.desc(), r.id.desc())
    )
    by_account: dict[int, list[Held]] = {}
    for row, dove, nome, cognome, today in found:
        later = row.dal > today
        over = row.al is not None and row.al < today
        by_account.setdefault(row.account_id, []).append(
            Held(
                id=row.id,
                ruolo=title(row.ruolo),
                dove=dove or WHOLE,
                dal=row.dal,
                al=row.al,
                dato_da=f"{nome} {cognome}" if nome else "chi ha installato Percorsi",
                quando="prima" if over else "poi" if later else "ora",
            )
        )
    return by_account
