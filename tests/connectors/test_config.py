"""Settings: what is missing is told, what is malformed stops, only allow-listed hosts are reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from connectors import registry
from connectors.environment import SettingInvalid
from connectors.errors import Broken
from connectors.http import Http
from connectors.inps.connector import Inps
from connectors.inps.sandbox import Sandbox
from tests.connectors.conftest import ROSA, Peer, reader, settings_for

OFFICIAL = "https://api.inps.it/pdnd/soap/ConsultazioneISEE/v1"


def test_every_connector_declares_operations_that_an_analyst_can_read() -> None:
    for connector in registry.build({}).values():
        assert connector.operations()
        for operation in connector.operations():
            assert operation.name.startswith(f"{connector.slug}.")
            assert operation.title
            for schema in (operation.request, operation.response):
                Draft202012Validator.check_schema(schema)
                assert all("title" in field for field in schema["properties"].values())


def test_an_installation_without_settings_says_what_it_lacks() -> None:
    problems = registry.build({})["inps"].check_config()
    assert [problem.split("(")[1].rstrip(").") for problem in problems] == [
        "PERCORSI_INPS_ADDRESS",
        "PERCORSI_INPS_USER_ID",
        "PERCORSI_INPS_CODICE_UFFICIO",
    ]


def test_an_operation_without_settings_is_broken() -> None:
    with pytest.raises(Broken, match="PERCORSI_INPS_ADDRESS"):
        reader(settings_for("", ""))(ROSA)


def test_the_settings_of_the_sandbox_are_enough(sandbox: Sandbox) -> None:
    assert registry.build(sandbox.environ())["inps"].check_config() == []


@pytest.mark.parametrize(
    "environ",
    [
        {"PERCORSI_INPS_TIMEOUT_S": "dieci"},
        {"PERCORSI_INPS_TIMEOUT_S": "0"},
        {"PERCORSI_INPS_TIMEOUT_S": "9999"},
        {"PERCORSI_CONNECTOR_HOSTS": "*"},
        {"PERCORSI_CONNECTOR_HOSTS": "https://api.inps.it"},
        {"PERCORSI_INPS_USER_ID_FILE": "/nessun/file"},
    ],
)
def test_a_malformed_setting_stops(environ: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match=next(iter(environ))):
        registry.build(environ)


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "utente"
    path.write_text("SEGRETO\n")
    assert Inps.from_env({"PERCORSI_INPS_USER_ID_FILE": str(path)}).settings.user_id == "SEGRETO"


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        (OFFICIAL, {"api.inps.it"}),
        (OFFICIAL, {"api.inps.it:443"}),
        ("http://127.0.0.1:8710/inps/isee", {"127.0.0.1:8710"}),
    ],
)
def test_an_allow_listed_address_may_be_called(address: str, hosts: set[str]) -> None:
    assert Http("L'INPS", frozenset(hosts), 5).find_refusal(address) is None


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        (OFFICIAL, set()),
        (OFFICIAL, {"inps.it"}),
        (OFFICIAL.replace("https", "http"), {"api.inps.it", "api.inps.it:80"}),
        (OFFICIAL.replace("api.inps.it", "api.inps.it:8443"), {"api.inps.it"}),
        ("https://api.inps.it@example.org/", {"api.inps.it"}),
        ("https://u:p@api.inps.it/", {"api.inps.it"}),
        ("https://api.inps.it.example.org/", {"api.inps.it"}),
        ("http://127.0.0.1:22/", {"127.0.0.1:8710"}),
        ("http://169.254.169.254/latest", {"169.254.169.254"}),
        ("file:///etc/passwd", {""}),
        ("https://[::1", {"::1"}),
        ("https://api.inps.it:porta/", {"api.inps.it"}),
    ],
)
def test_any_other_address_is_refused(address: str, hosts: set[str]) -> None:
    assert Http("L'INPS", frozenset(hosts), 5).find_refusal(address)


def test_a_peer_off_the_list_is_never_reached(peer: Peer) -> None:
    with pytest.raises(Broken, match="ammessi"):
        reader(settings_for(peer.address, "api.inps.it"))(ROSA)
    assert peer.received == []
