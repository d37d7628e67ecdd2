"""Issuing put together: certificates and batches for those who issue, and the signing of what was drafted."""

from collections.abc import Callable, Sequence

from shuzheng.certificates.v1.batch_service_pb2_grpc import add_BatchServiceServicer_to_server
from shuzheng.certificates.v1.certificate_service_pb2_grpc import add_CertificateServiceServicer_to_server

from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.rpc.batches import BatchService
from services.certificates.issuing.rpc.certificates import CertificateService
from services.certificates.issuing.usecases.awards import Awards
from services.certificates.issuing.usecases.batches import Batches
from services.certificates.issuing.usecases.certificates import Certificates
from services.certificates.issuing.usecases.issuance import Issuance
from services.certificates.proofs.signing.keys import Keyring
from services.kit.area import Area, served
from services.kit.events.consumer import Consumed
from services.kit.runtime import Service


def issuing(
    service: Service,
    drafter: Drafter,
    keyring: Keyring,
    interval: float,
    hears: Callable[[Awards], Sequence[Consumed]],
) -> Area:
    """Return the area: every `interval` seconds it signs what a crash left, and `hears` of what earns a certificate."""
    store, journal = service.store, drafter.journal
    issuance = Issuance(store, keyring, interval, journal.leaves, drafter.workshop)
    service.telemetry.watch(
        "shuzheng_issuer_locked", "1 where nothing is signed any more", lambda: float(bool(issuance.locked))
    )
    certificates = Certificates(store, drafter, issuance.nudge, journal, issuance.require_unlocked)
    batches = Batches(store, journal, issuance.nudge, service.operations)
    return Area(
        (
            served(add_CertificateServiceServicer_to_server, CertificateService(certificates)),
            served(add_BatchServiceServicer_to_server, BatchService(batches)),
        ),
        hears(Awards(store, drafter, issuance.nudge, journal)),
        (issuance.run,),
    )
