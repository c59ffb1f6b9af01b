"""What stands around a page: the bar's entries and who is at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from app.accounts.operator import Operator
from app.amministrazione import programmi
from app.audit import registro
from app.database import db
from app.enti.model import Unita
from app.incidents import board, messaggi
from app.rights.extraordinary import to_review
from app.rights.policy import may_ever
from app.rights.roles import ROLES
from app.servizi.pagine import ordini

# Anyone who sees costs may open the page of the fund; these have it in the bar.
FUND_KEEPERS = frozenset({"amministrativo", "ragioneria", "dirigente"})


@dataclass(frozen=True)
class Who:
    """The operator as the header names her."""

    nome: str
    ruolo: str | None
    unita: str | None
    tasti_spenti: bool = False


def who(operator: Operator) -> Who:
    """Name, role and unit of the operator's first grant."""
    grant = operator.roles[0] if operator.roles else None
    role = ROLES.get(grant.ruolo) if grant else None
    unit = None
    if grant is not None and grant.unita_id is not None:
        unit = db.session.scalar(select(Unita.nome).where(Unita.id == grant.unita_id))
    return Who(operator.name, role.titolo if role else None, unit)


def menu(operator: Operator, open_for: Callable[[Operator], int | str | None]) -> list[dict[str, Any]]:
    """The bar's entries that the operator's roles have."""
    here = request.path
    entries = []
    if may_ever(operator, "read:inbox"):
        entries.append(
            {
                "nome": "Scrivania",
                "url": url_for("inbox.scrivania"),
                "conteggio": open_for(operator),
                "chiave": "mie",
                "tasto": "s",
                "corrente": here.startswith("/scrivania"),
            }
        )
    if may_ever(operator, "read:contatti"):
        entries.append(
            {
                "nome": "Persone",
                "url": url_for("persone.search"),
                "tasto": "p",
                "corrente": here.startswith(("/cerca", "/persone")),
            }
        )
    if may_ever(operator, "read:pratiche"):
        entries.append(
            {
                "nome": "Pratiche",
                "url": url_for("pratiche.index"),
                "tasto": "r",
                "corrente": here.startswith("/pratiche"),
            }
        )
    if may_ever(operator, "read:ordini"):
        entries.append(
            {
                "nome": "Ordini",
                "url": url_for("servizi.orders"),
                "tasto": "o",
                "corrente": here.startswith("/ordini"),
                "conteggio": ordini.unanswered(operator) or None,
            }
        )
    if FUND_KEEPERS & operator.ruoli:
        entries.append(
            {
                "nome": "Fondo",
                "url": url_for("servizi.fund"),
                "tasto": "f",
                "corrente": here.startswith("/fondo"),
            }
        )
    if may_ever(operator, "account:manage"):
        entries.append(
            {
                "nome": "Operatori",
                "url": url_for("operatori.index"),
                "tasto": "e",
                "corrente": here.startswith("/operatori"),
            }
        )
    if may_ever(operator, "ente:configure"):
        entries += [
            {
                "nome": "Unità",
                "url": url_for("unita.index"),
                "tasto": "u",
                "corrente": here.startswith("/unita"),
            },
            {
                "nome": "Parametri",
                "url": url_for("parametri.index"),
                "tasto": "t",
                "corrente": here.startswith("/parametri"),
            },
        ]
    if may_ever(operator, "fornitore:manage"):
        entries.append(
            {
                "nome": "Fornitori",
                "url": url_for("fornitori.index"),
                "tasto": "n",
                "corrente": here.startswith("/fornitori"),
            }
        )
    if may_ever(operator, board.ACTION):
        entries.append(
            {
                "nome": "Passi fermi",
                "url": url_for("incidents.index"),
                "tasto": "m",
                "corrente": here.startswith("/passi-fermi"),
                "conteggio": board.count(operator) + len(messaggi.waiting(operator)) or None,
            }
        )
    if may_ever(operator, "accesso:review"):
        entries.append(
            {
                "nome": "Accessi",
                "url": url_for("rights.to_review"),
                "tasto": "a",
                "corrente": here.startswith("/accessi"),
                "conteggio": len(to_review(db.session, operator)) + len(programmi.waiting()) or None,
            }
        )
    if registro.reads_everything(operator):
        entries.append(
            {
                "nome": "Consultazioni",
                "url": url_for("consultazioni.index"),
                "tasto": "c",
                "corrente": here.startswith("/consultazioni") or here.endswith("/consultazioni"),
            }
        )
    return entries
