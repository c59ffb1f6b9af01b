"""What is told of a request: one line, one figure, one span; its route, never its address, which may name a person."""

from __future__ import annotations

import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from app import logs
from app.observe import metrics, spans

log = structlog.get_logger()

# Endpoints that machines ask for all the time.
QUIET: Final = frozenset({"static", "live", "ready", "metrics"})
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
    asked = request.method if request.method in METHODS else "other", route()
    g.observed = (time.perf_counter(), *asked)
    g.span = spans.begin("request", logs.request_name(), method=asked[0], route=asked[1])


def _end(response: Response) -> Response:
    observed: tuple[float, str, str] | None = g.pop("observed", None)
    if observed is None:
        return response
    begun, method, rule = observed
    seconds, status = time.perf_counter() - begun, response.status_code
    metrics.request(method, rule, status, seconds)
    if request.endpoint not in QUIET:
        log.info("request", method=method, route=rule, status=status, ms=round(seconds * 1000, 1))
    spans.note(status=status)
    return response


def _leave(_error: BaseException | None) -> None:
    spans.end(g.pop("span", None))
