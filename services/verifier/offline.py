"""Verifies a certificate without any network: credential, PDF, QR text or bundle, against keys that you pinned.

One file that needs only Python 3.11 and the package `cryptography`: copy it, read it, keep it for ten years.

    python offline.py FILE --keys did.json [--log-key VKEY] [--witness-key VKEY] [--status list.json] [--name 张三]
                      [--lang en] [--json]

The steps are READ, ISSUER, KEY, SIGNATURE, NAME, DATES, LOG, WITNESS (where one is pinned), STATUS. Whether a
certificate was revoked can only be told with a status list that is still in force; without one the answer is
INDETERMINATE, never VALID. Of the proofs of a credential the one by eddsa-jcs-2022 is checked, which covers every
member; others are named as not checked.
"""

import argparse
import base64
import json
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OK, FAILED, NOT_CHECKED = "OK", "FAILED", "NOT_CHECKED"
SUITE = "eddsa-jcs-2022"
PROOF_MEMBERS = {
    "@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue",
}  # fmt: skip
LARGEST = 65_536  # bytes of a credential
LARGEST_LIST = 4_194_304  # bytes of a status list, unpacked
MOST_PROOFS = 4
CHINA = timezone(timedelta(hours=8))
OUTCOMES = {
    "VALID": ("有效", "valid"),
    "REVOKED": ("已撤销", "revoked"),
    "EXPIRED": ("已过有效期", "expired"),
    "NOT_YET_VALID": ("尚未生效", "not yet valid"),
    "BAD_SIGNATURE": ("签名不符或文件被改动：不可采信", "bad signature or altered file: do not rely on it"),
    "UNKNOWN_ISSUER": (
        "签发者不在已固定的密钥之列：不可采信",
        "issuer is not among the pinned keys: do not rely on it",
    ),
    "NOT_FOUND_OR_NAME_MISMATCH": ("姓名不符", "the name does not match"),
    "INDETERMINATE": (
        "签名有效；是否已被撤销，离线无法得知",
        "signature good; whether revoked cannot be told offline",
    ),
}
EXITS = {"VALID": 0, "INDETERMINATE": 6}  # every other outcome: 1
STEPS = {
    "READ": ("读取", "read"),
    "ISSUER": ("签发者", "issuer"),
    "KEY": ("密钥", "key"),
    "SIGNATURE": ("签名", "signature"),
    "OTHER_PROOFS": ("其他签名", "other proofs"),
    "PAGE": ("版面文字", "printed page"),
    "NAME": ("姓名", "name"),
    "DATES": ("有效期", "dates"),
    "STATUS": ("撤销状态", "revocation status"),
    "LOG": ("透明日志", "transparency log"),
    "WITNESS": ("日志见证人", "witness of the log"),
}
MARKS = {OK: "✓", FAILED: "✗", NOT_CHECKED: "–"}
# code of the 2022 dictionary: name, directions in the order of the standard (codes on paper name them by place)
OCCUPATIONS: dict[str, tuple[str, list[str]]] = {
    "2-02-38-01": (
        "人工智能工程技术人员",
        [
            "自然语言及语音处理产品实现",
            "计算机视觉产品实现",
            "人工智能芯片产品实现",
            "人工智能平台产品实现",
            "人工智能应用产品集成实现",
        ],
    ),
    "2-02-38-02": (
        "物联网工程技术人员",
        [
            "物联网嵌入式开发",
        ],
    ),
    "2-02-38-03": (
        "大数据工程技术人员",
        [
            "大数据分析",
            "大数据处理",
            "大数据管理",
        ],
    ),
    "2-02-38-04": (
        "云计算工程技术人员",
        [
            "云计算运维",
            "云计算研发",
        ],
    ),
    "2-02-38-05": (
        "智能制造工程技术人员",
        [
            "装备与产线应用",
            "装备与产线开发",
            "智能生产管控",
            "装备与产线智能运维",
        ],
    ),
    "2-02-38-06": (
        "工业互联网工程技术人员",
        [
            "设计开发",
        ],
    ),
    "2-02-38-07": ("虚拟现实工程技术人员", []),
    "2-02-38-08": ("区块链工程技术人员", []),
    "2-02-38-09": (
        "集成电路工程技术人员",
        [
            "数字设计",
            "模拟与射频设计",
            "工艺开发与维护",
            "封装研发与制造",
            "测试设计与分析",
        ],
    ),
    "2-06-07-13": ("数字化管理师", []),
    "2-02-38-12": ("数据安全工程技术人员", []),
}
KINDS = {1: "培训合格证书", 2: "专业技术等级证书"}
LEVELS = {1: "初级", 2: "中级", 3: "高级"}


class Refused(Exception):
    """A step that failed: its outcome, the step, a machine reason and a sentence."""

    def __init__(self, outcome: str, step: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{step}: {reason} {detail}".strip())
        self.outcome, self.step, self.reason, self.detail = outcome, step, reason, detail


@dataclass
class Step:
    """One thing that was looked at."""

    name: str
    result: str
    reason: str = ""
    detail: str = ""


@dataclass
class Answer:
    """What was found: the outcome, every step in order, the key that signed, and what the certificate says."""

    form: str = ""
    outcome: str = ""
    steps: list[Step] = field(default_factory=list)
    key: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    def passed(self, step: str, detail: str = "") -> None:
        """Note a step that was good."""
        self.steps.append(Step(step, OK, "", detail))

    def left(self, step: str, reason: str, detail: str = "") -> None:
        """Note a step that nothing could be said of."""
        self.steps.append(Step(step, NOT_CHECKED, reason, detail))


@dataclass(frozen=True)
class Given:
    """What came along with a credential: a status list, and a proof of the log."""

    status: bytes | None = None
    proof: str = ""


@dataclass(frozen=True)
class Entry:
    """What a certificate says of where its status stands, and who issued it: the list must be of the same issuer."""

    issuer: str
    says: Any


@dataclass
class Keys:
    """Pinned keys by id; those of `assertion` may sign credentials."""

    raw: dict[str, bytes] = field(default_factory=dict)
    assertion: set[str] = field(default_factory=set)
    issuers: set[str] = field(default_factory=set)
    logs: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    witnesses: dict[tuple[str, bytes], bytes] = field(default_factory=dict)

    def add(self, did_document: Any) -> "Keys":
        """Pin the keys of a DID document; raises ValueError."""
        try:
            issuer, methods = did_document["id"], did_document["verificationMethod"]
            own = [one for one in methods if one["controller"] == issuer and speaks_for(one["id"], issuer)]
            raw = {one["id"]: key for one in own if (key := multikey(one["publicKeyMultibase"]))}
            assertion = set(did_document["assertionMethod"]) & raw.keys()
            self.issuers.add(issuer)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no DID document: {error!r}") from None
        self.raw |= raw
        self.assertion |= assertion
        return self

    def add_log(self, vkey: str) -> "Keys":
        """Pin the Ed25519 key of a log, written name+id+key (c2sp.org/signed-note); raises ValueError."""
        named, key = verifier_key(vkey, 1)
        self.logs[named] = key
        return self

    def add_witness(self, vkey: str) -> "Keys":
        """Pin the Ed25519 key of a witness (c2sp.org/tlog-cosignature); raises ValueError."""
        named, key = verifier_key(vkey, 4)
        self.witnesses[named] = key
        return self

    def for_purpose(self, key_id: str, purpose: str) -> bytes | None:
        """Return a key where it serves `purpose`: qr, status or credential; the id tells: …#qr-20260301."""
        named = next(
            (p for p in ("qr", "status", "disclosure", "log", "report") if f"#{p}-" in key_id), "credential"
        )
        trusted = key_id in self.raw and named == purpose and (purpose == "qr" or key_id in self.assertion)
        return self.raw[key_id] if trusted else None


def issuer_of(document: dict) -> str:
    """Return the id of the issuer that a document names; "" where it names none."""
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


def speaks_for(key_id: str, issuer: str) -> bool:
    """Tell whether a key is the issuer's: it speaks only for the issuer whose id stands before its `#`."""
    return key_id.partition("#")[0] == issuer


def verifier_key(vkey: str, kind: int) -> tuple[tuple[str, bytes], bytes]:
    """Return name and id, and the 32 bytes, of a verifier key of signed notes; raises ValueError."""
    name, _, key = vkey.strip().split("+", 2)
    raw = base64.b64decode(key, validate=True)
    if len(raw) != 33 or raw[0] != kind:
        raise ValueError(f"no Ed25519 verifier key of a {'log' if kind == 1 else 'witness'}")
    return (name, sha256(name.encode() + b"\n" + raw).digest()[:4]), raw[1:]


def verify(
    data: bytes, keys: Keys, now: datetime | None = None, name: str = "", status: bytes | None = None
) -> Answer:
    """Return the answer for the bytes of a file; never raises for bad input."""
    answer = Answer()
    try:
        answer.outcome = _verify(answer, data, keys, now or datetime.now(UTC), name, status)
    except Refused as refusal:
        answer.steps.append(Step(refusal.step, FAILED, refusal.reason, refusal.detail))
        answer.outcome = refusal.outcome
    return answer


def _verify(answer: Answer, data: bytes, keys: Keys, now: datetime, name: str, status: bytes | None) -> str:
    if data.startswith(b"%PDF-"):
        answer.form = "pdf"
        data, given = from_pdf(data)
    elif data.lstrip().startswith(b"{"):
        answer.form, data, given = from_json(data)
    else:
        answer.form = "qr"
        return _code(answer, data, keys, now, name)
    given = Given(status or given.status, given.proof)
    return _credential(answer, data, keys, now, name, given)


# --- credential -----------------------------------------------------------------------------------------------------


def _credential(answer: Answer, data: bytes, keys: Keys, now: datetime, name: str, given: Given) -> str:
    document = read_strictly(data)
    answer.passed("READ", answer.form)
    proofs = document.pop("proof", None)
    issuer = issuer_of(document)
    _issuer(answer, issuer, keys)
    answer.key = check_proofs(document, proofs, keys, "credential", answer)
    answer.facts = facts_of(document)  # never shown before the signature is known to be right
    if answer.form == "pdf":
        answer.left(
            "PAGE", "NOT_SIGNED", "签名只涵盖随附数据；请与下列内容核对 · compare the page with what follows"
        )
    _name(answer, name, held_name(document))
    _dates(answer, now, document.get("validFrom"), document.get("validUntil"))
    _log(answer, document, keys, given.proof)
    entry = Entry(issuer, document.get("credentialStatus"))
    return _status(answer, entry, keys, now, given.status)


def _issuer(answer: Answer, issuer: str, keys: Keys) -> None:
    if issuer not in keys.issuers:
        raise Refused("UNKNOWN_ISSUER", "ISSUER", "NOT_PINNED", issuer)
    answer.passed("ISSUER", issuer)


def check_proofs(document: dict, proofs: Any, keys: Keys, purpose: str, answer: Answer | None = None) -> str:
    """Return the id of the key that signed a document; raises Refused unless its JCS proof is right.

    The key must be one of the issuer that the document names (`speaks_for`), pinned, and for this purpose.
    """
    if not isinstance(proofs, list) or not 0 < len(proofs) <= MOST_PROOFS:
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "NO_PROOF")
    suites = [str(proof.get("cryptosuite")) if isinstance(proof, dict) else "" for proof in proofs]
    if suites.count(SUITE) != 1 or len(set(suites)) != len(suites):
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "NO_PROOF", SUITE)
    proof = proofs[suites.index(SUITE)]
    if set(proof) != PROOF_MEMBERS or proof["@context"] != document.get("@context"):
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "MALFORMED_PROOF")
    if (proof["type"], proof["proofPurpose"]) != ("DataIntegrityProof", "assertionMethod"):
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "MALFORMED_PROOF")
    key_id = str(proof["verificationMethod"])
    if not speaks_for(key_id, issuer_of(document)):
        raise Refused("UNKNOWN_ISSUER", "KEY", "KEY_OF_ANOTHER_ISSUER", key_id)
    key = keys.for_purpose(key_id, purpose)
    if key is None:
        raise Refused("UNKNOWN_ISSUER", "KEY", "NOT_PINNED", key_id)
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    message = sha256(jcs(options)).digest() + sha256(jcs(document)).digest()
    if not signed(key, proof["proofValue"], message):
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "WRONG_SIGNATURE")
    if answer is not None:
        answer.passed("KEY", key_id)
        answer.passed("SIGNATURE", f"{SUITE}, SHA-256 {sha256(jcs(document)).hexdigest()}")
        for suite in suites:
            if suite != SUITE:
                answer.left("OTHER_PROOFS", "SUITE_NOT_SUPPORTED", suite)
    return key_id


def signed(key: bytes, proof_value: Any, message: bytes) -> bool:
    """Tell whether a multibase signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base58(str(proof_value)), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _dates(answer: Answer, now: datetime, start: Any, end: Any) -> None:
    try:
        begins, ends = moment(start), moment(end) if end is not None else None
    except (ValueError, TypeError):
        raise Refused("BAD_SIGNATURE", "DATES", "MALFORMED_DATES") from None
    if now < begins:
        raise Refused("NOT_YET_VALID", "DATES", "BEFORE_VALID_FROM", str(start))
    if ends is not None and now >= ends:
        raise Refused("EXPIRED", "DATES", "AFTER_VALID_UNTIL", str(end))
    answer.passed("DATES", f"{start} – {end or '∞'}")


def _status(answer: Answer, entry: Entry, keys: Keys, now: datetime, published: bytes | None) -> str:
    if published is None:
        answer.left("STATUS", "NO_STATUS_LIST" if entry.says else "NO_STATUS_ENTRY")
        return "INDETERMINATE"
    try:
        revoked, made = read_status(published, entry, keys, now)
    except (Refused, ValueError, KeyError, TypeError, IndexError, RecursionError, zlib.error) as error:
        answer.left("STATUS", "STATUS_LIST_UNUSABLE", str(error))
        return "INDETERMINATE"
    if revoked:
        raise Refused("REVOKED", "STATUS", "BIT_IS_SET", f"列表时间 list of {made}")
    answer.passed("STATUS", f"列表时间 list of {made}")
    return "VALID"


def read_status(published: bytes, of: Entry, keys: Keys, now: datetime) -> tuple[bool, str]:
    """Return whether the list says revoked, and when it was made; raises where it must not be believed."""
    document, entry = strict_json(published), of.says
    if issuer_of(document) != of.issuer:
        raise ValueError("a list of another issuer than the certificate's")
    check_proofs(document, document.pop("proof", None), keys, "status")
    subject = document["credentialSubject"]
    if document["id"] != entry["statusListCredential"]:
        raise ValueError("a list of another address")
    if not entry["statusPurpose"] == subject["statusPurpose"] == "revocation":
        raise ValueError("a list for another purpose")
    if not moment(document["validFrom"]) <= now < moment(document["validUntil"]):
        raise ValueError(f"a list that was good until {document['validUntil']}")
    packed = base64url(subject["encodedList"].removeprefix("u"))
    bits = zlib.decompressobj(31).decompress(packed, LARGEST_LIST)
    if not re.fullmatch("[0-9]{1,9}", entry["statusListIndex"]):
        raise ValueError("no index")
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] >> (7 - index % 8) & 1), document["validFrom"]


def _log(answer: Answer, document: dict, keys: Keys, proof: str) -> None:
    if not proof or not keys.logs:
        answer.left("LOG", "NO_LOG_KEY" if proof else "NO_LOG_PROOF")
        return
    try:
        answer.passed("LOG", read_log_proof(proof, document, keys))
    except (ValueError, KeyError, TypeError) as error:
        answer.left("LOG", "LOG_PROOF_UNUSABLE", str(error))
        return
    for (name, key_id), key in keys.witnesses.items():
        if time := cosigned(proof.partition("\n\n")[2], name, key_id, key):
            answer.passed("WITNESS", f"{name}, {_text(datetime.fromtimestamp(time, UTC))}")
        else:
            answer.left("WITNESS", "NOT_COSIGNED", name)


def cosigned(note: str, name: str, key_id: bytes, key: bytes) -> int:
    """Return when a witness cosigned a checkpoint, in seconds since 1970; 0 where it did not, or wrongly."""
    body, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        signer, _, value = line.removeprefix("— ").partition(" ")
        try:
            raw = base64.b64decode(value, validate=True)
            time = int.from_bytes(raw[4:12])
            if (signer, raw[:4]) == (name, key_id) and 0 < time < 1 << 33:
                message = f"cosignature/v1\ntime {time}\n{body}\n".encode()
                Ed25519PublicKey.from_public_bytes(key).verify(raw[12:], message)
                return time
        except (ValueError, InvalidSignature):
            continue
    return 0


def read_log_proof(text: str, document: dict, keys: Keys) -> str:
    """Return where a credential stands in which tree of a pinned log; raises ValueError.

    The proof is a c2sp.org/tlog-proof; its extra opens the leaf: 32 bytes of nonce, then the leaf.
    """
    header, _, note = text.partition("\n\n")
    lines = header.split("\n")
    if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1":
        raise ValueError("no proof of a log that opens its leaf")
    opening, index = (
        base64.b64decode(lines[1].removeprefix("extra "), validate=True),
        lines[2].removeprefix("index "),
    )
    leaf = strict_json(opening[32:])
    blinded = sha256(b"cert-leaf/v1\n" + opening[:32] + sha256(jcs(document)).digest()).digest()
    if leaf["t"] != "issue" or base64url(leaf["c"]) != blinded:
        raise ValueError("the leaf is about something else")
    origin, size, root = signed_head(note, keys)
    if origin.rpartition("/log/")[0] != address_of(issuer_of(document)):
        raise ValueError("the log of another issuer")
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    if not re.fullmatch("[0-9]{1,18}", index) or not included(
        sha256(b"\0" + opening[32:]).digest(), int(index), size, path, root
    ):
        raise ValueError("the proof does not lead to the root of the log")
    return f"{origin}#{index}, {size} 条 entries"


def signed_head(note: str, keys: Keys) -> tuple[str, int, bytes]:
    """Return origin, size and root of a checkpoint that a pinned log signed; raises ValueError."""
    body, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        name, _, value = line.removeprefix("— ").partition(" ")
        raw = base64.b64decode(value, validate=True)
        if key := keys.logs.get((name, raw[:4])):
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], f"{body}\n".encode())
            except InvalidSignature:
                raise ValueError("the log's signature is wrong") from None
            origin, size, root = body.split("\n")[:3]
            return origin, int(size), base64.b64decode(root, validate=True)
    raise ValueError("no pinned log signed the checkpoint")


def address_of(issuer: str) -> str:
    """Return host and path of a did:web, with which the name of the issuer's log begins."""
    return unquote(issuer.removeprefix("did:web:").replace(":", "/"))


def included(found: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Tell whether a path leads from a leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    at, last = index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = sha256(b"\1" + sibling + found).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + sibling).digest()
        at, last = at >> 1, last >> 1
    return index < size and last == 0 and found == root


def facts_of(document: dict) -> dict[str, str]:
    """Return what a credential says, by labels for people."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    issuer, source = document.get("issuer"), subject.get("source")
    found = {
        "证书 certificate": document.get("name"),
        "编号 number": subject.get("licenseNumber"),
        "姓名 name": held_name(document),
        "机构 body": source.get("name") if isinstance(source, dict) else None,
        "签发者 issuer": issuer.get("name") if isinstance(issuer, dict) else issuer,
        "授予日期 awarded": day_of(document.get("awardedDate")),
        "生效 valid from": day_of(document.get("validFrom")),
        "有效期至 valid until": day_of(document.get("validUntil")),
    }
    achievement = subject.get("achievement")
    described = achievement.get("resultDescription", []) if isinstance(achievement, dict) else []
    names = {each.get("id"): each.get("name") for each in described if isinstance(each, dict)}
    for result in subject.get("result", []) if isinstance(subject.get("result"), list) else []:
        if isinstance(result, dict) and names.get(result.get("resultDescription")):
            found[str(names[result["resultDescription"]])] = result.get("value")
    return {label: str(value) for label, value in found.items() if value}


def day_of(text: Any) -> str:
    """Return the calendar day in China of a moment, as it was written where it is none."""
    try:
        return moment(text).astimezone(CHINA).date().isoformat()
    except (ValueError, TypeError):
        return str(text or "")


def held_name(document: dict) -> str:
    """Return the holder's name of a credential; "" where it shows none."""
    subject = document.get("credentialSubject")
    entries = subject.get("identifier", []) if isinstance(subject, dict) else []
    named = (
        [e for e in entries if isinstance(e, dict) and e.get("identityType") == "name"]
        if isinstance(entries, list)
        else []
    )
    return str(named[0].get("identityHash", "")) if named else ""


# --- QR code --------------------------------------------------------------------------------------------------------


def _code(answer: Answer, data: bytes, keys: Keys, now: datetime, name: str) -> str:
    protected, payload, signature = cose_parts(data)
    claims = claims_of(payload)
    answer.passed("READ", "qr")
    issuer = f"did:web:{claims[1]}"
    _issuer(answer, issuer, keys)
    named = [k for k in keys.raw if protected == cose_header(keys.raw[k]) and keys.for_purpose(k, "qr")]
    named = [k for k in named if speaks_for(k, issuer)]
    if not named:
        raise Refused("UNKNOWN_ISSUER", "KEY", "NOT_PINNED")
    answer.passed("KEY", named[0])
    message = b"\x84\x6aSignature1" + head(2, len(protected)) + protected + b"\x4eshuzheng-qr/v1"
    try:
        key = Ed25519PublicKey.from_public_bytes(keys.raw[named[0]])
        key.verify(signature, message + head(2, len(payload)) + payload)
    except InvalidSignature:
        raise Refused("BAD_SIGNATURE", "SIGNATURE", "WRONG_SIGNATURE") from None
    answer.key = named[0]
    answer.passed("SIGNATURE", "COSE_Sign1 EdDSA")
    answer.facts = facts_of_claims(claims)
    if isinstance(claims[3], bytes):
        _hashed_name(answer, name, claims[3], claims[9])
    else:
        _name(answer, name, claims[3])
    start = datetime.combine(date(1970, 1, 1) + timedelta(claims[8]), datetime.min.time(), CHINA)
    end = datetime.fromtimestamp(claims[10], UTC) if 10 in claims else None
    _dates(answer, now, _text(start), _text(end) if end else None)
    answer.left("LOG", "NO_LOG_PROOF")
    return _status(answer, Entry(issuer, None), keys, now, None)


def cose_parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return protected header, payload and signature of a scanned text; raises Refused."""
    try:
        text = data.decode("ascii").strip()
        tagged, rest = cbor(decimal(text.rpartition("#")[2]))
        tag, (protected, unprotected, payload, signature) = tagged
        good = not rest and tag == 18 and unprotected == {}
    except (ValueError, TypeError, IndexError, RecursionError, OverflowError) as error:
        raise Refused("BAD_SIGNATURE", "READ", "NOT_A_CERTIFICATE", str(error)) from None
    if not good or not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise Refused("BAD_SIGNATURE", "READ", "NOT_A_CERTIFICATE")
    return protected, payload, signature


CLAIMS: dict[int, Any] = {
    1: str,
    2: str,
    3: (str, bytes),
    4: int,
    5: str,
    6: int,
    7: int,
    8: int,
    9: bytes,
    10: int,
}
OPTIONAL = {6, 10}


def claims_of(payload: bytes) -> dict[int, Any]:
    """Return the claims by number; raises Refused where one is missing, unknown or of a wrong type."""
    try:
        claims, rest = cbor(payload)
        shaped = not rest and set(claims) | OPTIONAL == set(CLAIMS)
        shaped = shaped and all(isinstance(value, CLAIMS[claim]) for claim, value in claims.items())
        shaped = shaped and 0 <= claims[8] < 40_000 and 0 <= claims.get(10, 0) < 4_000_000_000
    except (ValueError, TypeError, IndexError, RecursionError):
        shaped = False
    if not shaped:
        raise Refused("BAD_SIGNATURE", "READ", "NOT_A_CERTIFICATE")
    return claims


def facts_of_claims(claims: dict[int, Any]) -> dict[str, str]:
    """Return what a QR code says, by labels for people."""
    occupation, directions = OCCUPATIONS.get(claims[5], (claims[5], []))
    place = claims.get(6, 0)
    direction = directions[place - 1] if 0 < place <= len(directions) else str(place or "")
    found = {
        "证书 certificate": KINDS.get(claims[4], str(claims[4])),
        "编号 number": claims[2],
        "姓名 name": claims[3] if isinstance(claims[3], str) else "",
        "职业 occupation": f"{occupation} {claims[5]}",
        "方向 direction": direction,
        "等级 level": LEVELS.get(claims[7], str(claims[7])),
        "签发日期 issued": (date(1970, 1, 1) + timedelta(claims[8])).isoformat(),
        "有效期至 valid until": day_of(_text(datetime.fromtimestamp(claims[10], UTC)))
        if 10 in claims
        else "",
        "文件指纹 document": claims[9].hex(),
    }
    return {label: value for label, value in found.items() if value}


def _hashed_name(answer: Answer, name: str, hashed: bytes, salt: bytes) -> None:
    if not name:
        answer.left("NAME", "NO_NAME_GIVEN")
        return
    if sha256(b"shuzheng-name/v1\n" + salt + comparable(name).encode()).digest()[:16] != hashed:
        raise Refused("NOT_FOUND_OR_NAME_MISMATCH", "NAME", "NAME_MISMATCH")
    answer.passed("NAME")


def _name(answer: Answer, name: str, held: str) -> None:
    if not name or not held:
        answer.left("NAME", "NO_NAME_GIVEN" if held else "NO_NAME_SHOWN")
    elif comparable(name) != comparable(held):
        raise Refused("NOT_FOUND_OR_NAME_MISMATCH", "NAME", "NAME_MISMATCH")
    else:
        answer.passed("NAME")


NOT_OF_A_NAME = re.compile(
    "[\\s\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65."
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)


def comparable(name: str) -> str:
    """Return a name without what spellings differ in: width, blanks, middle dots, case."""
    return NOT_OF_A_NAME.sub("", unicodedata.normalize("NFKC", name)).casefold()[:200]


def cose_header(key: bytes) -> bytes:
    """Return the protected header of a message by this key: EdDSA, and 8 bytes of the key's digest."""
    return b"\xa2\x01\x27\x04\x48" + sha256(key).digest()[:8]


# --- formats --------------------------------------------------------------------------------------------------------


def from_json(data: bytes) -> tuple[str, bytes, Given]:
    """Return form, credential and what came along in a JSON file; a bundle has them as members."""
    try:
        content = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Refused("BAD_SIGNATURE", "READ", "NOT_JSON") from None
    if "credential" not in content:
        return "credential", data, Given()
    listed, proof = content.get("statusList"), content.get("proof")
    status = None if listed is None else json.dumps(listed).encode()
    return (
        "bundle",
        json.dumps(content["credential"]).encode(),
        Given(status, proof if isinstance(proof, str) else ""),
    )


def from_pdf(data: bytes) -> tuple[bytes, Given]:
    """Return the one credential that a PDF file carries, and what came along; raises Refused."""
    files = dict.fromkeys(embedded(data))
    lists = [file for file in files if b'"BitstringStatusListCredential"' in file]
    proofs = [file.decode("utf-8", "replace") for file in files if file.startswith(b"c2sp.org/tlog-proof@")]
    credentials = [file for file in files if b'"credentialSubject"' in file and file not in lists]
    if len(credentials) != 1:
        raise Refused(
            "BAD_SIGNATURE", "READ", "SEVERAL_CREDENTIALS" if credentials else "NO_CREDENTIAL_ATTACHED"
        )
    given = Given(lists[0] if len(lists) == 1 else None, proofs[0] if len(proofs) == 1 else "")
    return credentials[0], given


def embedded(data: bytes) -> Iterator[bytes]:
    """Yield the files inside a PDF file, old versions of them too, so that a later one cannot hide an earlier."""
    for found in re.finditer(rb"/Type\s*/EmbeddedFile\b", data):
        begin = data.find(b"stream", found.end())
        header = data[data.rfind(b" obj", 0, found.start()) : begin]
        raw = data[begin + (8 if data[begin + 6 : begin + 8] == b"\r\n" else 7) :]
        length = re.search(rb"/Length\s+(\d+)(?!\d|\s+\d+\s+R)", header)
        raw = raw[: int(length[1])] if length else raw[: raw.find(b"endstream")]
        yield unpacked(raw) if b"/FlateDecode" in header else raw


def unpacked(raw: bytes) -> bytes:
    """Return what a compressed stream holds; raises Refused."""
    try:
        return zlib.decompressobj().decompress(raw, LARGEST_LIST)
    except zlib.error:
        raise Refused("BAD_SIGNATURE", "READ", "DAMAGED_FILE") from None


def strict_json(data: bytes) -> dict[str, Any]:
    """Return a JSON object without duplicate members; raises ValueError."""
    document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    return document


def read_strictly(data: bytes) -> dict[str, Any]:
    """Return a credential of the closed profile: only text, true and false; raises Refused."""
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        document = strict_json(data)
        _require_profile(document)
    except (ValueError, RecursionError) as error:
        raise Refused("BAD_SIGNATURE", "READ", "NOT_A_CERTIFICATE", str(error)) from None
    return document


def _require_profile(value: Any) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            _require_profile(key)
            _require_profile(member)
    elif isinstance(value, list):
        for member in value:
            _require_profile(member)
    elif isinstance(value, str):
        if re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", value) or not unicodedata.is_normalized(
            "NFC", value
        ):
            raise ValueError("text with control characters or not in form NFC")
    elif value is not True and value is not False:
        raise ValueError("a member is neither text nor true or false")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def jcs(value: Any) -> bytes:
    """Return canonical JSON (RFC 8785) of text, lists, objects, true, false and whole numbers; raises ValueError."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return b"{" + b",".join(jcs(key) + b":" + jcs(member) for key, member in members) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(jcs, value)) + b"]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53):
        raise ValueError("a number that is no whole one")
    return json.dumps(value, ensure_ascii=False).encode()


def moment(text: str) -> datetime:
    """Return a moment written as whole UTC seconds; raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _text(moment_: datetime) -> str:
    return moment_.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def base64url(text: str) -> bytes:
    """Return the bytes of base64url without padding; raises ValueError for any other spelling."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("not base64url in its one form")
    return raw


def decimal(text: str) -> bytes:
    """Return the bytes that a decimal number stands for; raises ValueError for any other spelling."""
    if not re.fullmatch("[1-9][0-9]{0,2999}", text):
        raise ValueError("not a number in its one form")
    value = int(text)
    return value.to_bytes((value.bit_length() + 7) // 8)


def base58(text: str) -> bytes:
    """Return the bytes of multibase base58btc; raises ValueError."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    digits, number = text[1:], 0
    if not text.startswith("z") or len(text) > 200:
        raise ValueError("not base58btc")
    for letter in digits:
        number = number * 58 + alphabet.index(letter)
    return b"\0" * (len(digits) - len(digits.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8)


def multikey(text: str) -> bytes | None:
    """Return the 32 bytes of an Ed25519 Multikey; None for a key of another kind."""
    raw = base58(text)
    return raw[2:] if raw[:2] == b"\xed\x01" and len(raw) == 34 else None


def head(kind: int, value: int) -> bytes:
    """Return the head of a CBOR item in its shortest form."""
    if value < 24:
        return bytes([kind << 5 | value])
    size = next(s for s in (1, 2, 4, 8) if value < 1 << 8 * s)
    return bytes([kind << 5 | 23 + size.bit_length()]) + value.to_bytes(size)


def cbor(data: bytes) -> tuple[Any, bytes]:
    """Return the first item (a tag as (number, item)) and the rest; only shortest forms, sorted unique keys."""
    kind, short = data[0] >> 5, data[0] & 31
    size = 1 << short - 24 if 24 <= short <= 27 else 0
    value = int.from_bytes(data[1 : 1 + size]) if size else short
    if short > 27 or head(kind, value) != data[: 1 + size]:
        raise ValueError("CBOR that is not in its shortest form")
    rest = data[1 + size :]
    if kind in (0, 1):
        return (value if kind == 0 else -1 - value), rest
    if kind in (2, 3):
        if len(rest) < value:
            raise ValueError("CBOR that ends too early")
        return (rest[:value] if kind == 2 else rest[:value].decode()), rest[value:]
    if kind == 6:
        item, rest = cbor(rest)
        return (value, item), rest
    items: list[Any] = []
    for _ in range(value * (kind - 3) if kind in (4, 5) else -1):
        item, rest = cbor(rest)
        items.append(item)
    if kind == 4:
        return items, rest
    if kind != 5 or items[::2] != sorted(set(items[::2])):
        raise ValueError("CBOR with unsorted or repeated keys")
    return dict(zip(items[::2], items[1::2], strict=True)), rest


# --- command line ---------------------------------------------------------------------------------------------------


def lines(answer: Answer, lang: str = "zh") -> Iterator[str]:
    """Yield the answer for people."""
    place = int(lang == "en")
    yield f"{answer.outcome}  {OUTCOMES[answer.outcome][place]}"
    for label, value in answer.facts.items():
        yield f"  {label}: {value}"
    for step in answer.steps:
        said = " ".join(filter(None, (step.reason, step.detail)))
        yield f"  {MARKS[step.result]} {STEPS[step.name][place]}{': ' if said else ''}{said}"


def exit_code(answer: Answer) -> int:
    """Return 0 for VALID, 6 for INDETERMINATE, 1 for everything else."""
    return EXITS.get(answer.outcome, 1)


def read_keys(files: list[Path], logs: Iterable[str] = (), witnesses: Iterable[str] = ()) -> Keys:
    """Return the keys of DID documents, logs and witnesses; raises OSError and ValueError."""
    keys = Keys()
    for file in files:
        keys.add(json.loads(file.read_bytes()))
    for vkey in logs:
        keys.add_log(vkey)
    for vkey in witnesses:
        keys.add_witness(vkey)
    return keys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "file", type=Path, help="credential .json, bundle .json, .pdf, or text of the QR code"
    )
    parser.add_argument(
        "--keys", type=Path, action="append", required=True, help="DID document of the issuer"
    )
    parser.add_argument("--log-key", action="append", default=[], help="verifier key of the log, name+id+key")
    parser.add_argument(
        "--witness-key", action="append", default=[], help="verifier key of a witness of the log"
    )
    parser.add_argument("--status", type=Path, help="status list of the issuer, fetched beforehand")
    parser.add_argument("--name", default="", help="name that the holder must have")
    parser.add_argument(
        "--at", type=moment, help="moment to verify for, 2026-05-01T00:00:00Z; now if not given"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(given.keys, given.log_key, given.witness_key)
        data = given.file.read_bytes()
        status = given.status.read_bytes() if given.status else None
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    answer = verify(data, keys, given.at, given.name, status)
    print(
        json.dumps(asdict(answer), ensure_ascii=False, indent=2)
        if given.json
        else "\n".join(lines(answer, given.lang))
    )
    return exit_code(answer)


if __name__ == "__main__":
    sys.exit(main())
