"""The list that SD-JWT verifiers fetch: a Status List Token with two bits an entry, so that a hold can be told."""

from services.certificates.proofs.signing.jose import JoseSigner, loaded
from services.certificates.proofs.signing.signer import Signer
from services.certificates.standing.lists.credential import TTL, Period
from services.certificates.standing.lists.packing import BITS


def token_url(list_url: str) -> str:
    """Return where the token of a list is published."""
    return f"{list_url}.jwt"


def token(url: str, issuer: str, packed: bytes, period: Period, signer: Signer) -> bytes:
    """Return the signed token (`statuslist+jwt`) in compact form."""
    made: str = loaded("status.issue").build_status_list_token(
        signing_key=JoseSigner(signer),
        uri=url,
        status_list=packed,
        bits=BITS,
        issued_at=period.start,
        expires=period.end,
        ttl=TTL,
        issuer=issuer,
    )
    return made.encode()
