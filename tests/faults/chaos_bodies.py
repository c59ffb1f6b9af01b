"""An outside body is down for a day: each call is made once it is back, in the order of its pratica."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.database.cluster import Urls
from engine import operator
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.program import Case, Program
from tests.faults.records import Records

CASES = 50
WAITING = "select count(*) from engine_job where status in ('waiting', 'running')"
STOPPED = "select id from engine_incident where resolved_at is null and instance_id = any(:ids)"
TOLD = """
    select instance_id, array_agg(element_id order by id) as steps from engine_history
    where event = 'done' and instance_id = any(:ids) group by instance_id
"""


def test_after_a_day_without_the_body_each_call_is_made_once(
    installation: Installation, program: Program, records: Records, town: Urls, register: Register
) -> None:
    # given a body that answers nobody, until every attempt is over
    register.status = lambda key, attempt: 503
    installation.start("worker")
    cases = [Case(program, "protocollo") for _ in range(CASES)]
    ids = [records.instance_of(case.id) for case in cases]
    for case in cases:
        assert case.completes("chiede").status == 200
    eventually(lambda: records.one(WAITING) == 0, "attempts never end", within=300)
    stopped = [row.id for row in records.rows(STOPPED, ids=ids)]
    assert len(stopped) == CASES
    # when it is back, and one press sets all going again
    register.status = lambda key, attempt: 200

    def retry(session: Session) -> None:
        engine = foundation.maker()(session, foundation.ENTE)
        for incident in stopped:
            engine.retry(incident, operator(foundation.ADMIN))

    foundation.with_session(town, retry)
    eventually(lambda: all(case.todo() == ["verifica"] for case in cases), within=120)
    # then
    keys = [set(register.calls_of(instance)) for instance in ids]
    assert all(len(own) == 1 and own <= set(register.effects) for own in keys)
    for row in records.rows(TOLD, ids=ids):
        assert row.steps.index("chiede") < row.steps.index("protocolla")
    assert records.broken() == {}
