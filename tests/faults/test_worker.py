"""The worker is killed around a call to the outside: one effect there, one here."""

from __future__ import annotations

import signal

import pytest
from sqlalchemy.orm import Session

from app.database.cluster import Urls
from engine import operator
from tests.faults import barrier, foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import DEADLY, Register
from tests.faults.program import Case, Program
from tests.faults.records import Records

JOB = "select 1 from engine_job where instance_id = %s for update"
RETRIES = 3


@pytest.fixture
def asked(installation: Installation, program: Program) -> Case:
    """A pratica whose call to the outside waits for a worker."""
    installation.lacks("worker")
    case = Case(program, "protocollo")
    assert case.completes("chiede").status == 200
    return case


def starts_again(installation: Installation, records: Records) -> None:
    """A worker takes the place of the one that was killed, once its jobs are known to be nobody's."""
    records.forget_workers()
    installation.start("clock")
    installation.start("worker")


def test_a_worker_killed_before_the_call_leaves_it_to_another(
    installation: Installation, asked: Case, records: Records, town: Urls, register: Register
) -> None:
    # given a worker that has claimed the job and stands before its call
    instance = records.instance_of(asked.id)
    with barrier.before(town.owner, JOB, (instance,)) as reached:
        installation.start("worker")
        reached.wait()
        # when
        installation.processes["worker"].kill()
    assert register.calls_of(instance) == []
    starts_again(installation, records)
    # then
    eventually(lambda: asked.todo() == ["verifica"])
    assert len(register.calls_of(instance)) == 1
    assert records.broken() == {}


def test_a_worker_killed_after_the_call_has_one_effect_outside_and_one_inside(
    installation: Installation, asked: Case, records: Records, register: Register
) -> None:
    # given a worker whose call has taken effect, and which has not recorded it
    instance = records.instance_of(asked.id)
    with register.holding():
        installation.start("worker")
        eventually(lambda: register.calls_of(instance))
        # when
        installation.processes["worker"].kill()
    starts_again(installation, records)
    # then the register is asked again, with the key it knows
    eventually(lambda: asked.todo() == ["verifica"])
    first, *others = register.calls_of(instance)
    assert others and set(others) == {first}
    assert asked.completes("verifica").status == 200
    assert records.broken() == {}


def test_a_worker_that_is_asked_to_stop_finishes_its_call(
    installation: Installation, asked: Case, records: Records, register: Register
) -> None:
    # given
    instance = records.instance_of(asked.id)
    with register.holding():
        worker = installation.start("worker")
        eventually(lambda: register.calls_of(instance))
        # when
        worker.signal(signal.SIGTERM)
    # then
    assert worker.ends() == 0
    assert asked.todo() == ["verifica"]
    assert len(register.calls_of(instance)) == 1
    assert records.broken() == {}


def test_a_call_whose_end_nobody_could_write_is_made_again(
    installation: Installation, asked: Case, records: Records, register: Register
) -> None:
    # given a call that the queue has believed under way for too long, by a worker that lives
    instance = records.instance_of(asked.id)
    with register.holding():
        installation.start("worker")
        eventually(lambda: register.calls_of(instance))
        # when
        records.does("update procrastinate_events set at = at - interval '11 minutes'")
        installation.start("clock")
        # then
        eventually(lambda: len(register.calls_of(instance)) == 2)
    eventually(lambda: asked.todo() == ["verifica"])
    assert len(set(register.calls_of(instance))) == 1
    assert records.broken() == {}


def test_a_worker_does_a_job_that_carries_what_only_a_later_release_knows(
    installation: Installation, asked: Case, records: Records, register: Register
) -> None:
    # given
    records.does("""update procrastinate_jobs set args = args || '{"dopo": "1"}' where status = 'todo'""")
    # when
    installation.start("worker")
    # then
    eventually(lambda: asked.todo() == ["verifica"])
    assert len(register.calls_of(records.instance_of(asked.id))) == 1
    assert records.broken() == {}


def test_a_call_that_kills_its_worker_each_time_ends_in_an_incident_and_holds_nobody_up(
    installation: Installation, asked: Case, program: Program, records: Records, register: Register
) -> None:
    # given a call that no worker survives, and another behind it
    fatal = records.instance_of(asked.id)
    register.status = lambda key, attempt: DEADLY if key.split(":")[1] == str(fatal) else 200
    other = Case(program, "protocollo")
    assert other.completes("chiede").status == 200
    # when the supervisor starts the worker again as often as it dies
    installation.start("clock")
    for _ in range(RETRIES):
        worker = installation.start("worker")
        assert worker.ends() == -signal.SIGKILL
        records.forget_workers()
    installation.start("worker")
    # then
    eventually(lambda: records.open_incidents(fatal))
    assert records.open_incidents(fatal) == ["troppi tentativi interrotti a metà"]
    assert len(register.calls_of(fatal)) == RETRIES
    eventually(lambda: other.todo() == ["verifica"])
    assert records.one("select count(*) from procrastinate_jobs where status in ('todo', 'doing')") == 0
    assert records.broken() == {}


def test_a_body_that_is_down_is_asked_again_later_and_then_a_person_decides(
    installation: Installation, asked: Case, records: Records, town: Urls, register: Register
) -> None:
    # given
    instance = records.instance_of(asked.id)
    register.status = lambda key, attempt: 503
    # when
    installation.start("worker")
    eventually(lambda: records.open_incidents(instance))
    # then
    assert records.open_incidents(instance) == ["il registro è chiuso"]
    assert len(register.calls_of(instance)) == RETRIES
    first, second, third = register.times_of(instance)
    assert second - first >= 0.5  # half of the first pause: jitter takes no more
    assert third - second >= 1.0
    # and a person tries again, when it is back
    register.status = lambda key, attempt: 200
    foundation.with_session(town, lambda session: retry(session, instance))
    eventually(lambda: asked.todo() == ["verifica"])
    assert len(set(register.calls_of(instance))) == 1
    assert records.broken() == {}


def retry(session: Session, instance_id: int) -> None:
    engine = foundation.maker()(session, foundation.ENTE)
    (incident,) = engine.open_incidents(instance_id)
    engine.retry(incident.id, operator(foundation.ADMIN))
