"""A `Signer` in the shape that JOSE libraries ask for, and how the one we take is loaded: when first needed."""

from importlib import import_module
from threading import Lock
from typing import Any

from services.certificates.proofs.signing.signer import Signer

LOADING = Lock()


def loaded(module: str) -> Any:
    """Return a module of openvc; two threads that first need one at once must not see it half loaded."""
    with LOADING:
        return import_module(f"openvc.{module}")


class JoseSigner:
    """Signs JWTs with an Ed25519 key of ours."""

    alg = "EdDSA"

    def __init__(self, signer: Signer) -> None:
        self.kid = signer.key_id
        self.sign = signer.sign
