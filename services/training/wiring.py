"""Puts the training service together from its areas."""

from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.privacy import Vault
from services.kit.runtime import Service
from services.training.completion.wiring import completion
from services.training.config import TrainingConfig
from services.training.events.published import PUBLISHED
from services.training.policy import SHIPPED, load
from services.training.register.wiring import register
from services.training.root import Base
from services.training.teaching.wiring import teaching


async def open(config: TrainingConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    policy = load(config.policy_file or SHIPPED)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    store = service.store
    return await service.start(
        register(store, policy), teaching(store, policy, vault), completion(store, policy)
    )
