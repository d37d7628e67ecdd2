"""Ed25519 keys in a hardware security module, by PKCS#11 (extra `hsm`): the private key never leaves it.

The module's session is opened once; it serves one thread at a time.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.certificates.proofs.signing.signer import Signer

OCTETS = b"\x04\x20"  # DER of an OCTET STRING with 32 bytes, in which tokens wrap the point


class HsmProblem(Exception):
    """A module, token or key that cannot be used, said so that an operator can put it right."""


class HsmSigner:
    """A key pair of a token, found by its label."""

    def __init__(self, key_id: str, session: Any, label: str) -> None:
        import pkcs11

        self.key_id = key_id
        self._mechanism = pkcs11.Mechanism.EDDSA
        self._turn = threading.Lock()
        try:
            wanted = {"label": label, "key_type": pkcs11.KeyType.EC_EDWARDS}
            self._private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, **wanted)
            public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, **wanted)
        except pkcs11.PKCS11Error as error:
            raise HsmProblem(f"the token has no Ed25519 key pair labelled {label}: {error!r}") from error
        self.public_key = bytes(public[pkcs11.Attribute.EC_POINT]).removeprefix(OCTETS)
        if len(self.public_key) != 32:
            raise HsmProblem(f"the key labelled {label} is no Ed25519 key")

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        with self._turn:
            return bytes(self._private.sign(message, mechanism=self._mechanism))


def open_token(module: Path, token: str, pin: str) -> Any:
    """Return a session with a token, for all its keys: a process logs in once; raises HsmProblem."""
    try:
        import pkcs11
    except ImportError as error:
        raise HsmProblem("PKCS#11 needs the package python-pkcs11: install shuzheng[hsm]") from error
    try:
        return pkcs11.lib(str(module)).get_token(token_label=token).open(user_pin=pin)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise HsmProblem(f"token {token} of {module} cannot be opened: {error!r}") from error


def hsm_signers(session: Any, keys: Mapping[str, str]) -> list[Signer]:
    """Return the signers of a token: `keys` maps key ids to labels; raises HsmProblem."""
    return [HsmSigner(key_id, session, label) for key_id, label in keys.items()]
