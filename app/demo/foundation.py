"""Laying the synthetic city: enti, units, accounts, parameters, published paths. Done again, it changes nothing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import NewAccount, grant_role, open_account
from app.commands.folder import PROCESSES
from app.database.context import ente_context
from app.demo.city import ACCOUNTS, ENTI, GENOVA, PASSWORD, UNITA
from app.enti import parametri
from app.enti.model import Ente, Unita
from app.enti.patrono import CALENDAR, KEY
from app.wiring import EngineMaker
from engine import Bundle, from_folder, system
from engine.tables import release

BEGINNING = date(2026, 1, 1)


def lay(database: Database, maker: EngineMaker) -> None:
    """Everything that the city needs before its first pratica. Raises ReleaseRefused."""
    with ente_context(None), Session(database) as session, session.begin():
        for ente in ENTI:
            session.execute(
                insert(Ente)
                .values(
                    id=ente.id,
                    slug=ente.slug,
                    nome=ente.nome,
                    tipo=ente.tipo,
                    parent_id=ente.parent_id,
                    codice_istat=ente.istat,
                    codice_belfiore=ente.belfiore,
                    sintetico=True,
                )
                .on_conflict_do_nothing()
            )
    bundles = published()
    for ente in ENTI:
        with ente_context(ente.id), Session(database) as session, session.begin():
            if ente.patrono is not None:
                _set_patron(session, ente.id, ente.patrono)
            if ente.tipo == "comune":
                _publish(session, maker, ente.id, bundles)
    with ente_context(GENOVA), Session(database) as session, session.begin():
        _people(session)


def _publish(session: Session, maker: EngineMaker, ente_id: int, bundles: list[Bundle]) -> None:
    """What is current already is not checked again: a start after the first has nothing to do here."""
    r = release.c
    current = set(session.scalars(select(r.hash).where(r.ente_id == ente_id, r.current)))
    engine = maker(session, ente_id)
    for bundle in bundles:
        if bundle.hash not in current:
            engine.publish(bundle, system("installazione"))


def published() -> list[Bundle]:
    """The bundles that come with the software."""
    folders = sorted(path for path in PROCESSES.iterdir() if (path / "bundle.json").exists())
    return [from_folder(folder) for folder in folders]


def _set_patron(session: Session, ente_id: int, patrono: str) -> None:
    known = parametri.values(ente_id, CALENDAR, {KEY: None}, date.today(), session)
    if known[KEY] is None:
        parametri.decide(ente_id, CALENDAR, KEY, patrono, dal=BEGINNING, by="installazione", session=session)


def _people(session: Session) -> None:
    for unita in UNITA:
        session.execute(
            insert(Unita)
            .values(ente_id=GENOVA, id=unita.id, nome=unita.nome, tipo=unita.tipo)
            .on_conflict_do_nothing()
        )
    known = set(session.scalars(select(Account.nome_utente)))
    for seed in ACCOUNTS:
        if seed.nome_utente in known:
            continue
        new = NewAccount(seed.nome_utente, seed.nome, seed.cognome, password=PASSWORD, sintetico=True)
        account_id, _ = open_account(session, None, new)
        for ruolo, unita_id in seed.ruoli:
            grant_role(session, None, account_id, ruolo, unita_id)


def welcome() -> list[str]:
    """The lines to print at start: who can log in."""
    width = max(len(seed.nome_utente) for seed in ACCOUNTS)
    people = [
        f"  {seed.nome_utente:<{width}}  {', '.join(ruolo.replace('_', ' ') for ruolo, _ in seed.ruoli)}"
        for seed in ACCOUNTS
    ]
    return [f"Città di prova. Password di tutti: {PASSWORD}", *people]
