"""Keys in a folder: `NAME.pem` may sign (0600), `NAME.pub` only verifies; NAME is the fragment of the key id.

`NAME.pkcs11` names a key that lies in a token: module, token, pin_file and label, as TOML. The last key by name that
may sign signs new certificates; every key stays in the folder, so that old ones verify. To rotate: add a key with a
later name and start again; later put the public half in the place of the old private key. `NAME.below` says that a
key is compromised and holds the log position from which on its signatures count for nothing.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from services.certificates.proofs.signing import pkcs11, sm2
from services.certificates.proofs.signing.signer import FileSigner, Signer
from services.certificates.proofs.signing.suites import BOTH, SM2
from services.kit import files

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class KeyProblem(Exception):
    """A key file that cannot be used, said so that an operator can put it right."""


class Keyring:
    """The keys of one issuer: `active` signs, `signers` finish what an earlier key began, `public` verify."""

    def __init__(self, did: str, signers: list[Signer], retired: Mapping[str, bytes]) -> None:
        if not signers:
            raise KeyProblem("no private key to sign with")
        self.did = did
        self.active = signers[-1]
        self.signers = {signer.key_id: signer for signer in signers}
        self.public = {**retired, **{signer.key_id: signer.public_key for signer in signers}}
        self.below: dict[str, str] = {}
        self.sm2: Signer | None = None

    @property
    def key_ids(self) -> dict[str, str]:
        """The ids of the keys that sign, by cryptosuite, in the order of the proofs."""
        ids = dict.fromkeys(BOTH, self.active.key_id)
        return ids | {SM2: self.sm2.key_id} if self.sm2 else ids

    def add_sm2(self, folder: Path) -> None:
        """Let the last SM2 key of a folder sign a third proof; all of them verify. Raises KeyProblem."""
        for path in sorted(folder.glob("*.pub")):
            self.public[_key_id(path, self.did)] = _sm2(path, sm2.public_from_pem)
        for path in sorted(folder.glob("*.pem")):
            _require_private(path)
            key_id = _key_id(path, self.did)
            self.sm2 = _sm2(path, partial(sm2.from_pem, key_id))
            self.signers[key_id], self.public[key_id] = self.sm2, self.sm2.public_key


def open_keyring(folder: Path, did: str) -> Keyring:
    """Read every key of the folder; raises KeyProblem."""
    if not folder.is_dir():
        raise KeyProblem(f"{folder} is no folder; it must hold at least one key NAME.pem")
    private = [_signer(path, did) for path in sorted([*folder.glob("*.pem"), *folder.glob("*.pkcs11")])]
    retired = {_key_id(path, did): _public(path) for path in sorted(folder.glob("*.pub"))}
    if not private:
        raise KeyProblem(f"{folder} holds no private key NAME.pem")
    keyring = Keyring(did, private, retired)
    below = {path: path.read_text("utf-8").strip() for path in folder.glob("*.below")}
    keyring.below = {_key_id(path, did): position for path, position in below.items()}
    return keyring


def open_optional_keyring(folder: Path, did: str) -> Keyring | None:
    """Read every key of a folder that need not be there; None where it holds no key to sign with."""
    return open_keyring(folder, did) if has_key(folder) else None


def has_key(folder: Path) -> bool:
    """Tell whether a folder holds a key that may sign."""
    return any(folder.glob("*.pem")) or any(folder.glob("*.pkcs11"))


def create_first_key(folder: Path, day: date, purpose: str = "credential") -> None:
    """Make a key where the folder has none; two processes that start together agree on one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if has_key(folder):
        return
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files.create(folder / f"{purpose}-{day:%Y%m%d}.pem", pem)


def _signer(path: Path, did: str) -> Signer:
    return _in_token(path, did) if path.suffix == ".pkcs11" else _private(path, did)


def _in_token(path: Path, did: str) -> Signer:
    try:
        entry = tomllib.loads(path.read_text("utf-8"))
        pin_file = Path(entry["pin_file"])
        _require_private(pin_file)
        pin = pin_file.read_text("utf-8").strip()
        session = _token(Path(entry["module"]), entry["token"], pin)
        (signer,) = pkcs11.hsm_signers(session, {_key_id(path, did): entry["label"]})
    except (tomllib.TOMLDecodeError, KeyError, OSError, pkcs11.HsmProblem) as error:
        raise KeyProblem(f"{path}: {error}") from error
    return signer


@cache
def _token(module: Path, token: str, pin: str) -> Any:
    """Log in to a token, once in a process for all its keys."""
    return pkcs11.open_token(module, token, pin)


def _sm2(path: Path, read: Callable[[bytes], Any]) -> Any:
    try:
        sm2.package()
        return read(path.read_bytes())
    except (ValueError, sm2.Sm2MissingError) as error:
        raise KeyProblem(f"{path}: {error}") from error


def _require_private(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} can be read by others; set its mode to 0600")


def _private(path: Path, did: str) -> Signer:
    _require_private(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyProblem(f"{path} holds no unencrypted PEM private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{path} holds no Ed25519 key")
    return FileSigner(_key_id(path, did), key)


def _public(path: Path) -> bytes:
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise KeyProblem(f"{path} holds no PEM public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblem(f"{path} holds no Ed25519 key")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(path: Path, did: str) -> str:
    if not NAME.fullmatch(path.stem):
        raise KeyProblem(f"{path.name}: a key's file name is lower-case letters, digits and dashes")
    return f"{did}#{path.stem}"
