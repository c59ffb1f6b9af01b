"""Spans for an OpenTelemetry collector: requests, steps, calls. Nothing at all unless one is installed and named.

Web and worker need not pass a trace on: it is made from the request's name, which a job carries anyway. Errors are
told by their class: no message, which may quote what people wrote, ever becomes an event of a span.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

try:
    from opentelemetry import trace
except ImportError:  # the extra «osserva» is not installed
    INSTALLED = False
else:
    INSTALLED = True

COLLECTORS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_tracer: Any = None


def configure(process: str) -> None:
    """Send the spans of this process to the collector that the environment names, if it names one."""
    if INSTALLED and any(os.environ.get(name) for name in COLLECTORS):
        # several megabytes, that who sends nothing does without
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource({"service.name": f"percorsi-{process}"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace_with(provider)


def trace_with(provider: Any) -> None:
    """Make spans with this provider; None makes none."""
    global _tracer
    _tracer = None if provider is None else provider.get_tracer("percorsi")


def begin(name: str, request_name: str | None, **about: str | int) -> ExitStack | None:
    """Begin a span of the trace of that request, around what follows on this thread; `end` ends it."""
    if _tracer is None:
        return None
    stack = ExitStack()
    stack.enter_context(
        _tracer.start_as_current_span(
            name,
            context=_trace_of(request_name),
            attributes=about,
            record_exception=False,
            set_status_on_exception=False,
        )
    )
    return stack


def end(begun: ExitStack | None) -> None:
    """End what `begin` began."""
    if begun is not None:
        begun.close()


@contextmanager
def span(name: str, request_name: str | None, **about: str | int) -> Iterator[None]:
    """The same around a block."""
    begun = begin(name, request_name, **about)
    try:
        yield
    finally:
        end(begun)


def past(name: str, seconds: float, **about: str | int) -> None:
    """A span that is over, within the one that is open."""
    if _tracer is not None:
        now = time.time_ns()
        _tracer.start_span(name, start_time=now - int(seconds * 1e9), attributes=about).end(now)


def note(**about: str | int) -> None:
    """Add to the span that is open."""
    if _tracer is not None:
        trace.get_current_span().set_attributes(about)


def _trace_of(request_name: str | None) -> Any:
    """A parent that nobody sent, the same for all who work for that request."""
    if request_name is None:
        return None
    made = hashlib.sha256(request_name.encode()).digest()
    parent = trace.SpanContext(
        trace_id=int.from_bytes(made[:16], "big"),
        span_id=int.from_bytes(made[16:24], "big"),
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))
