"""What a step throws for others, told when the step is written, in the same transaction.

What throws may run inside an operation of another step, whose instances must not be changed under its hands: it would
write over them what it has loaded before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

MOST_THROWN = 100
"""Signals and messages that follow from one command: two paths may answer each other, or open each other, for ever."""

ENDLESS = "troppi segnali e messaggi uno dopo l'altro: i percorsi si rispondono a vicenda?"

_PENDING = "engine_thrown"


@dataclass
class _Pending:
    """What is still to be told in a transaction. `inside`: operations of ours that steps are under way in."""

    transaction: object
    thrown: int = 0
    inside: int = 0
    telling: bool = False
    actions: deque[Callable[[], object]] = field(default_factory=deque)


def _pending(session: Session) -> _Pending:
    found = session.info.get(_PENDING)
    if not isinstance(found, _Pending) or found.transaction is not session.get_transaction():
        # what a transaction that was given up had to tell is told by nobody
        found = session.info[_PENDING] = _Pending(session.get_transaction())
    return found


@contextmanager
def inside(session: Session) -> Iterator[None]:
    """While an operation of ours runs within a step; what it had to tell is forgotten when it fails."""
    pending = _pending(session)
    known = len(pending.actions)
    pending.inside += 1
    try:
        yield
    except BaseException:
        while len(pending.actions) > known:
            pending.actions.pop()
        raise
    finally:
        pending.inside -= 1


def is_inside(session: Session) -> bool:
    """Whether an operation of ours is running within a step."""
    return _pending(session).inside > 0


def later(session: Session, action: Callable[[], object]) -> None:
    """Do this when the step is written that is under way."""
    _pending(session).actions.append(action)


def count(session: Session) -> bool:
    """An event is about to throw; False when too much has followed from one command."""
    pending = _pending(session)
    pending.thrown += 1
    return pending.thrown <= MOST_THROWN


def tell(session: Session) -> bool:
    """A step is written: move whoever heard what was thrown, and what follows from that; True when anybody did."""
    pending = _pending(session)
    if pending.inside or pending.telling or not pending.actions:
        return False
    pending.telling = True
    try:
        while pending.actions:
            pending.actions.popleft()()
    finally:
        session.info.pop(_PENDING, None)
    return True
