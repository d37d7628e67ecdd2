"""Reads the policy that ships with the service: effective-dated rules with their sources."""

import tomllib
from functools import cache
from pathlib import Path

from services.assessment.person.domain.policy import Policy, read

SHIPPED = Path(__file__).parents[2] / "policy"


@cache
def load(folder: Path = SHIPPED) -> Policy:
    """Return the policy in the TOML files of `folder`; raises OSError and what `policy.read` raises."""
    return read({path.stem: tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml")})
