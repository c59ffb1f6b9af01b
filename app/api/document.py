"""The OpenAPI 3.1 document, made of the schemas that check and dump."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, Response
from flask_smorest.utils import prepare_response  # type: ignore[import-untyped]
from werkzeug.routing import BaseConverter

from app.accounts.gate import public
from app.api import schemas
from app.api.access import TOKEN
from app.api.scopes import SCOPES
from app.api.words import ID, names_of
from engine import json

VERSION: Final = "1.0"
PROBLEM: Final = "application/problem+json"
DESCRIPTION: Final = (
    "I percorsi di un ente per gli altri suoi programmi. Ogni programma ha un token con i suoi ambiti. "
    "I numeri sono decimali esatti, i momenti ISO 8601, gli id testi. Gli errori sono problem+json (RFC 9457) "
    "e nominano il campo. Un comando ripetuto con la stessa Idempotency-Key ha un solo effetto: per 24 ore "
    "riceve la prima risposta, con Idempotent-Replay: true. Le pratiche sigillate qui non esistono."
)
WHY: Final = {
    400: "La richiesta non si legge, o manca l’Idempotency-Key",
    401: "Manca un token valido",
    403: "Il token non ha l’ambito che serve, o il passo tocca a una persona",
    404: "Non c’è",
    409: "È già successo altro: attività chiusa da altri, o la stessa richiesta è in corso",
    413: "La richiesta supera 1 MB",
    415: "Serve application/json",
    422: "Ci sono campi da correggere",
}


class RowId(BaseConverter):
    """The id of a row in an address: nothing that PostgreSQL would not take."""

    regex = ID.strip("^$")

    def to_python(self, value: str) -> int:
        return int(value)


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The document only: errors are answered by problems.py, the document is served by `serve`."""

    ERROR_SCHEMA = schemas.Problem

    def _register_error_handlers(self) -> None:
        pass

    def _register_doc_blueprint(self) -> None:
        pass

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            self._problem(status.name, WHY.get(status, status.phrase))
        self._problem(self.DEFAULT_ERROR_RESPONSE_NAME, "Qualcosa si è rotto, o ora non rispondiamo")

    def _problem(self, name: str, description: str) -> None:
        response = {"description": description, "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, PROBLEM)
        self.spec.components.response(name, response, lazy=True)


def make(app: Flask) -> Api:
    """The document of this application, still without paths."""
    app.url_map.converters["id"] = RowId
    api = Api(
        app,
        spec_kwargs={
            "title": "Percorsi",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": DESCRIPTION},
        },
    )
    api.ma_plugin.converter.add_attribute_function(names_of)
    api.register_converter(RowId, lambda _: {"type": "string", "pattern": ID})
    scheme = {"type": "http", "scheme": "bearer", "description": "\n".join(_scopes())}
    api.spec.components.security_scheme(TOKEN, scheme)
    return api


def _scopes() -> list[str]:
    return [f"- `{scope}`: {what}" for scope, what in SCOPES.items()]


def serve(app: Flask, api: Api, address: str) -> None:
    """Give the document to whoever asks: it names nobody."""
    document = api.spec.to_dict()
    del document["components"]["schemas"][
        "PaginationMetadata"
    ]  # flask-smorest's own, of pages that we do not give
    text = json.dumps(document)

    @public
    def openapi() -> Response:
        return Response(text, content_type="application/json")

    app.add_url_rule(address, "openapi", openapi)
