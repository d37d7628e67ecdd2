"""What the log says of the issuer itself: every key and every rule file in force, before anything is signed by them.

These leaves are public: what they commit to and their nonces are kept, so that anybody can open them. A subject is
logged anew only where the newest leaf about it says something else; where nothing is new, the log is not locked.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, NoReturn

from services.certificates.log.ledger.leaf import PUBLIC, Leaf, LeafType, commitment, digest, new_nonce
from services.certificates.log.ledger.log import Entry, Log
from services.certificates.log.storage import log as storage
from services.certificates.log.storage.log import Opening
from services.certificates.proofs.signing import multibase
from services.certificates.proofs.signing.keys import Keyring
from services.kit.storage.store import Store, Transaction

LOOK = 60.0  # seconds until the keys of a new year's log are told of
ACTIVE, RETIRED, COMPROMISED = "active", "retired", "compromised"


class Declaration(NamedTuple):
    """What is to be said of one subject: a key or a rule file."""

    type: LeafType
    subject: str
    says: dict[str, str]


class Declarations:
    """Keeps the log's word on keys and rules up to date; call `declare` at start, before anything is signed."""

    def __init__(self, store: Store, log: Log) -> None:
        self.store = store
        self.log = log

    async def declare(self, wanted: Sequence[Declaration]) -> int:
        """Log what differs from the last word on its subject; returns how many leaves that took."""
        async with self.store.read() as tx:
            known = await storage.openings(tx, PUBLIC)
        last = {opening.subject: opening.says for opening in known}
        fresh = [one for one in wanted if last.get(one.subject) != one.says]
        if fresh:
            async with self.store.write() as tx:
                await self._append(tx, fresh, Counter(opening.subject for opening in known))
        return len(fresh)

    async def run(self) -> NoReturn:
        """Declare the keys of the log whenever a new year, and with it another log, has begun."""
        while True:
            await self.declare(list(log_keys_of(self.log.vkeys())))
            await asyncio.sleep(LOOK)

    async def _append(self, tx: Transaction, fresh: Sequence[Declaration], said: Counter[str]) -> None:
        nonces = [new_nonce() for _ in fresh]
        pairs = list(zip(fresh, nonces, strict=True))
        entries = [
            Entry(Leaf(one.type, commitment(nonce, digest(one.says))), source(one, said[one.subject]))
            for one, nonce in pairs
        ]
        positions = await self.log.add_all(tx, entries)
        openings = [
            Opening(position.origin, position.index, one.type.value, one.subject, nonce, one.says)
            for (one, nonce), position in zip(pairs, positions, strict=True)
        ]
        await storage.keep_openings(tx, openings)


def source(one: Declaration, said: int) -> str:
    """Return what makes two processes that start together log a declaration once; `said` counts those before."""
    return f"{one.type.value}:{sha256(one.subject.encode()).hexdigest()}:{said}"


def keys(purpose: str, keyring: Keyring | None) -> Iterator[Declaration]:
    """Yield what is to be said of each public key of a ring, current, retired or compromised."""
    for key_id, raw in sorted(keyring.public.items()) if keyring else ():
        below = keyring.below.get(key_id, "") if keyring else ""
        state = COMPROMISED if below else ACTIVE if keyring and key_id in keyring.signers else RETIRED
        says = {
            "key": key_id,
            "publicKeyMultibase": multibase.public_key(raw),
            "purpose": purpose,
            "state": state,
        }
        yield Declaration(LeafType.KEY, f"{purpose} {key_id}", says | ({"below": below} if below else {}))


def log_keys_of(vkeys: Sequence[str]) -> Iterator[Declaration]:
    """Yield what is to be said of the keys that sign the checkpoints of a log."""
    for vkey in vkeys:
        key_id = "+".join(vkey.split("+")[:2])
        says = {"key": key_id, "vkey": vkey, "purpose": "log", "state": ACTIVE}
        yield Declaration(LeafType.KEY, f"log {key_id}", says)


def policies(files: Mapping[str, Path]) -> Iterator[Declaration]:
    """Yield what is to be said of rule files, by the name of what they rule."""
    for name, path in files.items():
        says = {"policy": name, "sha256": sha256(path.read_bytes()).hexdigest()}
        yield Declaration(LeafType.POLICY, f"policy {name}", says)
