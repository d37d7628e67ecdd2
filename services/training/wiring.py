"""Puts the training service together from its areas."""

from services.kit.area import Area
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
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    return await service.start(*_areas(service, config))


async def open_worker(config: TrainingConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return a running worker, which does the long work of the service and serves nothing."""
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    return await service.work(*_areas(service, config))


def _areas(service: Service, config: TrainingConfig) -> tuple[Area, ...]:
    policy = load(config.policy_file or SHIPPED)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    store = service.store
    return (
        register(store, policy),
        teaching(store, policy, vault, service.operations),
        completion(store, policy),
    )
