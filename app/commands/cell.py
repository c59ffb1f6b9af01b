"""`percorsi ente export`, `import`, `reopen`, `remove`: an ente moves from a cell to another (app/deploy/README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cells import closing, moving
from app.cells.closing import WritersLeft
from app.cells.moving import Cell
from app.cells.parcel import ParcelUnreadable
from app.cells.parts import TableUnknown
from app.commands.place import opened_by_owner
from app.commands.publish import ente_of
from app.settings import Settings
from app.startup import StartupRefused
from app.wiring import engines

TAKEN = {
    "uq_account_nome_utente": "un nome utente qui è già di un altro ente: cambialo nella cella di prima, ed esporta",
    "fk_ente_parent_id": "l'ente da cui dipende qui non c'è, o ha un altro numero",
}


class MoveRefused(StartupRefused):
    """The ente cannot move; the message says why, and that nothing has changed here."""


def leave(settings: Settings, slug: str, out: Path) -> int:
    """Close an ente and write all of it into a file. Raises StartupRefused."""
    with _said(out), _cell(settings) as cell:
        manifest = moving.leave(cell, engines(), ente_of(cell.database, slug), out)
    print(f"{slug}: chiuso qui, e scritto in {out} ({manifest.rows} righe, schema {manifest.schema}).")
    print(f"Ora, nell'altra cella: percorsi ente import {out}")
    return 0


def arrive(settings: Settings, file: Path) -> int:
    """Read an ente from its file, compare it, open it. Raises StartupRefused."""
    with _said(file), _cell(settings) as cell:
        manifest = moving.arrive(cell, engines(), file)
    print(f"{manifest.slug}: arrivato ({manifest.rows} righe) e aperto; righe, registro e percorsi tornano.")
    print(f"Ora, nella cella di prima: percorsi ente remove {file} --ricevuta {manifest.receipt}")
    return 0


def reopen(settings: Settings, slug: str) -> int:
    """Work goes on where it was: the ente did not arrive elsewhere. Raises StartupRefused."""
    with _cell(settings) as cell:
        closing.reopen(cell.owner, ente_of(cell.database, slug))
    print(f"{slug}: riaperto qui. Il file scritto prima non va più importato.")
    return 0


def remove(settings: Settings, file: Path, receipt: str) -> int:
    """Delete an ente that has arrived elsewhere. Raises StartupRefused."""
    with _said(file), _cell(settings) as cell:
        manifest = moving.remove(cell, file, receipt)
    print(f"{manifest.slug}: tolto da questa cella. Ora si può cancellare {file}.")
    return 0


@contextmanager
def _cell(settings: Settings) -> Iterator[Cell]:
    with opened_by_owner(settings) as (database, owner):
        yield Cell(database, owner)


@contextmanager
def _said(file: Path) -> Iterator[None]:
    """What went wrong, in words."""
    try:
        yield
    except WritersLeft:
        raise MoveRefused(
            "L'ente è chiuso, ma nel database c'è un lavoro che non finisce (forse una copia): ripeti quando è finito."
        ) from None
    except TableUnknown as error:
        raise MoveRefused(f"Non si sa se spostare le tabelle {', '.join(error.names)}.") from None
    except ParcelUnreadable:
        raise MoveRefused(f"«{file}» non è un ente esportato, o non è intero: esportalo di nuovo.") from None
    except OSError as error:
        raise MoveRefused(f"«{file}»: non si riesce a leggere o scrivere ({error.strerror}).") from None
    except moving.SchemaDiffers as error:
        raise MoveRefused(
            f"Il file è dello schema {error.written}, questo database del {error.here}: "
            "porta le due celle alla stessa versione, e esporta di nuovo."
        ) from None
    except moving.EnteHere:
        raise MoveRefused(
            "Qui c'è già un ente con questo nome o con questo numero, e ci si lavora."
        ) from None
    except moving.ParentMissing as error:
        raise MoveRefused(
            f"L'ente dipende da «{error.slug}», che qui non c'è: sposta prima quello."
        ) from None
    except moving.NameTaken as error:
        why = TAKEN.get(error.constraint, f"qui c'è già qualcosa di suo ({error.constraint})")
        raise MoveRefused(f"Non è cambiato niente: {why}.") from None
    except moving.NotHere:
        raise MoveRefused("L'ente di questo file qui non c'è.") from None
    except moving.ChildrenLeft:
        raise MoveRefused(
            "Altri enti di questa cella dipendono da questo: sposta e togli prima quelli."
        ) from None
    except moving.ReceiptWrong:
        raise MoveRefused("La ricevuta non è di questo file: la stampa «percorsi ente import».") from None
    except moving.Different as error:
        raise MoveRefused(f"Non è uguale a quello che è partito: {', '.join(error.where)}.") from None
