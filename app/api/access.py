"""Who is asking: the program behind the request, its scopes, and the name it leaves in history."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g

from app.accounts.gate import require_scope
from app.accounts.tokens import ApiClient
from app.api import scopes
from app.api.blueprint import Decorator, told
from app.database import db
from engine import Actor, Engine

View = TypeVar("View", bound=Callable[..., Any])

TOKEN = "token"  # noqa: S105 - the name of the security scheme in the document


def needs(scope: str) -> Decorator:
    """Open a view to tokens with this scope only, and say so in the document; goes next to the route."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            require_scope(scope)
            return view(*args, **kwargs)

        about = told(
            operationId=view.__name__,
            security=[{TOKEN: [scope]}],
            responses={401: "UNAUTHORIZED", 403: "FORBIDDEN"},
        )
        return about(cast(View, checked))

    return decorate


def actor(client: ApiClient) -> Actor:
    """The program as the engine's history remembers it: «api:7»."""
    return Actor(f"api:{client.token_id}")


def source(client: ApiClient) -> str:
    """Where its messages come from: its name, so that a new token of the same program is no new source."""
    return f"api:{client.nome}"


def sees_data(client: ApiClient) -> bool:
    """May the program read variables, answers and notes?"""
    return scopes.DATA in client.scopes


def engine_of(client: ApiClient) -> Engine:
    """The engine of the token's ente, in this request's session: one a request."""
    if "api_engine" not in g:
        g.api_engine = current_app.extensions["percorsi_engines"](db.session, client.ente_id)
    engine: Engine = g.api_engine
    return engine
