"""What is told of a request: one line, one figure, one span; its route, never its address, which may name a person."""

from __future__ import annotations

import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from app import logs
from app.observe import metrics, spans

log = structlog.get_logger()

QUIET: Final = frozenset(
    {"static", "live", "ready", "metrics"}
)  # endpoints that machines ask for all the time
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE: Final = "-"


def init_app(app: Flask) -> None:
    """Observe every request. Call after security.init_app, which names it, and before what may refuse it."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def route() -> str:
    """The rule of this request, with its variables unfilled."""
    return NO_ROUTE if request.url_rule is None else request.url_rule.rule


def _begin() -> None:
    g.begun = time.perf_counter()
    g.span = spans.begin("request", logs.request_name(), method=_method(), route=route())


def _end(response: Response) -> Response:
    begun: float | None = g.pop("begun", None)
    if begun is None:
        return response
    seconds = time.perf_counter() - begun
    metrics.request(_method(), route(), response.status_code, seconds)
    if request.endpoint not in QUIET:
        log.info(
            "request",
            method=_method(),
            route=route(),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    spans.note(status=response.status_code)
    return response


def _leave(_error: BaseException | None) -> None:
    spans.end(g.pop("span", None))


def _method() -> str:
    return request.method if request.method in METHODS else "other"
