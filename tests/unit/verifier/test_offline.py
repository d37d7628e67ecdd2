"""The two offline verifiers: right answers for good input, refusals for altered input, and never two opinions."""

import base64
import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.certificates.document.domain.holder import comparable as comparable_of_service
from services.certificates.log.ledger.leaf import LeafType
from services.certificates.paper.printing.claims import name_hash
from services.verifier import offline
from services.verifier.page_copy import page
from services.vocabulary.occupations import OCCUPATIONS

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAGE = Path(offline.__file__).parent / "page" / "index.html"
NODE = shutil.which("node")


def case(data: bytes, *dids, now: datetime = NOW, name: str = "", status: bytes | None = None) -> dict:
    return {"data": data, "keys": list(dids), "now": now, "name": name, "status": status}


def by_python(one: dict) -> dict:
    keys = offline.Keys()
    for did in one["keys"]:
        keys.add_log(did) if isinstance(did, str) else keys.add(did)
    return asdict(offline.verify(one["data"], keys, one["now"], one["name"], one["status"]))


def by_page(cases: list[dict]) -> list[dict]:
    if NODE is None:
        pytest.skip("node is not installed")

    def sent(one: dict) -> dict:
        texts = {k: None if one[k] is None else base64.b64encode(one[k]).decode() for k in ("data", "status")}
        return one | texts | {"now": one["now"].isoformat()}

    given = json.dumps([sent(one) for one in cases])
    runner = [NODE, "--no-warnings", str(Path(__file__).parent / "run_page.mjs"), str(PAGE)]
    return json.loads(subprocess.run(runner, input=given, capture_output=True, text=True, check=True).stdout)


def gist(answer: dict) -> tuple:
    """What both verifiers must agree on: all but the words of a fault."""
    steps = [
        (s["name"], s["result"], s["reason"], s["detail"] if s["result"] == "OK" else "")
        for s in answer["steps"]
    ]
    return answer["form"], answer["outcome"], answer["key"], answer["facts"], steps


GOOD = "INDETERMINATE"


@pytest.fixture(scope="module")
def situations(issuer) -> dict[str, tuple[dict, str, str]]:
    """By name: the case, the outcome, and the reason of the step that decided."""
    did, credential = issuer.did, issuer.credential
    altered = credential.replace("示例评价机构".encode(), "另一评价机构".encode())
    foreign = issuer.secured(issuer.document(), issuer.keys["foreign"])
    by_qr_key = issuer.secured(issuer.document(), issuer.keys["qr"])
    unsigned = json.dumps(issuer.document()).encode()
    two_proofs = json.loads(credential)
    two_proofs["proof"].insert(0, {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"})
    revoked, stale = issuer.status_list((7,)), issuer.status_list(validUntil="2026-05-01T06:00:00Z")
    claimed = offline.decimal(issuer.code.rpartition(b"#")[2].decode())
    flipped = bytearray(claimed)
    flipped[60] ^= 1
    address = b"https://look-alike.example/v#"
    other_site = address + issuer.code.rpartition(b"#")[2]
    number = json.loads(credential) | {"age": 7}
    return {
        "credential": (case(credential, did), GOOD, "NO_STATUS_LIST"),
        "pretty-printed": (
            case(json.dumps(json.loads(credential), indent=2).encode(), did),
            GOOD,
            "NO_STATUS_LIST",
        ),
        "with a list": (case(credential, did, status=issuer.fresh), "VALID", ""),
        "revoked": (case(credential, did, status=revoked), "REVOKED", "BIT_IS_SET"),
        "neighbor revoked": (case(credential, did, status=issuer.status_list((6, 8))), "VALID", ""),
        "stale list": (case(credential, did, status=stale), GOOD, "STATUS_LIST_UNUSABLE"),
        "list by the credential key": (
            case(credential, did, status=issuer.status_list(key=issuer.keys["credential"])),
            GOOD,
            "STATUS_LIST_UNUSABLE",
        ),
        "another list": (
            case(credential, did, status=issuer.status_list(id="https://x.example/2")),
            GOOD,
            "STATUS_LIST_UNUSABLE",
        ),
        "altered list": (
            case(credential, did, status=revoked.replace(b"revocation", b"Revocation")),
            GOOD,
            "STATUS_LIST_UNUSABLE",
        ),
        "altered": (case(altered, did), "BAD_SIGNATURE", "WRONG_SIGNATURE"),
        "unknown member": (
            case(json.dumps(json.loads(credential) | {"note": "x"}).encode(), did),
            "BAD_SIGNATURE",
            "WRONG_SIGNATURE",
        ),
        "a number": (case(json.dumps(number).encode(), did), "BAD_SIGNATURE", "NOT_A_CERTIFICATE"),
        "member twice": (
            case(credential.replace(b'{"@context"', b'{"id":"x","@context"', 1), did),
            "BAD_SIGNATURE",
            "NOT_JSON",
        ),
        "no proof": (case(unsigned, did), "BAD_SIGNATURE", "NO_PROOF"),
        "second proof": (case(json.dumps(two_proofs).encode(), did), GOOD, "NO_STATUS_LIST"),
        "foreign key of the same name": (case(foreign, did), "BAD_SIGNATURE", "WRONG_SIGNATURE"),
        "credential by the QR key": (case(by_qr_key, did), "UNKNOWN_ISSUER", "NOT_PINNED"),
        "nothing pinned": (case(credential), "UNKNOWN_ISSUER", "NOT_PINNED"),
        "expired": (
            case(credential, did, now=datetime(2029, 3, 1, 4, tzinfo=UTC)),
            "EXPIRED",
            "AFTER_VALID_UNTIL",
        ),
        "last second": (
            case(credential, did, now=datetime(2029, 3, 1, 3, 59, 59, tzinfo=UTC)),
            GOOD,
            "NO_STATUS_LIST",
        ),
        "too early": (
            case(credential, did, now=datetime(2026, 2, 1, tzinfo=UTC)),
            "NOT_YET_VALID",
            "BEFORE_VALID_FROM",
        ),
        "right name": (case(credential, did, name=" 张 \U00020bb7"), GOOD, "NO_STATUS_LIST"),
        "wrong name": (case(credential, did, name="张三"), "NOT_FOUND_OR_NAME_MISMATCH", "NAME_MISMATCH"),
        "code": (case(issuer.code, did), GOOD, "NO_STATUS_ENTRY"),
        "code on a look-alike site": (case(other_site, did), GOOD, "NO_STATUS_ENTRY"),
        "code with a changed bit": (
            case(address + b"%d" % int.from_bytes(flipped), did),
            "BAD_SIGNATURE",
            "WRONG_SIGNATURE",
        ),
        "code by the credential key": (
            case(issuer.code_text(issuer.keys["credential"]), did),
            "UNKNOWN_ISSUER",
            "NOT_PINNED",
        ),
        "code of another issuer": (
            case(issuer.code_text(issuer="did:web:evil.example"), did),
            "UNKNOWN_ISSUER",
            "NOT_PINNED",
        ),
        "code expired": (
            case(issuer.code, did, now=datetime(2030, 1, 1, tzinfo=UTC)),
            "EXPIRED",
            "AFTER_VALID_UNTIL",
        ),
        "hidden name right": (case(hidden(issuer), did, name="张\U00020bb7"), GOOD, "NO_STATUS_ENTRY"),
        "hidden name wrong": (
            case(hidden(issuer), did, name="张三"),
            "NOT_FOUND_OR_NAME_MISMATCH",
            "NAME_MISMATCH",
        ),
        "pdf": (case(issuer.pdf, did), GOOD, "NO_STATUS_LIST"),
        "pdf with a list": (
            case(issuer.pdf_file(("credential.json", credential), ("status.json", issuer.fresh)), did),
            "VALID",
            "",
        ),
        "pdf with an altered credential": (
            case(issuer.pdf_file(("credential.json", altered)), did),
            "BAD_SIGNATURE",
            "WRONG_SIGNATURE",
        ),
        "pdf with two credentials": (
            case(issuer.pdf_file(("a.json", altered), ("b.json", credential)), did),
            "BAD_SIGNATURE",
            "SEVERAL_CREDENTIALS",
        ),
        "pdf with none": (case(issuer.pdf_file(), did), "BAD_SIGNATURE", "NO_CREDENTIAL_ATTACHED"),
        "bundle": (case(issuer.bundle(), did), GOOD, "NO_STATUS_LIST"),
        "bundle with a list": (case(issuer.bundle(statusList=json.loads(issuer.fresh)), did), "VALID", ""),
        "bundle that brings its own keys": (case(issuer.bundle()), "UNKNOWN_ISSUER", "NOT_PINNED"),
        "empty": (case(b"", did), "BAD_SIGNATURE", "NOT_A_CERTIFICATE"),
        "text": (case(b"hello", did), "BAD_SIGNATURE", "NOT_A_CERTIFICATE"),
        "bytes": (case(bytes(range(256)), did), "BAD_SIGNATURE", "NOT_A_CERTIFICATE"),
        "deep": (case(b'{"a":' * 5000, did), "BAD_SIGNATURE", "NOT_JSON"),
        "not quite JSON": (case(b"{'a':1}", did), "BAD_SIGNATURE", "NOT_JSON"),
    }


def hidden(issuer) -> bytes:
    salt = bytes(range(16))
    return issuer.code_text(holder=name_hash("张\U00020bb7", salt), document=salt)


@pytest.fixture(scope="module")
def logged(issuer) -> dict[str, tuple[dict, str]]:
    """By name: a case with a proof of the log, and the reason of its step LOG ("" where it is good)."""
    document, did, vkey = issuer.document(), issuer.did, issuer.vkey

    def bundle(proof: str) -> bytes:
        return issuer.bundle(proof=proof)

    good = issuer.log_proof(document)
    pdf = issuer.pdf_file(("credential.json", issuer.credential), ("proof.tlog-proof", good.encode()))
    other = issuer.log_proof(document | {"name": "x"})
    return {
        "good": (case(bundle(good), did, vkey), ""),
        "in a pdf": (case(pdf, did, vkey), ""),
        "no key of the log": (case(bundle(good), did), "NO_LOG_KEY"),
        "no proof": (case(issuer.credential, did, vkey), "NO_LOG_PROOF"),
        "of another document": (case(bundle(other), did, vkey), "LOG_PROOF_UNUSABLE"),
        "with another nonce": (
            case(bundle(issuer.log_proof(document, nonce=bytes(32))), did, vkey),
            "LOG_PROOF_UNUSABLE",
        ),
        "of a revocation": (
            case(bundle(issuer.log_proof(document, type=LeafType.REVOKE)), did, vkey),
            "LOG_PROOF_UNUSABLE",
        ),
        "of another index": (
            case(bundle(issuer.log_proof(document, index=2)), did, vkey),
            "LOG_PROOF_UNUSABLE",
        ),
        "by another key of the same name": (
            case(bundle(issuer.log_proof(document, log=issuer.another_log)), did, vkey),
            "LOG_PROOF_UNUSABLE",
        ),
        "with another size": (case(bundle(good.replace("\n5\n", "\n6\n")), did, vkey), "LOG_PROOF_UNUSABLE"),
        "no text of a proof": (case(bundle("c2sp.org/tlog-proof@v1\n"), did, vkey), "LOG_PROOF_UNUSABLE"),
    }


def test_both_check_the_place_in_the_log(logged):
    answers = by_page([one for one, _ in logged.values()])
    for (name, (one, reason)), answer in zip(logged.items(), answers, strict=True):
        ours = by_python(one)
        (step,) = [step for step in ours["steps"] if step["name"] == "LOG"]
        assert (name, step["reason"], step["result"] == "OK") == (name, reason, not reason)
        assert (name, gist(answer)) == (name, gist(ours))


def test_python_answers_as_it_should(situations):
    found = {name: by_python(one) for name, (one, _, _) in situations.items()}
    assert {name: answer["outcome"] for name, answer in found.items()} == {
        name: outcome for name, (_, outcome, _) in situations.items()
    }
    reasons = {name: answer["steps"][-1]["reason"] for name, answer in found.items()}
    assert reasons == {name: reason for name, (_, _, reason) in situations.items()}


def test_the_page_answers_as_python_does_step_by_step(situations):
    answers = by_page([one for one, _, _ in situations.values()])
    for (name, (one, _, _)), answer in zip(situations.items(), answers, strict=True):
        assert (name, gist(answer)) == (name, gist(by_python(one)))


def test_hundreds_of_random_changes_are_refused_by_both(issuer):
    chance = random.Random(20260301)
    cases = []
    for whole in (issuer.credential, issuer.code.rpartition(b"/")[2]):
        for _ in range(150):
            changed = bytearray(whole)
            changed[chance.randrange(2, len(whole))] = chance.choice(b'abcXYZ019{}",:[]_-#~')
            if bytes(changed) != whole and not bytes(changed).startswith(b"#"):
                cases.append(case(bytes(changed), issuer.did))
    for one, theirs in zip(cases, by_page(cases), strict=True):
        ours = by_python(one)
        assert ours["outcome"] == theirs["outcome"], one["data"]
        meant = ours["outcome"] not in {"INDETERMINATE", "VALID"}
        assert meant or one["data"].rpartition(b"#")[2] == issuer.code.rpartition(b"#")[2], one["data"]
    assert len(cases) > 250


def test_facts_are_shown_only_once_the_signature_is_known_to_be_right(situations):
    for one, outcome, _ in situations.values():
        answer = by_python(one)
        assert bool(answer["facts"]) == (outcome not in {"BAD_SIGNATURE", "UNKNOWN_ISSUER"})


def test_what_a_code_says_is_told_in_words(issuer):
    facts = by_python(case(issuer.code, issuer.did))["facts"]
    assert facts["职业 occupation"] == "人工智能工程技术人员 2-02-38-01"
    assert facts["方向 direction"] == "计算机视觉产品实现"
    assert (facts["等级 level"], facts["签发日期 issued"]) == ("中级", "2026-03-01")


def test_without_a_status_list_the_answer_says_so(issuer):
    told = "\n".join(offline.lines(offline.verify(issuer.code, offline.Keys().add(issuer.did), NOW)))
    assert told.startswith("INDETERMINATE  签名有效；是否已被撤销，离线无法得知")
    assert "– 撤销状态: NO_STATUS_ENTRY" in told


@pytest.mark.parametrize(
    "name", ["张三", " 张 三 ", "阿依古丽·买买提", "ＡＢＣ", "Straße", "买\u200b买提", "Ana．B"]
)
def test_names_are_compared_as_the_service_does(name):
    assert offline.comparable(name) == comparable_of_service(name)


def test_both_know_the_occupations_of_the_service():
    known = {o.code_2022: (o.name_zh, [d.name_zh for d in o.directions]) for o in OCCUPATIONS.values()}
    assert known == offline.OCCUPATIONS
    in_page = json.loads(re.search(r"OCCUPATIONS = (\{.*\});", PAGE.read_text("utf-8"))[1])
    assert {code: tuple(entry) for code, entry in in_page.items()} == known


def test_a_copy_of_the_page_holds_the_pinned_keys_and_loads_nothing_from_elsewhere(issuer):
    text = page([issuer.did])
    pinned = re.search(r'<script id="pinned" type="application/json">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(pinned) == [issuer.did]
    assert (
        "</script>" not in page([{"id": "</script>"}]).split('id="pinned"')[1].split('id="verifier"')[0][:-40]
    )
    assert not re.findall(
        r"""(?:src|href)=|https?://|import\s*\(|fetch\((?!"did\.json"\))""", text.replace(pinned, "")
    )


def test_the_file_needs_nothing_but_the_standard_library_and_cryptography():
    modules = re.findall(
        r"^\s*(?:from|import) ([a-z_0-9]+)", Path(offline.__file__).read_text("utf-8"), re.MULTILINE
    )
    assert set(modules) - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_command_line_of_the_file_by_itself(issuer, tmp_path):
    alone = shutil.copy(offline.__file__, tmp_path / "verify.py")
    (tmp_path / "did.json").write_text(json.dumps(issuer.did))
    (tmp_path / "list.json").write_bytes(issuer.fresh)
    (tmp_path / "page.pdf").write_bytes(issuer.pdf)

    def run(*arguments: str):
        command = [sys.executable, "-I", str(alone), *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    known = run(
        "page.pdf",
        "--keys",
        "did.json",
        "--at",
        "2026-05-01T12:00:00Z",
        "--lang",
        "en",
        "--name",
        "张\U00020bb7",
    )
    assert (known.returncode, known.stdout.splitlines()[0].split()[0]) == (6, "INDETERMINATE")
    assert json.loads(run("page.pdf", "--keys", "did.json", "--json").stdout)["form"] == "pdf"
    assert run("page.pdf", "--keys", "list.json").returncode == 2
    assert run("absent.pdf", "--keys", "did.json").returncode == 2
