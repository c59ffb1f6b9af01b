"""Logs: one JSON object a line, on stderr. They name requests, jobs and pratiche by id, and never a person.

A traceback says where, never with which values: no local variables, no SQL parameters (see app/database/engine.py).
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.types import EventDict


def configure() -> None:
    """Set up the logs of this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_not_what,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _where_not_what(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as its class and the lines it came through; its message may quote what people wrote."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["at"] = _lines(error)
    return event


def _lines(error: BaseException) -> list[str]:
    lines, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append(
            f"{code.co_filename.rpartition('/site-packages/')[2]}:{traceback.tb_lineno} {code.co_name}"
        )
        traceback = traceback.tb_next
    return lines[-12:]
