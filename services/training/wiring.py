"""Puts the training service together from its areas."""

import tomllib
from importlib.resources import files

from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.privacy import Vault
from services.kit.runtime import Service
from services.training.completion.wiring import completion
from services.training.config import TrainingConfig
from services.training.events.published import PUBLISHED
from services.training.policy import Policy
from services.training.register.wiring import register
from services.training.root import Base
from services.training.teaching.wiring import teaching


def read_policy(config: TrainingConfig) -> Policy:
    """Read the policy in force; raises where the file is wrong, so that the service does not start."""
    shipped = files("services.training.policy") / "training.toml"
    source = config.policy_file or shipped
    return Policy.of(tomllib.loads(source.read_text("utf-8")))


async def open(config: TrainingConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    policy = read_policy(config)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    store = service.store
    return await service.start(
        register(store, policy), teaching(store, policy, vault), completion(store, policy)
    )
