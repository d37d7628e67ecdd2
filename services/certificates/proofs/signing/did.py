"""The issuer's DID document: every key, current and retired, under which certificates were signed."""

import json
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from services.certificates.proofs.signing import multibase

CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def did_of(url: str) -> str:
    """Return the did:web of an issuer's address: host, port with %3A, path parts by colons."""
    parts = urlsplit(url)
    path = [quote(part, safe="") for part in parts.path.split("/") if part]
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *path])


def speaks_for(key_id: str, issuer: str) -> bool:
    """Tell whether a key is the issuer's: it speaks only for the issuer whose id stands before its `#`."""
    return key_id.partition("#")[0] == issuer


def did_document(did: str, keys: Mapping[str, bytes], others: Mapping[str, bytes] | None = None) -> bytes:
    """Return the document as UTF-8 JSON; `keys` and `others`, which sign no credentials, map ids to raw keys."""
    methods = [
        {"id": key_id, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase.public_key(raw)}
        for key_id, raw in sorted({**keys, **(others or {})}.items())
    ]
    usable = sorted(keys)
    document = {"@context": CONTEXT, "id": did, "verificationMethod": methods, "assertionMethod": usable}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
