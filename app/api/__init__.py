"""The API for the ente's other programs: bearer tokens, JSON, OpenAPI. See README.md."""

from __future__ import annotations

from flask import Flask

from app.api import document, problems
from app.api.routes import PREFIX, blueprint


def init_app(app: Flask) -> None:
    """Serve the API and its document. Call after gate.init_app."""
    api = document.make(app)
    api.register_blueprint(blueprint)
    document.serve(app, api, f"{PREFIX}/openapi.json")
    problems.init_app(app)
