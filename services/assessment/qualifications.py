"""The wire form of a qualification."""

from typing import Any

from shuzheng.type.v1 import qualification_pb2

from services.assessment.qualification import Qualification
from services.kit.rpc.convert import level_of


def qualification_of(message: qualification_pb2.Qualification) -> Qualification:
    """Return the value in a message."""
    return Qualification(message.occupation, message.direction, level_of(message.level))


def qualification_message(source: Any) -> qualification_pb2.Qualification:
    """Return the message of a Qualification, or of a row with its three columns."""
    return qualification_pb2.Qualification(
        occupation=source.occupation, direction=source.direction, level=source.level
    )
