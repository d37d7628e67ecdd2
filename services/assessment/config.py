"""Settings of the assessment service."""

from pathlib import Path

from pydantic import Field

from services.kit.config import Sealed, ServiceConfig, environment

SHIPPED_POLICY = Path(__file__).parent / "policy"


class AssessmentConfig(ServiceConfig, Sealed):
    """How exams are held here."""

    model_config = environment("assessment")

    policy_dir: Path | None = Field(
        None, description="folder of TOML files with the effective-dated rules; empty: those that are shipped"
    )

    @property
    def policy(self) -> Path:
        """The folder of rules in force."""
        return self.policy_dir or SHIPPED_POLICY

    def problems(self) -> list[str]:
        """There are rules."""
        found = super().problems()
        if not any(self.policy.glob("*.toml")):
            found.append(f"policy_dir: {self.policy} holds no TOML file")
        return found
