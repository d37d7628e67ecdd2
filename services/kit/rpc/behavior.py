"""What a field of the contract is for, by `google.api.field_behavior`: set by services, needed, never changed."""

from google.api import field_behavior_pb2
from google.protobuf.descriptor import FieldDescriptor

OUTPUT_ONLY = field_behavior_pb2.OUTPUT_ONLY
REQUIRED = field_behavior_pb2.REQUIRED
IMMUTABLE = field_behavior_pb2.IMMUTABLE
IDENTIFIER = field_behavior_pb2.IDENTIFIER


def behaviors(field: FieldDescriptor) -> frozenset[int]:
    """Return the behaviors that a field declares."""
    return frozenset(field.GetOptions().Extensions[field_behavior_pb2.field_behavior])
