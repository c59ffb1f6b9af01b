"""`percorsi scenario`: the stories of a bundle, each played straight and saved at every step."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from app.commands import check
from app.commands.place import opened
from app.database.context import ente_context
from app.settings import Settings
from app.wiring import engines
from engine import Operations, Scenario, ScenarioFailed, from_folder, scenarios
from engine.scenario import NOBODY


def run(settings: Settings, folder: Path, file: Path | None) -> int:
    """Print one line a story, with the step at which it does not hold; 1 when one does not. Commits nothing.

    A bundle with refusals is not played: they are printed instead. Raises StartupRefused.
    """
    if check.run([folder]):
        return 1
    stories = scenarios(from_folder(folder))
    if file is not None:
        stories = [story for story in stories if story.name == file.stem]
    if not stories:
        print(f"{file or folder}: non c'è nessuna storia da raccontare", file=sys.stderr)
        return 1
    with opened(settings) as database:
        return max(_play(database, story, engines().operations) for story in stories)


def _play(database: Database, story: Scenario, operations: Operations) -> int:
    title = f"{story.bundle.slug}/{story.name}: {story.story['titolo']}"
    for straight in (True, False):
        try:
            with ente_context(NOBODY), Session(database) as session:
                story.play(session, operations, straight=straight)
                session.rollback()
        except ScenarioFailed as error:
            how = "di fila" if straight else "salvata a ogni passo"
            print(f"NO  {title}\n    {how}, {error}", flush=True)
            return 1
    print(f"sì  {title}", flush=True)
    return 0
