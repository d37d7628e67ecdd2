"""What travels around a message: CloudEvents attributes in NATS headers (binary mode)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

CONTENT_TYPE = "application/protobuf"
MESSAGE_ID = "Nats-Msg-Id"


class EnvelopeError(ValueError):
    """The headers of a message are none of ours."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Which fact this is: `id` is the same however often it is delivered; `type` is its subject."""

    id: str
    type: str
    source: str
    time: datetime
    traceparent: str = ""

    def headers(self, publication: int) -> dict[str, str]:
        """Return the headers; each publication has its own id for the broker, the event id stays."""
        found = {
            MESSAGE_ID: f"{self.id}.{publication}" if publication else self.id,
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-time": self.time.astimezone(UTC).isoformat(),
            "content-type": CONTENT_TYPE,
        }
        return found | ({"traceparent": self.traceparent} if self.traceparent else {})

    @classmethod
    def read(cls, headers: Mapping[str, str] | None, subject: str) -> "Envelope":
        """Return the envelope of a received message; raises EnvelopeError where it is none of ours."""
        given = headers or {}
        try:
            moment = datetime.fromisoformat(given["ce-time"])
            return cls(
                given["ce-id"],
                given.get("ce-type", subject),
                given["ce-source"],
                moment,
                given.get("traceparent", ""),
            )
        except (KeyError, ValueError) as problem:
            raise EnvelopeError(f"the message lacks a proper header: {problem}") from None
