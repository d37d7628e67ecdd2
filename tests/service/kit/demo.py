"""A tiny service on the kit, and one that mirrors its facts: what the kit's service tests drive."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from buf.validate import validate_pb2  # noqa: F401 - registers what demo.proto imports
from google.api import field_behavior_pb2, resource_pb2  # noqa: F401 - registers what demo.proto imports
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc
from shuzheng.options.v1 import access_pb2  # noqa: F401 - registers what demo.proto imports
from sqlmodel import Field

from services.kit.area import Area
from services.kit.clock import Clock
from services.kit.config import ServiceConfig, environment
from services.kit.events.consumer import Consumed
from services.kit.events.envelope import Envelope
from services.kit.events.published import Published, encoder
from services.kit.rpc.server import Servicer
from services.kit.runtime import Service
from services.kit.storage.commands import command
from services.kit.storage.root import row_base
from services.kit.storage.rows import Entity
from services.kit.storage.store import Transaction
from tools.gen import PACKAGES, PROTOS, well_known

HERE = Path(__file__).parent
BASE_OF = {"demo": row_base("demo"), "mirror": row_base("mirror")}


def _register() -> None:
    """Compile demo.proto into the pool that the generated modules use."""
    with tempfile.TemporaryDirectory() as scratch:
        known, out = Path(scratch, "known"), Path(scratch, "out")
        well_known(known)
        arguments = [
            f"-I{HERE}",
            f"-I{PROTOS}",
            f"-I{PACKAGES}",
            f"--descriptor_set_in={known}",
            f"--descriptor_set_out={out}",
        ]
        assert protoc.main(["protoc", *arguments, "demo.proto", "shuzheng/options/v1/access.proto"]) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    for file in files.file:
        if file.name == "demo.proto":
            descriptor_pool.Default().AddSerializedFile(file.SerializeToString())


_register()


def message(name: str) -> Any:
    """Return the class of a message of demo.proto."""
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(f"demo.v1.{name}"))


def service(name: str) -> Any:
    """Return the descriptor of a service of demo.proto."""
    return descriptor_pool.Default().FindServiceByName(f"demo.v1.{name}")


Counter, CounterAdded = message("Counter"), message("CounterAdded")


def _shape(method: Any) -> str:
    return f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"


def servicer(name: str, instance: Any) -> Servicer:
    """Return what generated code would give a server to register."""
    descriptor = service(name)

    def add(instance: Any, server: Any) -> None:
        handlers = {
            method.name: getattr(grpc, f"{_shape(method)}_rpc_method_handler")(
                getattr(instance, method.name, None),
                request_deserializer=message(method.input_type.name).FromString,
                response_serializer=message(method.output_type.name).SerializeToString,
            )
            for method in descriptor.methods
        }
        server.add_registered_method_handlers(descriptor.full_name, handlers)

    return Servicer(descriptor, add, instance)


class CounterStub:
    """What generated code would give a client."""

    def __init__(self, channel: Any):
        for method in service("CounterService").methods:
            call = getattr(channel, _shape(method))(
                f"/demo.v1.CounterService/{method.name}",
                request_serializer=message(method.input_type.name).SerializeToString,
                response_deserializer=message(method.output_type.name).FromString,
            )
            setattr(self, method.name, call)


class CounterRow(Entity, BASE_OF["demo"], table=True):
    """A counter of an institution."""

    __tablename__ = "counters"
    balance: int = 0


class MirrorRow(BASE_OF["mirror"], table=True):
    """What the mirror has seen of a counter."""

    __tablename__ = "mirrors"
    counter: str = Field(primary_key=True, max_length=300)
    balance: int = 0
    events: int = 0


@dataclass(frozen=True)
class Added:
    """A fact: a counter was added to."""

    counter: str
    amount: int


PUBLISHED = {
    Added: Published(
        "demo.v1.counter.added",
        lambda fact: CounterAdded(counter=fact.counter, amount=fact.amount),
        lambda fact: fact.counter,
    )
}


class Counters:
    """The use cases."""

    def __init__(self, store: Any):
        self.store = store

    @command
    async def create(self, tx: Transaction, parent: str, identifier: str) -> CounterRow:
        return await tx.insert(CounterRow(name=f"{parent}/counters/{identifier}", parent=parent))

    @command
    async def add(self, tx: Transaction, name: str, etag: str, amount: int) -> CounterRow:
        row = await tx.lock(CounterRow, name, etag)
        row.balance += amount
        tx.record(Added(name, amount))
        return await tx.save(row)

    async def get(self, name: str) -> CounterRow:
        async with self.store.read() as tx:
            return await tx.get(CounterRow, name)


def shown(row: CounterRow) -> Any:
    return Counter(name=row.name, etag=row.etag, balance=row.balance)


class CounterServicer:
    """The four call shapes; `on_ping` is what a test makes of Ping."""

    def __init__(self, counters: Counters):
        self.counters = counters
        self.on_ping: Callable[[Any], Awaitable[Any]] = _nothing
        self.cancelled = asyncio.Event()

    async def CreateCounter(self, request: Any, context: Any) -> Any:
        return shown(await self.counters.create(request.parent, request.counter_id))

    async def AddToCounter(self, request: Any, context: Any) -> Any:
        return shown(await self.counters.add(request.name, request.etag, request.amount))

    async def WatchCounter(self, request: Any, context: Any) -> Any:
        try:
            for _ in range(request.times):
                yield shown(await self.counters.get(request.name))
            if request.times < 0:
                yield shown(await self.counters.get(request.name))
                await asyncio.Event().wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.set()
            raise

    async def AddAll(self, requests: Any, context: Any) -> Any:
        row = None
        async for request in requests:
            row = await self.counters.add(request.name, request.etag, request.amount)
        return shown(row)

    async def Converse(self, requests: Any, context: Any) -> Any:
        async for request in requests:
            yield shown(await self.counters.add(request.name, request.etag, request.amount))

    async def Label(self, request: Any, context: Any) -> Any:
        return Counter(balance=len(request.labels))

    async def UpdateCounter(self, request: Any, context: Any) -> Any:
        return shown(await self.counters.get(request.counter.name))

    async def Ping(self, request: Any, context: Any) -> Any:
        await self.on_ping(request)
        return Counter(name=request.word)


async def _nothing(_request: Any) -> None:
    return


class Mirror:
    """Handles the facts of demo; `fail` may raise before it does."""

    def __init__(self) -> None:
        self.fail: Callable[[Any, Envelope], None] = lambda message, envelope: None
        self.seen: list[Envelope] = []
        self.changed = asyncio.Event()

    async def added(self, tx: Transaction, message: Any, envelope: Envelope) -> None:
        self.seen.append(envelope)
        self.changed.set()
        self.fail(message, envelope)
        row = await tx.session.get(MirrorRow, message.counter)
        if row is None:
            tx.session.add(row := MirrorRow(counter=message.counter))
        row.balance += message.amount
        row.events += 1
        await tx.session.flush()

    def consumed(self) -> tuple[Consumed, ...]:
        return (Consumed("demo.v1.counter.added", CounterAdded, self.added),)


class DemoConfig(ServiceConfig):
    """Settings of the demo."""

    model_config = environment("demo")


class MirrorConfig(ServiceConfig):
    """Settings of the mirror."""

    model_config = environment("mirror")


class Prepared(Service):
    """A service whose tables are made at once: there are no migrations of it."""

    async def prepare(self) -> None:
        """Make the tables and connect the hot paths."""
        async with self.database.engine.begin() as connection:
            await connection.run_sync(self.metadata.create_all)
        await self.hot.open()


async def open_demo(config: ServiceConfig, clock: Clock) -> tuple[Service, CounterServicer]:
    """The demo's wiring."""
    opened = Prepared(config, BASE_OF["demo"].metadata, clock, encoder(PUBLISHED))
    await opened.prepare()
    instance = CounterServicer(Counters(opened.store))
    return await opened.start(Area([servicer("CounterService", instance)])), instance


async def open_mirror(config: ServiceConfig, clock: Clock, mirror: Mirror) -> Service:
    """The mirror's wiring."""
    opened = Prepared(config, BASE_OF["mirror"].metadata, clock)
    await opened.prepare()
    return await opened.start(Area(consumed=mirror.consumed()))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until `condition` holds; for what shows itself only to who looks."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.01)
            return
    raise AssertionError(f"did not come within {seconds} s")
