"""Shared words on the wire: `shuzheng.type.v1` ↔ values."""

from functools import lru_cache

from shuzheng.type.v1 import level_pb2, listing_pb2
from shuzheng.type.v1.qualification_pb2 import Qualification as Message

from services.kit.rpc import enums
from services.kit.rpc.convert import date_message
from services.vocabulary.level import Level
from services.vocabulary.listing import Change
from services.vocabulary.qualification import Qualification


@lru_cache(1000)
def qualification_message(found: Qualification) -> Message:
    """Return the message of a qualification; shared, so not to be changed."""
    return Message(
        occupation=found.occupation,
        direction=found.direction,
        level=level_pb2.Level.ValueType(found.level),
    )


def qualification_of(message: Message) -> Qualification:
    """Return the qualification of a message whose shape has been checked."""
    return Qualification(message.occupation, message.direction, Level(message.level))


def listing_change(found: Change) -> listing_pb2.ListingChange:
    """Return the message of one step of a listing."""
    state = enums.number(listing_pb2.ListingState, found.state)
    return listing_pb2.ListingChange(state=state, since=date_message(found.since), reason=found.reason)
