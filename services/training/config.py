"""Settings of the training service."""

from pathlib import Path

from pydantic import Field

from services.kit.config import Sealed, ServiceConfig, environment


class TrainingConfig(ServiceConfig, Sealed):
    """How training is held here."""

    model_config = environment("training")

    policy_file: Path | None = Field(
        None, description="hours, content and other figures as TOML; empty: the file that is shipped"
    )

    def problems(self) -> list[str]:
        """A policy file that is named is there."""
        return [*super().problems(), *(self.needed("policy_file") if self.policy_file else [])]
