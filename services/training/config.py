"""Settings of the training service, on top of those of every service."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.config import ServiceConfig


class TrainingConfig(ServiceConfig):
    """SHUZHENG_TRAINING_…, or the table [training]."""

    model_config = SettingsConfigDict(env_prefix="SHUZHENG_TRAINING_", frozen=True, extra="forbid")

    policy_file: Path | None = Field(
        None, description="hours, content and other figures as TOML; empty: the file that is shipped"
    )

    def more_problems(self) -> list[str]:
        """Name a policy file that is not there."""
        if self.policy_file is not None and not self.policy_file.is_file():
            return [f"policy_file: {self.policy_file} is no file"]
        return []
