"""The table of what a service publishes: a domain fact → its subject and message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from services.kit.storage.store import Encoded


@dataclass(frozen=True, slots=True)
class Published:
    """How one kind of fact leaves: `aggregate` returns the resource name that it is about."""

    subject: str
    message: Callable[[Any], Message]
    aggregate: Callable[[Any], str]


def encoder(table: Mapping[type, Published]) -> Callable[[object], Encoded]:
    """Return the function that a Store turns recorded facts into messages with."""

    def encode(fact: object) -> Encoded:
        entry = table[type(fact)]
        payload = entry.message(fact).SerializeToString(deterministic=True)
        return Encoded(entry.subject, entry.aggregate(fact), payload)

    return encode
