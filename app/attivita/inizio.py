"""What a form begins with: words under `"$comment"` in its schema.

A question may begin with today (`oggi`), with what the page's head says of the persona (`della persona`), or with the
answer that an earlier step gave to a question of the same name (`come in: <step>`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.accounts.operator import Operator
from app.attivita.page import Page
from app.attivita.righe import first_rows, same_rows
from app.attivita.service import engine_of
from app.attivita.vincoli import Asked, of_today
from app.values import day_of
from engine import Engine

ANEW, OF_PERSONA, AS_IN = "da capo", "della persona", "come in: "


def first_answers(operator: Operator, page: Page) -> dict[str, Any]:
    """The last answers to this very step, over variables of the same name, over what the schema's marks say.

    A step of every month, or of every stay in hospital, says `"$comment": "da capo"` at the top of its schema: the
    last time was another story, unless the step comes back to be done again. So is every round of a repetition.
    """
    engine = engine_of(operator)
    task = page.case.task
    if page.form is None:
        return {}
    variables = engine.seen_by(task.id)
    asked: Asked = page.form.schema.root.get("properties", {})
    known = dict(_marked(engine, page, asked))
    known |= {name: variables[name] for name in asked if variables.get(name) is not None}
    rows = first_rows(page.form.schema.root)
    known |= rows
    if "loopCounter" in variables or (page.form.schema.root.get("$comment") == ANEW and not task.note):
        return known
    last = engine.last_answers(task.root_id, [task.element_id]).get(task.element_id)
    answered = {
        name: value
        for name, value in (last or {}).items()
        if name not in rows or same_rows(rows[name], value)
    }
    return {**known, **answered}


def _marked(engine: Engine, page: Page, asked: Asked) -> Iterator[tuple[str, Any]]:
    """What the questions begin with by the mark of their schema."""
    marks = {name: str(question.get("$comment", "")) for name, question in asked.items()}
    steps = {name: mark.removeprefix(AS_IN) for name, mark in marks.items() if mark.startswith(AS_IN)}
    earlier = engine.last_answers(page.case.task.root_id, sorted(set(steps.values()))) if steps else {}
    given = {
        **{name: (earlier.get(step) or {}).get(name) for name, step in steps.items()},
        **{name: (page.persona or {}).get(name) for name, mark in marks.items() if mark == OF_PERSONA},
        **dict.fromkeys(of_today(asked), day_of(engine.now()).isoformat()),
    }
    yield from ((name, value) for name, value in given.items() if value is not None)
