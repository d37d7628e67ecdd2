"""Asking witnesses for cosignatures (c2sp.org/tlog-witness): each one checks that the log only ever grew.

A witness that cannot be reached costs its cosignature and nothing else; what is missing is visible in the status.
"""

import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from services.certificates.log.ledger.checkpoint import Checkpoint, checkpoint_from
from services.certificates.log.ledger.errors import LogError, MalformedError, UnverifiedError
from services.certificates.log.ledger.note import Note, Signature, encode, number, signature_from
from services.certificates.log.ledger.policy import NONE, Policy, Witness
from services.certificates.log.ledger.signatures import check

LARGEST_ANSWER = 64 * 1024  # bytes
CONFLICT = 409
Consistency = Callable[[int], list[bytes]]  # the proof from a size to that of the checkpoint


@dataclass
class Seen:
    """What is known of a witness: the size it cosigned last, and what went wrong the last time."""

    size: int = 0
    problem: str = ""


class Cosigned(NamedTuple):
    """A checkpoint with the cosignatures that were given; `quorum` tells whether the policy is satisfied."""

    note: Note
    witnesses: list[str]
    quorum: bool


class Witnesses:
    """The witnesses of a policy that have a URL; `timeout` in seconds holds for each request."""

    def __init__(self, policy: Policy, timeout: float = 5.0) -> None:
        self.policy = policy
        self.timeout = timeout
        self.asked = [witness for witness in policy.witnesses.values() if witness.url]
        self.seen: dict[tuple[str, str], Seen] = {}

    def cosign(self, note: Note, consistency: Consistency) -> Cosigned:
        """Ask every witness at once; blocks until all have answered or timed out."""
        head = checkpoint_from(note.text)
        if not self.asked:
            return Cosigned(note, [], quorum=False)
        with ThreadPoolExecutor(len(self.asked), "witness") as pool:
            found = list(pool.map(lambda witness: self._ask(witness, note, head, consistency), self.asked))
        given = [signature for signature in found if signature is not None]
        names = [witness.name for witness, signature in zip(self.asked, found, strict=True) if signature]
        kept = tuple(signature for signature in note.signatures if signature not in given)
        quorum = self.policy.quorum != NONE and self.policy.satisfied_by(names)
        return Cosigned(Note(note.text, kept + tuple(given)), names, quorum)

    def about(self, origin: str, witness: str) -> Seen:
        """Return what is known of a witness and a log."""
        return self.seen.setdefault((origin, witness), Seen())

    def _ask(self, witness: Witness, note: Note, head: Checkpoint, proof: Consistency) -> Signature | None:
        about = self.about(head.origin, witness.name)
        try:
            signature = self._add_checkpoint(witness, note, head, proof, about)
        except (OSError, LogError, ValueError) as error:
            about.problem = str(error) or type(error).__name__
            return None
        about.size, about.problem = head.size, ""
        return signature

    def _add_checkpoint(
        self, witness: Witness, note: Note, head: Checkpoint, proof: Consistency, about: Seen
    ) -> Signature:
        old = min(about.size, head.size)
        status, answer = _post(witness.url, request(old, proof(old), note), self.timeout)
        if status == CONFLICT:
            about.size = number(answer.rstrip("\n"))
            if about.size > head.size:
                raise UnverifiedError(
                    f"has cosigned {about.size} leaves, the log has {head.size}: was it rolled back?"
                )
            status, answer = _post(witness.url, request(about.size, proof(about.size), note), self.timeout)
        if status != 200:
            raise UnverifiedError(f"answered {status}: {answer[:200].strip()}")
        return cosignature(witness, note, answer)


def request(old: int, proof: list[bytes], note: Note) -> bytes:
    """Return the body of add-checkpoint."""
    return "\n".join([f"old {old}", *map(encode, proof), "", str(note)]).encode()


def cosignature(witness: Witness, note: Note, answer: str) -> Signature:
    """Return the witness's valid cosignature out of an answer; raises MalformedError or UnverifiedError."""
    if not answer.endswith("\n"):
        raise MalformedError("the answer does not end with a newline")
    wanted = (witness.key.name, witness.key.id)
    for signature in map(signature_from, answer[:-1].split("\n")):
        if (signature.name, signature.key_id) == wanted:
            check(witness.key, note.text, signature.value)
            return signature
    raise UnverifiedError("the answer holds no cosignature of the witness's key")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """Follow no redirect: a witness is where its URL says."""


def _post(url: str, body: bytes, timeout: float) -> tuple[int, str]:
    if not url.startswith(("https://", "http://")):
        raise MalformedError("the URL of a witness begins with https://")
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    call = urllib.request.Request(f"{url.rstrip('/')}/add-checkpoint", body, headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(call, timeout=timeout) as answer:
            return answer.status, answer.read(LARGEST_ANSWER).decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LARGEST_ANSWER).decode(errors="replace")
