"""All rows of assessment, one file a noun."""

from services.assessment.storage.rows.attempts import AnswerRow, AttemptRow
from services.assessment.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.storage.rows.blueprints import BlueprintRow
from services.assessment.storage.rows.bodies import BodyRow
from services.assessment.storage.rows.candidates import CandidateRow
from services.assessment.storage.rows.evidence import EvidenceRow
from services.assessment.storage.rows.examiners import ExaminerRow
from services.assessment.storage.rows.exams import ExamRow, TicketSeriesRow
from services.assessment.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.storage.rows.listings import ListingRow
from services.assessment.storage.rows.marks import MarkRow, RecusalRow
from services.assessment.storage.rows.papers import PaperContentRow, PaperRow
from services.assessment.storage.rows.registrations import RegistrationRow
from services.assessment.storage.rows.results import IntegrityRecordRow, ResultRow
from services.assessment.storage.rows.root import Base
from services.assessment.storage.rows.sites import SiteRow

__all__ = [
    "AnswerRow",
    "AttemptRow",
    "BankRow",
    "Base",
    "BlueprintRow",
    "BodyRow",
    "CandidateRow",
    "EvidenceRow",
    "ExamRow",
    "ExaminerRow",
    "IntegrityRecordRow",
    "ItemRow",
    "ItemVersionRow",
    "KnowledgePointRow",
    "ListingRow",
    "MarkRow",
    "PaperContentRow",
    "PaperRow",
    "RecusalRow",
    "RegistrationRow",
    "ResultRow",
    "SiteRow",
    "TicketSeriesRow",
]
