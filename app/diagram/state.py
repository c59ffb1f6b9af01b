"""How far each part of a diagram is: the four states, their words, and the flows travelled."""

from collections.abc import Mapping
from typing import Literal

from app.diagram.shape import Diagram, Flow

State = Literal["fatto", "ora", "poi", "saltato"]
Marks = Mapping[str, State]

WORDS: dict[State, str] = {"fatto": "fatto", "ora": "in corso", "poi": "da fare", "saltato": "non percorso"}


def state_of(element_id: str, marks: Marks) -> State:
    return marks.get(element_id, "poi")


def travelled(diagram: Diagram, marks: Marks) -> frozenset[str]:
    """Ids of the flows that were travelled: those marked, if any is; else those between two reached steps,
    which is right but where two done steps are joined by a way that was not taken."""
    marked = {flow_id for flow_id in diagram.flows if marks.get(flow_id) == "fatto"}
    if marked:
        return frozenset(marked)

    def reached(flow: Flow) -> bool:
        return marks.get(flow.source) == "fatto" and marks.get(flow.target) in ("fatto", "ora")

    return frozenset(flow.id for flow in diagram.flows.values() if reached(flow))
