"""Everything was down for three days: each term fires once, the one due longest first."""

from __future__ import annotations

import os

from sqlalchemy.orm import Session

from app.database.cluster import Urls
from engine import operator
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.records import Records

HOW_MANY = int(os.environ.get("TIMERS", "150"))
AT_ONCE = 50
OVERDUE = (
    "update engine_timer set due_at = now() - random() * interval '72 hours' where instance_id = any(:ids)"
)
DUE = "select token, due_at from engine_timer where instance_id = any(:ids) order by due_at"
FIRED = "select token from engine_history where event = 'timer' and instance_id = any(:ids) order by id"


def test_after_three_days_each_term_fires_once_in_its_order(
    installation: Installation, town: Urls, records: Records
) -> None:
    # given
    installation.lacks("worker")
    maker = foundation.maker()

    def begin(session: Session) -> list[int]:
        engine = maker(session, foundation.ENTE)
        return [engine.start("subito", {}, operator(foundation.ADMIN)).id for _ in range(AT_ONCE)]

    ids = [each for _ in range(HOW_MANY // AT_ONCE) for each in foundation.with_session(town, begin)]
    records.does(OVERDUE, ids=ids)
    expected = [row.token for row in records.rows(DUE, ids=ids)]
    assert len(expected) == len(ids)
    # when
    installation.start("worker")
    # then
    eventually(lambda: not records.rows(DUE, ids=ids), "terms are left", within=30 + HOW_MANY / 10)
    assert [row.token for row in records.rows(FIRED, ids=ids)] == expected
    assert records.broken() == {}
