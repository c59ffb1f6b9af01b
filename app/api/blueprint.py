"""flask-smorest's blueprint, reading requests our way, with types and with what it does not infer for the document."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar, cast

import flask_smorest  # type: ignore[import-untyped]
from flask import request
from marshmallow import Schema

from app.api.body import Parser
from app.api.failures import Fault, RequestInvalid
from app.api.idempotency import HEADER
from app.api.words import UNEXPECTED

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What gives back the view it was given, as far as types go."""

    def __call__(self, view: View, /) -> View: ...


KEY_HEADER: Final[dict[str, Any]] = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "description": "Un testo unico per ogni comando, lo stesso quando lo si ripete",
}


LOCATION: Final[dict[str, Any]] = {
    "Location": {"schema": {"type": "string"}, "description": "L’indirizzo di quello che si è aperto"}
}
REPLAYED: Final[dict[str, Any]] = {
    "Idempotent-Replay": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "C’è quando è la risposta già data a una richiesta uguale",
    }
}


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Routes of the API."""

    ARGUMENTS_PARSER = Parser()

    def get(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().get(rule, **options))

    def post(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().post(rule, **options))

    def arguments(self, schema: type[Schema], *, location: str = "json", **about: Any) -> Decorator:
        """Read a request by a schema: made once, not at each request."""
        return cast(Decorator, super().arguments(schema(), location=location, **about))

    def response(self, status_code: int, schema: type[Schema], **about: Any) -> Decorator:
        return cast(Decorator, super().response(status_code, schema, **about))


def refuses(*statuses: int) -> Decorator:
    """Declare how a view may refuse."""
    return told(responses={status: HTTPStatus(status).name for status in statuses})


def keyed(*, required: bool = False) -> Decorator:
    """Declare that a view reads the Idempotency-Key."""
    return told(parameters=[{**KEY_HEADER, "required": required}])


def without_query(view: View) -> View:
    """Refuse any parameter in the address of a view that has none: one that is ignored would seem to work."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            raise RequestInvalid([Fault((name,), UNEXPECTED) for name in request.args])
        return view(*args, **kwargs)

    return told(responses={422: HTTPStatus(422).name})(cast(View, checked))


def told(**about: Any) -> Decorator:
    """Add to the document of a view; objects are merged."""

    def decorate(view: View) -> View:
        known: dict[str, Any] = getattr(view, "_apidoc", {})
        manual = dict(known.get("manual_doc", {}))
        for name, value in about.items():
            manual[name] = {**manual.get(name, {}), **value} if isinstance(value, dict) else value
        view._apidoc = {**known, "manual_doc": manual}  # type: ignore[attr-defined]
        return view

    return decorate
