"""Roles, database and schema: made when missing, left alone when there, refused when they cannot be."""

import pytest
from sqlalchemy import Engine, text

from app.database import provision, schema, url
from app.database.cluster import Cluster, Urls
from app.startup import StartupRefused


def test_provisioning_again_changes_nothing(cluster: Cluster, urls: Urls, engine: Engine, ente: int) -> None:
    # given
    database = engine.url.database or ""
    # when
    again = provision.embedded(cluster, database)
    # then
    assert again == urls
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from ente")) == 2


def test_the_roles_are_weak(superuser_engine: Engine) -> None:
    with superuser_engine.connect() as connection:
        strong = connection.scalars(
            text(
                "select rolname from pg_roles where rolname like 'percorsi_%' and "
                "(rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)"
            )
        ).all()
    assert strong == []


def test_somebody_elses_database_is_migrated(urls: Urls) -> None:
    # given one that has roles and nothing else
    schema.downgrade(urls.owner, "base")
    # when
    provision.external(urls.owner, urls.application)
    # then
    provision.check(urls.application)


def test_data_of_a_newer_version_are_refused(urls: Urls, owner_engine: Engine) -> None:
    # given
    with owner_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    # then
    with pytest.raises(StartupRefused, match="migrazione 9999"):
        provision.external(urls.owner, urls.application)


def test_a_table_in_use_stops_a_migration_without_harm(urls: Urls, owner_engine: Engine) -> None:
    # given a database one migration behind, and somebody who holds what the migration needs
    schema.downgrade(urls.owner, "-1")
    with owner_engine.begin() as holder:
        holder.execute(text("lock table alembic_version in exclusive mode"))
        # then
        with pytest.raises(StartupRefused, match="non ha cambiato nulla"):
            provision.external(urls.owner, urls.application)


def test_one_role_for_both_is_refused(urls: Urls) -> None:
    with pytest.raises(StartupRefused, match="stesso ruolo"):
        provision.external(urls.owner, urls.owner)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    # given
    address = url.normalised("postgresql://percorsi_app:segreta@127.0.0.1:9/percorsi?connect_timeout=2")
    # when
    with pytest.raises(StartupRefused) as refused:
        provision.check(address)
    # then
    assert "127.0.0.1:9/percorsi" in str(refused.value)
    assert "segreta" not in str(refused.value)


def test_an_address_reads_the_same_to_libpq(urls: Urls) -> None:
    assert url.libpq(urls.application).startswith("postgresql://percorsi_app@/")
    assert url.role(urls.owner) == "percorsi_owner"


def test_a_login_of_another_name_may_serve_as_a_member(urls: Urls, superuser_engine: Engine) -> None:
    # given
    with superuser_engine.connect() as connection:
        connection.execute(text("create role webapp login in role percorsi_app"))
    # then
    provision.check(urls.application.replace("percorsi_app", "webapp"))
    with superuser_engine.connect() as connection:
        connection.execute(text("drop role webapp"))
