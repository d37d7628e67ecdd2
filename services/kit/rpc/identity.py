"""Identity: short-lived EdDSA tokens, checked against a key set that an OIDC provider can publish.

Claims: `sub`, `roles` (list), `tenant` (a resource name), `aud`, `iss`, `exp`. Verified tokens are remembered until
they expire, because a signature costs more than the rest of a call.
"""

import json
import os
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.kit.errors import unauthenticated
from services.kit.logs import mask
from services.kit.rpc.call import PUBLIC, Principal

ALGORITHM = "Ed25519"  # RFC 9864; providers still say EdDSA as well
ALGORITHMS = [ALGORITHM, "EdDSA"]
AUDIENCE = "shuzheng"
REMEMBERED = 10_000
LEEWAY = 30  # seconds that clocks may differ
LONGEST_SUBJECT = 200  # characters; subjects are stored
LONGEST_LIFE = 24 * 3600  # seconds from iat to exp that are accepted


class Verifier:
    """Checks tokens against the keys in a JWKS file, which is read again when it changes."""

    def __init__(self, jwks_file: Path, issuer: str) -> None:
        self.jwks_file = jwks_file
        self.issuer = issuer
        self.keys: KeySet | None = None
        self.read_at = 0.0
        self.known: OrderedDict[str, tuple[Principal, float]] = OrderedDict()

    def principal(self, header: str) -> Principal:
        """Return who an `authorization` header names; no header is the public; raises UNAUTHENTICATED."""
        if not header:
            return PUBLIC
        found = self.known.get(header)
        if found is not None and found[1] > time.time():
            return found[0]
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthenticated("The authorization header must be `Bearer` and a token.")
        return self._remember(header, self._verify(token.strip()))

    def _verify(self, token: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
            _claims(self.issuer).validate(decoded.claims)
        except (JoseError, ValueError, KeyError, OSError, TypeError):
            raise unauthenticated(
                "The token is expired, malformed or from an unknown issuer; log in again."
            ) from None
        if decoded.claims["exp"] - decoded.claims["iat"] > LONGEST_LIFE:
            raise unauthenticated("The token lives too long; tokens of at most a day are accepted.")
        return decoded.claims

    def _key_set(self) -> KeySet:
        changed = self.jwks_file.stat().st_mtime
        if self.keys is None or changed != self.read_at:
            self.keys = KeySet.import_key_set(json.loads(self.jwks_file.read_text("utf-8")))
            self.read_at = changed
        return self.keys

    def _remember(self, header: str, claims: dict[str, Any]) -> Principal:
        roles = claims.get("roles", [])
        tenant = claims.get("tenant", "")
        subject = mask(str(claims["sub"]))
        if not isinstance(roles, list) or not isinstance(tenant, str):
            raise unauthenticated("The token's roles must be a list and its tenant a resource name.")
        if len(subject) > LONGEST_SUBJECT or "\0" in subject + tenant:
            raise unauthenticated("The token's subject is too long, or a name in it holds U+0000.")
        principal = Principal(subject, frozenset(map(str, roles)), tenant)
        self.known[header] = (principal, float(claims["exp"]))
        if len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        return principal


def _claims(issuer: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


class Issuer:
    """Signs tokens; the development issuer of embedded mode, whose key lies in the data folder."""

    def __init__(self, key: OKPKey, issuer: str) -> None:
        self.key = key
        self.issuer = issuer

    @classmethod
    def open(cls, folder: Path, issuer: str) -> "Issuer":
        """Read the key of `folder`, or make one there together with its public `jwks.json`."""
        private = folder / "issuer.jwk"
        if not private.exists():
            _create(folder, private)
        key = OKPKey.import_key(json.loads(private.read_text("utf-8")))
        if not (folder / "jwks.json").exists():
            _publish(folder, key)
        return cls(key, issuer)

    def token(self, subject: str, roles: list[str], tenant: str = "", *, seconds: int = 3600) -> str:
        """Return a signed token for `subject` that lives `seconds`."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "roles": roles,
            "tenant": tenant,
            "iat": now,
            "exp": now + seconds,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, algorithms=ALGORITHMS)


def _create(folder: Path, private: Path) -> None:
    """Link the key into its place, so that services which start together agree on the first one."""
    folder.mkdir(parents=True, exist_ok=True)
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    with tempfile.NamedTemporaryFile("w", dir=folder) as file:  # readable by its owner only
        file.write(json.dumps(key.as_dict(private=True)))
        file.flush()
        with suppress(FileExistsError):
            private.hardlink_to(file.name)


def _publish(folder: Path, key: OKPKey) -> None:
    """Write the public half beside its place and move it there; every service writes the same."""
    beside = folder / f"jwks.{os.getpid()}.{threading.get_ident()}"
    beside.write_text(json.dumps({"keys": [key.as_dict(private=False)]}), "utf-8")
    beside.replace(folder / "jwks.json")
