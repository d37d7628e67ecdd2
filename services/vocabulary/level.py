"""专业技术等级: the three levels that each occupation has."""

from enum import IntEnum


class Level(IntEnum):
    """A level; the numbers equal those of `shuzheng.type.v1.Level`."""

    JUNIOR = 1
    MID = 2
    SENIOR = 3

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return ("初级", "中级", "高级")[self - 1]

    @classmethod
    def parse(cls, word: str) -> "Level":
        """Return the level of a Chinese or English word; raises ValueError."""
        for level in cls:
            if word.strip() in {level.zh, level.name, level.name.lower()}:
                return level
        raise ValueError(f"{word!r} is not one of 初级, 中级, 高级")
