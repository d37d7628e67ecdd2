"""All rows of assessment, one file a noun."""

from services.assessment.storage.rows.banks import BankRow, KnowledgePointRow
from services.assessment.storage.rows.base import Base
from services.assessment.storage.rows.blueprints import BlueprintRow
from services.assessment.storage.rows.bodies import BodyRow
from services.assessment.storage.rows.examiners import ExaminerRow
from services.assessment.storage.rows.items import ItemRow, ItemVersionRow
from services.assessment.storage.rows.listings import ListingRow
from services.assessment.storage.rows.papers import PaperContentRow, PaperRow
from services.assessment.storage.rows.sites import SiteRow

__all__ = [
    "BankRow", "Base", "BlueprintRow", "BodyRow", "ExaminerRow", "ItemRow", "ItemVersionRow", "KnowledgePointRow",
    "ListingRow", "PaperContentRow", "PaperRow", "SiteRow",
]
