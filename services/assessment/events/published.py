"""What assessment publishes: fact → subject and message."""

from shuzheng.assessment.v1 import events_pb2

from services.assessment.facts import ResultAnnulled, ResultPublished
from services.kit.events.published import Published
from services.kit.rpc import enums
from services.kit.rpc.convert import date_message
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


def _result_published(fact: ResultPublished) -> events_pb2.ResultPublished:
    return events_pb2.ResultPublished(
        result=fact.result,
        person=fact.person,
        holder_name=fact.holder_name,
        body=fact.body,
        body_display_name=fact.body_display_name,
        listing=fact.listing,
        listing_batch=fact.listing_batch,
        exam=fact.exam,
        qualification=qualification_message(fact.qualification),
        theory_score=tenths.show(fact.theory_score),
        ability_score=tenths.show(fact.ability_score),
        passed=fact.passed,
        examined_on=date_message(fact.examined_on),
        published_on=date_message(fact.published_on),
    )


def _result_annulled(fact: ResultAnnulled) -> events_pb2.ResultAnnulled:
    return events_pb2.ResultAnnulled(
        result=fact.result,
        person=fact.person,
        tier=enums.number(events_pb2.MisconductTier, fact.tier),
        reason=fact.reason,
        annulled_on=date_message(fact.annulled_on),
    )


PUBLISHED: dict[type, Published] = {
    ResultPublished: Published("assessment.v1.result.published", _result_published, lambda fact: fact.result),
    ResultAnnulled: Published("assessment.v1.result.annulled", _result_annulled, lambda fact: fact.result),
}
