"""What the stages of the demo share: who calls, what was made so far, and the figures of the summary."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.client import identity
from services.client.callers import AsyncCaller
from services.client.channels import Channels
from services.embedded.demo.clock import DemoClock
from services.embedded.demo.teller import Teller
from services.kit.rpc.identity import Issuer

PATIENCE = 30.0  # seconds for one call


@dataclass
class Journey:
    """One run of the demo."""

    channels: Channels
    issuer: Issuer
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
    def supervisor(self) -> AsyncCaller:
        """主管部门."""
        return self.caller("supervisor", "", "主管部门 郑处长")

    @property
    def public(self) -> AsyncCaller:
        """Anybody, for example an employer."""
        return self.with_metadata(())

    def institution(self, identifier: str) -> AsyncCaller:
        """Staff of an institution."""
        return self.caller("institution", f"institutions/{identifier}", f"{identifier} 教务")

    def body(self, identifier: str, person: str = "考务") -> AsyncCaller:
        """Staff of an assessment body."""
        return self.caller("body", f"bodies/{identifier}", f"{identifier} {person}")

    def examiner(self, name: str) -> AsyncCaller:
        """An examiner or proctor."""
        return self.caller("examiner", name, name)

    def candidate(self, name: str) -> AsyncCaller:
        """A candidate."""
        return self.caller("candidate", name, name)

    def program(self, api_key: str) -> AsyncCaller:
        """A program of an employer."""
        return self.with_metadata(identity.metadata(api_key=api_key))

    def caller(self, role: str, tenant: str, subject: str) -> AsyncCaller:
        """Anybody who has a token."""
        return self.with_metadata(identity.metadata(self.issuer.token(subject, [role], tenant)))

    def with_metadata(self, metadata: identity.Metadata) -> AsyncCaller:
        """Whoever sends this."""
        return AsyncCaller(self.channels, metadata, PATIENCE, PATIENCE)

    def add(self, key: str, count: int) -> None:
        """Count in the summary."""
        self.summary[key] = self.summary.get(key, 0) + count
