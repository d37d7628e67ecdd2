"""The certificates service with made-up completions and results delivered to it as its consumers would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from google.type.date_pb2 import Date
from shuzheng.assessment.v1 import events_pb2 as assessment
from shuzheng.certificates.v1 import certificate_pb2
from shuzheng.certificates.v1.certificate_service_pb2 import ListCertificatesRequest
from shuzheng.certificates.v1.verification_service_pb2 import NumberAndName, VerifyCertificateRequest
from shuzheng.certificates.v1.verification_service_pb2_grpc import VerificationServiceStub
from shuzheng.training.v1 import events_pb2 as training
from shuzheng.type.v1.qualification_pb2 import Qualification
from sqlalchemy import select

from services.kit.events.consumer import note
from services.kit.events.envelope import Envelope
from tests.support.certificates import CertificatesStub
from tests.support.people import person
from tests.support.release import POLICY, RELEASE, Desk
from tests.support.services import OpenedService, open_on

SUBJECTS: dict[type[Message], str] = {
    training.CompletionRegistered: "training.v1.completion.registered",
    training.CompletionWithdrawn: "training.v1.completion.withdrawn",
    assessment.ResultPublished: "assessment.v1.result.published",
    assessment.ResultAnnulled: "assessment.v1.result.annulled",
}
AI = Qualification(occupation="artificial-intelligence", direction="computer-vision", level=2)


def day(value: date) -> Date:
    return Date(year=value.year, month=value.month, day=value.day)


def completion(number: int, institution: str = "i1", **changes: Any) -> training.CompletionRegistered:
    values = {
        "completion": f"institutions/{institution}/completions/c{number}",
        "person": f"p-{number}",
        "holder_name": person(number).display_name,
        "institution": f"institutions/{institution}",
        "institution_display_name": "示例培训机构",
        "institution_uscc": "91330100799655058B",
        "listing": f"institutions/{institution}/listings/l1",
        "listing_batch": "2026-1",
        "qualification": AI,
        "cohort": f"institutions/{institution}/cohorts/k1",
        "hours": "80.5",
        "completed_on": day(date(2026, 2, 20)),
    }
    return training.CompletionRegistered(**values | changes)


def withdrawal(number: int, institution: str = "i1") -> training.CompletionWithdrawn:
    return training.CompletionWithdrawn(
        completion=f"institutions/{institution}/completions/c{number}",
        person=f"p-{number}",
        reason="登记有误",
        withdrawn_on=day(date(2026, 3, 1)),
    )


def result(number: int, body: str = "b1", **changes: Any) -> assessment.ResultPublished:
    values = {
        "result": f"bodies/{body}/results/r{number}",
        "person": f"p-{number}",
        "holder_name": person(number).display_name,
        "body": f"bodies/{body}",
        "body_display_name": "示例评价机构",
        "listing": f"bodies/{body}/listings/l1",
        "listing_batch": "2026-1",
        "exam": f"bodies/{body}/exams/e1",
        "qualification": AI,
        "theory_score": "81",
        "ability_score": "76.5",
        "passed": True,
        "examined_on": day(date(2026, 2, 21)),
        "published_on": day(date(2026, 2, 28)),
    }
    return assessment.ResultPublished(**values | changes)


def annulment(number: int, body: str = "b1") -> assessment.ResultAnnulled:
    return assessment.ResultAnnulled(
        result=f"bodies/{body}/results/r{number}",
        person=f"p-{number}",
        tier=assessment.MISCONDUCT_TIER_B,
        reason="雷同试卷",
        annulled_on=day(date(2026, 3, 1)),
    )


def envelope(message: Message, event_id: str = "") -> Envelope:
    subject = SUBJECTS[type(message)]
    return Envelope(
        event_id or str(uuid4()), subject, subject.split(".")[0], datetime(2026, 3, 1, tzinfo=UTC)
    )


class World:
    """One opened certificates service, and what tests do to it."""

    completion = staticmethod(completion)
    withdrawal = staticmethod(withdrawal)
    result = staticmethod(result)
    annulment = staticmethod(annulment)
    envelope = staticmethod(envelope)
    subjects = SUBJECTS

    def __init__(self, opened: OpenedService):
        self.opened = opened
        self.service = opened.service
        self.supervisor = opened.stub(CertificatesStub, "supervisor")
        self.public = opened.stub(VerificationServiceStub)

    def staff(self, tenant: str) -> Any:
        """A stub of the staff of an institution or body."""
        return self.opened.stub(
            CertificatesStub, "body" if tenant.startswith("bodies") else "institution", tenant
        )

    async def deliver(self, *messages: Message, event_id: str = "") -> None:
        """Hand facts to the consumer, each in its own transaction with the inbox, as a delivery does."""
        for message in messages:
            about = envelope(message, event_id)
            consumer = next(c for c in self.service.consumers if about.type in c.table)
            async with self.service.store.write() as tx:
                if await note(tx, consumer.name, [about]):
                    await consumer.dispatch(tx, about, message.SerializeToString())

    async def deliver_together(self, *messages: Message) -> None:
        """Hand facts of one service to its consumer in one transaction, as a batch is."""
        batch = [(envelope(message), message.SerializeToString()) for message in messages]
        consumer = next(c for c in self.service.consumers if batch[0][0].type in c.table)
        async with self.service.store.write() as tx:
            for _, run in groupby(batch, key=lambda pair: pair[0].type):
                await consumer.dispatch_run(tx, list(run))

    async def certificates(self, **wanted: Any) -> list[certificate_pb2.Certificate]:
        """Every certificate, once none waits for its signature."""
        async with asyncio.timeout(60):
            waiting = ListCertificatesRequest(page_size=1, state=certificate_pb2.CERTIFICATE_STATE_INTENT)
            while (await self.supervisor.ListCertificates(waiting)).certificates:
                await asyncio.sleep(0.01)
        return await self._list(**wanted)

    async def _list(self, **wanted: Any) -> list[certificate_pb2.Certificate]:
        found, token = [], ""
        while True:
            request = ListCertificatesRequest(page_size=1000, page_token=token, **wanted)
            page = await self.supervisor.ListCertificates(request)
            found += page.certificates
            token = page.next_page_token
            if not token:
                return found

    async def certificate(self, **wanted: Any) -> certificate_pb2.Certificate:
        """The only certificate that fits."""
        (found,) = await self.certificates(**wanted)
        return found

    async def verify(self, number: str, holder_name: str) -> Any:
        """What the public hears of a number and a name."""
        printed = NumberAndName(number=number, holder_name=holder_name)
        return await self.public.VerifyCertificate(VerifyCertificateRequest(printed=printed))

    async def facts(self) -> list[tuple[str, str]]:
        """Subject and resource name of every fact recorded so far, in order."""
        outbox = self.service.store.tables.outbox
        async with self.service.store.read() as tx:
            rows = await tx.execute(select(outbox.c.type, outbox.c.aggregate_id).order_by(outbox.c.position))
            return [(row.type.rsplit(".", 1)[-1], row.aggregate_id) for row in rows]


@pytest.fixture
async def world(open_service: Callable[..., Awaitable[OpenedService]]) -> World:
    """A freshly opened certificates service."""
    return World(await open_service("certificates"))


@pytest.fixture
def world_of() -> type[World]:
    """For tests that open the service themselves."""
    return World


@pytest.fixture
async def life(databases: Any, tmp_path: Any, clock: Any, world_of: type[World]) -> AsyncIterator[Any]:
    """Give the function that (re)opens the service on one database and one folder, after stopping what ran before."""
    url = await databases.migrated("certificates")
    opened: list[OpenedService] = []

    async def begin(**settings: Any) -> World:
        while opened:
            await opened.pop().close()
        settings = {"reaper_interval": 0.05} | settings
        opened.append(await open_on("certificates", url, tmp_path / "data", clock, **settings))
        return world_of(opened[-1])

    yield begin
    while opened:
        await opened.pop().close()


@pytest.fixture
def expiring_policy(tmp_path: Any) -> Any:
    """A policy file by which certificates are valid for twelve months."""
    path = tmp_path / "policy.toml"
    entry = (
        '[[kind]]\nkind = "{}"\neffective_from = 2021-01-01\nvalidity_months = 12\n'
        'holder_name = "omit"\nsource = "a decision"\nmark = "UNCONFIRMED"\n'
    )
    path.write_text(entry.format("TRAINING") + entry.format("GRADE"), "utf-8")
    return path


@pytest.fixture
def desk_life(life: Any, tmp_path: Any) -> Callable[[], Awaitable[Desk]]:
    """Give the function that (re)opens the service under the policy of release."""
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.format(kind="TRAINING") + POLICY.format(kind="GRADE") + RELEASE, "utf-8")

    async def begin() -> Desk:
        return Desk(await life(policy_file=policy))

    return begin


@pytest.fixture
async def desk(desk_life: Callable[[], Awaitable[Desk]]) -> Desk:
    """The service under the policy of release."""
    return await desk_life()
