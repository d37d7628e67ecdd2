"""What must hold at the end, from nothing but what the services answer."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from services.client.catalog import SERVICES
from services.embedded.demo.catalogue import state_word
from services.embedded.demo.exams import name_of
from services.embedded.demo.expectation import Unexpected, until
from services.embedded.demo.journey import Journey
from services.embedded.demo.results import GRADE, ISSUED, REVOKED, TRAINING

REGISTERED, WITHDRAWN = 1, 2  # states of a completion
PUBLISHED, ANNULLED = 4, 5  # states of a result
SUBMITTED = 3


async def check(j: Journey) -> None:
    """Raise Unexpected that lists everything that does not hold."""
    await _drained(j)
    broken = [line async for line in _broken(j)]
    if broken:
        raise Unexpected("; ".join(broken))
    j.teller.say(
        "全部成立：证书与依据一一对应，无重复、无遗漏，事件全部送达",
        "All hold: one certificate for each fact, none lost",
    )


async def _drained(j: Journey) -> None:
    for service in SERVICES:
        status = await until(
            lambda service=service: j.supervisor("EventService/GetEventStatus", service),  # type: ignore[misc]
            lambda found: found.waiting == 0,
            f"outbox of {service} drained",
        )
        if status.parked:
            raise Unexpected(f"{service} has {status.parked} parked events")


async def _broken(j: Journey) -> AsyncIterator[str]:
    certificates = await j.supervisor.every("CertificateService/ListCertificates", "certificates")
    j.summary["certificates_by_state"] = dict(Counter(state_word(c, "state") for c in certificates))
    for number, count in Counter(c.number for c in certificates).items():
        if count > 1:
            yield f"number {number} was given {count} times"
    expected = await _facts(j)
    for source, (kind, standing) in expected.items():
        held = [c for c in certificates if c.source == source]
        if (line := _wrong(source, kind, standing, held)) is not None:
            yield line
    for certificate in certificates:
        if certificate.source not in expected:
            yield f"{certificate.number} rests on nothing that is known"
    for line in await _exams(j):
        yield line


def _wrong(source: str, kind: int, standing: bool, held: list[Any]) -> str | None:
    issued, revoked = (sum(c.state == state for c in held) for state in (ISSUED, REVOKED))
    if any(c.kind != kind for c in held):
        return f"{source} has a certificate of another kind"
    if standing and (issued, revoked) != (1, 0):
        return f"{source} stands and has {issued} valid, {revoked} revoked certificates"
    if not standing and (issued, revoked) != (0, 1):
        return f"{source} no longer stands and has {issued} valid, {revoked} revoked certificates"
    return None


async def _facts(j: Journey) -> dict[str, tuple[int, bool]]:
    """Return kind of certificate and whether it stands for each completion and each result that passed."""
    found: dict[str, tuple[int, bool]] = {}
    for each in j.scenario["institution"]:
        parent = f"institutions/{each['id']}"
        for row in await j.supervisor.every(
            "CompletionService/ListCompletions", "completions", parent=parent
        ):
            found[row.name] = (TRAINING, row.state == REGISTERED)
    for each in j.scenario["body"]:
        for row in await j.supervisor.every(
            "ResultService/ListResults", "results", parent=f"bodies/{each['id']}"
        ):
            if row.state == ANNULLED or (row.state == PUBLISHED and row.passed):
                found[row.name] = (GRADE, row.state == PUBLISHED)
    return found


async def _exams(j: Journey) -> list[str]:
    broken = []
    for each in j.scenario["exam"]:
        exam = await j.supervisor("ExamService/GetExam", name=name_of(each))
        seats = await j.supervisor.every(
            "RegistrationService/ListRegistrations", "registrations", parent=exam.name
        )
        attempts = await j.supervisor.every("AttemptService/ListAttempts", "attempts", exam=exam.name)
        if not len(seats) == exam.seats_taken <= exam.capacity or len({s.seat for s in seats}) != len(seats):
            broken.append(
                f"{exam.name}: {len(seats)} seats, {exam.seats_taken} counted, {exam.capacity} possible"
            )
        broken += [f"{attempt.name} is not submitted" for attempt in attempts if attempt.state != SUBMITTED]
    return broken
