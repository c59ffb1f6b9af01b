"""Settings from the environment: what is accepted, and how a wrong value is refused."""

from pathlib import Path

import pytest

from app.settings import SettingRefused, Settings

KEY = "k" * 40


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with nothing set but a home."""
    return {"PERCORSI_HOME": str(tmp_path / "casa")}


def test_a_trial_needs_no_setting(environ: dict[str, str], tmp_path: Path) -> None:
    # when
    settings = Settings.from_env(environ)
    # then
    assert (settings.environment, settings.port, settings.embeds_database) == ("development", 8000, True)
    assert settings.home == tmp_path / "casa"
    assert settings.address == "http://127.0.0.1:8000"


def test_a_trial_keeps_its_secret_key(environ: dict[str, str], tmp_path: Path) -> None:
    # given
    first = Settings.from_env(environ).secret_key
    # then
    assert Settings.from_env(environ).secret_key == first
    assert len(first) >= 32
    assert (tmp_path / "casa" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "casa").iterdir()] == ["secret_key"]


def test_production_refuses_to_invent_a_secret_key(environ: dict[str, str]) -> None:
    with pytest.raises(SettingRefused, match="SECRET_KEY: manca"):
        Settings.from_env(environ | {"PERCORSI_ENV": "production"})


def test_a_secret_may_come_from_a_file(environ: dict[str, str], tmp_path: Path) -> None:
    # given
    file = tmp_path / "chiave"
    file.write_text(KEY + "\n")
    # when
    settings = Settings.from_env(
        environ
        | {"PERCORSI_ENV": "production", "SECRET_KEY_FILE": str(file), "DATABASE_URL": "postgres://u:p@db/x"}
    )
    # then
    assert settings.secret_key == KEY
    assert settings.database_url == "postgresql+psycopg2://u:p@db/x"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PERCORSI_ENV", "produzione"),
        ("PERCORSI_HOME", " "),
        ("PERCORSI_HOST", "tutti"),
        ("PORT", "80a"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("SECRET_KEY", "corta"),
        ("SECRET_KEY_FILE", "/non/esiste"),
        ("DATABASE_URL", "mysql://u:segreta@db/x"),
        ("DATABASE_URL", "segreta"),
        ("DATABASE_URL", "postgresql://u:segreta@db"),
        ("DATABASE_URL", "postgresql://u:segreta@db:porta/x"),
    ],
)
def test_a_malformed_value_is_refused_by_name(environ: dict[str, str], variable: str, value: str) -> None:
    # when
    with pytest.raises(SettingRefused) as refused:
        Settings.from_env(environ | {variable: value})
    # then
    assert refused.value.variable == variable
    assert str(refused.value).startswith(f"{variable}: ")
    assert "segreta" not in str(refused.value)


def test_an_owner_without_an_application_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingRefused, match="DATABASE_URL: manca"):
        Settings.from_env(environ | {"DATABASE_OWNER_URL": "postgresql://o@db/x"})


def test_a_direct_way_to_another_role_is_refused(environ: dict[str, str]) -> None:
    # given
    environ["DATABASE_URL"] = "postgresql://percorsi_app@pooler:6432/percorsi"
    environ["DATABASE_DIRECT_URL"] = "postgresql://percorsi_owner@database/percorsi"
    # then
    with pytest.raises(SettingRefused, match="^DATABASE_DIRECT_URL"):
        Settings.from_env(environ)


def test_a_secret_named_twice_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    # given
    file = tmp_path / "chiave"
    file.write_text(KEY)
    # then
    with pytest.raises(SettingRefused, match="due volte"):
        Settings.from_env(environ | {"SECRET_KEY": KEY, "SECRET_KEY_FILE": str(file)})


def test_secrets_are_not_printed(environ: dict[str, str]) -> None:
    # when
    settings = Settings.from_env(environ | {"SECRET_KEY": KEY, "DATABASE_URL": "postgresql://u:segreta@db/x"})
    # then
    assert KEY not in repr(settings)
    assert "segreta" not in repr(settings)
