"""Completions and their certificates in any order of events that people and the broker can bring about.

A model of a few lines says what must stand; the system, which is told the same things, must come to rest there.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from shuzheng.certificates.v1 import certificate_pb2, certificate_service_pb2
from shuzheng.events.v1 import event_service_pb2, event_service_pb2_grpc

from tests.support import invariants
from tests.support.effort import EFFORT
from tests.support.journey import Journey
from tests.support.system import opened

PEOPLE = 5


class Held:
    """One opened system for all examples; each example has an institution of its own on it."""

    def __init__(self, databases, folder):
        self.runner = asyncio.Runner()
        self.block = opened(databases, folder)
        self.system = self.runner.run(self.block.__aenter__())
        self.examples = 0

    def close(self):
        self.runner.run(self.block.__aexit__(None, None, None))
        self.runner.close()


class Certification(RuleBasedStateMachine):
    """Register, withdraw, revoke, correct, publish again."""

    held: Held

    @initialize()
    def open(self):
        self.held.examples += 1
        self.journey = Journey(self.held.system.stub, self.held.examples, size=PEOPLE)
        self.run(self.journey.open_institution())
        self.run(self.journey.teach())
        self.open_places = list(self.journey.enrollments)
        self.standing = {}  # completion → certificates that were made for it

    def run(self, work):
        return self.held.runner.run(work)

    def pick(self, data):
        return data.draw(st.sampled_from(sorted(self.standing)), label="completion")

    @precondition(lambda self: self.open_places)
    @rule()
    def complete(self):
        self.standing[self.run(self.journey.complete(self.open_places.pop()))] = 1

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), wait=st.booleans())
    def withdraw(self, data, wait):
        """Withdraw with the certificate there already, or while its event may still be on its way."""
        name = self.pick(data)
        if wait and self.standing[name]:
            self.run(self.journey.issued(name))
        self.run(self.journey.withdraw(name))
        del self.standing[name]

    @precondition(lambda self: any(self.standing.values()))
    @rule(data=st.data(), name=st.sampled_from(["更正甲", "更正乙", "更正丙"]))
    def correct(self, data, name):
        """Supersede a certificate that stands; the same name again is refused."""
        source = data.draw(st.sampled_from(sorted(key for key, count in self.standing.items() if count)))
        certificate = self.run(self.journey.issued(source))
        if certificate.holder_name != name:
            messages = certificate_service_pb2
            request = messages.SupersedeCertificateRequest(name=certificate.name, holder_name=name)
            self.run(self.journey.certificates("SupersedeCertificate", request))
            self.standing[source] += 1

    @precondition(lambda self: any(self.standing.values()))
    @rule(data=st.data())
    def revoke(self, data):
        """Revoke by hand; from then on the completion has no valid certificate."""
        source = data.draw(st.sampled_from(sorted(key for key, count in self.standing.items() if count)))
        certificate = self.run(self.journey.issued(source))
        reason = certificate_pb2.REVOCATION_REASON_ISSUED_IN_ERROR
        request = certificate_service_pb2.RevokeCertificateRequest(name=certificate.name, reason=reason)
        self.run(self.journey.certificates("RevokeCertificate", request))
        self.standing[source] = 0

    @rule(service=st.sampled_from(["training", "certificates"]))
    def publish_again(self, service):
        kind = event_service_pb2_grpc.EventServiceStub
        stub = self.held.system.stub(service, kind, "supervisor")
        self.run(republish(stub))

    def teardown(self):
        if hasattr(self, "standing"):
            snapshot = self.run(invariants.check(self.held.system.urls, self.journey.ledger))
            found = valid_certificates(snapshot, self.journey.institution)
            assert found == {name: 1 for name, count in self.standing.items() if count}


async def republish(stub):
    await stub.RepublishEvents(event_service_pb2.RepublishEventsRequest(), timeout=10)


def valid_certificates(snapshot, owner):
    rows = snapshot.rows("certificates", "certificates")
    sources = [row["source"] for row in rows if row["owner"] == owner and row["state"] == "ISSUED"]
    return {source: sources.count(source) for source in sources}


@pytest.mark.timeout(120 * EFFORT)
def test_the_system_comes_to_rest_where_the_model_does(sqlite_databases):
    with TemporaryDirectory() as folder:
        held = Held(sqlite_databases, Path(folder))
        try:
            machine = type("Machine", (Certification,), {"held": held})
            checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
            limits = settings(max_examples=8 * EFFORT, stateful_step_count=10, suppress_health_check=checks)
            run_state_machine_as_test(machine, settings=limits)
        finally:
            held.close()
