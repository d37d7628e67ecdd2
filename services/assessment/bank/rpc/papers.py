"""PaperService: papers (试卷) without their content, and the content where it may be read."""

from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import paper_service_pb2 as messages
from shuzheng.assessment.v1 import paper_service_pb2_grpc
from shuzheng.assessment.v1.item_pb2 import ItemType
from shuzheng.assessment.v1.paper_pb2 import (
    Paper,
    PaperContent,
    PaperCustody,
    PaperState,
    Question,
    QuestionChoice,
    QuestionKey,
)
from shuzheng.assessment.v1.paper_pb2 import PaperAction as ActionNumber

from services.assessment.bank.domain.paper import PaperAction, PaperQuestion
from services.assessment.bank.rpc.item_contents import content_message
from services.assessment.bank.storage.rows.papers import PaperRow
from services.assessment.bank.usecases.papers import Papers
from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BODY, PAPER
from services.assessment.resource_head import head
from services.kit.rpc.call import caller
from services.kit.rpc.convert import moment_of, timestamp
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


class PaperService(paper_service_pb2_grpc.PaperServiceServicer):
    """Answers the bodies; candidates see questions through their attempts only."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers

    async def DrawPaper(self, request: messages.DrawPaperRequest, context: Any) -> Paper:
        """Draw a paper."""
        BODY.parse(request.parent, "parent")
        row = await self.papers.draw(
            request.parent,
            request.paper_id,
            request.blueprint,
            request.seed,
            moment_of(request.release_from, "release_from"),
            moment_of(request.release_to, "release_to"),
            caller().subject,
        )
        return paper_message(row)

    async def GetPaper(self, request: messages.GetPaperRequest, context: Any) -> Paper:
        """Read a paper without its content."""
        PAPER.parse(request.name)
        return paper_message(await self.papers.get(request.name))

    async def ListPapers(
        self, request: messages.ListPapersRequest, context: Any
    ) -> messages.ListPapersResponse:
        """List a body's papers."""
        BODY.parse(request.parent, "parent")
        state = from_enum(PaperState, request.state)
        page = await self.papers.page(request.parent, state, request.page_size, request.page_token)
        return messages.ListPapersResponse(
            papers=map(paper_message, page.rows), next_page_token=page.next_page_token
        )

    async def GetPaperContent(self, request: messages.GetPaperContentRequest, context: Any) -> PaperContent:
        """Read questions and keys as far as the state allows."""
        PAPER.parse(request.name)
        questions, with_keys = await self.papers.content(request.name)
        keys = map(key_message, questions) if with_keys else ()
        return PaperContent(paper=request.name, questions=map(question_message, questions), keys=keys)

    async def ReviewPaper(self, request: messages.ReviewPaperRequest, context: Any) -> Paper:
        """DRAFTED → REVIEWED."""
        PAPER.parse(request.name)
        return paper_message(await self.papers.review(request.name, request.etag, caller().subject))

    async def SealPaper(self, request: messages.SealPaperRequest, context: Any) -> Paper:
        """REVIEWED → SEALED."""
        PAPER.parse(request.name)
        return paper_message(await self.papers.seal(request.name, request.etag, caller().subject))

    async def ReleasePaper(self, request: messages.ReleasePaperRequest, context: Any) -> Paper:
        """SEALED → RELEASED."""
        PAPER.parse(request.name)
        return paper_message(await self.papers.release(request.name, request.etag, caller().subject))

    async def FinishPaper(self, request: messages.FinishPaperRequest, context: Any) -> Paper:
        """RELEASED → USED."""
        return await self._move(request, PaperAction.USE)

    async def RetirePaper(self, request: messages.RetirePaperRequest, context: Any) -> Paper:
        """Take a paper out of use."""
        return await self._move(request, PaperAction.RETIRE)

    async def _move(self, request: Any, action: PaperAction) -> Paper:
        PAPER.parse(request.name)
        return paper_message(await self.papers.move(request.name, request.etag, action, caller().subject))


def paper_message(row: PaperRow) -> Paper:
    """Return a paper as it travels: neither content nor seed."""
    return Paper(
        **head(row),
        state=to_enum(PaperState, row.state),
        blueprint=row.blueprint,
        qualification=qualification_message(row),
        question_count=row.question_count,
        release_from=timestamp(row.release_from),
        release_to=timestamp(row.release_to),
        content_hash=row.content_hash,
        custody=map(_custody, row.custody),
    )


def _custody(entry: dict[str, str]) -> PaperCustody:
    moment = timestamp(datetime.fromisoformat(entry["time"]))
    return PaperCustody(action=to_enum(ActionNumber, entry["action"]), subject=entry["subject"], time=moment)


def question_message(question: PaperQuestion) -> Question:
    """Return a question as candidates see it: without its key."""
    content = question.content
    return Question(
        position=question.position,
        type=to_enum(ItemType, content.type),
        points=tenths.show(question.points),
        stem=content.stem,
        choices=[QuestionChoice(key=c.key, text=c.text) for c in content.choices],
    )


def key_message(question: PaperQuestion) -> QuestionKey:
    """Return the key of a question: never for candidates."""
    return QuestionKey(
        position=question.position,
        item_version=question.item_version,
        knowledge_point=question.knowledge_point,
        content=content_message(question.content),
    )
