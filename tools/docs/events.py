"""docs/events.md: the facts that services publish, from events.proto."""

from tools import contract
from tools.docs.markdown import join, table

INTRODUCTION = """# Events

Facts on NATS JetStream, one stream per service, at least once, in order per service. Headers follow
CloudEvents (`ce-id`, `ce-type`, `ce-source`, `ce-time`) and W3C `traceparent`; the body is the protobuf
message. No event holds a national ID number: `person` is a pseudonym."""


def page() -> str:
    """Return the page."""
    return join(INTRODUCTION, *(block for entry in published() for block in _section(*entry)))


def published():
    """Yield file, place and message of every fact: the messages whose comment begins with a subject."""
    for file, place, message in contract.messages():
        if file.proto.name.endswith("/events.proto") and subject(file, place):
            yield file, place, message


def subject(file: contract.File, place: int) -> str:
    """Return the subject that a message's comment begins with, empty where it has none."""
    head, colon, _ = file.comment(contract.MESSAGES, place).partition(": ")
    return head if colon and head.startswith(f"{file.service}.v1.") else ""


def _section(file: contract.File, place: int, message) -> tuple[str, ...]:
    meaning = file.comment(contract.MESSAGES, place).partition(": ")[2]
    rows = [
        (
            f"`{f.name}`",
            contract.type_name(f),
            file.comment(contract.MESSAGES, place, contract.FIELDS, number),
        )
        for number, f in enumerate(message.field)
    ]
    text = f"`{file.proto.package}.{message.name}` — {meaning[:1].upper()}{meaning[1:]}"
    return f"## {subject(file, place)}", text, table(("Field", "Type", "Meaning"), rows)
