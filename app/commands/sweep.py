"""`percorsi sweep`: what must never be and is, printed for who runs the software and reported as incidents."""

from __future__ import annotations

import sys
from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import election
from app.commands.place import opened
from app.database.context import ente_context
from app.enti.model import Ente
from app.incidents.sweep import sweep
from app.pratiche.model import Pratica
from app.settings import Settings
from app.startup import StartupRefused
from app.wiring import engines
from engine import Finding


def run(settings: Settings, slug: str | None) -> int:
    """One line a finding and a count an ente; 1 when something is wrong. Raises StartupRefused."""
    wrong = 0
    with opened(settings) as database:
        with ente_context(None), Session(database) as session:
            trouble = election.trouble(session.connection())
            enti = session.execute(
                select(Ente.id, Ente.slug, Ente.in_trasferimento_at).order_by(Ente.slug)
            ).all()
        if slug is not None:
            enti = [ente for ente in enti if ente.slug == slug]
            if not enti:
                raise StartupRefused(f"Nessun ente si chiama «{slug}».")
        for ente in enti:
            if ente.in_trasferimento_at is not None:
                print(f"{ente.slug}: in trasferimento")
                continue
            swept = sweep(database, engines(), ente.id, deep=True)
            with ente_context(ente.id), Session(database) as session:
                numbers = _numbers(session, swept.found)
            for finding in swept.found:
                where = f"percorso {finding.instance_id}, {finding.element_id or 'nessun passo'}"
                print(
                    f"{ente.slug}: {numbers.get(finding.root_id, 'senza pratica')}, {where}: {finding.message}"
                )
            print(f"{ente.slug}: {_count(swept.found)}", flush=True)
            wrong += len(swept.found)
    if trouble is not None:
        print(
            f"{trouble[0].upper()}{trouble[1:]}: il calendario dell’installazione non va avanti.",
            file=sys.stderr,
        )
    if wrong:
        print("Ogni riga è tra i passi fermi, da dove si può rimettere in moto.", file=sys.stderr)
    return 1 if wrong else 0


def _numbers(session: Session, found: list[Finding]) -> dict[int, str]:
    roots = {finding.root_id for finding in found}
    pratiche = session.scalars(select(Pratica).where(Pratica.instance_id.in_(roots)))
    return {pratica.instance_id or 0: f"pratica {pratica.protocol_number}" for pratica in pratiche}


def _count(found: list[Finding]) -> str:
    kinds = Counter(finding.kind for finding in found)
    return ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())) or "tutto a posto"
