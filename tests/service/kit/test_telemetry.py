"""Metrics when they are asked for, and nothing of them when they are not."""

import os
import subprocess
import sys
import urllib.request

import pytest

from services.kit import process, runtime, telemetry
from services.kit.events import consumer
from services.kit.events.broker import free_port
from tests.service.kit import demo
from tests.service.kit.test_events import Add, arrives

OFF = """
import asyncio, sys
from services.kit.clock import SystemClock
from tests.service.kit import demo

async def main(folder):
    service, _ = await demo.open_demo(demo.DemoConfig(data_dir=folder, nats_url="nats://127.0.0.1:1"), SystemClock())
    await service.stop()

asyncio.run(main(sys.argv[1]))
print(sorted(name for name in sys.modules if name.split(".")[0] in {"prometheus_client", "opentelemetry"}))
"""


def test_nothing_is_imported_while_telemetry_is_off(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OFF, str(tmp_path)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": ".:gen"},
        timeout=30,
    )
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


def scrape(port: int) -> dict[str, float]:
    """Return the samples of a metrics endpoint, by name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")
    }


async def test_metrics_show_rate_errors_duration_and_the_state_of_events(
    broker, open_demo, open_mirror, mirror, monkeypatch
):
    monkeypatch.setattr(consumer, "BACKOFF", (0.01,))
    monkeypatch.setattr(consumer, "DELIVERIES", 2)

    def fail(message, envelope):
        if message.amount == 13:
            raise RuntimeError("unlucky")

    mirror.fail = fail
    port, other = free_port(), free_port()
    source = await open_demo(nats_url=broker.url, metrics_port=port)
    target = await open_mirror(nats_url=broker.url, metrics_port=other)
    name = await source.counter()
    await source.add(name, 1)
    await source.add(name, 13)
    with pytest.raises(Exception, match="read it again"):
        await source.counters().AddToCounter(Add(name=name, amount=1, etag='"9"'))
    await arrives(target, name, 1, 1)

    method = 'method="/demo.v1.CounterService/AddToCounter"'
    found = scrape(port)
    assert found[f'shuzheng_calls_total{{code="OK",{method}}}'] == 2
    assert found[f'shuzheng_calls_total{{code="ABORTED",{method}}}'] == 1
    assert found[f"shuzheng_call_seconds_count{{{method}}}"] == 3
    assert found["shuzheng_outbox_lag_seconds"] >= 0

    async def parked() -> bool:
        return scrape(other)["shuzheng_parked_events"] == 1

    await demo.until(parked)
    assert scrape(other)['shuzheng_redeliveries_total{consumer="mirror-from-demo"}'] == 1


async def test_figures_that_cannot_be_read_for_a_while_come_back(open_demo, monkeypatch):
    monkeypatch.setattr(runtime, "RESTART", 0.01)
    port = free_port()
    failures = iter([True, True])
    figures = runtime.Parking.figures

    async def sometimes(self):
        if next(failures, False):
            raise OSError("the database is away")
        return await figures(self) | {"parked": 7}

    monkeypatch.setattr(runtime.Parking, "figures", sometimes)
    await open_demo(metrics_port=port)

    async def shown() -> bool:
        return scrape(port)["shuzheng_parked_events"] == 7

    await demo.until(shown)


def test_a_missing_extra_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ImportError) as missing:
        telemetry.start("demo", free_port(), "")
    assert "pip install 'shuzheng[telemetry]'" in process.missing(missing.value)


async def test_a_span_continues_the_trace_of_the_caller(open_demo, monkeypatch):
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    active = telemetry.Active("demo", 0, "")
    active.tracer = provider.get_tracer("test")
    monkeypatch.setattr(runtime.telemetry, "start", lambda *settings: active)
    served = await open_demo()
    trace = "0af7651916cd43dd8448eb211c80319c"
    await served.counters("public").Ping(
        demo.message("PingRequest")(), metadata=(("traceparent", f"00-{trace}-b7ad6b7169203331-01"),)
    )

    async def ended() -> bool:
        return bool(exporter.get_finished_spans())

    await demo.until(ended)
    (span,) = exporter.get_finished_spans()
    assert (span.name, f"{span.context.trace_id:032x}") == ("demo.v1.CounterService/Ping", trace)
    assert span.attributes["rpc.grpc.status_code"] == "OK"
