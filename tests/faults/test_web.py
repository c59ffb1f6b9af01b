"""The web is killed, or its line is cut: what was acknowledged is there once, what was not is not there at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.database.cluster import Urls
from tests.faults import barrier
from tests.faults.installation import Installation
from tests.faults.line import Line
from tests.faults.outside import Register
from tests.faults.program import Case, Program, Unanswered
from tests.faults.records import Records

AUDIT = "lock table audit in exclusive mode"  # the last table that a completion writes to, but for the answer kept
INSTANCE = "select 1 from engine_instance where id = %s for update"


def test_a_web_killed_before_its_commit_has_done_nothing(
    web: Installation, program: Program, records: Records, town: Urls
) -> None:
    # given a completion whose engine step is done, and which cannot commit
    case = Case(program, "affiancati")
    before = records.version_of(case.id)
    outcome: list[object] = []

    def complete() -> None:
        with pytest.raises(Unanswered):
            outcome.append(case.completes("uno", "k-ucciso"))

    with barrier.before(town.owner, AUDIT) as reached:
        waiting = threading.Thread(target=complete)
        waiting.start()
        reached.wait()
        # when
        web.processes["web"].kill()
        waiting.join()
    # then
    assert outcome == []
    web.start("web")
    assert case.todo() == ["due", "uno"]
    assert records.version_of(case.id) == before
    task = int(case.tasks["uno"])
    assert (
        records.rows("select 1 from audit where azione = 'task.complete' and oggetto_id = :id", id=str(task))
        == []
    )
    # and sent again it is done once
    assert case.completes("uno", "k-ucciso").status == 200
    assert (case.todo(), records.version_of(case.id)) == (["due"], before + 1)
    assert records.broken() == {}


@pytest.fixture
def far(line: Line, home: Path, register: Register) -> Iterator[Installation]:
    """A web that reaches its database by the line."""
    with Installation(line.url, home, register) as made:
        made.start("web-far")
        yield made


def test_a_line_cut_after_the_commit_leaves_one_effect(
    far: Installation, line: Line, token: str, records: Records
) -> None:
    # given a web whose line to the database breaks while the commit is being answered
    program = Program(f"http://127.0.0.1:{far.port}", token)
    case = Case(program, "affiancati")
    before = records.version_of(case.id)
    line.cut_after_commit()
    # when
    unknown = case.completes("uno", "k-tagliato")
    again = case.completes("uno", "k-tagliato")
    # then
    assert (unknown.status, unknown.headers["Retry-After"]) == (503, "30")
    assert (again.status, again.headers["Idempotent-Replay"]) == (200, "true")
    assert records.version_of(case.id) == before + 1
    assert records.broken() == {}


def test_of_two_who_complete_one_task_at_a_barrier_one_does_fifty_times(
    program: Program, records: Records, town: Urls
) -> None:
    cases = [Case(program, "affiancati") for _ in range(50)]
    for case in cases:
        # given
        before = records.version_of(case.id)
        instance = records.instance_of(case.id)
        with ThreadPoolExecutor(2) as two:
            with barrier.before(town.owner, INSTANCE, (instance,)) as reached:
                done = [two.submit(case.completes, "uno") for _ in range(2)]
                # when
                reached.wait(2)
            # then
            assert sorted(each.result().status for each in done) == [200, 409]
        assert records.version_of(case.id) == before + 1
    assert records.broken() == {}


def test_two_branches_completed_at_a_barrier_meet_once(
    program: Program, records: Records, town: Urls
) -> None:
    # given
    case = Case(program, "affiancati")
    with ThreadPoolExecutor(2) as two:
        with barrier.before(town.owner, INSTANCE, (records.instance_of(case.id),)) as reached:
            done = [two.submit(case.completes, passo) for passo in ("uno", "due")]
            # when
            reached.wait(2)
        # then
        assert [each.result().status for each in done] == [200, 200]
    assert case.todo() == ["dopo"]
    assert case.completes("dopo").status == 200
    assert records.broken() == {}
