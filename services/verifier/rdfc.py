"""Checks proofs by eddsa-rdfc-2022, for audits: RDFC-1.0 with the whole contexts, pinned by digest, and no network.

The issuer's own code is not used: it cuts contexts down and writes proof options by a template. Needs pyoxigraph.
"""

import json
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from services.verifier import offline

SUITE = "eddsa-rdfc-2022"
MEMBERS = offline.PROOF_MEMBERS - {"@context"}
FOLDER = Path(__file__).parent.with_name("certificates") / "proofs" / "signing" / "contexts"
CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": (
        "credentials-v2.json",
        "426fdacb13cd7a2fa9c8f2534252877c0fcb492a07b9070739eb53f7319e7f5c",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": (
        "ob-3.0.3.json",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
    ),
}


def check(document: dict[str, Any], keys: offline.Keys, purpose: str) -> str:
    """Return what is wrong with the RDFC proof of a signed document; "" where it is right."""
    proofs = document.get("proof")
    found = [one for one in proofs if isinstance(one, dict)] if isinstance(proofs, list) else []
    found = [one for one in found if one.get("cryptosuite") == SUITE]
    if len(found) != 1 or set(found[0]) != MEMBERS:
        return f"NO_PROOF {SUITE}"
    (proof,) = found
    if (proof["type"], proof["proofPurpose"]) != ("DataIntegrityProof", "assertionMethod"):
        return f"MALFORMED_PROOF {SUITE}"
    key_id = str(proof["verificationMethod"])
    if not offline.speaks_for(key_id, offline.issuer_of(document)):
        return f"KEY_OF_ANOTHER_ISSUER {key_id}"
    key = keys.for_purpose(key_id, purpose)
    if key is None:
        return f"NOT_PINNED {key_id}"
    return "" if _holds(document, proof, key) else f"WRONG_SIGNATURE {SUITE}"


def _holds(document: dict[str, Any], proof: dict[str, Any], key: bytes) -> bool:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    try:
        listed = tuple(document["@context"])
        message = _options_digest(listed, json.dumps(options)) + sha256(canonical(listed, unsigned)).digest()
    except (ValueError, SyntaxError, KeyError, TypeError, OSError):
        return False
    return offline.signed(key, proof["proofValue"], message)


@lru_cache(maxsize=1024)
def _options_digest(listed: tuple[str, ...], options: str) -> bytes:
    return sha256(canonical(listed, json.loads(options))).digest()


def canonical(listed: tuple[str, ...], document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads; raises ValueError for a context that is not pinned."""
    body = json.dumps({name: value for name, value in document.items() if name != "@context"})
    text = f'{{"@context":[{",".join(map(_context, listed))}],{body[1:]}'
    dataset = Dataset(parse(text.encode(), format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


@cache
def _context(address: str) -> str:
    if address not in CONTEXTS:
        raise ValueError(f"{address} is not pinned")
    name, digest = CONTEXTS[address]
    data = (FOLDER / name).read_bytes()
    if sha256(data).hexdigest() != digest:
        raise ValueError(f"{name} is not the file that is pinned")
    return json.dumps(json.loads(data)["@context"])
