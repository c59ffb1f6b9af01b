"""Logs: one JSON object a line, on stderr. They name requests, jobs and pratiche by id, and never a person.

A traceback says where, never with which values: no message of an exception (PostgreSQL puts the row in it), no
local variables, no SQL parameters. What libraries write passes through here too, in a process of ours (`take_over`).
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from typing import Any, TextIO, cast

import structlog
from structlog.types import EventDict

from app.database.context import current_ente

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING}


class _Stderr:
    """Where errors go when a line is written, and not when logs were set up: who replaced it meanwhile closed that.

    A line is one write: processes that share a pipe would mix their words otherwise.
    """

    def write(self, line: str) -> int:
        return sys.stderr.write(line)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str = "warning") -> None:
    """Set up the logs of this process. `level`: "info" tells each request, call and term, "warning" what went wrong."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_ente,
            _where_not_what,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Stderr())),
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        cache_logger_on_first_use=True,
    )


def take_over() -> None:
    """Write also what libraries say, and what nobody caught, in our way: for a process that is all ours."""
    handler = _OfLibraries(logging.WARNING)
    logging.root.handlers[:] = [handler]
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(True)
    sys.excepthook = lambda _kind, error, _traceback: _uncaught("process.died", error)
    threading.excepthook = lambda found: _uncaught("thread.died", found.exc_value)
    sys.unraisablehook = lambda found: _uncaught("exception.ignored", found.exc_value)


def new_name() -> str:
    """A name for what no request began, such as a term that is over: in all that follows from it."""
    return secrets.token_hex(8)


def request_name() -> str | None:
    """The name of the request, or of what else, that this thread of execution works for."""
    name = structlog.contextvars.get_contextvars().get("request_id")
    return name if isinstance(name, str) else None


def begin(**ids: int | str | None) -> None:
    """Forget what the lines of this thread of execution spoke of: a new request, job or term begins."""
    structlog.contextvars.clear_contextvars()
    about(**ids)


def about(**ids: int | str | None) -> None:
    """Say of what the following lines of this request or job speak: ids and codes, never names."""
    structlog.contextvars.bind_contextvars(
        **{name: value for name, value in ids.items() if value is not None}
    )


def _uncaught(event: str, error: BaseException | None) -> None:
    structlog.get_logger().error(event, exc_info=error)


class _OfLibraries(logging.Handler):
    """Who speaks, from where, and what kind of error; not the words, into which a library may have put a value.

    A message that comes apart from its values is a constant of the library's source, and is told without them.
    """

    def emit(self, record: logging.LogRecord) -> None:
        template = {"text": record.msg} if record.args and isinstance(record.msg, str) else {}
        structlog.get_logger().log(
            record.levelno,
            "library",
            who=record.name,
            line=f"{record.module}:{record.lineno}",
            exc_info=record.exc_info,
            **template,
        )


def _name_ente(_logger: Any, _method: str, event: EventDict) -> EventDict:
    ente_id = current_ente()
    if ente_id is not None:
        event.setdefault("ente", ente_id)
    return event


def _where_not_what(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as its class and the lines it came through; its message may quote what people wrote."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        sqlstate = getattr(getattr(error, "orig", error), "pgcode", None)
        if isinstance(sqlstate, str):
            event["sqlstate"] = sqlstate
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
