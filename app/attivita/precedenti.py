"""What a pratica was told before this step, by earlier steps and by messages: beside its form, and in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.operator import Operator
from app.attivita.registri import form_to_read
from app.attivita.service import Case
from app.documenti.tipo import asked_in
from app.documenti.uploads import OfTask
from app.forms import Earlier, Form, Sources, Tree
from app.persone.people import OfOperator
from app.servizi.pagine.messaggi import form_of, heard_at
from app.values import account_of
from engine import Engine, HistoryView, Program, TaskView
from engine.running import HUMAN

MOST = 4  # steps shown beside the form


@dataclass(frozen=True)
class Answered:
    """An earlier step, or a message that came, with its answers in words."""

    element_id: str
    name: str
    at: datetime
    by: str
    tree: Tree | None


class Precedenti:
    """What people did and told before this task, in all the paths that the pratica has run."""

    def __init__(
        self, operator: Operator, engine: Engine, case: Case, history: Sequence[HistoryView]
    ) -> None:
        self._engine = engine
        self._programs = {i.id: engine.program(i.hash) for i in engine.instances_of(case.task.root_id)}
        program = self._programs[case.task.instance_id]
        types = asked_in(program.schema(case.task.form_id)) if case.task.form_id else {}
        self._sources = Sources(people=OfOperator(operator), uploads=OfTask(operator, case, types))
        self._rows = [row for row in history if self._is_of_people(row)]
        self._done = {row.element_id: row for row in self._rows}  # the last of each

    def sources(self, dress: Any) -> Sources:
        """What a form dressed so may show and use."""
        asked = set(_echoed(dress))
        earlier = {name: self._earlier(row) for name, row in self._done.items() if name in asked}
        return Sources(self._sources.people, self._sources.uploads, earlier)

    def answered(self, names: Mapping[int, str]) -> list[Answered]:
        """The last ones, the newest first; `names` are those of the accounts."""
        newest = sorted(self._done.values(), key=lambda row: row.id, reverse=True)
        return [self._answered(row, names) for row in newest[:MOST]]

    def given(self, task: TaskView, names: Mapping[int, str]) -> Answered | None:
        """What a task that was done has answered: of a step done more than once, the answers of that time."""
        rows = [
            row
            for row in self._rows
            if (row.instance_id, row.element_id) == (task.instance_id, task.element_id)
        ]
        if task.status != "done" or task.closed_at is None or not rows:
            return None
        closed_at = task.closed_at
        return self._answered(min(rows, key=lambda row: abs(row.at - closed_at)), names)

    def _is_of_people(self, row: HistoryView) -> bool:
        element = self._program(row).diagram.elements.get(row.element_id)
        if row.event == "message":
            return bool(row.answers) and heard_at(self._program(row), row.element_id) is not None
        return row.event == "done" and element is not None and element.kind in HUMAN

    def _program(self, row: HistoryView) -> Program:
        return self._engine.program(row.hash) if row.hash else self._programs[row.instance_id]

    def _earlier(self, row: HistoryView) -> Earlier:
        answers = row.answers if isinstance(row.answers, dict) else {}
        given = row.delta if isinstance(row.delta, dict) else {}
        return Earlier({**given, **answers}, self._form(row, answers)[1])

    def _answered(self, row: HistoryView, names: Mapping[int, str]) -> Answered:
        name, form = self._form(row, row.answers)
        read = form is not None and isinstance(row.answers, dict)
        tree = form.tree(row.answers, sources=self._sources, readonly=True) if form and read else None
        return Answered(row.element_id, name, row.at, names.get(account_of(row.by) or 0, ""), tree)

    def _form(self, row: HistoryView, answers: Any) -> tuple[str, Form | None]:
        """What was done or told, and the form to read it with."""
        program = self._program(row)
        messaggio = heard_at(program, row.element_id) if row.event == "message" else None
        if messaggio is not None:
            return messaggio.titolo, form_of(program, messaggio)
        element = program.element(row.element_id)
        return element.name, form_to_read(program, element.form_id, answers)


def _echoed(dress: Any) -> Iterator[str]:
    """The steps whose answers a form's dress shows: at its top, in its groups, above its questions."""
    if isinstance(dress, list):
        for part in dress:
            yield from _echoed(part)
    elif isinstance(dress, dict):
        for line in dress.get("eco") or []:
            if isinstance(line, dict) and line.get("da"):
                yield str(line["da"])
        for part in dress.values():
            yield from _echoed(part)
