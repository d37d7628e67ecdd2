"""What training publishes: its facts, each with its subject and its message."""

from shuzheng.training.v1 import events_pb2

from services.kit.events.published import Published
from services.kit.rpc.convert import date_message
from services.training.facts import CompletionRegistered, CompletionWithdrawn
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


def completion_registered(fact: CompletionRegistered) -> events_pb2.CompletionRegistered:
    """Return the message of the fact."""
    return events_pb2.CompletionRegistered(
        completion=fact.completion,
        person=fact.person,
        holder_name=fact.holder_name,
        institution=fact.institution,
        institution_display_name=fact.institution_display_name,
        institution_uscc=fact.institution_uscc,
        listing=fact.listing,
        listing_batch=fact.listing_batch,
        qualification=qualification_message(fact.qualification),
        cohort=fact.cohort,
        hours=tenths.show(fact.hours),
        completed_on=date_message(fact.completed_on),
    )


def completion_withdrawn(fact: CompletionWithdrawn) -> events_pb2.CompletionWithdrawn:
    """Return the message of the fact."""
    return events_pb2.CompletionWithdrawn(
        completion=fact.completion,
        person=fact.person,
        reason=fact.reason,
        withdrawn_on=date_message(fact.withdrawn_on),
    )


PUBLISHED: dict[type, Published] = {
    CompletionRegistered: Published(
        "training.v1.completion.registered", completion_registered, lambda fact: fact.completion
    ),
    CompletionWithdrawn: Published(
        "training.v1.completion.withdrawn", completion_withdrawn, lambda fact: fact.completion
    ),
}
