"""The start-up check refuses a strong role, a table that mixes enti and a schema of another version."""

import pytest
from sqlalchemy import Engine, text

from app.database import engine as engines
from app.database import schema, selfcheck
from app.database.cluster import Urls
from app.startup import StartupRefused


def test_a_provisioned_database_may_serve(engine: Engine) -> None:
    assert selfcheck.problems(engine) == []


@pytest.mark.parametrize(
    "damage",
    [
        "drop policy unita_ente on unita",
        "alter table unita no force row level security",
        "alter table unita disable row level security",
        "create policy everything on unita using (true)",
        "create policy everything on unita to percorsi_app using (true)",
        "create policy writes on unita for insert with check (true)",
        "create table unita_bis (ente_id int, id int)",
    ],
)
def test_a_table_that_mixes_enti_is_refused(engine: Engine, owner_engine: Engine, damage: str) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text(damage))
    # when
    with pytest.raises(StartupRefused) as refused:
        selfcheck.verify(engine)
    # then
    assert "non separano gli enti" in str(refused.value)
    assert "unita" in str(refused.value)


def test_a_restrictive_policy_is_welcome(engine: Engine, owner_engine: Engine) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("create policy fewer on unita as restrictive using (attiva)"))
    # then
    assert selfcheck.problems(engine) == []


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_a_view_with_the_owners_eyes_is_refused(engine: Engine, owner_engine: Engine, kind: str) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text(f"create {kind} ogni_unita as select * from unita"))
        connection.execute(text("grant select on ogni_unita to percorsi_app"))
    # then
    assert "ogni_unita" in " ".join(selfcheck.problems(engine))


def test_a_view_with_its_readers_eyes_is_welcome(engine: Engine, owner_engine: Engine) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("create view mie_unita with (security_invoker=true) as select * from unita"))
        connection.execute(text("grant select on mie_unita to percorsi_app"))
    # then
    assert selfcheck.problems(engine) == []


@pytest.mark.parametrize(("who", "why"), [("superuser", "troppo forte"), ("owner", "possiede")])
def test_a_strong_role_is_refused(urls: Urls, who: str, why: str) -> None:
    # given
    engine = engines.connect(getattr(urls, who))
    # when
    with pytest.raises(StartupRefused, match=why):
        selfcheck.verify(engine)
    engine.dispose()


def test_a_role_that_can_become_the_owner_is_refused(
    engine: Engine, superuser_engine: Engine, urls: Urls
) -> None:
    # given a role that only inherits the owner's rights
    with superuser_engine.connect() as connection:
        connection.execute(text("create role vice login in role percorsi_owner"))
    vice = engines.connect(urls.owner.replace("percorsi_owner", "vice"))
    # when
    found = " ".join(selfcheck.problems(vice))
    # then
    assert "possiede" in found
    vice.dispose()
    with superuser_engine.connect() as connection:
        connection.execute(text("drop role vice"))


def test_a_schema_of_another_version_is_refused(engine: Engine, owner_url: str) -> None:
    # given
    schema.downgrade(owner_url, "-1")
    # then
    assert f"questa versione richiede la {schema.head()}" in " ".join(selfcheck.problems(engine))


def test_a_program_may_start_again_while_the_next_release_takes_its_place(
    engine: Engine, owner_engine: Engine
) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    # then
    assert selfcheck.problems(engine) == []


def test_a_program_from_before_something_was_taken_away_is_refused(
    engine: Engine, owner_engine: Engine
) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
        connection.execute(text("comment on table alembic_version is '9998'"))
    # then
    assert "non serve più i programmi prima della 9998" in " ".join(selfcheck.problems(engine))


def test_a_database_never_migrated_is_refused(engine: Engine, owner_url: str) -> None:
    # given
    schema.downgrade(owner_url, "base")
    # then
    assert selfcheck.problems(engine)
