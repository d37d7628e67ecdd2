"""A second reader of transparency logs, written from RFC 6962 and the C2SP texts without the service's code.

Slow and simple: hashes by the recursive definitions, tiles as files, notes as strings; and a witness that uses it.
"""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

WITNESS_TIME = 1_772_413_200


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1: the Merkle tree hash of leaf *data*."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\x00" + leaves[0])
    k = largest_power_below(len(leaves))
    return sha(b"\x01" + mth(leaves[:k]) + mth(leaves[k:]))


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def audit_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), mth(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), mth(leaves[:k])]


def consistency(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    return subproof(m, leaves, True)


def subproof(m: int, leaves: list[bytes], complete: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if complete else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], complete), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def root_from_consistency(m: int, n: int, proof: list[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """Compute the old and the new root from a consistency proof by undoing SUBPROOF; raises where parts are left."""
    rest = list(proof)

    def undo(m: int, n: int, complete: bool) -> tuple[bytes, bytes]:
        if m == n:
            root = old_root if complete else rest.pop(0)
            return root, root
        k = largest_power_below(n)
        if m <= k:
            old, new = undo(m, k, complete)
            return old, sha(b"\x01" + new + rest.pop(0))
        old, new = undo(m - k, n - k, False)
        left = rest.pop(0)
        return sha(b"\x01" + left + old), sha(b"\x01" + left + new)

    roots = undo(m, n, True)
    if rest:
        raise ValueError("a proof that is too long")
    return roots


def path_of(kind: str, number: int, width: int) -> str:
    """The path of a tile or bundle, as tlog-tiles writes it."""
    text = str(number)
    while len(text) % 3:
        text = "0" + text
    parts = [text[i : i + 3] for i in range(0, len(text), 3)]
    path = "/".join(["x" + part for part in parts[:-1]] + [parts[-1]])
    return f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else "")


def leaves_in(folder: Path, size: int) -> list[bytes]:
    """Every entry of a published log, each checked against the level 0 tile beside it."""
    leaves: list[bytes] = []
    while len(leaves) < size:
        number, width = len(leaves) // 256, min(256, size - len(leaves))
        data = (folder / path_of("entries", number, width)).read_bytes()
        hashes = (folder / path_of("0", number, width)).read_bytes()
        assert len(hashes) == 32 * width
        for i in range(width):
            length = data[0] * 256 + data[1]
            leaf, data = data[2 : 2 + length], data[2 + length :]
            assert len(leaf) == length
            assert sha(b"\x00" + leaf) == hashes[32 * i : 32 * i + 32]
            leaves.append(leaf)
        assert data == b""
    return leaves


def check_upper_tiles(folder: Path, leaves: list[bytes]) -> int:
    """Compare every tile above level 0 with its definition; returns how many hashes were compared."""
    level, count = 1, 0
    while len(leaves) >> 8 * level:
        span = 256**level
        total = len(leaves) // span
        for number in range(-(-total // 256)):
            width = min(256, total - 256 * number)
            data = (folder / path_of(str(level), number, width)).read_bytes()
            assert len(data) == 32 * width
            for i in range(width):
                start = (number * 256 + i) * span
                assert data[32 * i : 32 * i + 32] == mth(leaves[start : start + span])
                count += 1
        level += 1
    return count


def read_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Text and signatures (name, id and signature) of a signed note."""
    text, _, signatures = note.rpartition("\n\n")
    found = []
    for line in signatures.splitlines():
        dash, name, value = line.split(" ")
        assert dash == "—"
        found.append((name, base64.b64decode(value)))
    return text + "\n", found


def signed_by(note: str, vkey: str) -> bool:
    """Whether a signature of this verifier key holds on a checkpoint."""
    name, key_id, material = vkey.split("+", 2)
    raw = base64.b64decode(material)
    assert sha(name.encode() + b"\n" + raw)[:4].hex() == key_id
    text, signatures = read_note(note)
    for signer, value in signatures:
        if signer == name and value[:4].hex() == key_id:
            return holds(raw[0], raw[1:], name, text, value[4:])
    return False


def holds(kind: int, public: bytes, name: str, text: str, value: bytes) -> bool:
    try:
        if kind == 0x01:
            Ed25519PublicKey.from_public_bytes(public).verify(value, text.encode())
        elif kind == 0x04:
            Ed25519PublicKey.from_public_bytes(public).verify(value[8:], timed(text, value[:8]))
        elif kind == 0x06:
            MLDSA44PublicKey.from_public_bytes(public).verify(value[8:], subtree(name, text, value[:8]))
        else:
            raise AssertionError(kind)
    except InvalidSignature:
        return False
    return True


def timed(text: str, time: bytes) -> bytes:
    return b"cosignature/v1\ntime " + str(int.from_bytes(time, "big")).encode() + b"\n" + text.encode()


def subtree(name: str, text: str, time: bytes) -> bytes:
    origin, size, root = text.splitlines()[:3]
    message = b"subtree/v1\n\x00" + bytes([len(name.encode())]) + name.encode() + time
    message += bytes([len(origin.encode())]) + origin.encode() + bytes(8) + int(size).to_bytes(8, "big")
    return message + base64.b64decode(root)


class Witness:
    """A witness by c2sp.org/tlog-witness that knows some logs by their verifier keys."""

    def __init__(self, name: str, logs: dict[str, str], *, quantum_safe: bool = False):
        self.name = name
        self.logs = logs
        self.seen: dict[str, tuple[int, str]] = {}
        self.failing = 0  # answer this status instead
        self.requests: list[str] = []
        self.lock = threading.Lock()
        if quantum_safe:
            self.kind, self.key = 0x06, MLDSA44PrivateKey.generate()
        else:
            self.kind, self.key = 0x04, Ed25519PrivateKey.generate()
        self.url = ""

    @property
    def vkey(self) -> str:
        material = bytes([self.kind]) + self.key.public_key().public_bytes_raw()
        key_id = sha(self.name.encode() + b"\n" + material)[:4].hex()
        return f"{self.name}+{key_id}+{base64.b64encode(material).decode()}"

    def add_checkpoint(self, body: str) -> tuple[int, str]:
        """The status and the body of the answer to one request."""
        head, _, note = body.partition("\n\n")
        old_line, *proof_lines = head.split("\n")
        old, proof = int(old_line.removeprefix("old ")), [base64.b64decode(line) for line in proof_lines]
        text, _ = read_note(note)
        origin, size, root = text.splitlines()[:3]
        if origin not in self.logs:
            return 404, "unknown log\n"
        if not signed_by(note, self.logs[origin]):
            return 403, "no valid signature\n"
        if old > int(size):
            return 400, "old size beyond the checkpoint\n"
        known, known_root = self.seen.get(origin, (0, ""))
        if old != known:
            return 409, f"{known}\n"
        if old == int(size) and known and root != known_root:
            return 409, f"{known}\n"
        if not self.consistent(old, int(size), proof, known_root, root):
            return 422, "inconsistent\n"
        self.seen[origin] = int(size), root
        return 200, self.cosign(text)

    def consistent(self, old: int, new: int, proof: list[bytes], old_root: str, new_root: str) -> bool:
        if old == 0 or old == new:
            return not proof
        try:
            roots = root_from_consistency(old, new, proof, base64.b64decode(old_root))
        except (IndexError, ValueError):
            return False
        return roots == (base64.b64decode(old_root), base64.b64decode(new_root))

    def cosign(self, text: str) -> str:
        time = WITNESS_TIME.to_bytes(8, "big")
        message = timed(text, time) if self.kind == 0x04 else subtree(self.name, text, time)
        key_id = bytes.fromhex(self.vkey.split("+")[1])
        line = base64.b64encode(key_id + time + self.key.sign(message)).decode()
        return f"— {self.name} {line}\n"

    @contextmanager
    def running(self) -> Iterator["Witness"]:
        """Serve on a free port of this machine."""
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                witness.requests.append(body)
                with witness.lock:
                    status, answer = witness.add_checkpoint(body)
                if witness.failing:
                    status, answer = witness.failing, "out of order\n"
                self.send_response(status if self.path == "/w/add-checkpoint" else 404)
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            self.url = f"http://127.0.0.1:{server.server_port}/w"
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
