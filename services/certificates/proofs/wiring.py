"""The proofs put together: the keys of the service, a folder for each purpose."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from services.certificates.proofs.signing.did import did_of
from services.certificates.proofs.signing.keys import (
    Keyring,
    create_first_key,
    open_keyring,
    open_optional_keyring,
)


class Folders(NamedTuple):
    """Where the keys of each purpose lie."""

    credential: Path
    status: Path
    disclosure: Path
    qr: Path
    report: Path


class Rings(NamedTuple):
    """The keys by purpose; reports have an issuer of their own, which signs no certificate."""

    credential: Keyring
    status: Keyring
    disclosure: Keyring
    qr: Keyring | None
    report: Keyring | None

    @property
    def asserting(self) -> dict[str, bytes]:
        """The public keys that speak for the issuer of certificates, by id."""
        return {**self.credential.public, **self.status.public, **self.disclosure.public}


def report_did(url: str) -> str:
    """Return the identity under which reports are issued at an issuer's address."""
    return did_of(f"{url}/reports")


def create_first_keys(folders: Folders, day: date) -> None:
    """Make a key for every purpose that has none."""
    for purpose, folder in folders._asdict().items():
        create_first_key(folder, day, purpose)


def proofs(folders: Folders, url: str) -> Rings:
    """Return the keys of the issuer at an address; raises KeyProblem."""
    did = did_of(url)
    rings = Rings(
        open_keyring(folders.credential, did),
        open_keyring(folders.status, did),
        open_keyring(folders.disclosure, did),
        open_optional_keyring(folders.qr, did),
        open_optional_keyring(folders.report, report_did(url)),
    )
    rings.credential.add_sm2(folders.credential / "sm2")
    return rings
