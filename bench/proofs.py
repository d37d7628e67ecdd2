"""Signing and verifying documents in one process: with both proofs and with JCS alone, beside bare Ed25519.

These are the limits of one core; the service spreads signing over worker processes.
"""

import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.report import Report
from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.signer import FileSigner
from services.certificates.proofs.signing.suites import BOTH, JCS
from services.certificates.proofs.signing.verifier import DocumentVerifier
from tests.support.documents import GRADE, ISSUER, KEY_ID, PARTICULARS, START, build

SPELL = 1.0  # seconds that each figure is measured


def measure(report: Report, rounds: int) -> None:
    """Report rates a second of CPU, so that other processes on the machine count for nothing."""
    key = Ed25519PrivateKey.generate()
    signer, public, message = FileSigner(KEY_ID, key), key.public_key(), b"m" * 64
    signature = signer.sign(message)
    signing = _best(rounds, lambda: signer.sign(message))
    verifying = _best(rounds, lambda: public.verify(signature, message))
    report.add("floor: bare Ed25519 signatures", signing, "a CPU second")
    report.add("floor: bare Ed25519 verifications", verifying, "a CPU second")
    for suites, name in ((BOTH, "both proofs"), ((JCS,), "JCS alone")):
        rate = _best(rounds, lambda suites=suites: issue(signer, suites))  # type: ignore[misc]
        report.add(f"build and sign with {name}", rate, "a CPU second", ratio=rate / signing)
    raw = issue(signer, BOTH)
    verifier = DocumentVerifier(ISSUER.did, {KEY_ID: signer.public_key})
    assert verifier.examine(raw).outcome is Outcome.VALID
    rate = _best(rounds, lambda: verifier.examine(raw))
    report.add("verify a document by both proofs", rate, "a CPU second", ratio=rate / verifying)


def issue(signer: FileSigner, suites: tuple[str, ...]) -> bytes:
    """Return a certificate, built and signed."""
    document = build(GRADE, PARTICULARS, ISSUER)
    intents = [proof.intend(document, KEY_ID, START, suite) for suite in suites]
    return proof.secured(intents[0].document, [proof.sign(intent, signer) for intent in intents])


def _best(rounds: int, work: Callable[[], object]) -> float:
    return max(_rate(work) for _ in range(rounds))


def _rate(work: Callable[[], object]) -> float:
    work()
    done, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SPELL:
        for _ in range(10):
            work()
        done += 10
    return done / spent
