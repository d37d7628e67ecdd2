"""The paper put together: pages, and the twins that they carry."""

from shuzheng.certificates.v1.certificate_paper_service_pb2_grpc import (
    add_CertificatePaperServiceServicer_to_server,
)

from services.certificates.document.domain.document import Issuer
from services.certificates.log.ledger.log import Log
from services.certificates.paper.disclosure.disclosures import Disclosures
from services.certificates.paper.disclosure.sd_jwt import Twins
from services.certificates.paper.printing.enclosures import LogEvidence, StapledStatus, Twin
from services.certificates.paper.printing.typesetter import Typesetter
from services.certificates.paper.rpc.papers import CertificatePaperService
from services.certificates.paper.usecases.papers import Papers
from services.certificates.proofs.signing.keys import Keyring
from services.certificates.proofs.signing.signer import Signer
from services.kit.area import Area, served
from services.kit.storage.store import Store


def paper(store: Store, issuer: Issuer, disclosing: Signer, coding: Keyring | None, ledger: Log) -> Area:
    """Return the area: `disclosing` signs twins, `coding` are the keys of QR codes, if there are any."""
    disclosures = Disclosures(store, Twins(issuer.did, issuer.url, disclosing))
    evidence = (LogEvidence(store, ledger), StapledStatus(store))
    papers = Papers(store, issuer, coding, Typesetter(), [Twin(disclosures)], evidence)
    servicer = CertificatePaperService(papers, disclosures)
    return Area((served(add_CertificatePaperServiceServicer_to_server, servicer),))
