"""The certificates service put together: one script, used by processes, embedded mode and tests alike."""

import tomllib
from datetime import date, timedelta
from typing import NamedTuple

from shuzheng.certificates.v1 import (
    batch_service_pb2,
    batch_service_pb2_grpc,
    certificate_service_pb2,
    certificate_service_pb2_grpc,
    employer_service_pb2,
    employer_service_pb2_grpc,
    log_service_pb2,
    log_service_pb2_grpc,
    share_service_pb2,
    share_service_pb2_grpc,
    status_service_pb2,
    status_service_pb2_grpc,
    verification_report_service_pb2,
    verification_report_service_pb2_grpc,
    verification_service_pb2,
    verification_service_pb2_grpc,
)

from services.certificates.config import CertificatesConfig
from services.certificates.document.domain.document import Issuer
from services.certificates.document.domain.numbering import codes_from
from services.certificates.document.domain.policy import policy_from
from services.certificates.events.consumed import consumed
from services.certificates.events.published import PUBLISHED
from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.drafting.numbers import NumberScheme, OfficialPattern, RandomDigits
from services.certificates.issuing.rpc.batches import BatchService
from services.certificates.issuing.rpc.certificates import CertificateService
from services.certificates.issuing.usecases.awards import Awards
from services.certificates.issuing.usecases.batches import Batches
from services.certificates.issuing.usecases.certificates import Certificates
from services.certificates.issuing.usecases.issuance import Issuance
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.log import Log, open_log
from services.certificates.log.rpc.log_files import LogService
from services.certificates.log.usecases.declarations import Declarations, keys, log_keys_of, policies
from services.certificates.log.usecases.log_files import LogFiles
from services.certificates.paper.disclosure.sd_jwt import Twins
from services.certificates.paper.printing.enclosures import LogEvidence, StapledStatus, Twin
from services.certificates.paper.printing.typesetter import Typesetter
from services.certificates.paper.usecases.disclosures import Disclosures
from services.certificates.paper.usecases.papers import Papers
from services.certificates.proofs.signing.did import did_document, did_of
from services.certificates.proofs.signing.keys import (
    Keyring,
    create_first_key,
    open_keyring,
    open_optional_keyring,
)
from services.certificates.proofs.signing.suites import BOTH, SM2
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.proofs.signing.workshop import Workshop
from services.certificates.root import Base
from services.certificates.standing.lists.files import publish
from services.certificates.standing.rpc.statuses import StatusService
from services.certificates.standing.usecases.holds import Holds
from services.certificates.standing.usecases.statuses import Authority, Statuses
from services.certificates.verifying.domain.employer import rules_from
from services.certificates.verifying.rpc.employers import EmployerService
from services.certificates.verifying.rpc.reports import VerificationReportService
from services.certificates.verifying.rpc.shares import ShareService
from services.certificates.verifying.rpc.verifications import VerificationService
from services.certificates.verifying.storage.verifications import Register
from services.certificates.verifying.usecases.employers import Employers
from services.certificates.verifying.usecases.reports import Press, Reports
from services.certificates.verifying.usecases.shares import Shares
from services.certificates.verifying.usecases.verifications import Verifications
from services.kit.area import Area
from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.rpc.server import Servicer
from services.kit.runtime import Service

CERTIFICATES = certificate_service_pb2.DESCRIPTOR.services_by_name["CertificateService"]
BATCH = batch_service_pb2.DESCRIPTOR.services_by_name["BatchService"]
SHARE = share_service_pb2.DESCRIPTOR.services_by_name["ShareService"]
STATUS = status_service_pb2.DESCRIPTOR.services_by_name["StatusService"]
VERIFICATION = verification_service_pb2.DESCRIPTOR.services_by_name["VerificationService"]
EMPLOYER = employer_service_pb2.DESCRIPTOR.services_by_name["EmployerService"]
REPORT = verification_report_service_pb2.DESCRIPTOR.services_by_name["VerificationReportService"]
LOG = log_service_pb2.DESCRIPTOR.services_by_name["LogService"]


class Rings(NamedTuple):
    """The keys of the service by purpose; reports have an issuer of their own, which signs no certificate."""

    credential: Keyring
    status: Keyring
    disclosure: Keyring
    qr: Keyring | None
    report: Keyring | None


async def open(config: CertificatesConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Start the service; `stop()` it when done."""
    did = did_of(config.public_url)
    rings = _rings(config, did, clock.today())
    keyring = rings.credential
    rules = tomllib.loads(config.policy.read_text("utf-8"))
    policy = policy_from(rules["kind"], rules.get("release", ()))

    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()

    issuer = Issuer(did, config.issuer_name, config.public_url)
    log_keys = LogKeys(config.log_keys, create=config.embedded)
    log = open_log(
        service.store, clock, config.public_url.removeprefix("https://"), config.log_files, log_keys
    )
    await log.prepare()

    key_ids = dict.fromkeys(BOTH, keyring.active.key_id)
    key_ids |= {SM2: keyring.sm2.key_id} if keyring.sm2 else {}
    workshop = Workshop()
    drafter = Drafter(issuer, key_ids, policy, _numbers(config), workshop)
    issuance = Issuance(service.store, keyring, config.reaper_interval, log, workshop)
    journal = Journal(log)
    awards = Awards(service.store, drafter, issuance.nudge, journal)
    certificates = Certificates(service.store, drafter, issuance.nudge, journal, issuance.require_unlocked)
    service.telemetry.watch(
        "shuzheng_issuer_locked", "1 where nothing is signed any more", lambda: float(bool(issuance.locked))
    )
    verifications = Verifications(
        Register(service.hot), DocumentVerifier(did, keyring.public), clock, keyring.below
    )

    validity = timedelta(seconds=config.status_validity)
    authority = Authority(did, config.public_url, rings.status.active, validity)
    statuses = Statuses(service.store, authority, journal, config.status_files, clock, config.status_interval)
    journal.on_act.append(statuses.nudge)
    drafter.on_list_begun.append(statuses.nudge)
    holds = Holds(service.store, journal)
    twins = Twins(did, config.public_url, rings.disclosure.active)
    disclosures = Disclosures(service.store, twins)
    evidence = (LogEvidence(service.store, log), StapledStatus(service.store, clock))
    papers = Papers(certificates, issuer, rings.qr, Typesetter(), [Twin(disclosures)], evidence)
    batches = Batches(service.store, journal, issuance.nudge, service.operations)
    shares = Shares(service.store, verifications, clock, config.public_url)

    certificate_service = CertificateService(certificates, papers, holds, disclosures)
    others = rings.qr.public if rings.qr else {}
    asserting = {**keyring.public, **rings.status.public, **rings.disclosure.public}
    document = did_document(did, asserting, others)
    publish(config.public_files / "did.json", document)
    verification_service = VerificationService(verifications, did, document)
    add_certificates = certificate_service_pb2_grpc.add_CertificateServiceServicer_to_server
    add_verification = verification_service_pb2_grpc.add_VerificationServiceServicer_to_server
    add_statuses = status_service_pb2_grpc.add_StatusServiceServicer_to_server
    add_shares = share_service_pb2_grpc.add_ShareServiceServicer_to_server
    add_batches = batch_service_pb2_grpc.add_BatchServiceServicer_to_server
    servicers = (
        Servicer(CERTIFICATES, add_certificates, certificate_service),
        Servicer(VERIFICATION, add_verification, verification_service),
        Servicer(STATUS, add_statuses, StatusService(statuses)),
        Servicer(SHARE, add_shares, ShareService(shares)),
        Servicer(BATCH, add_batches, BatchService(batches)),
        *for_employers(service, config, verifications, log, rings.report),
        Servicer(
            LOG,
            log_service_pb2_grpc.add_LogServiceServicer_to_server,
            LogService(LogFiles(config.log_files, log)),
        ),
    )
    declarations = await _declare(service, config, log, rings)
    tasks = [issuance.run, log.run, statuses.run, declarations.run]
    return await service.start(Area(servicers, consumed(awards), tasks))


def _rings(config: CertificatesConfig, did: str, today: date) -> Rings:
    folders = {
        "credential": config.signing_keys,
        "status": config.status_keys,
        "disclosure": config.disclosure_keys,
        "qr": config.qr_keys,
        "report": config.report_keys,
    }
    if config.embedded:
        for purpose, folder in folders.items():
            create_first_key(folder, today, purpose)
    rings = Rings(
        open_keyring(config.signing_keys, did),
        open_keyring(config.status_keys, did),
        open_keyring(config.disclosure_keys, did),
        open_optional_keyring(config.qr_keys, did),
        open_optional_keyring(config.report_keys, did_of(f"{config.public_url}/reports")),
    )
    rings.credential.add_sm2(config.signing_keys / "sm2")
    return rings


async def _declare(service: Service, config: CertificatesConfig, log: Log, rings: Rings) -> Declarations:
    """Log the keys and rules in force, before anything is signed by them."""
    files = {"certificates": config.policy, "employers": config.employer_rules}
    files |= {"numbers": config.number_codes} if config.number_scheme == "official" else {}
    said = [one for purpose, ring in rings._asdict().items() for one in keys(purpose, ring)]
    declarations = Declarations(service.store, log)
    await declarations.declare([*said, *log_keys_of(log.vkeys()), *policies(files)])
    return declarations


def _numbers(config: CertificatesConfig) -> NumberScheme:
    if config.number_scheme == "random":
        return RandomDigits(config.number_prefix)
    return OfficialPattern(codes_from(tomllib.loads(config.number_codes.read_text("utf-8"))))


def for_employers(
    service: Service,
    config: CertificatesConfig,
    verifications: Verifications,
    log: Log,
    keyring: Keyring | None,
) -> tuple[Servicer, Servicer]:
    """Wire what employers call; the keyring signs reports."""
    did = did_of(f"{config.public_url}/reports")
    rules = rules_from(tomllib.loads(config.employer_rules.read_text("utf-8"))["rule"])
    press = Press(Issuer(did, config.issuer_name, config.public_url), keyring, log)
    employers = Employers(service.store, service.clock, rules)
    reports = Reports(service.store, service.clock, employers, verifications, press, rules)
    document = did_document(did, keyring.public if keyring else {})
    publish(config.public_files / "reports" / "did.json", document)
    report_service = VerificationReportService(reports, did, document)
    add_reports = verification_report_service_pb2_grpc.add_VerificationReportServiceServicer_to_server
    return (
        Servicer(
            EMPLOYER,
            employer_service_pb2_grpc.add_EmployerServiceServicer_to_server,
            EmployerService(employers),
        ),
        Servicer(REPORT, add_reports, report_service),
    )
