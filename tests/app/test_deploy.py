"""The examples in app/deploy start what there is to start."""

from __future__ import annotations

import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

import app
from app.cli import _parser
from app.settings import Settings

DEPLOY = Path(app.__file__).parent / "deploy"
PROCESSES = {"web", "worker", "clock"}


def test_the_procfile_starts_each_process_by_its_command() -> None:
    lines = dict(line.split(": ", 1) for line in (DEPLOY / "Procfile").read_text().splitlines())
    assert lines == {name: f"percorsi {name}" for name in PROCESSES}


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda unit: unit.name)
def test_a_unit_starts_a_process_and_gives_it_time_to_finish(unit: Path) -> None:
    # given
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment]
    read.read_string(unit.read_text())
    service = read["Service"]
    program, *words = shlex.split(service["ExecStart"])
    # then
    assert Path(program).name == "percorsi"
    assert words[0] in PROCESSES
    assert _parser().parse_args(words)
    assert int(service["TimeoutStopSec"]) > 30
    assert service["EnvironmentFile"] == "/etc/percorsi/environment"


def test_the_environment_of_the_units_is_enough_for_production(tmp_path: Path) -> None:
    # given
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for name, content in (
        ("SECRET_KEY", "k" * 40),
        ("DATABASE_URL", "postgresql://percorsi_app@database/percorsi"),
    ):
        file = tmp_path / name
        file.write_text(content)
        environ[f"{name}_FILE"] = str(file)
    # when
    settings = Settings.from_env({**environ, "PERCORSI_HOME": str(tmp_path)})
    # then
    assert settings.is_production
    assert settings.session_url == settings.database_url
