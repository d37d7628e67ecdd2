"""Keys in a folder: `NAME.pem` may sign (0600), `NAME.pub` only verifies; NAME is the fragment of the key id.

The last private key by name signs new certificates; every key stays in the folder, so that old ones verify.
"""

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from services.certificates.signing.signer import FileSigner, Signer

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


def open_keyring(folder: Path, did: str) -> Keyring:
    """Read every key of the folder; raises KeyProblem."""
    if not folder.is_dir():
        raise KeyProblem(f"{folder} is no folder; it must hold at least one key NAME.pem")
    private = [_private(path, did) for path in sorted(folder.glob("*.pem"))]
    retired = {_key_id(path, did): _public(path) for path in sorted(folder.glob("*.pub"))}
    if not private:
        raise KeyProblem(f"{folder} holds no private key NAME.pem")
    return Keyring(did, private, retired)


def open_optional_keyring(folder: Path, did: str) -> Keyring | None:
    """Read every key of a folder that need not be there; None where it holds no key to sign with."""
    return open_keyring(folder, did) if any(folder.glob("*.pem")) else None


def create_first_key(folder: Path, day: date, purpose: str = "credential") -> None:
    """Make a key where the folder has none; two processes that start together agree on one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.glob("*.pem")):
        return
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{purpose}-{day:%Y%m%d}.pem"
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # never replaces a key that somebody else just made
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _private(path: Path, did: str) -> Signer:
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} can be read by others; set its mode to 0600")
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
