"""Running paths moved by command and worker, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import moving
from app.cli import main
from app.wiring import EngineMaker, make_engines
from engine import Bundle, Engine, operator
from tests.engine.drawing import bundle, diagram, end, human, start

ANNA = operator(1)
Say = Callable[..., tuple[int, list[str]]]


def path(body: str, flows: str) -> Bundle:
    return bundle("prova", diagram("prova", start() + body + end(), flows))


OLD = path(human("uno") + human("due"), "inizio uno; uno due; due fine")
NEW = path(human("uno") + human("altro"), "inizio uno; uno altro; altro fine")


@pytest.fixture
def maker() -> EngineMaker:
    return make_engines({})


@pytest.fixture
def running(engine: Database, ente: int, maker: EngineMaker) -> list[int]:
    """Four instances of release 1 at «uno» and one at «due», with release 2 in force."""
    with Session(engine) as session, session.begin():
        paths = maker(session, ente)
        paths.publish(OLD, ANNA)
        started = [paths.start("prova", {"unita": "ats"}, ANNA).id for _ in range(5)]
        paths.complete(paths.open_tasks(started[-1])[0].id, {}, ANNA)
        paths.publish(NEW, ANNA)
    return started


@pytest.fixture
def say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> Say:
    """Type `percorsi move prova --ente genova --from 1 --to 2` and more: the exit code and the lines."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path / "home"))

    def say(*words: str) -> tuple[int, list[str]]:
        code = main(["move", "prova", "--ente", "genova", "--from", "1", "--to", "2", *words])
        said = capsys.readouterr()
        return code, [*said.out.splitlines(), *said.err.splitlines()]

    return say


def releases(database: Database) -> list[int]:
    with Session(database) as session:
        return list(session.scalars(text("select release from engine_instance order by id")))


def work(database: Database, maker: EngineMaker, ente: int) -> int:
    """Do every batch that the queue holds and that is due; how many."""
    done = 0
    while True:
        with Session(database) as session, session.begin():
            taken = session.execute(
                text("""
                update procrastinate_jobs set status = 'succeeded' where id = (
                    select id from procrastinate_jobs where task_name = 'engine.migration' and status = 'todo'
                      and coalesce(scheduled_at, now()) <= now() order by id limit 1)
                returning args
            """)
            ).one_or_none()
        if taken is None:
            return done
        moving.run_batch(database, maker, taken.args["ente_id"], taken.args["migration_id"])
        done += 1


def test_a_dry_run_says_what_becomes_of_each_and_moves_nobody(
    say: Say, running: list[int], engine: Database
) -> None:
    code, lines = say("--dry-run")
    assert code == 0
    assert lines == [
        "prova: dalla versione 1 alla 2, cambiamenti: 6 nel percorso",
        "  4 in uno: passano come sono",
        "  1 in due: hanno aperta «due», che lì non c'è: finitela prima, o date --map due=…",
    ]
    assert releases(engine) == [1] * 5


def test_the_worker_moves_them_a_batch_at_a_time_and_back(
    say: Say,
    running: list[int],
    engine: Database,
    maker: EngineMaker,
    ente: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setattr(moving, "BATCH", 2)
    assert say("--map", "due=altro")[1][-1].startswith("avviato (1)")
    assert releases(engine) == [1] * 5
    # when / then
    assert work(engine, maker, ente) == 3
    assert releases(engine) == [2] * 5
    assert say("--undo")[1] == ["prova: si riportano alla versione 1: 5 (se intanto non ci si lavora)"]
    work(engine, maker, ente)
    assert releases(engine) == [1] * 5
    with Session(engine) as session:
        told = session.scalars(
            text("select azione from audit where azione like 'release.migrate%' order by id")
        )
        assert list(told) == ["release.migrate", "release.migrate.undo"]


def test_a_batch_that_died_is_gone_on_with(
    say: Say,
    running: list[int],
    engine: Database,
    maker: EngineMaker,
    ente: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    say()
    moved = Engine.migrate_instance

    def dying(self: Engine, migration_id: int, instance_id: int) -> None:
        moved(self, migration_id, instance_id)
        if instance_id == running[2]:
            raise KeyboardInterrupt  # before its commit, as a killed process would

    monkeypatch.setattr(Engine, "migrate_instance", dying)
    with pytest.raises(KeyboardInterrupt):
        work(engine, maker, ente)
    assert releases(engine) == [2, 2, 1, 1, 1]
    # when
    monkeypatch.setattr(Engine, "migrate_instance", moved)
    moving.run_batch(engine, maker, ente, 1)
    # then
    assert releases(engine) == [2, 2, 2, 2, 1]


def test_one_that_breaks_is_left_to_a_person_and_the_rest_move(
    say: Say,
    running: list[int],
    engine: Database,
    maker: EngineMaker,
    ente: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    say()
    moved = Engine.migrate_instance

    def breaking(self: Engine, migration_id: int, instance_id: int) -> None:
        moved(self, migration_id, instance_id)
        if instance_id == running[0]:
            raise LookupError

    monkeypatch.setattr(Engine, "migrate_instance", breaking)
    # when
    work(engine, maker, ente)
    # then
    assert releases(engine) == [1, 2, 2, 2, 1]
    with Session(engine) as session:
        left = text("select instance_id, outcome, why from engine_migrated where status = 'kept' order by 1")
        assert [tuple(row) for row in session.execute(left)] == [
            (running[0], "person", "LookupError"),
            (running[4], "vanishes", "missing"),
        ]


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "9"], "«prova 9»: questa versione non c'è"),
        (["--map", "due"], "--map: «due»: scrivi «prima=dopo», con gli id dei due passi"),
        (["--map", "due=chi"], "--map: non ci sono passi con questi id, da quella parte: chi"),
        (["--undo"], "«prova» non è stato portato dalla 1 alla 2"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(say: Say, words: list[str], said: str) -> None:
    assert say(*words) == (1, [said])


def test_migrations_are_of_one_ente(say: Say, running: list[int], engine: Database) -> None:
    say()
    with Session(engine) as session, session.begin():
        session.execute(text("select set_config('app.ente_id', '2', true)"))
        assert session.scalar(text("select count(*) from engine_migrated")) == 0
        assert session.scalar(text("select count(*) from engine_migration")) == 0
