"""The keys of the log, one pair a year in their own folder: `2026-ed25519.pem` and `2026-mldsa44.pem` (mode 0600).

Beside them stands `2026.vkeys`, the public halves: it stays when the private keys of a closed year are destroyed.
"""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.certificates.log.ledger.errors import RefusedError
from services.certificates.log.ledger.note import Key, key_from
from services.certificates.log.ledger.signatures import Ed25519NoteSigner, MlDsa44Cosigner, NoteSigner
from services.certificates.proofs.signing.signer import FileSigner
from services.kit import files

ED25519_FILE = "{}-ed25519.pem"
ML_DSA_FILE = "{}-mldsa44.pem"
PUBLIC_FILE = "{}.vkeys"


class LogKeys:
    """The folder of the log's keys; `create` makes missing ones, as embedded mode does."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self.create = create

    def signers(self, origin: str) -> list[NoteSigner]:
        """Return who signs the checkpoints of a log; raises RefusedError where a key is missing."""
        year = _year(origin)
        if self.create:
            self._make(ED25519_FILE.format(year), Ed25519PrivateKey.generate)
            self._make(ML_DSA_FILE.format(year), MLDSA44PrivateKey.generate)
        plain = self._private(ED25519_FILE.format(year), Ed25519PrivateKey)
        cosigner = self._private(ML_DSA_FILE.format(year), MLDSA44PrivateKey)
        signers: list[NoteSigner] = [
            Ed25519NoteSigner(origin, FileSigner(origin, plain)),
            MlDsa44Cosigner(origin, cosigner),
        ]
        self._publish(origin, [signer.key for signer in signers])
        return signers

    def public(self, origin: str) -> list[Key]:
        """Return the keys that checkpoints of a log are verified with."""
        path = self.folder / PUBLIC_FILE.format(_year(origin))
        if not path.exists():
            return [signer.key for signer in self.signers(origin)]
        return [key_from(line) for line in path.read_text("utf-8").split()]

    def _publish(self, origin: str, keys: list[Key]) -> None:
        path = self.folder / PUBLIC_FILE.format(_year(origin))
        if not path.exists():
            files.create(path, "".join(f"{key.vkey}\n" for key in keys).encode(), 0o644)
        if self.public(origin) != keys:
            raise RefusedError(f"{path} names other keys than the private keys beside it")

    def _make(self, name: str, generate: Any) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.folder / name).exists():
            pem = generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            files.create(self.folder / name, pem)

    def _private(self, name: str, kind: type) -> Any:
        path = self.folder / name
        if not path.is_file():
            raise RefusedError(f"{path} is missing; the log cannot sign without it")
        if path.stat().st_mode & 0o077:
            raise RefusedError(f"{path} can be read by others; set its mode to 0600")
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise RefusedError(f"{path} holds no unencrypted PEM private key") from error
        if not isinstance(key, kind):
            raise RefusedError(f"{path} holds another kind of key than its name says")
        return key


def _year(origin: str) -> str:
    return origin.rpartition("/")[2]
