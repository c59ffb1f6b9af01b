"""What pages read of a pratica is found by index, however many the ente has."""

from sqlalchemy import Engine, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.database.context import ente_context
from engine import tables
from engine.scenario import NOBODY

MANY = """
    with one as (insert into engine_bundle (hash, slug, content) values ('molte', 'molte', '') returning hash)
    insert into engine_instance (ente_id, slug, release, hash, started_at, state)
    select :ente_id, 'molte', 1, one.hash, now(), '' from one, generate_series(1, 3000)
"""


def test_the_paths_of_a_pratica_are_found_by_their_root(engine: Engine, owner_engine: Engine) -> None:
    # given many, of which PostgreSQL knows that they are
    with ente_context(NOBODY), Session(engine) as session, session.begin():
        session.execute(text(MANY), {"ente_id": NOBODY})
    with owner_engine.begin() as owner:
        owner.execute(text("analyze engine_instance"))
    query = select(tables.instance.c.state).where(tables.instance.c.ente_id == NOBODY, tables.of_root(1))
    asked = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    # when
    with ente_context(NOBODY), Session(engine) as session:
        plan = " ".join(session.scalars(text(f"explain {asked}")))
    # then
    assert f"Index Cond: ((ente_id = {NOBODY}) AND (root_id = 1))" in plan
