"""The order in which a path is told: along the flows, each branch to its end, a join after its branches."""

from collections.abc import Iterable

from app.diagram.shape import Diagram, Node


def successors(diagram: Diagram, node: Node) -> list[str]:
    """What follows a step: its own ways out, then those of the events on its border."""
    own = [flow.target for flow in diagram.outgoing(node.id)]
    return own + [boundary.id for boundary in diagram.boundary(node.id)]


def ordered(diagram: Diagram, nodes: Iterable[Node]) -> list[Node]:
    """The nodes of one level, each after all that lead to it (a loop back counts nothing).

    Reverse postorder of a depth-first visit. The way that leads further is visited first, and so comes
    last: a short branch, a refusal or a reminder is told beside its question, before the main road goes on.
    Steps that nothing but a loop reaches stand at the end."""
    here = {node.id: node for node in nodes}
    seen: set[str] = set()
    main = [
        step for start in reversed(entrances(diagram, here)) for step in finished(diagram, start, here, seen)
    ]
    rest = [step for start in here for step in reversed(finished(diagram, start, here, seen))]
    return [here[node_id] for node_id in (*reversed(main), *rest)]


def finished(diagram: Diagram, start: str, here: dict[str, Node], seen: set[str]) -> list[str]:
    """Ids reached from `start` and not yet in `seen`, in the order in which a visit leaves them."""
    if start in seen:
        return []
    seen.add(start)
    left: list[str] = []
    trail = [(start, iter(ways(diagram, start, here)))]
    while trail:
        at, pending = trail[-1]
        following = next((other for other in pending if other not in seen), None)
        if following is None:
            left.append(at)
            trail.pop()
        else:
            seen.add(following)
            trail.append((following, iter(ways(diagram, following, here))))
    return left


def ways(diagram: Diagram, node_id: str, here: dict[str, Node]) -> list[str]:
    """What follows, the furthest-reaching first; a way that comes back here reaches only that far."""
    following = [other for other in successors(diagram, here[node_id]) if other in here]
    if len(following) < 2:
        return following
    # Of ways equally long the visit takes the last one first, so that the first is told first.
    following.reverse()
    return sorted(following, key=lambda other: -len(reachable(diagram, other, here, node_id)))


def entrances(diagram: Diagram, here: dict[str, Node]) -> list[str]:
    """Start events first, then whatever nothing leads to."""
    starts = [node.id for node in here.values() if node.kind == "startEvent"]
    alone = [n.id for n in here.values() if not n.attached_to and not diagram.incoming(n.id)]
    return starts + [node_id for node_id in alone if node_id not in starts]


def reachable(diagram: Diagram, start: str, here: dict[str, Node], but: str) -> set[str]:
    """Ids reached from `start` without passing through `but`."""
    found = {but}
    pending = [start]
    while pending:
        at = pending.pop()
        if at in here and at not in found:
            found.add(at)
            pending += successors(diagram, here[at])
    return found
