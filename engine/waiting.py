"""What a step registers for a token that waits for something from outside, and takes back when it no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine import catching, compensation, store
from engine.catching import Wait
from engine.dialect import CYCLE
from engine.running import Running
from engine.scripts import ExpressionFailed
from engine.spiff import live_tasks

if TYPE_CHECKING:
    from engine.step import Step


def announce(step: Step, running: Running, wait: Wait) -> bool:
    """Register a timer, a message or a signal; True when a message was there already and moved the token."""
    assert wait.element.event is not None
    try:
        if wait.kind == "timer":
            set_timer(step.engine.session, running, wait)
            return False
        if wait.kind == "signal":
            _listen(step, running, wait, "")
            return False
        return _subscribe(step, running, wait)
    except ExpressionFailed as error:
        step.stop(running, wait.token, wait.element, "expression", str(error))
        return False


def set_timer(session: Session, running: Running, wait: Wait) -> None:
    """Register a timer. A cycle `R3/PT24H` fires as many times as it says. Raises ExpressionFailed."""
    event = wait.element.event
    assert event is not None
    source = event.when or ""
    if event.timer == "timeCycle":
        source = _next_of_cycle(running, wait, source)
        if not source:
            return
    due = running.due(source, wait.task)
    if due is None:
        raise ExpressionFailed(f"«{source[:120]}»: il termine è vuoto")
    running.state.waits[wait.token] = "timer"
    row = {
        "instance_id": running.id,
        "token": wait.token,
        "element_id": wait.element.id,
        "due_at": due.isoformat(),
        "begun_at": running.now.isoformat(),
    }
    store.insert_timers(session, running.ente_id, [row])


def _next_of_cycle(running: Running, wait: Wait, source: str) -> str:
    text = running.scripts.text(source, running.scripts.context(wait.task))
    cycle = CYCLE.fullmatch(str(text))
    if cycle is None:
        raise ExpressionFailed(f"«{source[:120]}»: non è un ciclo come R3/PT24H")
    over = bool(cycle["times"]) and catching.fired(wait) >= int(cycle["times"])
    return "" if over else cycle["interval"]


def _subscribe(step: Step, running: Running, wait: Wait) -> bool:
    event, session = wait.element.event, step.engine.session
    assert event is not None and event.name is not None
    token_task = None if "/" in wait.token and wait.task is running.state.workflow.task_tree else wait.task
    context = running.scripts.context(token_task)
    key = running.scripts.text(event.key, context) if event.key else ""
    if key is None:
        # an event subprocess listens from the moment its key is known
        return False
    store.lock_message(session, running.ente_id, event.name, str(key))
    found = store.buffered_message(session, running.ente_id, event.name, str(key), running.now)
    if found is not None:
        store.mark_message(session, running.ente_id, found.id, "correlated")
        step.happen(running, wait, found.payload)
        return True
    _listen(step, running, wait, str(key))
    return False


def _listen(step: Step, running: Running, wait: Wait, key: str) -> None:
    """Register that a token waits for a message with this key, or for a signal, which has none."""
    assert wait.element.event is not None
    running.state.waits[wait.token] = wait.kind
    row = {
        "instance_id": running.id,
        "token": wait.token,
        "element_id": wait.element.id,
        "kind": wait.kind,
        "message": wait.element.event.name,
        "key": key,
    }
    store.insert_subscriptions(step.engine.session, running.ente_id, [row])


def forget_the_gone(step: Step, running: Running, events: set[str]) -> None:
    """Close what no token stands behind any more: an interrupting event took it away, or the step is done.

    `events`: the tokens that wait for something now.
    """
    alive = {str(task.id) for task in live_tasks(running.state.workflow)}
    gone: dict[str, list[str]] = {}
    for token, kind in list(running.state.waits.items()):
        if token not in events and token not in alive:
            gone.setdefault(kind, []).append(token)
    for kind, tokens in gone.items():
        forget(step, running, kind, tokens)


def forget(step: Step, running: Running, kind: str, tokens: list[str]) -> None:
    """Take back what was announced for tokens: tasks close, calls end, rows go."""
    for token in tokens:
        running.state.waits.pop(token, None)
    if kind == "task":
        for token in tokens:
            running.closed.setdefault(token, ("cancelled", None))
    elif kind == "call":
        for token in tokens:
            child = step.lock_child(running, token)
            if child is not None:
                step.cancel(child)
    elif kind != compensation.WAIT:
        store.forget(step.engine.session, kind, running.ente_id, tokens, running.now, step.by.label)
