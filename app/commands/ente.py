"""`percorsi ente`: open an ente, and give it its first administrator, or one when nobody can come in any more."""

from __future__ import annotations

import re
import secrets

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import service
from app.accounts.models import Account
from app.accounts.service import NewAccount
from app.commands.place import opened
from app.commands.publish import ente_of
from app.database.context import ente_context
from app.enti.model import Ente
from app.settings import Settings
from app.startup import StartupRefused

ADMINISTRATOR = "amministratore_ente"
HIGHEST = 2**31 - 1
LONGEST = 80  # of a username
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ISTAT = re.compile(r"[0-9]{6}")
BELFIORE = re.compile(r"[A-Z][0-9]{3}")


class EnteRefused(StartupRefused):
    """The ente cannot be opened, or the administrator let in; the message says why."""


def create(
    settings: Settings, slug: str, nome: str, tipo: str, istat: str | None = None, belfiore: str | None = None
) -> int:
    """Open an ente, with nobody and no path in it. Raises StartupRefused."""
    if not SLUG.fullmatch(slug) or not nome.strip():
        raise EnteRefused("Serve il nome dell'ente, e uno slug di lettere minuscole, cifre e trattini.")
    if istat is not None and not ISTAT.fullmatch(istat):
        raise EnteRefused("--istat: il codice ISTAT di un comune ha 6 cifre, per esempio 010025.")
    if belfiore is not None and not BELFIORE.fullmatch(belfiore):
        raise EnteRefused(
            "--belfiore: il codice Belfiore ha una lettera maiuscola e 3 cifre, per esempio D969."
        )
    with opened(settings) as database, ente_context(None), Session(database) as session:
        number = (
            secrets.randbelow(HIGHEST) + 1
        )  # not the next one: an ente takes its number along to another cell
        try:
            session.execute(
                insert(Ente).values(
                    id=number,
                    slug=slug,
                    nome=nome.strip(),
                    tipo=tipo,
                    codice_istat=istat,
                    codice_belfiore=belfiore,
                )
            )
            session.commit()
        except IntegrityError:
            raise EnteRefused(f"C'è già un ente «{slug}», o con questi codici.") from None
    print(f"{slug}: aperto. Ora chi lo amministra: percorsi ente admin --ente {slug} …")
    return 0


def admin(settings: Settings, slug: str, nome_utente: str, nome: str | None, cognome: str | None) -> int:
    """Let an administrator in and print the provisional password, this once. Raises StartupRefused.

    Of an account that is there the password is made anew, and the role given where it is missing.
    """
    if not re.fullmatch(service.USERNAME, nome_utente.strip()) or len(nome_utente) > LONGEST:
        raise EnteRefused("--nome-utente: usa solo lettere senza accento, cifre, punto e trattino.")
    with opened(settings) as database:
        ente_id = ente_of(database, slug)
        with ente_context(ente_id), Session(database) as session, session.begin():
            password = _let_in(session, nome_utente.strip().lower(), nome, cognome)
    print(password)
    return 0


def _let_in(session: Session, nome_utente: str, nome: str | None, cognome: str | None) -> str:
    account_id = session.scalar(select(Account.id).where(Account.nome_utente == nome_utente))
    try:
        if account_id is not None:
            service.reopen_account(session, None, account_id)
            password = service.reset_password(session, None, account_id)
        elif nome and cognome and nome_utente:
            account_id, password = service.open_account(session, None, NewAccount(nome_utente, nome, cognome))
        else:
            raise EnteRefused("Per un accesso nuovo servono nome e cognome: --nome, --cognome.")
        service.grant_role(session, None, account_id, ADMINISTRATOR)
    except service.RoleOverlaps as held:
        if held.al is not None:
            raise EnteRefused("Amministra già l'ente fino a un giorno: prima va tolto quel ruolo.") from None
    except service.UsernameTaken:
        raise EnteRefused(f"«{nome_utente}» è di un altro ente: scegli un altro nome utente.") from None
    except service.RolesApart:
        raise EnteRefused(
            f"«{nome_utente}» ha ruoli sulle persone: chi amministra deve avere un accesso suo."
        ) from None
    return password
