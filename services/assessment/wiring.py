"""Puts the assessment service together from its areas."""

from services.assessment import policy as policies
from services.assessment.bank.wiring import bank
from services.assessment.config import AssessmentConfig
from services.assessment.events.consumed import consumed
from services.assessment.events.published import PUBLISHED
from services.assessment.exam.wiring import exam
from services.assessment.outcome.storage.results import open_result
from services.assessment.outcome.wiring import outcome
from services.assessment.person.usecases.evidence import Evidence
from services.assessment.person.wiring import person
from services.assessment.register.wiring import register
from services.assessment.root import Base
from services.assessment.sitting.wiring import sitting
from services.kit.area import Area
from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.privacy import Vault
from services.kit.runtime import Service


async def open(config: AssessmentConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    return await service.start(*_areas(service, config))


async def open_worker(config: AssessmentConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return a running worker, which does the long work of the service and serves nothing."""
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    return await service.work(*_areas(service, config))


def _areas(service: Service, config: AssessmentConfig) -> tuple[Area, ...]:
    policy = policies.load(config.policy)
    vault = Vault.open(config.vault_secret, create=config.embedded)
    store = service.store
    return (
        register(store),
        person(store, policy, vault),
        bank(store, service.operations),
        exam(store, policy),
        sitting(store, service.hot, open_result),
        outcome(store, policy),
        Area(consumed=consumed(Evidence(store, policy))),
    )
