"""Puts the certificates service together from its areas."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.certificates.config import CertificatesConfig
from services.certificates.document.domain.document import Issuer
from services.certificates.document.domain.numbering import codes_from
from services.certificates.document.domain.policy import policy_from
from services.certificates.events.consumed import consumed
from services.certificates.events.published import PUBLISHED
from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.drafting.numbers import NumberScheme, OfficialPattern, RandomDigits
from services.certificates.issuing.wiring import issuing
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.log import Log, open_log
from services.certificates.log.usecases.declarations import Declarations, keys, log_keys_of, policies
from services.certificates.log.wiring import log
from services.certificates.paper.wiring import paper
from services.certificates.proofs.signing.did import did_document, did_of
from services.certificates.proofs.signing.workshop import Workshop
from services.certificates.proofs.wiring import Folders, Rings, create_first_keys, proofs, report_did
from services.certificates.root import Base
from services.certificates.standing.lists.files import publish
from services.certificates.standing.usecases.statuses import Authority
from services.certificates.standing.wiring import standing
from services.certificates.verifying.domain.employer import EmployerRule
from services.certificates.verifying.usecases.reports import Press
from services.certificates.verifying.wiring import Issued, verification, verifying
from services.kit.clock import Clock, SystemClock
from services.kit.events.published import encoder
from services.kit.runtime import Service
from services.vocabulary.policy import read


async def open(config: CertificatesConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Return the running service."""
    rings = _rings(config, clock)
    rules = _toml(config.policy)
    policy = policy_from(rules["kind"], rules.get("release", ()))
    service = Service(config, Base.metadata, clock, encoder(PUBLISHED))
    await service.prepare()
    store, issuer = service.store, Issuer(did_of(config.public_url), config.issuer_name, config.public_url)
    ledger = await _ledger(service, config)
    journal = Journal(ledger)
    drafter = Drafter(issuer, rings.credential.key_ids, policy, _numbers(config), Workshop(), journal)
    authority = _authority(config, issuer, rings)
    issued, press = _issued(config, issuer, rings), _press(config, rings, ledger)
    employer_rules = read(EmployerRule, _toml(config.employer_rules)["rule"])
    return await service.start(
        log(ledger, config.log_files, await _declared(service, config, ledger, rings)),
        issuing(service, drafter, rings.credential, config.reaper_interval, consumed),
        standing(store, authority, journal, config.status_files, config.status_interval),
        verification(service.hot, clock, issued),
        verifying(store, service.hot, issued, press, employer_rules),
        paper(store, issuer, rings.disclosure.active, rings.qr, ledger),
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _rings(config: CertificatesConfig, clock: Clock) -> Rings:
    folders = Folders(
        credential=config.signing_keys,
        status=config.status_keys,
        disclosure=config.disclosure_keys,
        qr=config.qr_keys,
        report=config.report_keys,
    )
    if config.embedded:
        create_first_keys(folders, clock.today())
    return proofs(folders, config.public_url)


async def _ledger(service: Service, config: CertificatesConfig) -> Log:
    """Open the transparency log; raises RefusedError where the database and its files disagree."""
    log_keys = LogKeys(config.log_keys, create=config.embedded)
    host = config.public_url.removeprefix("https://")
    ledger = open_log(service.store, service.clock, host, config.log_files, log_keys)
    await ledger.prepare()
    return ledger


def _numbers(config: CertificatesConfig) -> NumberScheme:
    if config.number_scheme == "random":
        return RandomDigits(config.number_prefix)
    return OfficialPattern(codes_from(_toml(config.number_codes)))


def _authority(config: CertificatesConfig, issuer: Issuer, rings: Rings) -> Authority:
    validity = timedelta(seconds=config.status_validity)
    return Authority(issuer.did, issuer.url, rings.status.active, validity)


def _issued(config: CertificatesConfig, issuer: Issuer, rings: Rings) -> Issued:
    """Publish the issuer's DID document, and return by what its certificates are verified."""
    document = did_document(issuer.did, rings.asserting, rings.qr.public if rings.qr else {})
    publish(config.public_files / "did.json", document)
    return Issued(issuer.did, document, rings.credential.public, rings.credential.below)


def _press(config: CertificatesConfig, rings: Rings, ledger: Log) -> Press:
    """Return what reports are made with, its DID document published."""
    url = config.public_url
    press = Press(Issuer(report_did(url), config.issuer_name, url), rings.report, ledger)
    publish(config.public_files / "reports" / "did.json", press.did_document)
    return press


async def _declared(service: Service, config: CertificatesConfig, ledger: Log, rings: Rings) -> Declarations:
    """Log the keys and rules in force, before anything is signed by them."""
    files = {"certificates": config.policy, "employers": config.employer_rules}
    files |= {"numbers": config.number_codes} if config.number_scheme == "official" else {}
    said = [one for purpose, ring in rings._asdict().items() for one in keys(purpose, ring)]
    declarations = Declarations(service.store, ledger)
    await declarations.declare([*said, *log_keys_of(ledger.vkeys()), *policies(files)])
    return declarations
