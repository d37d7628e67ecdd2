"""Whoever tries numbers learns nothing: a wrong name and a wrong number answer alike, in content and in time.

Latencies are compared by medians and by ranks: the probability that a wrong name takes longer than a wrong number
(Mann-Whitney) and the largest distance of the distributions (Kolmogorov-Smirnov).
"""

import asyncio
import random
import time
from bisect import bisect_left, bisect_right
from statistics import median
from typing import NamedTuple

import pytest
from shuzheng.certificates.v1 import verification_pb2
from shuzheng.certificates.v1.verification_service_pb2 import NumberAndName, VerifyCertificateRequest

from services.certificates.document.domain.certificate import Kind
from services.certificates.issuing.drafting.numbers import RandomDigits
from services.certificates.verifying.storage.verifications import Register
from tests.support.people import person

ISSUED = 200
EACH = 1000  # wrong names, and wrong numbers
LEAK = 0.002  # seconds
TRIES = 3  # a slow spell of the machine may hit one run


class Comparison(NamedTuple):
    """How two samples of latencies differ."""

    medians: float
    longer: float
    distance: float

    @property
    def alike(self):
        """The bounds leave room for the fetching of one row, and for a noisy machine."""
        return 0.85 < self.medians < 1.18 and abs(self.longer - 0.5) < 0.15 and self.distance < 0.25


def compare(first, second):
    """Compare two samples; ties count half."""
    first, second = sorted(first), sorted(second)
    pairs = len(first) * len(second)
    longer = sum(bisect_left(second, x) + bisect_right(second, x) for x in first) / 2 / pairs
    distance = max(
        abs(bisect_right(first, x) / len(first) - bisect_right(second, x) / len(second))
        for x in first + second
    )
    return Comparison(median(first) / median(second), longer, distance)


@pytest.fixture
async def issued(world):
    """Numbers and holders' names of issued certificates."""
    await world.deliver_together(*(world.completion(number) for number in range(ISSUED)))
    return {found.number: found.holder_name for found in await world.certificates()}


def wrong_names(issued):
    """Real numbers, each with names of other people."""
    numbers = sorted(issued)
    names = [person(1000 + count).display_name for count in range(EACH)]
    pairs = [(numbers[count % len(numbers)], name) for count, name in enumerate(names)]
    return [(number, name if name != issued[number] else name + "某") for number, name in pairs]


def wrong_numbers(issued):
    """Well-formed numbers that were never given, with the same names."""
    new = [RandomDigits("DE").new(Kind.TRAINING, "institutions/i1", 2026) for _ in range(EACH)]
    assert not set(new) & set(issued)
    return [(number, person(1000 + count).display_name) for count, number in enumerate(new)]


async def ask(world, pair):
    """Verify as the public; returns everything that a caller can see, and the seconds."""
    request = VerifyCertificateRequest(printed=NumberAndName(number=pair[0], holder_name=pair[1]))
    started = time.perf_counter()
    call = world.public.VerifyCertificate(request)
    answer = await call
    seconds = time.perf_counter() - started
    said = (answer.SerializeToString(), await call.code(), await call.details())
    return (*said, tuple(await call.initial_metadata()), tuple(await call.trailing_metadata())), seconds


async def asked(world, issued):
    """Ask all of them in random order; returns what was seen and the latencies of either kind."""
    questions = [("name", pair) for pair in wrong_names(issued)]
    questions += [("number", pair) for pair in wrong_numbers(issued)]
    random.shuffle(questions)
    for _, pair in questions[:50]:  # the first calls compile and connect
        await ask(world, pair)
    seen, latencies = {"name": set(), "number": set()}, {"name": [], "number": []}
    for kind, pair in questions:
        told, seconds = await ask(world, pair)
        seen[kind].add(told)
        latencies[kind].append(seconds)
    return seen, compare(latencies["name"], latencies["number"])


async def test_a_wrong_name_and_a_wrong_number_are_told_apart_by_nothing(world, issued):
    found = []
    for _ in range(TRIES):
        seen, comparison = await asked(world, issued)
        assert seen["name"] == seen["number"]
        assert len(seen["name"]) == 1
        ((content, *_),) = seen["name"]
        answer = verification_pb2.Verification.FromString(content)
        assert answer.outcome == verification_pb2.VERIFICATION_OUTCOME_NOT_FOUND_OR_NAME_MISMATCH
        assert {field.name for field, _ in answer.ListFields()} == {"outcome", "checked"}
        found.append(comparison)
        if comparison.alike:
            break
    assert found[-1].alike, found


@pytest.mark.parametrize("branch", ["found", "not found"])
async def test_a_leak_of_two_milliseconds_on_either_branch_is_caught(world, issued, monkeypatch, branch):
    find = Register.find

    async def leaky(self, number):
        entry = await find(self, number)
        if (entry is not None) == (branch == "found"):
            await asyncio.sleep(LEAK)
        return entry

    monkeypatch.setattr(Register, "find", leaky)
    _, comparison = await asked(world, issued)
    assert not comparison.alike, comparison
    assert (comparison.longer > 0.5) == (branch == "found")


async def test_an_answer_that_tells_more_is_caught(world, issued):
    (number, name), *_ = issued.items()
    right, _ = await ask(world, (number, name))
    wrong, _ = await ask(world, (number, name + "某"))
    assert right != wrong


def test_samples_from_one_distribution_are_alike_and_shifted_ones_are_not():
    chance = random.Random(7)
    first, second = ([chance.lognormvariate(0, 0.3) for _ in range(EACH)] for _ in range(2))
    assert compare(first, second).alike
    assert not compare([x * 1.4 for x in first], second).alike
    assert compare(first, first) == (1, 0.5, 0)
