"""What the stages of the demo share: who calls, what was made so far, and the figures of the summary."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.embedded.demo.api import Api, Caller
from services.embedded.demo.clock import DemoClock
from services.embedded.demo.teller import Teller


@dataclass
class Journey:
    """One run of the demo."""

    api: Api
    clock: DemoClock
    teller: Teller
    folder: Path
    scenario: dict[str, Any]
    summary: dict[str, Any] = field(default_factory=dict)
    completions: dict[str, Any] = field(default_factory=dict)  # holder's name → completion that stands
    candidates: dict[str, Any] = field(default_factory=dict)  # name → candidate
    papers: dict[str, str] = field(default_factory=dict)  # body id → paper
    keys: dict[str, dict[int, Any]] = field(default_factory=dict)  # paper → position → content with the key
    staff: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # body id → examiners, proctors
    seats: dict[str, list[Any]] = field(default_factory=dict)  # exam name → registrations
    verified: Counter[str] = field(default_factory=Counter)

    @property
    def qualification(self) -> dict[str, str]:
        """What is trained, examined and certified."""
        return self.scenario["qualification"]

    @property
    def supervisor(self) -> Caller:
        """主管部门."""
        return self.api.caller("supervisor", subject="主管部门 郑处长")

    @property
    def public(self) -> Caller:
        """Anybody, for example an employer."""
        return self.api.caller()

    def institution(self, identifier: str) -> Caller:
        """Staff of an institution."""
        return self.api.caller("institution", f"institutions/{identifier}", f"{identifier} 教务")

    def body(self, identifier: str, person: str = "考务") -> Caller:
        """Staff of an assessment body."""
        return self.api.caller("body", f"bodies/{identifier}", f"{identifier} {person}")

    def examiner(self, name: str) -> Caller:
        """An examiner or proctor."""
        return self.api.caller("examiner", name, name)

    def candidate(self, name: str) -> Caller:
        """A candidate."""
        return self.api.caller("candidate", name, name)

    def add(self, key: str, count: int) -> None:
        """Count in the summary."""
        self.summary[key] = self.summary.get(key, 0) + count
