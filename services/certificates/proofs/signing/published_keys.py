"""The keys of an issuer as its DID document publishes them: all that a verifier needs, and nothing secret.

Keys for other purposes stand in the same document; their ids say so, and no certificate is believed by them.
"""

import json
from pathlib import Path

from services.certificates.proofs.signing import multibase
from services.certificates.proofs.signing.did import speaks_for

SM2_FIELD = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF  # GB/T 32918.5
SM2_A = SM2_FIELD - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_PUBLIC = b"\x86\x24"
OTHER_PURPOSES = ("qr-", "status-", "disclosure-", "log-", "report-")


def published_keys(document: bytes, did: str) -> dict[str, bytes]:
    """Return the raw keys by id that sign certificates of `did`; raises ValueError for any other document."""
    try:
        content = json.loads(document)
        listed = content["verificationMethod"]
        own = [one for one in listed if one["controller"] == did and speaks_for(one["id"], did)]
        methods = {method["id"]: method for method in own}
        if content["id"] != did:
            raise ValueError(f"the DID document is of {content['id']}, not of {did}")
        used = [methods[key_id] for key_id in content["assertionMethod"] if _for_certificates(key_id)]
        return {method["id"]: _raw(multibase.decode(method["publicKeyMultibase"])) for method in used}
    except (KeyError, TypeError) as error:
        raise ValueError(f"no DID document with Multikey methods: {error!r}") from error


def compromised(folder: Path, did: str) -> dict[str, str]:
    """Return from which log position on a key's signatures count for nothing, by key id, from files NAME.below."""
    return {f"{did}#{path.stem}": path.read_text("utf-8").strip() for path in folder.glob("*.below")}


def _for_certificates(key_id: str) -> bool:
    return not key_id.rpartition("#")[2].startswith(OTHER_PURPOSES)


def _raw(multikey: bytes) -> bytes:
    kind, key = multikey[:2], multikey[2:]
    if kind == multibase.ED25519_PUBLIC and len(key) == 32:
        return key
    if kind == SM2_PUBLIC and len(key) == 33 and key[0] in (2, 3):
        return key[1:] + _sm2_y(int.from_bytes(key[1:]), key[0] & 1).to_bytes(32)
    raise ValueError("a key that is neither Ed25519 nor SM2")


def _sm2_y(x: int, odd: int) -> int:
    """Return y of a point that is known by x and the parity of y."""
    square = (x**3 + SM2_A * x + SM2_B) % SM2_FIELD
    y = pow(square, (SM2_FIELD + 1) // 4, SM2_FIELD)
    if y * y % SM2_FIELD != square:
        raise ValueError("an SM2 key that is no point of the curve")
    return y if y & 1 == odd else SM2_FIELD - y
