"""Item contents between the wire and the domain."""

from shuzheng.assessment.v1.item_pb2 import Choice as ChoiceMessage
from shuzheng.assessment.v1.item_pb2 import ItemContent as ContentMessage
from shuzheng.assessment.v1.item_pb2 import ItemType as TypeNumber
from shuzheng.assessment.v1.item_pb2 import NumericKey

from services.assessment.bank.domain.item import Choice, ItemContent, ItemType
from services.kit.rpc import enums


def content_of(message: ContentMessage) -> ItemContent:
    """Return the content that a message holds."""
    return ItemContent(
        type=ItemType(enums.word(TypeNumber, message.type)),
        stem=message.stem,
        choices=tuple(Choice(choice.key, choice.text, choice.correct) for choice in message.choices),
        statement_true=message.statement_true if message.HasField("statement_true") else None,
        value=message.number.value,
        tolerance=message.number.tolerance,
        accepted=tuple(message.accepted),
        case_sensitive=message.case_sensitive,
        explanation=message.explanation,
    )


def content_message(content: ItemContent) -> ContentMessage:
    """Return the content with its key as it travels: never for candidates."""
    numeric = NumericKey(value=content.value, tolerance=content.tolerance) if content.value else None
    return ContentMessage(
        type=enums.number(TypeNumber, content.type),
        stem=content.stem,
        choices=[ChoiceMessage(key=c.key, text=c.text, correct=c.correct) for c in content.choices],
        statement_true=content.statement_true,
        number=numeric,
        accepted=content.accepted,
        case_sensitive=content.case_sensitive,
        explanation=content.explanation,
    )
