"""Verifying put together: verification for anyone, share links for holders, files and reports for employers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shuzheng.certificates.v1.employer_service_pb2_grpc import add_EmployerServiceServicer_to_server
from shuzheng.certificates.v1.share_service_pb2_grpc import add_ShareServiceServicer_to_server
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import (
    add_VerificationReportServiceServicer_to_server,
)
from shuzheng.certificates.v1.verification_service_pb2_grpc import add_VerificationServiceServicer_to_server

from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.verifying.checking.callers import Callers
from services.certificates.verifying.checking.verifications import Verifications
from services.certificates.verifying.domain.employer import EmployerRule
from services.certificates.verifying.rpc.employers import EmployerService
from services.certificates.verifying.rpc.reports import VerificationReportService
from services.certificates.verifying.rpc.shares import ShareService
from services.certificates.verifying.rpc.verifications import VerificationService
from services.certificates.verifying.storage.verifications import Register
from services.certificates.verifying.usecases.api_keys import ApiKeys
from services.certificates.verifying.usecases.employers import Employers
from services.certificates.verifying.usecases.reports import Press, Reports
from services.certificates.verifying.usecases.shares import Shares
from services.kit.area import Area, served
from services.kit.clock import Clock
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Store


class Issued(NamedTuple):
    """By what certificates are verified: the issuer's identity, its DID document and its keys by id.

    `below` has the log position from which on the signatures of a compromised key count for nothing, by id.
    """

    did: str
    document: bytes
    keys: Mapping[str, bytes]
    below: Mapping[str, str]


def verification(hot: HotPath, clock: Clock, issued: Issued) -> Area:
    """Return the part that only reads: what a process without any key serves, from a read replica if need be."""
    servicer = VerificationService(_verifications(hot, clock, issued), issued.did, issued.document)
    return Area((served(add_VerificationServiceServicer_to_server, servicer),))


def verifying(
    store: Store, hot: HotPath, issued: Issued, press: Press, rules: Sequence[EmployerRule]
) -> Area:
    """Return the area without `verification`; reports come out of the press."""
    verifications = _verifications(hot, store.clock, issued)
    reports = Reports(store, Callers(store), verifications, press, rules)
    shares = ShareService(Shares(store, verifications, press.issuer.url))
    return Area(
        (
            served(add_ShareServiceServicer_to_server, shares),
            served(
                add_EmployerServiceServicer_to_server,
                EmployerService(Employers(store), ApiKeys(store, rules)),
            ),
            served(add_VerificationReportServiceServicer_to_server, VerificationReportService(reports)),
        )
    )


def _verifications(hot: HotPath, clock: Clock, issued: Issued) -> Verifications:
    return Verifications(Register(hot), DocumentVerifier(issued.did, issued.keys), clock, issued.below)
