"""What pages read of a pratica is found by index, however many the ente has."""

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from engine import tables
from engine.scenario import NOBODY

MANY = """
    with one as (insert into engine_bundle (hash, slug, content) values ('molte', 'molte', '') returning hash)
    insert into engine_instance (ente_id, slug, release, hash, started_at, state)
    select :ente_id, 'molte', 1, one.hash, now(), '' from one, generate_series(1, 3000)
"""


def test_the_paths_of_a_pratica_are_found_by_their_root(stage: Session) -> None:
    # given
    stage.execute(text(MANY), {"ente_id": NOBODY})
    query = select(tables.instance.c.state).where(tables.instance.c.ente_id == NOBODY, tables.of_root(1))
    asked = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    # when
    plan = " ".join(stage.scalars(text(f"explain {asked}")))
    # then
    assert f"Index Cond: ((ente_id = {NOBODY}) AND (root_id = 1))" in plan
