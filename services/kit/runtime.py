"""A running service: database, hot paths, relay, consumers, server or worker, started and stopped in the right order.

Start: schema → server → relay and consumers (which wait for the broker). Stop: NOT_SERVING → finish calls → stop
consumers → drain the relay → close pools.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Self

import nats
from shuzheng.operations.v1.operation_service_pb2_grpc import add_OperationServiceServicer_to_server
from sqlalchemy import MetaData

from services.kit import logs, telemetry
from services.kit.acts.actor import ACTOR, Actor
from services.kit.area import Area, Background, served
from services.kit.clock import Clock
from services.kit.config import ReaderConfig, ServiceConfig
from services.kit.errors import AppError
from services.kit.events.connection import Connection
from services.kit.events.consumer import TRACE, Consumed, Consumer
from services.kit.events.parking import Parking
from services.kit.events.relay import Relay, lag
from services.kit.rpc.call import CALL
from services.kit.rpc.chain import Chain, Settings
from services.kit.rpc.events import events
from services.kit.rpc.identity import Issuer, Verifier
from services.kit.rpc.limits import Limiter
from services.kit.rpc.server import NOT_SERVING, SERVING, Listener, Server, Servicer
from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath
from services.kit.storage.migrate import upgrade
from services.kit.storage.store import Encoded, Store, no_facts
from services.kit.work.child import Child, be_a_child
from services.kit.work.job import Job
from services.kit.work.operations import Operations
from services.kit.work.service import OperationService
from services.kit.work.wakening import Wakening
from services.kit.work.worker import Worker

READINESS = 2.0  # seconds between looks at the database
RESTART = 1.0  # seconds before a failed background task is started again


class Reader:
    """What serves gRPC from a database as it finds it, for instance from a read replica; it has no events."""

    def __init__(self, config: ReaderConfig) -> None:
        self.config = config
        self.name = config.service()
        self.telemetry = telemetry.start(self.name, config.metrics_port, config.otlp_endpoint)
        self.database = Database(config.database, pool_size=config.database_pool)
        self.hot = HotPath(self.database)
        self.background: list[Background] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.server: Server | None = None

    @property
    def address(self) -> str:
        """Where the service listens: host:port."""
        assert self.server is not None
        return f"{self.config.listen.rsplit(':', 1)[0]}:{self.server.port}"

    async def serve(self, *areas: Area) -> Self:
        """Serve what the areas serve; it must only read. Raises UNAVAILABLE without a database."""
        await self.database.reach()
        await self.hot.open()
        chain = self._chain()
        await self._listen(_servicers(areas), chain)
        self._run([chain.deadlines.run, self._tell_readiness])
        return self

    async def _listen(self, servicers: Sequence[Servicer], chain: Chain) -> None:
        self.server = Server(list(servicers), chain, _listener(self.config))
        await self.server.start()

    def _run(self, background: Sequence[Background]) -> None:
        self.background = list(background)
        self.tasks = [asyncio.create_task(self._keep_running(task)) for task in self.background]
        logs.logger("runtime").info(logs.SERVICE_READY, service=self.name, address=self.address)

    def _chain(self) -> Chain:
        if self.config.embedded and self.config.jwks_file is None:
            Issuer.open(self.config.keys_dir, self.config.issuer)
        settings = Settings(
            domain=f"{self.name}.shuzheng",
            longest_call=self.config.longest_call,
            caller_limit=Limiter(self.config.caller_rate, self.config.caller_rate * 2),
            public_limit=Limiter(self.config.public_rate, self.config.public_rate * 2),
        )
        return Chain(settings, Verifier(self.config.jwks, self.config.issuer), self.telemetry)

    async def _keep_running(self, task: Background) -> None:
        """Run a background task; where it fails, say so and start it again."""
        ACTOR.set(Actor(f"service:{self.name}", getattr(task, "__qualname__", "")))
        while True:
            try:
                return await task()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logs.logger("runtime").error(logs.TASK_FAILED, service=self.name, exc_info=error)
                await asyncio.sleep(RESTART)

    async def _tell_readiness(self) -> None:
        """Let health checks follow the database; the broker may be away."""
        assert self.server is not None
        told = True
        while True:
            await asyncio.sleep(READINESS)
            if (ready := await self.database.ready()) is not told:
                await self.server.set_health(SERVING if ready else NOT_SERVING)
                told = ready

    async def stop(self) -> None:
        """Stop in order; nothing acknowledged is lost."""
        log = logs.logger("runtime")
        log.info(logs.SERVICE_STOPPING, service=self.name)
        if self.server is not None:
            await self.server.stop(self.config.grace)
        await self._cancel_tasks()
        await self._hang_up()
        await self.hot.close()
        await self.database.close()
        self.telemetry.close()
        log.info(logs.SERVICE_STOPPED, service=self.name)

    async def _hang_up(self) -> None:
        """Leave nothing unsaid; a reader has nothing to say."""

    async def _cancel_tasks(self) -> None:
        """Cancel the background tasks; again where one took no notice (wait_for of 3.11 can lose a cancellation)."""
        while pending := [task for task in self.tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=1)


class Service(Reader):
    """One service from its configuration: `store` and `hot` are ready for wiring before `start`."""

    config: ServiceConfig

    def __init__(
        self,
        config: ServiceConfig,
        metadata: MetaData,
        clock: Clock,
        encode: Callable[[object], Encoded] = no_facts,
    ) -> None:
        super().__init__(config)
        self.metadata = metadata
        self.clock = clock
        self.store = Store(self.database, metadata, clock, encode, _traceparent)
        self.connection = Connection(config.nats_url, f"shuzheng-{self.name}", config.nats_credentials_file)
        self.relay = Relay(self.name, self.store, self.hot, self.connection, clock)
        self.wakening = Wakening(self.name, self.connection)
        retention = timedelta(days=config.operation_days)
        self.operations = Operations(self.store, self.name, self.wakening, config.large_file, retention)
        self.consumers: list[Consumer] = []
        self.figures: dict[str, float] = {"lag": 0.0, "parked": 0.0}

    @property
    def address(self) -> str:
        """Where the service listens: host:port, or for a worker what wakes it."""
        return super().address if self.server is not None else self.wakening.subject

    async def prepare(self) -> None:
        """Bring the schema up to date and connect the hot paths; raises UNAVAILABLE without a database."""
        await self.database.reach()
        await upgrade(self.database, f"services.{self.name}", self.metadata)
        await self.hot.open()

    async def start(
        self,
        *areas: Area,
    ) -> "Service":
        """Serve what the areas serve, handle what they consume, keep their tasks running; call after `prepare`."""
        self.consumers = self._consumers([entry for area in areas for entry in area.consumed])
        parking = Parking(self.store, self.consumers)
        own = (
            events(parking, self.connection, self.clock),
            served(add_OperationServiceServicer_to_server, OperationService(self.operations)),
        )
        chain = self._chain()
        await self._listen([*_servicers(areas), *own], chain)
        tasks = [
            chain.deadlines.run,
            self.connection.open,
            *(task for area in areas for task in area.background),
            self.relay.run,
            self.wakening.publish,
            self.operations.keep_clean,
            *self._child(areas),
            *(c.run for c in self.consumers),
            self._tell_readiness,
        ]
        if self.telemetry.on:
            self._show_figures()
            tasks.append(lambda: self._watch(parking))
        self._run(tasks)
        return self

    async def work(self, *areas: Area) -> "Service":
        """Do the jobs of the areas; call after `prepare`, instead of `start`."""
        be_a_child()
        silence = timedelta(seconds=self.config.worker_silence)
        worker = Worker(self.store, _jobs(areas), self.wakening, silence)
        self._run([self.connection.open, self.wakening.listen, worker.run])
        return self

    def _child(self, areas: Sequence[Area]) -> list[Background]:
        """The embedded system brings its own worker."""
        kinds = [job.kind for job in _jobs(areas)]
        if not (kinds and self.config.embedded and self.config.own_worker):
            return []
        return [Child(self.store, self.config, kinds, self.wakening, self.config.worker_idle).run]

    def _consumers(self, consumed: Sequence[Consumed]) -> list[Consumer]:
        sources = sorted({entry.subject.split(".", 1)[0] for entry in consumed})
        return [
            Consumer(self.name, source, consumed, self.store, self.connection, self.telemetry)
            for source in sources
        ]

    def _show_figures(self) -> None:
        figures = self.figures
        self.telemetry.watch(
            "shuzheng_outbox_lag_seconds", "Age of the oldest unpublished fact", lambda: figures["lag"]
        )
        self.telemetry.watch("shuzheng_parked_events", "Messages parked", lambda: figures["parked"])

    async def _watch(self, parking: Parking) -> None:
        """Keep the figures of the events fresh for the metrics."""
        while True:
            found = await parking.figures()
            self.figures.update(lag=lag(found["oldest"], self.clock.now()), parked=float(found["parked"]))
            await asyncio.sleep(1)

    async def _hang_up(self) -> None:
        """Publish what is still to be published, then leave the broker."""
        with suppress(AppError, TimeoutError, OSError, nats.errors.Error):
            await self.relay.drain()
        await self.connection.close()


def _listener(config: ReaderConfig) -> Listener:
    return Listener(
        config.listen,
        config.largest_message,
        config.reuse_port,
        config.tls_cert_file,
        config.tls_key_file,
        config.tls_client_ca_file,
    )


def _jobs(areas: Sequence[Area]) -> list[Job]:
    return [job for area in areas for job in area.jobs]


def _servicers(areas: Sequence[Area]) -> list[Servicer]:
    return [servicer for area in areas for servicer in area.servicers]


def _traceparent() -> str:
    call = CALL.get(None)
    return (call.metadata.get("traceparent", "") if call is not None else TRACE.get())[:60]
