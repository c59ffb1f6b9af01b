"""A deployment is killed midway: all of it is there, or nothing; who runs stays on the release of its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.database.cluster import Urls
from engine import Bundle, operator
from tests.engine.drawing import diagram, end, human, start
from tests.faults import barrier, foundation, paths
from tests.faults.installation import Installation
from tests.faults.program import Case, Program
from tests.faults.records import Records

AUDIT = "lock table audit in exclusive mode"  # the last table that a deployment writes to
RUNNING = 100
RELEASES = "select number from engine_release where slug = 'una' order by number"
PINNED = "select distinct release from engine_instance where slug = 'una'"


def drawn(*steps: str) -> Bundle:
    """The path «una» with these human steps in a row."""
    row = ["inizio", *steps, "fine"]
    flows = "; ".join(f"{one} {next_}" for one, next_ in zip(row, row[1:], strict=False))
    return paths.startable("una", diagram("una", start() + "".join(map(human, steps)) + end(), flows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The second release, on its disk."""
    made = tmp_path / "una"
    for name, content in drawn("prima", "seconda").files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    return made


def test_a_deployment_killed_midway_has_changed_nothing(
    installation: Installation, program: Program, town: Urls, records: Records, folder: Path
) -> None:
    # given many who run on the first release
    foundation.publish(town, drawn("sola"))
    maker = foundation.maker()

    def begin(session: Session) -> None:
        engine = maker(session, foundation.ENTE)
        for _ in range(RUNNING):
            engine.start("una", {}, operator(foundation.ADMIN))

    foundation.with_session(town, begin)
    case = Case(program, "una")
    # when the second is killed before it commits
    with barrier.before(town.owner, AUDIT) as reached:
        push = installation.run("push", str(folder), "--ente", "genova")
        reached.wait()
        push.kill()
    # then
    assert [row.number for row in records.rows(RELEASES)] == [1]
    # and made again it is there, for who begins from now on
    again = installation.run("push", str(folder), "--ente", "genova")
    assert again.ends() == 0, again.said()
    assert [row.number for row in records.rows(RELEASES)] == [1, 2]
    assert [row.release for row in records.rows(PINNED)] == [1]
    done = case.completes("sola")
    assert (done.status, done.json.get("pratica_stato")) == (200, "chiusa"), done.text
    assert Case(program, "una").todo() == ["prima"]
    assert records.broken() == {}
