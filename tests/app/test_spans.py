"""Spans, when a collector is named: web and worker meet in one trace, and an error leaves no words in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.observe import spans, step

NAME = "5f0c2a9e7b1d4c68"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.trace_with(provider)
    yield exporter
    spans.trace_with(None)


def test_the_spans_of_a_request_of_its_step_and_of_its_call_are_one_trace(
    exported: InMemorySpanExporter,
) -> None:
    # when the web answers, and elsewhere a worker calls
    begun = spans.begin("request", NAME, route="/x")
    step.took("prova", 12, "account:7", 0.01)
    spans.note(status=200)
    spans.end(begun)
    with spans.span("call", NAME, operation="inps.isee.read"):
        pass
    # then
    made = {span.name: span for span in exported.get_finished_spans()}
    assert len({span.context.trace_id for span in made.values()}) == 1
    assert made["step"].parent.span_id == made["request"].context.span_id
    assert dict(made["request"].attributes) == {"route": "/x", "status": 200}
    assert dict(made["step"].attributes) == {"path": "prova", "instance": 12, "by": "person"}


def test_an_error_leaves_no_words_in_its_span(exported: InMemorySpanExporter) -> None:
    # when
    with pytest.raises(ValueError), spans.span("call", NAME, job=1):
        raise ValueError("Ermenegilda Quattromani")
    # then
    (span,) = exported.get_finished_spans()
    assert "Ermenegilda" not in span.to_json()


def test_without_a_collector_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    for name in spans.COLLECTORS:
        monkeypatch.delenv(name, raising=False)
    # when
    spans.configure("web")
    # then
    assert spans.begin("request", NAME) is None
