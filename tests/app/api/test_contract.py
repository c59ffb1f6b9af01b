"""The OpenAPI document holds: whatever it allows is served, whatever it forbids is refused, nothing breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.scopes import SCOPES
from app.api.words import ID
from tests.app.api.conftest import Program

DOCUMENT = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

THERE = {"percorso": "prova", "persona_id": None, "unita": None, "dati": {}, "risposte": {"gravita": 3}}

bounded = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_api_keeps_to_its_document(app: Flask, program: Program, mode: GenerationMode) -> None:
    # given a pratica and a task that are there
    pratica = program.start()
    ids = {"pratica_id": pratica["id"], "task_id": pratica["attivita"][0]["id"]}
    for found in schemathesis.openapi.from_wsgi(DOCUMENT, app).get_all_operations():
        # when
        @bounded
        @given(case=found.ok().as_strategy(generation_mode=mode))
        def holds(case: Case) -> None:
            _meet_what_is_there(case, ids, mode)
            # then
            case.call_and_validate(headers={"Authorization": f"Bearer {program.token}"}, checks=CHECKS)

        holds()


def _meet_what_is_there(case: Case, ids: dict[str, str], mode: GenerationMode) -> None:
    """Random ids and slugs would find nothing."""
    for name, value in list(case.path_parameters.items()):
        if re.fullmatch(ID, str(value)):
            case.path_parameters[name] = ids[name]
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
        case.body.update({name: THERE[name] for name in set(case.body) & set(THERE)})


def test_the_document_is_open_and_says_what_each_scope_opens(app: Flask) -> None:
    # when
    document = app.test_client().get(DOCUMENT).get_json()
    # then
    assert document["openapi"] == "3.1.0"
    operations = [
        operation
        for path in document["paths"].values()
        for key, operation in path.items()
        if key != "parameters"
    ]
    asked = {scope for operation in operations for each in operation["security"] for scope in each["token"]}
    assert asked | {"variabili:read"} == set(SCOPES)
    assert all(operation["summary"] and operation["operationId"] for operation in operations)


def test_the_document_is_made_of_json_schemas_that_are_all_used_and_whose_defaults_may_be_sent(
    app: Flask,
) -> None:
    text = app.test_client().get(DOCUMENT).text
    schemas = json.loads(text)["components"]["schemas"]
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in text] == []
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    defaults = [each for each in _parts(json.loads(text)) if "default" in each and "type" in each]
    assert defaults
    for each in defaults:
        assert Draft202012Validator(each).is_valid(each["default"]), each


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _parts(part)


def test_the_document_names_every_status_that_a_view_gives(app: Flask) -> None:
    document = app.test_client().get(DOCUMENT).get_json()
    completing = document["paths"]["/api/v1/attivita/{task_id}/completa"]["post"]
    assert set(completing["responses"]) == {
        "200", "400", "401", "403", "404", "409", "413", "415", "422", "default"
    }  # fmt: skip
    problem = document["components"]["responses"]["CONFLICT"]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
