"""Education and professional titles (学历, 职称), ascending; the numbers equal those of the contract's enums."""

from enum import IntEnum


class Degree(IntEnum):
    """学历学位, ascending; the numbers equal those of the proto enum."""

    TECHNICAL_SCHOOL = 1
    ASSOCIATE = 2
    BACHELOR = 3
    SECOND_BACHELOR = 4
    MASTER = 5
    DOCTOR = 6

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return ("技工院校", "大学专科", "大学本科或学士", "第二学士", "硕士", "博士")[self - 1]


class TitleRank(IntEnum):
    """职称 ranks, ascending; the numbers equal those of the proto enum."""

    TECHNICIAN = 1
    ASSISTANT_ENGINEER = 2
    ENGINEER = 3
    SENIOR_ENGINEER = 4

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return ("技术员", "助理工程师", "工程师", "高级工程师")[self - 1]
