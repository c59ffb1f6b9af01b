"""Where the tokens of instances stand, read out of their states by the database.

A state is JSON that names specifications and never holds them, so the database itself can say where its tokens
stand: thousands of instances come back as a few groups, none is loaded, and tokens that have no row of their own
(those at a join) count too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine.dialect import Element
from engine.program import Program
from engine.spiff import LIVE

_POSITIONS = """
    select i.id, (
        select jsonb_agg(distinct jsonb_build_array(
            standing.scope, t->>2, t->>3, s.state->'waits'->>(t->>0), t->5->>'from',
            t->5->'undoable', t->5->'owed'))
        from (
            select null as scope, t from jsonb_array_elements(s.state->'tasks'->'t') t
            union all
            select sub->>2, t
            from jsonb_array_elements(s.state->'subprocesses') sub, jsonb_array_elements(sub->3->'t') t
        ) standing
        where (t->>3)::int & :live <> 0 or t->5 ? 'undoable'
    ) as signature
    from engine_instance i, lateral (select convert_from(i.state, 'UTF8')::jsonb as state) s
    where i.ente_id = :ente_id and i.status = 'open'
"""
# `state` is written by engine/state.py: "tasks": {"t": [[token, parent, spec, state, triggered, internal, data]]},
# "subprocesses": [[token, owner, spec, tasks]], "waits": {token: kind}

_GROUPS = text(f"""
    select signature, count(*) as many, min(id) as first from (
        {_POSITIONS} and i.slug = :slug and i.hash = :hash
    ) each group by signature order by many desc, first
""")  # noqa: S608 - constant text
_ONE = text(f"{_POSITIONS} and i.id = :instance_id")  # noqa: S608


@dataclass(frozen=True)
class Position:
    """A token at rest: its element, the subprocess it is in (None: the process), what was announced for it
    ("task", "job", "call", "incident"…), and at a join the flow's source it came from."""

    element: Element
    spec: str
    scope: str | None
    wait: str | None
    source: str | None

    @property
    def round(self) -> bool:
        """Whether it is a single round of a multi-instance activity."""
        return self.spec != self.element.id


@dataclass(frozen=True)
class Standing:
    """Where the tokens of an instance stand; `done` are the activities that an event may ask to undo
    (engine/compensation.py), `owed` the steps that are still to undo some for one that has asked."""

    positions: tuple[Position, ...] = ()
    done: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()


def groups(session: Session, ente_id: int, program: Program) -> list[tuple[Standing, int]]:
    """The open instances of a release by where their tokens stand, and how many stand so."""
    rows = session.execute(
        _GROUPS,
        {"ente_id": ente_id, "slug": program.slug, "hash": program.hash, "live": int(LIVE)},
    )
    return [(_read(program, row.signature), int(row.many)) for row in rows]


def of_instance(session: Session, ente_id: int, program: Program, instance_id: int) -> Standing:
    """Where the tokens of one open instance stand."""
    row = session.execute(
        _ONE, {"ente_id": ente_id, "instance_id": instance_id, "live": int(LIVE)}
    ).one_or_none()
    return Standing() if row is None else _read(program, row.signature)


def _read(program: Program, signature: list[list[Any]] | None) -> Standing:
    """Only what stands on an element of the diagram; the splits and joins of SpiffWorkflow's own go with them."""
    found, done, owed = [], set[str](), set[str]()
    for scope, name, state, wait, source, has_done, owes in signature or ():
        done.update(has_done or ())
        owed.update(owes or ())
        element = getattr(specs_of(program, scope).get(name), "element", None)
        if element is not None and int(state) & LIVE:
            found.append(Position(element, name, scope, wait, source))
    return Standing(tuple(found), frozenset(done), frozenset(owed))


def specs_of(program: Program, scope: str | None) -> Any:
    """The specifications of a process (None) or of one of its subprocesses, by name."""
    owner = program.spec if scope is None else program.subprocesses.get(scope)
    return {} if owner is None else owner.task_specs


def elements_of(standing: Standing) -> list[str]:
    """The ids of the elements at which tokens stand, in order."""
    return sorted({position.element.id for position in standing.positions})
