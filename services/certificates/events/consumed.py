"""What certificates acts on: completions and results, and their ends."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shuzheng.assessment.v1 import events_pb2 as assessment
from shuzheng.training.v1 import events_pb2 as training

from services.certificates.document.domain.award import Award, Withdrawal
from services.certificates.document.domain.certificate import Kind
from services.certificates.issuing.usecases.awards import Awards
from services.kit.events.consumer import Consumed
from services.kit.events.envelope import Envelope
from services.kit.rpc.convert import date_of
from services.kit.storage.store import Transaction
from services.vocabulary.level import Level


def consumed(awards: Awards) -> tuple[Consumed, ...]:
    """Return the table: subject → use case."""

    async def registered(tx: Transaction, message: training.CompletionRegistered, envelope: Envelope) -> None:
        await awards.grant.within(tx, [from_completion(message)])

    async def withdrawn(tx: Transaction, message: training.CompletionWithdrawn, envelope: Envelope) -> None:
        day = _day(message, "withdrawn_on")
        await awards.withdraw.within(tx, Withdrawal(message.completion, Kind.TRAINING, day, message.reason))

    async def published(tx: Transaction, message: assessment.ResultPublished, envelope: Envelope) -> None:
        await awards.grant.within(tx, [from_result(message)])

    async def annulled(tx: Transaction, message: assessment.ResultAnnulled, envelope: Envelope) -> None:
        day = _day(message, "annulled_on")
        await awards.withdraw.within(tx, Withdrawal(message.result, Kind.GRADE, day, message.reason))

    async def all_registered(tx: Transaction, messages: Sequence[training.CompletionRegistered]) -> None:
        await awards.grant.within(tx, [from_completion(message) for message in messages])

    async def all_published(tx: Transaction, messages: Sequence[assessment.ResultPublished]) -> None:
        await awards.grant.within(tx, [from_result(message) for message in messages])

    return (
        Consumed(
            "training.v1.completion.registered", training.CompletionRegistered, registered, all_registered
        ),
        Consumed("training.v1.completion.withdrawn", training.CompletionWithdrawn, withdrawn),
        Consumed("assessment.v1.result.published", assessment.ResultPublished, published, all_published),
        Consumed("assessment.v1.result.annulled", assessment.ResultAnnulled, annulled),
    )


def from_completion(message: training.CompletionRegistered) -> Award:
    """Return what a registered completion earns."""
    return Award(
        source=message.completion,
        kind=Kind.TRAINING,
        person=message.person,
        holder_name=message.holder_name,
        owner=message.institution,
        owner_display_name=message.institution_display_name,
        owner_uscc=message.institution_uscc,
        listing=message.listing,
        listing_batch=message.listing_batch,
        occupation=message.qualification.occupation,
        direction=message.qualification.direction,
        level=Level(message.qualification.level),
        achieved_on=_day(message, "completed_on"),
        awarded_on=_day(message, "completed_on"),
        hours=message.hours,
    )


def from_result(message: assessment.ResultPublished) -> Award:
    """Return what a published result earns; whether it passed is for the rules to ask."""
    return Award(
        source=message.result,
        kind=Kind.GRADE,
        person=message.person,
        holder_name=message.holder_name,
        owner=message.body,
        owner_display_name=message.body_display_name,
        owner_uscc="",
        listing=message.listing,
        listing_batch=message.listing_batch,
        occupation=message.qualification.occupation,
        direction=message.qualification.direction,
        level=Level(message.qualification.level),
        achieved_on=_day(message, "examined_on"),
        awarded_on=_day(message, "published_on"),
        theory_score=message.theory_score,
        ability_score=message.ability_score,
        passed=message.passed,
    )


def _day(message: Any, field: str) -> date:
    day = date_of(message, field)
    if day is None:
        raise ValueError(f"{type(message).__name__}.{field} is missing")
    return day
