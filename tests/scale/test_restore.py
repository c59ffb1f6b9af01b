"""A backup taken while people work is restored to a moment: what was acknowledged by then is there, and sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.audit.chain import verify
from app.database import engine as databases
from app.database import provision
from app.database.context import ente_context
from app.incidents.sweep import sweep
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.faults.records import Records
from tests.scale.clerk import Clerk
from tests.scale.server import Server, server


@pytest.fixture
def archive() -> Iterator[Path]:
    """Where PostgreSQL keeps what it has written."""
    with server() as place:
        folder = place.place.room / "archive"
        folder.mkdir()
        place.place.account.own(folder)
        yield folder


@pytest.fixture
def working(archive: Path) -> Iterator[Server]:
    """The server of an installation, which archives its log."""
    with server() as made:
        made.start()
        made.stop()
        made.sets(archive_mode="on", archive_command=f"test ! -f {archive}/%f && cp %p {archive}/%f")
        made.start()
        provision.embedded(made)
        yield made


def test_a_restore_to_a_moment_has_all_that_was_acknowledged_by_then_and_nothing_later(
    working: Server, archive: Path, register: Register, tmp_path: Path
) -> None:
    # given a backup taken while a program opens pratiche, and a moment after it
    token = foundation.lay(working.urls)
    with server() as restored:
        with Installation(working.urls.application, tmp_path / "before", register) as before:
            before.start("web")
            with Clerk(Program(f"http://127.0.0.1:{before.port}", token)) as clerk:
                clerk.opens(5)
                working.copy_to(restored)
                clerk.opens(5)
                kept, moment = list(clerk.opened), working.says("select clock_timestamp()::text")
                later = len(clerk.opened) + 1  # one may be under way: done before that moment, told after it
                clerk.opens(5)
        _archive_all(working)
        # when
        restored.sets(
            archive_mode="off",
            restore_command=f"cp {archive}/%f %p",
            recovery_target_time=moment,
            recovery_target_action="promote",
        )
        restored.signals("recovery")
        restored.start()
        eventually(lambda: restored.says("select not pg_is_in_recovery()"), "it never came out of recovery")
        # then
        with Installation(restored.urls.application, tmp_path / "after", register) as after:
            after.start("web")
            program = Program(f"http://127.0.0.1:{after.port}", token)
            assert [n for n in kept if program.get(f"/pratiche/{n}").status != 200] == []
            lost = [n for n in clerk.opened if program.get(f"/pratiche/{n}").status == 404]
            assert set(clerk.opened[later:]) <= set(lost)
            _is_sound(restored)
            assert Case(program, "affiancati").todo() == ["due", "uno"]


def _archive_all(working: Server) -> None:
    last = working.says("select pg_walfile_name(pg_switch_wal())")
    eventually(
        lambda: working.says("select last_archived_wal from pg_stat_archiver") >= last,
        "the archive is not fed",
    )


def _is_sound(restored: Server) -> None:
    """The invariants of every path, and the chain of every audit row."""
    assert Records(restored.urls.owner).broken() == {}
    database = databases.connect(restored.urls.application, pool_size=2)
    assert sweep(database, foundation.maker(), foundation.ENTE, deep=True).found == []
    with ente_context(foundation.ENTE), Session(database) as session:
        assert verify(session) == []
    database.dispose()
