"""A `Signer` in the shape that JOSE libraries ask for."""

from services.certificates.signing.signer import Signer


class JoseSigner:
    """Signs JWTs with an Ed25519 key of ours."""

    alg = "EdDSA"

    def __init__(self, signer: Signer) -> None:
        self.kid = signer.key_id
        self.sign = signer.sign
