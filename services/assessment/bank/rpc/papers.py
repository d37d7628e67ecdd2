"""PaperService: papers (试卷) without their content, and the content where it may be read."""

from datetime import datetime
from typing import Any

from shuzheng.assessment.v1 import paper_service_pb2 as messages
from shuzheng.assessment.v1 import paper_service_pb2_grpc as services
from shuzheng.assessment.v1.item_pb2 import ItemType
from shuzheng.assessment.v1.paper_pb2 import (
    Paper,
    PaperContent,
    PaperCustody,
    Question,
    QuestionChoice,
    QuestionKey,
)
from shuzheng.assessment.v1.paper_pb2 import PaperAction as ActionNumber
from shuzheng.assessment.v1.paper_pb2 import PaperState as StateNumber

from services.assessment.bank.domain.paper import PaperAction, PaperQuestion
from services.assessment.bank.rpc.item_contents import content_message
from services.assessment.bank.storage.rows.papers import PaperRow
from services.assessment.bank.usecases.papers import Papers
from services.kit.rpc import enums
from services.kit.rpc.call import caller
from services.kit.rpc.convert import head, moment_of, timestamp
from services.vocabulary import tenths
from services.vocabulary.messages import qualification_message


class PaperService(services.PaperServiceServicer):
    """Answers the bodies; candidates see questions through their attempts only."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers

    async def DrawPaper(self, request: messages.DrawPaperRequest, context: Any) -> Paper:
        """Draw a paper."""
        row = await self.papers.draw(
            request.parent,
            request.paper_id,
            request.blueprint,
            request.seed,
            moment_of(request.release_from, "release_from"),
            moment_of(request.release_to, "release_to"),
            caller().subject,
        )
        return message(row)

    async def GetPaper(self, request: messages.GetPaperRequest, context: Any) -> Paper:
        """Read a paper without its content."""
        return message(await self.papers.get(request.name))

    async def ListPapers(
        self, request: messages.ListPapersRequest, context: Any
    ) -> messages.ListPapersResponse:
        """List a body's papers."""
        state = enums.word(StateNumber, request.state)
        page = await self.papers.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListPapersResponse(
            papers=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def GetPaperContent(self, request: messages.GetPaperContentRequest, context: Any) -> PaperContent:
        """Read questions and keys as far as the state allows."""
        questions, with_keys = await self.papers.content(request.name)
        keys = map(key_message, questions) if with_keys else ()
        return PaperContent(paper=request.name, questions=map(question_message, questions), keys=keys)

    async def ReviewPaper(self, request: messages.ReviewPaperRequest, context: Any) -> Paper:
        """DRAFTED → REVIEWED."""
        return message(await self.papers.review(request.name, request.etag, caller().subject))

    async def SealPaper(self, request: messages.SealPaperRequest, context: Any) -> Paper:
        """REVIEWED → SEALED."""
        return message(await self.papers.seal(request.name, request.etag, caller().subject))

    async def ReleasePaper(self, request: messages.ReleasePaperRequest, context: Any) -> Paper:
        """SEALED → RELEASED."""
        return message(await self.papers.release(request.name, request.etag, caller().subject))

    async def FinishPaper(self, request: messages.FinishPaperRequest, context: Any) -> Paper:
        """RELEASED → USED."""
        row = await self.papers.end(request.name, request.etag, PaperAction.USE, caller().subject)
        return message(row)

    async def RetirePaper(self, request: messages.RetirePaperRequest, context: Any) -> Paper:
        """Take a paper out of use."""
        row = await self.papers.end(request.name, request.etag, PaperAction.RETIRE, caller().subject)
        return message(row)


def message(row: PaperRow) -> Paper:
    """Return the message of a paper: neither content nor seed."""
    return Paper(
        **head(row),
        state=enums.number(StateNumber, row.state),
        blueprint=row.blueprint,
        qualification=qualification_message(row.qualification),
        question_count=row.question_count,
        release_from=timestamp(row.release_from),
        release_to=timestamp(row.release_to),
        content_hash=row.content_hash,
        custody=map(_custody, row.custody),
    )


def _custody(entry: dict[str, str]) -> PaperCustody:
    moment = timestamp(datetime.fromisoformat(entry["time"]))
    return PaperCustody(
        action=enums.number(ActionNumber, entry["action"]), subject=entry["subject"], time=moment
    )


def question_message(question: PaperQuestion) -> Question:
    """Return a question as candidates see it: without its key."""
    content = question.content
    return Question(
        position=question.position,
        type=enums.number(ItemType, content.type),
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
