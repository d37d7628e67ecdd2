"""Settings of assessment beside those of every service."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.config import ServiceConfig

SHIPPED_POLICY = Path(__file__).parent / "policy"


class AssessmentConfig(ServiceConfig):
    """How exams are held here; SHUZHENG_ASSESSMENT_… or the table [assessment]."""

    model_config = SettingsConfigDict(env_prefix="SHUZHENG_ASSESSMENT_", frozen=True, extra="forbid")

    policy_dir: Path | None = Field(
        None, description="folder of TOML files with the effective-dated rules; empty: those that are shipped"
    )

    @property
    def policy(self) -> Path:
        """The folder of rules in force."""
        return self.policy_dir or SHIPPED_POLICY

    def more_problems(self) -> list[str]:
        """Return what production must set."""
        if any(self.policy.glob("*.toml")):
            return []
        return [f"policy_dir: {self.policy} holds no TOML file"]
