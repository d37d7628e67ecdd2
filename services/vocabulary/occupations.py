"""The occupations of the project (数字技术工程师), with both code systems and their directions."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Direction:
    """职业方向; `mark` is UNCONFIRMED where its name is not taken from the standard's own text."""

    key: str
    name_zh: str
    mark: str


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation; `standard_code` by the 2015 dictionary, `code_2022` by that of 2022."""

    key: str
    name_zh: str
    name_en: str
    standard_code: str
    code_2022: str
    standard_doc: str
    standard_date: str
    mark: str
    directions: tuple[Direction, ...]

    def direction(self, key: str) -> Direction | None:
        """Return the direction of that key, None where there is none."""
        return next((direction for direction in self.directions if direction.key == key), None)


def _read() -> dict[str, Occupation]:
    text = files(__package__).joinpath("occupations.toml").read_text("utf-8")
    return {key: _occupation(key, entry) for key, entry in tomllib.loads(text).items()}


def _occupation(key: str, entry: dict) -> Occupation:
    directions = tuple(Direction(**direction) for direction in entry.pop("directions", ()))
    return Occupation(key=key, directions=directions, **entry)


OCCUPATIONS: dict[str, Occupation] = _read()


def find(code: str) -> Occupation | None:
    """Return the occupation of a key or of a code of either dictionary (blanks around it are ignored)."""
    wanted = code.strip()
    return OCCUPATIONS.get(wanted) or next(
        (o for o in OCCUPATIONS.values() if wanted in {o.standard_code, o.code_2022, o.name_zh}), None
    )


def problems(occupation: str, direction: str) -> list[str]:
    """Return why this occupation and direction ("" for none) do not exist; empty when they do."""
    known = OCCUPATIONS.get(occupation)
    if known is None:
        return [f"occupation {occupation!r} is unknown; known are {', '.join(OCCUPATIONS)}"]
    if direction and known.direction(direction) is None:
        names = ", ".join(d.key for d in known.directions) or "none"
        return [f"direction {direction!r} is unknown in {occupation}; known are {names}"]
    return []
