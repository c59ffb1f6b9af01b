"""One element of BPMN 2.0.2 and what becomes of it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import Bundle, Problem, Scenario, check
from tests.engine.drawing import bundle, diagram, end, start

Moves = Sequence[Mapping[str, Any]]

DATA = {"chi": "12", "voci": [1, 2, 3], "grave": True, "unita": "ats"}
"""The first variables of every drawing."""


@dataclass(frozen=True)
class Row:
    """An element by its name in the standard, drawn in the path «prova».

    `played`: the story that it is executed by, in the words of engine/story.py. `at`: the id that the checker
    names when it refuses. Neither: it is imported and nothing looks at it.
    """

    name: str
    content: bytes
    played: Mapping[str, Any] | None = None
    at: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        if self.at is not None:
            return "refused"
        return "executed" if self.played is not None else "documentation"

    @property
    def bundle(self) -> Bundle:
        return bundle("prova", self.content, **self.files)

    @property
    def problems(self) -> list[Problem]:
        """What the checker says, without knowing which operations are installed."""
        return check(self.bundle)

    @property
    def scenario(self) -> Scenario:
        """The story of an executed element; of one that is documentation, the path as if it were not there."""
        story = self.played if self.played is not None else _story([do("uno")], "fine")
        return Scenario(self.bundle, "prova", story)


def executed(
    name: str,
    content: bytes,
    moves: Moves,
    into: str = "fine",
    *,
    files: Mapping[str, bytes] | None = None,
    **more: Any,
) -> Row:
    """An element that a story goes through, as far as the end `into`; `more` of what holds then, and `inizio`."""
    return Row(name, content, played=_story(moves, into, **more), files=files or {})


def refused(name: str, content: bytes, at: str = "uno") -> Row:
    """An element that the checker refuses, naming it."""
    return Row(name, content, at=at)


def documentation(name: str, content: bytes) -> Row:
    """An element that may be drawn beside the step «uno» of a path and changes nothing."""
    return Row(name, content)


def _story(moves: Moves, into: str, *, inizio: str = "", **more: Any) -> dict[str, Any]:
    begins = {"inizio": inizio} if inizio else {}
    return {
        "titolo": "prova",
        "adesso": "2026-11-23T09:00:00+01:00",
        "dato": DATA,
        **begins,
        "passi": list(moves),
        "allora": {"finisce_in": into, **more},
    }


def path(body: str, flows: str, before: str = "") -> bytes:
    """A path from the start «inizio» to the end «fine»."""
    return diagram("prova", start() + body + end(), flows, before=before)


def one(element: str, before: str = "") -> bytes:
    """A path whose only step is «uno»."""
    return path(element, "inizio uno; uno fine", before)


def tag(kind: str, inner: str = "", identity: str = "uno", attributes: str = "") -> str:
    """An element of any kind."""
    return f"<bpmn:{kind} id='{identity}' {attributes}>{inner}</bpmn:{kind}>"


def do(element: str, **answers: Any) -> dict[str, Any]:
    """A person does a step."""
    return {"attivita": element, "risposte": answers}


def wait(*elements: str) -> dict[str, Any]:
    """The path waits here."""
    return {"aspetta": list(elements)}


def days(number: int, fires: str) -> dict[str, Any]:
    """Days pass, and a term comes."""
    return {"orologio": f"+{number} giorni", "scatta": fires}


NEWS = {"messaggio": "notizia", "chiave": "12"}
"""The message «notizia» comes for the person 12."""
