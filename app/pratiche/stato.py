"""Where pratiche stand, in words: the steps that wait for a person, what has stopped, what is awaited."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, literal, or_, select, union_all

from app.database import db
from engine import Engine
from engine.tables import incident, instance, job, subscription, task, timer

CATCHES: Final = frozenset({"intermediateCatchEvent", "receiveTask"})  # the others stand beside a step
AWAIT: Final = "Attendi "  # «Attendi l’accettazione»: the rest is what is awaited
SHOWN: Final = 3  # names told of a pratica that is in many places


@dataclass(frozen=True)
class Stato:
    """Names of open steps; whether something has stopped; names of what is awaited, when nobody has a step."""

    passi: tuple[str, ...] = ()
    ferma: bool = False
    attese: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """«Visita a casa», «ferma: serve una persona», «in attesa: l’accettazione»."""
        if self.passi:
            return ", ".join(self.passi[:SHOWN]) + _more(self.passi)
        return "ferma: serve una persona" if self.ferma else self.awaited

    @property
    def awaited(self) -> str:
        names = [name.removeprefix(AWAIT) for name in self.attese[:SHOWN]]
        return "in attesa" + (": " if names else "") + " o ".join(names) + _more(self.attese)


def of_roots(engine: Engine, roots: Collection[int]) -> dict[int, Stato]:
    """The state of each open pratica, by its root instance, in three queries however many they are."""
    t, n = task.c, incident.c
    steps: dict[int, list[str]] = {}
    waiting = select(t.root_id, t.name).where(t.root_id.in_(roots), t.status == "open").order_by(t.id)
    for root, name in db.session.execute(waiting):
        steps.setdefault(root, []).append(name)
    halted = select(n.root_id).where(n.root_id.in_(roots), n.resolved_at.is_(None))
    stopped = set(db.session.scalars(halted))
    awaited: dict[int, list[str]] = {}
    for root, name in _awaited(engine, [root for root in roots if root not in steps and root not in stopped]):
        awaited.setdefault(root, []).append(name)
    return {
        root: Stato(_once(steps.get(root, [])), root in stopped, _once(awaited.get(root, [])))
        for root in roots
    }


def _awaited(engine: Engine, roots: Collection[int]) -> Iterator[tuple[int, str]]:
    """A call under way, else the news and the days that the path has come to wait for."""
    i = instance.c
    under_way = or_(i.id.in_(roots), i.root_id.in_(roots)), i.status == "open"
    kinds = [
        select(
            func.coalesce(i.root_id, i.id).label("root"),
            i.hash,
            c.element_id,
            literal(rank).label("rank"),
            c.id,
        )
        .join(instance, (i.ente_id == c.ente_id) & (i.id == c.instance_id))
        .where(*under_way, *more)
        for rank, c, more in (
            (0, job.c, [job.c.status.in_(("waiting", "running"))]),
            (1, subscription.c, []),
            (1, timer.c, []),
        )
    ]
    found = union_all(*kinds).subquery("attese")
    calling: set[int] = set()
    for row in db.session.execute(select(found).order_by(found.c.rank, found.c.id)):
        element = engine.program(row.hash).diagram.elements.get(row.element_id)
        if element is None or (row.rank and (row.root in calling or element.kind not in CATCHES)):
            continue
        if not row.rank:
            calling.add(row.root)
        if element.name:
            yield row.root, element.name


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _more(names: tuple[str, ...]) -> str:
    return f" e altri {len(names) - SHOWN}" if len(names) > SHOWN else ""
