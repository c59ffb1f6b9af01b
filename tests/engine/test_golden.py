"""What an earlier release of this software has stored, this one loads and takes to its end."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine import Engine, FixedClock, json, tables
from engine.bundle import unpack
from engine.calendar import Calendar
from engine.scenario import NOBODY
from tests.engine.conftest import ANNA, MONDAY
from tests.engine.golden import keeping, tale

NEXT = os.environ.get("GOLDEN")
"""A release of which to keep what it stores: `make golden RELEASE=0.2.0`."""

RESTS = [
    pytest.param(path, rest, id=f"{path.name.removesuffix('.json.gz')}-{rest}")
    for path in keeping.files()
    for rest in range(len(keeping.read(path)["rests"]))
]


def an_engine(session: Session, clock: FixedClock) -> Engine:
    return Engine(session, NOBODY, tale.OPERATIONS, calendar=Calendar((6, 24)), clock=clock)


def kept(session: Session) -> dict[str, Any]:
    """What this release stores at each wait of the tale, and how the tale ends."""
    clock = FixedClock(MONDAY)
    engine = an_engine(session, clock)
    for bundle in tale.BUNDLES:
        engine.publish(bundle, ANNA)
    instance = engine.start("golden", tale.DATA, ANNA).id
    rests = []
    for move in tale.MOVES:
        rests.append({"now": clock.instant.isoformat(), "rows": keeping.take(session, instance)})
        tale.make(engine, clock, instance, move)
    return {
        "bundles": [bundle.pack().decode() for bundle in tale.BUNDLES],
        "moves": tale.MOVES,
        "rests": rests,
        "ends": end_of(engine, instance),
    }


def end_of(engine: Engine, instance_id: int) -> dict[str, Any]:
    view = engine.instance(instance_id)
    crossed = sorted({row.element_id for row in engine.history(instance_id)})
    return {"status": view.status, "in": view.ended_in, "variables": view.variables, "crossed": crossed}


def go_on(session: Session, golden: dict[str, Any], rest: int) -> dict[str, Any]:
    """Load what was stored at a rest, make the moves that follow, and say how it ends."""
    clock = FixedClock(datetime.fromisoformat(golden["rests"][rest]["now"]))
    engine = an_engine(session, clock)
    for packed in golden["bundles"]:
        bundle = unpack(packed.encode())
        stored = insert(tables.bundle).values(hash=bundle.hash, slug=bundle.slug, content=packed.encode())
        session.execute(stored.on_conflict_do_nothing())
        if bundle.slug != "golden" and rest <= first_call(golden):
            engine.publish(bundle, ANNA)
    instance = keeping.put(session, golden["rests"][rest]["rows"])
    for move in golden["moves"][rest:]:
        assert engine.check() == []
        tale.make(engine, clock, instance, move)
    return json.loads(json.dumps(end_of(engine, instance)))  # type: ignore[no-any-return]


def first_call(golden: dict[str, Any]) -> int:
    """The last rest at which no called path runs yet: from there on the call takes what is in force."""
    running = [len(rest["rows"]["engine_instance"]) > 1 for rest in golden["rests"]]
    return running.index(True) - 1


@pytest.mark.parametrize(("path", "rest"), RESTS)
def test_what_a_release_has_stored_goes_on_to_its_end(stage: Session, path: Path, rest: int) -> None:
    golden = keeping.read(path)
    assert go_on(stage, golden, rest) == golden["ends"]


def test_what_this_release_stores_goes_on_to_its_end(stage: Session) -> None:
    # given
    golden = json.loads(json.dumps(kept(stage)))
    assert (golden["ends"]["status"], golden["ends"]["in"]) == ("done", "fine")
    if NEXT:
        keeping.write(keeping.FOLDER / f"{NEXT}.json.gz", golden)
    # when
    stage.rollback()
    # then
    assert go_on(stage, golden, len(tale.MOVES) - 1) == golden["ends"]


def test_every_wait_there_is_was_stored() -> None:
    """Each way of waiting has its place in each file, or a release could change how it is stored unseen."""
    for path in keeping.files():
        rests = keeping.read(path)["rests"]
        states = [json.loads(row["state"]) for rest in rests for row in rest["rows"]["engine_instance"]]
        assert {kind for state in states for kind in state["waits"].values()} >= {
            "task",
            "timer",
            "message",
            "job",
            "call",
            "incident",
        }
        assert any(state["subprocesses"] for state in states)


def test_what_was_stored_is_never_stored_anew() -> None:
    for path in keeping.files():
        with pytest.raises(FileExistsError):
            keeping.write(path, {})
