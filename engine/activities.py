"""What each kind of activity and throwing event does when a token reaches it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import catching, compensation, json, messages, signals, store, thrown
from engine.dialect import ACCOUNT, HEADER_DIFFERENT_FROM, HEADER_UNITA, HEADER_WRITES, Element
from engine.errors import AnswerRefused, ReleaseNotFound
from engine.operation import Broken, Call, Operation, Refused, Transient
from engine.running import HUMAN, Running
from engine.scripts import ExpressionFailed

if TYPE_CHECKING:
    from engine.step import Step


TOLD = {"signal": signals.throw, "message": messages.throw}
"""What is thrown for whoever listens in the ente."""

LENT = "lent"
"""What the token of a call keeps digests of the variables under that went with it."""

RETURNED = "returned"
"""What it keeps the variables of the called path under, when they could not be brought in."""


class Activities:
    """The behaviours of a step, by kind of element."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._engine = step.engine
        self._by_kind = {
            **dict.fromkeys(HUMAN, self._open),
            "serviceTask": self._operate,
            "sendTask": self._operate,
            "callActivity": self._call,
            "businessRuleTask": self._decide,
            "scriptTask": self._script,
        }

    def perform(self, running: Running, task: Task, element: Element) -> None:
        """Do, or begin to do, what an activity asks for. Raises ExpressionFailed."""
        self._by_kind.get(element.kind, self._pass)(running, task, element)

    def _pass(self, running: Running, task: Task, element: Element) -> None:
        self._finish(running, task, element)

    def _finish(self, running: Running, task: Task, element: Element, **told: Any) -> None:
        """The activity is over: tell it and move on."""
        running.record(element, "done", self._step.by.label, token=task.id, **told)
        compensation.note(running, element, task.id)
        task.run()

    # ---- people

    def _open(self, running: Running, task: Task, element: Element) -> None:
        row = self.inbox_row(running, task, element)
        running.state.waits[row["token"]] = "task"
        running.opened.append({**row, "note": running.notes.pop(element.id, None)})

    def inbox_row(self, running: Running, task: Task, element: Element) -> dict[str, Any]:
        """What the inbox says of a human step that a token is at. Raises ExpressionFailed."""
        context = running.scripts.context(task, running.local(task, element))
        group = running.scripts.text(element.group or element.lane or "", context)
        unita = running.scripts.text(element.headers.get(HEADER_UNITA) or "=unita", context)
        assignee = running.scripts.text(element.assignee, context) if element.assignee else None
        due = running.due(element.due, task) if element.due else None
        other = element.headers.get(HEADER_DIFFERENT_FROM)
        return {
            "instance_id": running.id,
            "root_id": running.root_id,
            "token": str(task.id),
            "slug": running.slug,
            "element_id": element.id,
            "name": element.name,
            "form_id": element.form_id,
            "ruolo": _role(group, element),
            "unita_id": _unita(unita),
            "different_from": running.state.once(other) if other else [],
            "assignee_id": _account(assignee, element),
            "due_at": due.isoformat() if due else None,
        }

    def answer(self, running: Running, task: Task, element: Element, answers: dict[str, Any]) -> None:
        """A person has done a step: write through its operation, bring the answers in, move on.

        Raises AnswerRefused when the operation refuses; nothing of the step is kept then.
        """
        local = running.local(task, element)
        result = dict(answers)
        writes = element.headers.get(HEADER_WRITES)
        if writes:
            result |= self._write(running, task, element, writes, {**local, **answers})
        running.deliver(task, element, result, local)
        token = str(task.id)
        running.state.waits.pop(token, None)
        running.closed[token] = ("done", self._step.by.account_id)
        self._finish(running, task, element, answers=answers)

    def _write(
        self, running: Running, task: Task, element: Element, name: str, local: dict[str, Any]
    ) -> dict[str, Any]:
        operation = self._engine.operations.get(name)
        if operation is None:
            raise AnswerRefused("operazione_sconosciuta", f"L'operazione «{name}» non è installata qui.")
        context = running.scripts.context(task, local)
        request = {key: context[key] for key in operation.request.get("properties", {}) if key in context}
        try:
            return self._inside(running, task, element, operation, request)
        except (Refused, Transient, Broken) as error:
            code = error.code if isinstance(error, Refused) else "operazione"
            field = error.field if isinstance(error, Refused) else None
            raise AnswerRefused(code, str(error), field) from error

    # ---- operations

    def _operate(self, running: Running, task: Task, element: Element) -> None:
        operation = self._engine.operations.get(element.operation or "")
        if operation is None:
            self._step.incident(
                running, task, element, "operation", f"l'operazione «{element.operation}» non è installata"
            )
            return
        local = running.local(task, element)
        if not operation.inside:
            self._queue_job(running, task, element, operation, local)
            return
        try:
            response = self._inside(running, task, element, operation, local)
        except Refused as error:
            self.refused(running, task, element, error)
        except (Transient, Broken) as error:
            self._step.incident(running, task, element, "operation", str(error))
        else:
            self.responded(running, task, element, response)

    def _inside(
        self, running: Running, task: Task, element: Element, operation: Operation, request: dict[str, Any]
    ) -> dict[str, Any]:
        """Call an operation of our own domain in this transaction; a savepoint keeps its failure to itself."""
        session = self._engine.session
        call = Call(
            ente_id=running.ente_id,
            idempotency_key=running.key_of(task, element),
            instance_id=running.id,
            root_id=running.root_id,
            element_id=element.id,
            by=self._step.by.label,
            now=running.now,
            session=session,
        )
        self._engine.check_request(operation, request)
        with thrown.inside(session), session.begin_nested():
            return operation.call(call, request)

    def _queue_job(
        self, running: Running, task: Task, element: Element, operation: Operation, request: dict[str, Any]
    ) -> None:
        engine = self._engine
        try:
            engine.check_request(operation, request)
        except Broken as error:
            self._step.incident(running, task, element, "operation", str(error))
            return
        job_id = store.insert_job(
            engine.session,
            ente_id=running.ente_id,
            instance_id=running.id,
            token=task.id,
            element_id=element.id,
            operation=operation.name,
            request=request,
            retries=element.retries,
            now=running.now,
        )
        running.state.waits[str(task.id)] = "job"
        engine.dispatch(engine.session, running.ente_id, job_id, None)

    def responded(
        self, running: Running, task: Task, element: Element, response: dict[str, Any], why: Any = None
    ) -> None:
        """An operation has answered: bring its response in and move on."""
        running.state.waits.pop(str(task.id), None)
        running.deliver(task, element, response, running.local(task, element))
        self._finish(running, task, element, answers=response, why=why)

    def refused(self, running: Running, task: Task, element: Element, error: Refused) -> None:
        """An operation has refused: the diagram catches the code, or a person does."""
        running.state.waits.pop(str(task.id), None)
        if not self._throw_code(running, task, element, "error", error.code):
            message = f"{error.code}: {error.message}" if error.message else error.code
            self._step.incident(running, task, element, "refused", message)

    # ---- calls

    def _call(self, running: Running, task: Task, element: Element) -> None:
        if RETURNED in task.internal_data:
            self.returned(running, str(task.id), task.internal_data.pop(RETURNED))
            return
        called = running.scripts.text(element.called or "", running.scripts.context(task))
        local = running.local(task, element)
        variables = {**(running.scripts.context(task) if element.passes_all else {}), **local}
        variables.setdefault("unita", running.variables.get("unita"))
        if not self._step.may_call(running):
            message = "troppe chiamate in un solo passo: i percorsi si chiamano a vicenda?"
            self._step.incident(running, task, element, "budget", message)
            return
        try:
            if not self._engine.stub_calls:
                self._step.start(str(called), variables, parent=running, token=task.id)
        except ReleaseNotFound:
            self._step.incident(running, task, element, "release", f"il percorso «{called}» non è pubblicato")
            return
        if element.returns_all:
            task.internal_data[LENT] = {name: _digest(value) for name, value in variables.items()}
        running.state.waits[str(task.id)] = "call"
        running.record(element, "started", self._step.by.label, token=task.id)

    def returned(self, running: Running, token: str, variables: dict[str, Any]) -> None:
        """A called path has come to its end: bring back what the caller asks for of its variables.

        Of all of them, what it has changed: what it was only lent may have changed here meanwhile.
        """
        task = running.task(token)
        if task is None or running.status != "open":
            return
        element = running.program.element(task.task_spec.bpmn_id)
        running.state.waits.pop(str(task.id), None)
        lent = task.internal_data.get(LENT, {})
        back = [
            (name, value)
            for name, value in variables.items()
            if name != "parametri" and lent.get(name) != _digest(value)
        ]
        try:
            mapped = running.scripts.values(element.outputs, variables)
            for target, value in [*(back if element.returns_all else ()), *mapped]:
                running.scripts.assign(task, target, value)
        except ExpressionFailed as error:
            task.internal_data[RETURNED] = dict(variables)  # tried again, it must not be run a second time
            self._step.incident(running, task, element, "expression", str(error))
            self._step.wake(running)
            return
        self._finish(running, task, element)
        self._step.wake(running)

    # ---- rules and scripts

    def _decide(self, running: Running, task: Task, element: Element) -> None:
        local = running.local(task, element)
        decision = str(running.scripts.text(element.decision or "", running.scripts.context(task)))
        value, why = running.scripts.decide(decision, running.scripts.context(task, local))
        running.deliver(task, element, {element.result or decision: value}, local)
        self._finish(running, task, element, answers=value, why={"tabelle": why})

    def _script(self, running: Running, task: Task, element: Element) -> None:
        local = running.local(task, element)
        context = running.scripts.context(task, local)
        value = running.scripts.text("=" + (element.script or "null").removeprefix("="), context)
        running.deliver(task, element, {element.result or element.id: value}, local)
        self._finish(running, task, element)

    # ---- events

    def throw(self, running: Running, task: Task, element: Element) -> None:
        """An end event, or an event thrown on the way."""
        event = element.event
        if event is not None and event.kind in ("error", "escalation"):
            caught = self._throw_code(running, task, element, event.kind, event.code or "")
            if event.kind == "error":
                if not caught:
                    self._step.incident(
                        running, task, element, "error", f"nessuno raccoglie l'errore «{event.code}»"
                    )
                return
        told = TOLD.get(event.kind) if event is not None else None
        if told is not None and not told(self._step, running, task, element):
            return
        if event is not None and event.kind == "compensate" and compensation.throw(running, task, element):
            return
        if task._state & TaskState.FINISHED_MASK:
            return  # what it has thrown has taken its own scope away
        self.pass_by(running, task, element)

    def pass_by(self, running: Running, task: Task, element: Element, why: Any = None) -> None:
        """A token leaves a step or an event, or ends there; `why`: a person lets it, without what was to be done."""
        if element.kind == "endEvent" and _ends_the_path(running, task):
            running.ended_in = element.id
        self._finish(running, task, element, why=why)

    def _throw_code(self, running: Running, task: Task, element: Element, kind: str, code: str) -> bool:
        """Hand a code to whoever catches it, here or in the callers above; False when nobody does."""
        catcher = catching.catcher(running, task, kind, code)
        if catcher is not None:
            running.record(element, kind, self._step.by.label, token=task.id, answers={"codice": code})
            catching.take(catcher)
            self._step.wake(running)
            return True
        if running.parent_id is None:
            return False
        parent = self._step.lock(running.parent_id)
        call = parent.task(str(running.parent_token))
        if call is None:
            return False
        if not self._throw_code(parent, call, parent.program.element(call.task_spec.bpmn_id), kind, code):
            return False
        running.record(element, kind, self._step.by.label, token=task.id, answers={"codice": code})
        if kind == "error":
            self._step.cancel(running)
        else:
            self._step.wake(running)
        return True


def _role(value: Any, element: Element) -> str:
    """Who sees a human step. Raises ExpressionFailed: one that nobody sees would be lost."""
    if isinstance(value, str) and value.strip():
        return value
    raise ExpressionFailed(
        f"«{(element.group or '')[:120]}»: il gruppo non è un testo, e nessuno vedrebbe il passo"
    )


def _unita(value: Any) -> str | None:
    """The unit whose people see a human step; None for all of its role. Raises ExpressionFailed."""
    if isinstance(value, list | dict):
        raise ExpressionFailed("l'unità non è una sola, e nessuno vedrebbe il passo")
    return None if value is None else str(value)


def _account(value: Any, element: Element) -> int | None:
    """Who has a human step; None for nobody yet. Raises ExpressionFailed for what is no account's number."""
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if ACCOUNT.fullmatch(text):
        return int(text)
    raise ExpressionFailed(
        f"«{(element.assignee or '')[:120]}»: l'assegnatario non è il numero di un operatore"
    )


def _ends_the_path(running: Running, task: Task) -> bool:
    """Whether a token is in the process itself, or in the event subprocess that has taken its place."""
    top = running.state.workflow
    if task.workflow is top:
        return True
    return (
        bool(top.task_tree.internal_data.get(catching.INTERRUPTED))
        and task.workflow.parent_task_id in top.tasks
    )


def _digest(value: Any) -> str:
    return sha256(json.dumps(value)).hexdigest()[:16]
