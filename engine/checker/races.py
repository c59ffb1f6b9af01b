"""What two branches of a fork write: variables belong to the instance, and the later would win unseen.

Two branches may write the same variable when each adds to what is there (`totale: =totale + euro`): a step writes
with the instance locked, so neither is lost. Parts of one object are variables of their own (`nucleo.reddito`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import feel
from engine.checker.context import Context, Found
from engine.dialect import Diagram, Element

ARRIVING = ("receiveTask", "intermediateCatchEvent")


def check(diagram: Diagram, context: Context, together: set[tuple[str, str]]) -> Iterator[Found]:
    """Refusals about pairs of elements that may be active together."""
    told: set[tuple[str, str]] = set()
    for one, other in sorted(together):
        for path in _clashes(_writes(diagram, context, one), _writes(diagram, context, other)):
            if (other, path) not in told:
                told.add((other, path))
                if one == other:
                    yield (
                        one,
                        f"si può scegliere due volte insieme, e scrive «{path}»: l'ultimo vincerebbe; fai scegliere "
                        "una cosa per volta («Ordering»: Sequential), o aggiungi a quello che c'è",
                    )
                    continue
                yield (
                    other,
                    f"scrive «{path}» come «{one}», che si fa in parallelo: l'ultimo vincerebbe; dai alle due "
                    f"variabili nomi diversi, o fa' che tutti e due aggiungano a «{path}» (per esempio "
                    f"«={path} + …»)",
                )
        for wide, beside in ((one, other), (other, one)):
            yield from _covers(diagram, context, wide, beside, told)


def _clashes(some: Mapping[str, bool], others: Mapping[str, bool]) -> Iterator[str]:
    """The variables that both write: of two paths into one object, the shorter."""
    for path, adds in some.items():
        for also, adds_too in others.items():
            if path == also and adds and adds_too:
                continue
            if (path + ".").startswith(also + ".") or (also + ".").startswith(path + "."):
                yield min(path, also, key=len)


def _covers(
    diagram: Diagram, context: Context, wide: str, beside: str, told: set[tuple[str, str]]
) -> Iterator[Found]:
    """Who brings in all that comes, whatever its name, while another branch writes."""
    for element in _unbounded(diagram, context, wide):
        if _writes(diagram, context, beside) and (element.id, "") not in told:
            told.add((element.id, ""))
            yield (
                element.id,
                f"porta dentro tutto quello che arriva mentre «{beside}» lavora in parallelo, e potrebbe coprire "
                "quello che scrive: scrivi negli output che cosa serve, e solo quello",
            )


def _unbounded(diagram: Diagram, context: Context, identity: str) -> Iterator[Element]:
    """The elements whose results nobody can name: of a message, of a called path that gives everything back."""
    element = diagram.elements[identity]
    if element.loop is not None:
        return
    arrives = element.kind in ARRIVING and element.event is not None and element.event.kind != "timer"
    if (
        element.links is None
        and not element.outputs
        and arrives
        or element.kind == "callActivity"
        and element.returns_all
    ):
        yield element
    for each in _inside(diagram, identity):
        yield from _unbounded(diagram, context, each)


def _writes(diagram: Diagram, context: Context, identity: str) -> dict[str, bool]:
    """What an element writes, and whether it only adds; a subprocess, what its elements write, unless it repeats."""
    element = diagram.elements[identity]
    found = {path: _adds(element, path, context) for path in context.writes(element)}
    for each in _inside(diagram, identity) if element.loop is None else ():
        for path, adds in _writes(diagram, context, each).items():
            found[path] = adds and found.get(path, True)
    return found


def _inside(diagram: Diagram, identity: str) -> list[str]:
    return [e.id for e in diagram.elements.values() if e.parent == identity and not e.event_subprocess]


def _adds(element: Element, path: str, context: Context) -> bool:
    """Whether an element writes a variable from what it is at that moment."""
    root = path.split(".")[0]
    sources = [line.source for line in element.outputs if line.target == path]
    shadowed = {line.target.split(".")[0] for line in element.inputs}
    if element.kind == "scriptTask" and not element.outputs:
        sources = [element.script or ""]
    else:
        shadowed |= context.result(element) or set()
    adding = (text for text in sources if text.removeprefix("=").strip() != path)
    return element.loop is None and root not in shadowed and any(root in _names(text) for text in adding)


def _names(text: str) -> frozenset[str]:
    try:
        return frozenset(feel.parse(text.removeprefix("=").strip()).variables)
    except feel.FeelError:
        return frozenset()
