"""Whose turn it is: jobs and due timers are taken ente by ente, so that no ente waits for another's backlog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from sqlalchemy import text
from sqlalchemy.orm import Session

_TAKE_JOB = """
    select id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
    from queue_take_job(%(worker)s, %(after)s)
"""
_TAKE_TIMER = text("select ente_id, timer_id from engine_take_due_timer(:skip, :after)")


class JobsInTurn(JobManager):
    """Procrastinate's jobs, of which the next is that of the ente with the fewest calls under way.

    Among enti with equally few, of the one that follows the last we served. Our jobs name their ente and have no lock.
    """

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self._after = 0

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job, marked as under way; None when none is due. There is one queue: `queues` chooses nothing."""
        row = await self.connector.execute_query_one_async(
            query=_TAKE_JOB, worker=worker_id, after=self._after
        )
        if row["id"] is None:
            return None
        self._after = row["args"]["ente_id"]
        return Job.from_row(row)


@dataclass(frozen=True)
class DueTimer:
    """A timer to fire, locked until the end of the transaction that took it."""

    ente_id: int
    timer_id: int


def take_timer(session: Session, skip: Sequence[int], after: int) -> DueTimer | None:
    """The timer due longest of the first ente after `after`, in a circle, that has one; None when nobody has."""
    row = session.execute(_TAKE_TIMER, {"skip": list(skip), "after": after}).one_or_none()
    return None if row is None else DueTimer(row.ente_id, row.timer_id)
