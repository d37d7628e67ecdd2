"""Two issuers are pinned: neither the keys nor the lists nor the log of one say anything for the other.

Each attack stands beside what the same key may do in its own issuer's name, and both verifiers see all of them.
"""

import json

import pytest

from services.certificates.proofs.signing import did
from services.certificates.proofs.signing.multibase import public_key
from services.verifier import offline
from tests.unit.verifier.test_offline import GOOD, by_page, by_python, case, gist

FOREIGN_KEY = "KEY_OF_ANOTHER_ISSUER"
UNKNOWN = "UNKNOWN_ISSUER"
UNUSABLE = "STATUS_LIST_UNUSABLE"


def method(key, controller: str) -> dict[str, str]:
    raw = public_key(key.public_key)
    return {"id": key.key_id, "type": "Multikey", "controller": controller, "publicKeyMultibase": raw}


def adding(document: dict, *methods: dict, signing: bool = True) -> dict:
    """A DID document with more methods, which may sign credentials."""
    used = [one["id"] for one in methods] if signing else []
    return document | {
        "verificationMethod": [*document["verificationMethod"], *methods],
        "assertionMethod": [*document["assertionMethod"], *used],
    }


@pytest.fixture(scope="module")
def situations(issuer) -> dict[str, tuple[dict, str, str]]:
    """By name: the case, the outcome, and the reason of the step that decided."""
    rival, ours, theirs = issuer.rival, issuer.did, issuer.rival_did
    in_our_name = issuer.secured(issuer.document(), rival["credential"])
    own = issuer.secured(issuer.document(issuer={"id": theirs["id"]}), rival["credential"])
    list_in_our_name = issuer.status_list(key=rival["status"])
    own_list = issuer.status_list(key=rival["status"], issuer=theirs["id"])
    called_ours, unused, part = (
        issuer.signer(name, seed) for seed, name in enumerate(("credential-2027", "login-1", "x#k"), 31)
    )
    naming_ours = adding(theirs, method(called_ours, theirs["id"]))
    with_unused = adding(ours, method(unused, ours["id"]), signing=False)
    raising_unused = theirs | {"assertionMethod": [*theirs["assertionMethod"], unused.key_id]}
    kept_by_other = adding(ours, method(called_ours, theirs["id"]))
    part_of_ours = adding(theirs | {"id": f"{ours['id']}#x"}, method(part, f"{ours['id']}#x"))

    def pinned(data: bytes, first=ours, second=theirs, **given) -> dict:
        return case(data, first, second, **given)

    return {
        "a credential in our name": (pinned(in_our_name), UNKNOWN, FOREIGN_KEY),
        "the same in a bundle": (
            pinned(json.dumps({"credential": json.loads(in_our_name)}).encode()),
            UNKNOWN,
            FOREIGN_KEY,
        ),
        "the same in a PDF": (
            pinned(issuer.pdf_file(("credential.json", in_our_name))),
            UNKNOWN,
            FOREIGN_KEY,
        ),
        "the same in its own name": (pinned(own, status=own_list), "VALID", ""),
        "a code in our name": (pinned(issuer.code_text(rival["qr"])), UNKNOWN, "NOT_PINNED"),
        "a code in its own name": (
            pinned(issuer.code_text(rival["qr"], issuer=theirs["id"])),
            GOOD,
            "NO_STATUS_ENTRY",
        ),
        "a list in our name": (pinned(issuer.credential, status=list_in_our_name), GOOD, UNUSABLE),
        "a list in its own name": (pinned(issuer.credential, status=own_list), GOOD, UNUSABLE),
        "our list for its certificate": (pinned(own, status=issuer.fresh), GOOD, UNUSABLE),
        "a list in our name, in a bundle": (
            pinned(issuer.bundle(statusList=json.loads(list_in_our_name))),
            GOOD,
            UNUSABLE,
        ),
        "our own list": (pinned(issuer.credential, status=issuer.fresh), "VALID", ""),
        "its document names a key as ours": (
            pinned(issuer.secured(issuer.document(), called_ours), second=naming_ours),
            UNKNOWN,
            "NOT_PINNED",
        ),
        "its document lets a key of ours sign": (
            pinned(issuer.secured(issuer.document(), unused), with_unused, raising_unused),
            UNKNOWN,
            "NOT_PINNED",
        ),
        "a key in our document that it controls": (
            pinned(issuer.secured(issuer.document(), called_ours), kept_by_other),
            UNKNOWN,
            "NOT_PINNED",
        ),
        "its document is called a part of ours": (
            pinned(issuer.secured(issuer.document(), part), second=part_of_ours),
            UNKNOWN,
            "NOT_PINNED",
        ),
        "the issuer is a list": (
            pinned(issuer.secured(issuer.document(issuer={"id": [ours["id"]]}))),
            UNKNOWN,
            "NOT_PINNED",
        ),
    }


def test_no_issuer_speaks_for_another(situations):
    found = {name: by_python(one) for name, (one, _, _) in situations.items()}
    told = {name: (one["outcome"], one["steps"][-1]["reason"]) for name, one in found.items()}
    assert told == {name: (outcome, reason) for name, (_, outcome, reason) in situations.items()}


def test_the_page_sees_every_attack_as_python_does(situations):
    answers = by_page([one for one, _, _ in situations.values()])
    for (name, (one, _, _)), answer in zip(situations.items(), answers, strict=True):
        assert (name, gist(answer)) == (name, gist(by_python(one)))


def test_the_log_of_one_issuer_holds_no_certificate_of_another(issuer):
    logs = {issuer.vkey: None, issuer.rival_log.key.vkey: issuer.rival_log}
    cases = []
    for log in logs.values():
        proof = issuer.log_proof(issuer.document(), **({"log": log} if log else {}))
        cases.append(case(issuer.bundle(proof=proof), issuer.did, issuer.rival_did, *logs))
    for (one, theirs), reason in zip(
        zip(cases, by_page(cases), strict=True), ("", "LOG_PROOF_UNUSABLE"), strict=True
    ):
        for answer in (by_python(one), theirs):
            assert [step["reason"] for step in answer["steps"] if step["name"] == "LOG"] == [reason]


@pytest.mark.parametrize(
    ("key_id", "issuer", "is_theirs"),
    [
        ("did:web:a.example#k", "did:web:a.example", True),
        ("did:web:b.example#k", "did:web:a.example", False),
        ("did:web:a.example:x#k", "did:web:a.example", False),
        ("did:web:a.example#x#k", "did:web:a.example#x", False),
        ("did:web:a.example.evil#k", "did:web:a.example", False),
        ("#k", "did:web:a.example", False),
    ],
)
def test_the_service_and_the_verifiers_have_one_rule(key_id, issuer, is_theirs):
    assert offline.speaks_for(key_id, issuer) is did.speaks_for(key_id, issuer) is is_theirs
