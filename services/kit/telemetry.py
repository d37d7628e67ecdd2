"""Traces and metrics, as an optional extra: rate, errors and duration per method, and the state of the events.

Off by default; then nothing is imported and a call pays one attribute look-up.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any


class Telemetry:
    """Off: every method is a no-op."""

    on = False

    def begin(self, call: Any) -> None:
        """Note that a call arrived."""

    def end(self, call: Any, seconds: float) -> None:
        """Note how a call ended."""

    def redelivered(self, consumer: str) -> None:
        """Count a message that came again."""

    def handling(self, event_type: str, traceparent: str) -> AbstractContextManager[Any]:
        """Span around the handling of one event."""
        return nullcontext()

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Show a figure that is read when it is asked for."""

    def close(self) -> None:
        """Send what is waiting and stop."""


def start(service: str, metrics_port: int, otlp_endpoint: str) -> Telemetry:
    """Return telemetry as configured; raises ImportError where the extra is needed and missing."""
    if not metrics_port and not otlp_endpoint:
        return Telemetry()
    return Active(service, metrics_port, otlp_endpoint)


class Active(Telemetry):
    """On: Prometheus metrics on a port, OpenTelemetry spans to an OTLP endpoint."""

    on = True

    def __init__(self, service: str, metrics_port: int, otlp_endpoint: str) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        self.calls = Counter("shuzheng_calls", "Calls served", ["method", "code"], registry=self.registry)
        self.seconds = Histogram(
            "shuzheng_call_seconds",
            "Seconds a call took",
            ["method"],
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.repeats = Counter(
            "shuzheng_redeliveries", "Messages that came again", ["consumer"], registry=self.registry
        )
        self.tracer, self.provider = _tracer(service, otlp_endpoint)
        self.server = _serve(metrics_port, self.registry)

    def begin(self, call: Any) -> None:
        """Start a span that continues the caller's trace."""
        if self.tracer is not None:
            parent = _context(call.metadata.get("traceparent", ""))
            call.span = self.tracer.start_span(call.plan.name.removeprefix("/"), context=parent)
            call.metadata["traceparent"] = _traceparent(call.span)

    def end(self, call: Any, seconds: float) -> None:
        """Count the call under its method and code, and end its span."""
        self.calls.labels(call.plan.name, call.code).inc()
        self.seconds.labels(call.plan.name).observe(seconds)
        if call.span is not None:
            call.span.set_attribute("rpc.grpc.status_code", call.code)
            call.span.end()

    def redelivered(self, consumer: str) -> None:
        """Count a message that came again."""
        self.repeats.labels(consumer).inc()

    def handling(self, event_type: str, traceparent: str) -> AbstractContextManager[Any]:
        """Span around the handling of one event, in the trace of the call that caused it."""
        if self.tracer is None:
            return nullcontext()
        return self.tracer.start_as_current_span(f"handle {event_type}", context=_context(traceparent))

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Show a figure that is read at each scrape."""
        from prometheus_client import Gauge

        Gauge(name, help_text, registry=self.registry).set_function(read)

    def close(self) -> None:
        """Send waiting spans and close the port."""
        if self.provider is not None:
            self.provider.shutdown()
        if self.server is not None:
            server, thread = self.server
            server.shutdown()
            server.server_close()
            thread.join()


def _serve(port: int, registry: Any) -> Any:
    if not port:
        return None
    from prometheus_client import start_http_server

    return start_http_server(port, addr="127.0.0.1", registry=registry)


def _tracer(service: str, endpoint: str) -> tuple[Any, Any]:
    if not endpoint:
        return None, None
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"shuzheng-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=True)))
    return provider.get_tracer("shuzheng"), provider


def _context(traceparent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}) if traceparent else None


def _traceparent(span: Any) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
