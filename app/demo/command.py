"""`percorsi demo`, and what `percorsi run` prepares: the synthetic city, laid and filled once."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from sqlalchemy import Engine as Database
from sqlalchemy import text

from app.database import engine as databases
from app.demo import foundation
from app.demo.population import PERSONS, is_there, populate
from app.settings import Settings
from app.startup import StartupRefused
from app.wiring import EngineMaker, make_engines
from connectors.inps.sandbox import Sandbox
from engine.calendar import ROME

_NOW = text("select clock_timestamp()")


def prepare(settings: Settings, persons: int = PERSONS) -> list[str]:
    """Lay the city of invented people in a provisioned database, unless it is there; give the lines to print.

    Raises StartupRefused in production.
    """
    if settings.is_production:
        raise StartupRefused(
            "La città di prova non si carica in produzione: contiene persone e password inventate. "
            "Togli PERCORSI_ENV=production, oppure avvia senza dati di prova."
        )
    database = databases.connect(settings.database_url or "", pool_size=2)
    try:
        told = _fill(database, persons)
    finally:
        database.dispose()
    return [*foundation.welcome(), *told]


def _fill(database: Database, persons: int) -> list[str]:
    with ExitStack() as stack:
        maker, sandbox = _engines(stack)
        foundation.lay(database, maker)
        if is_there(database):
            return []
        with database.connect() as connection:
            now = connection.execute(_NOW).scalar_one().astimezone(ROME).replace(second=0, microsecond=0)
        told = populate(database, maker, now, persons=persons, sandbox=sandbox)
    for line in told.fermate:
        print(f"Una storia si è fermata prima: {line}", file=sys.stderr)
    return [f"Persone inventate: {told.persone}. Pratiche: {told.pratiche}."]


def _engines(stack: ExitStack) -> tuple[EngineMaker, Sandbox | None]:
    """Engines whose INPS is the one that is configured, else one simulated here and now."""
    if os.environ.get("PERCORSI_INPS_ADDRESS"):
        return make_engines(os.environ), None
    sandbox = stack.enter_context(Sandbox())
    return make_engines({**os.environ, **sandbox.environ()}), sandbox
