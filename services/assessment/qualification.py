"""What a person is trained, examined and certified for, as a value."""

from dataclasses import dataclass

from services.vocabulary.level import Level


@dataclass(frozen=True, slots=True)
class Qualification:
    """Occupation × direction × level; `direction` is "" where the occupation has none."""

    occupation: str
    direction: str
    level: Level

    def __str__(self) -> str:
        direction = f" / {self.direction}" if self.direction else ""
        return f"{self.occupation}{direction} {self.level.zh}"
