"""Qualifications on the wire."""

from shuzheng.type.v1.qualification_pb2 import Qualification as Message

from services.kit.rpc.convert import level_of
from services.training.teaching.domain.program import Qualification


def message(found: Qualification) -> Message:
    """Return the message of a qualification."""
    return Message(occupation=found.occupation, direction=found.direction, level=int(found.level))  # type: ignore[arg-type]


def value(found: Message) -> Qualification:
    """Return the qualification of a message."""
    return Qualification(found.occupation, found.direction, level_of(found.level))
