"""Going back to an earlier human step, rebuilt from history.

SpiffWorkflow's own reset needs the history that pruning drops; here the current token is taken away and a new one
is put before the earlier step, with the variables as they were when that step was opened.
Effects of operations done in between stay: the person who goes back sees them and decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import queries, store
from engine.actor import Actor, system
from engine.checker.tokens import markings
from engine.dialect import Diagram
from engine.errors import CannotSendBack, TaskNotOpen
from engine.program import Program
from engine.running import HUMAN, Running
from engine.spiff import begin, element_of, interrupt
from engine.step import Step
from engine.views import HistoryView, SendBackTarget

if TYPE_CHECKING:
    from engine.engine import Engine


def targets(engine: Engine, task_id: int) -> list[SendBackTarget]:
    """Earlier human steps of the same scope, latest first; looked at without holding anybody up."""
    view = engine.task(task_id)
    running = Step(engine, system("lettura")).look(view.instance_id)
    task = _token_of(running, view.element_id)
    if task is None or _works_beside(running, task):
        return []
    earlier, found = _earlier(running, task), dict[str, SendBackTarget]()
    for row in queries.instance_history(engine.session, engine.ente_id, view.instance_id):
        element = _now_called(running, row)
        if row.event == "done" and element in earlier:
            found.pop(element, None)
            found[element] = SendBackTarget(element, running.program.element(element).name, row.at, row.by)
    return list(reversed(found.values()))


def send_back(engine: Engine, task_id: int, to_element: str, reason: str, by: Actor) -> None:
    """Put the work back before an earlier step; its next person reads the reason."""
    rows = store.lock_task(engine.session, engine.ente_id, task_id)
    if not rows:
        raise TaskNotOpen(task_id)
    row = rows[0]
    if row.task_status != "open":
        raise TaskNotOpen(task_id, row.task_status, row.closed_by)
    step = Step(engine, by)
    running = step.admit(rows, row.instance_id)
    task = running.task(str(row.token))
    history = queries.instance_history(engine.session, engine.ente_id, running.id)
    if task is None or _works_beside(running, task):
        raise CannotSendBack(task_id, to_element)
    done = [past for past in history if past.event == "done" and _now_called(running, past) == to_element]
    if not done or to_element not in _earlier(running, task):
        raise CannotSendBack(task_id, to_element)
    _restore_variables(running, history, done[-1])
    running.notes[to_element] = reason
    running.record(
        running.program.element(row.element_id),
        "sent_back",
        by.label,
        token=row.token,
        why={"motivo": reason, "a": to_element},
    )
    _move_token(running, task, to_element)
    step.wake(running)
    step.run()


def _token_of(running: Running, element_id: str) -> Task | None:
    for wf in [running.state.workflow, *running.state.workflow.subprocesses.values()]:
        for task in wf.tasks.values():
            element = element_of(task)
            if task._state == TaskState.READY and element is not None and element.id == element_id:
                return task
    return None


def _works_beside(running: Running, task: Task) -> bool:
    """Whether another token is in the same scope, at work or waiting: going back would tear branches apart.

    One that waits at a join is what another branch has done; an event on a border is its activity's.
    """
    return any(
        other is not task
        and other._state & (TaskState.READY | TaskState.STARTED | TaskState.WAITING)
        and (element := element_of(other)) is not None
        and element.attached_to is None
        for other in task.workflow.tasks.values()
    )


def _now_called(running: Running, row: HistoryView) -> str:
    """The id that the element of something past has in the release of today."""
    return running.state.renamed.get(row.element_id, row.element_id) if row.hash else row.element_id


def _earlier(running: Running, task: Task) -> set[str]:
    """The human steps of the same scope from which one token alone comes here again."""
    here, program = element_of(task), running.program
    if here is None or here.loop is not None:
        return set()
    elements = program.diagram.elements
    may = _before(program.diagram, here.id) & _alone(program, here.parent) - {here.id}
    return {each for each in may if elements[each].kind in HUMAN and elements[each].loop is None}


_stands_alone: dict[tuple[str, str], frozenset[str]] = {}


def _alone(program: Program, scope: str) -> frozenset[str]:
    """Where a token can stand alone: beyond the fork of a branch that is over its join would wait for ever."""
    key = (program.hash, scope)
    if key not in _stands_alone:
        _stands_alone[key] = markings(program.diagram, scope).alone
    return _stands_alone[key]


def _before(diagram: Diagram, element_id: str) -> set[str]:
    """The elements from which a token can come to one, by flows and by what takes a step away on its border."""
    found: set[str] = set()
    stack = [element_id]
    while stack:
        here = stack.pop()
        element = diagram.elements[here]
        host = element.attached_to if element.interrupting else None
        sources = [flow.source for flow in diagram.flows.values() if flow.target == here]
        for before in (*sources, *([host] if host is not None else ())):
            if before not in found:
                found.add(before)
                stack.append(before)
    return found


def _restore_variables(running: Running, history: list[HistoryView], until: HistoryView) -> None:
    """The variables as the earlier step found them: every delta before it, in order."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for row in history:
        (before if row.id < until.id else after).update(row.delta or {})
    for name in after:
        if name in before:
            running.scripts.assign(None, name, before[name])
        else:
            running.variables.pop(name, None)
            running.scripts.written[name] = None


def _move_token(running: Running, task: Task, to_element: str) -> None:
    wf = task.workflow
    specs = wf.spec.task_specs
    target = specs.get(f"{to_element}.BoundaryEventSplit") or specs[to_element]
    interrupt(wf)
    begin(wf.task_tree, target.name)
