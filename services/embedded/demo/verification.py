"""An employer verifies: by number and name, by document, in a batch; and every way in which it can fail."""

import json
from collections import Counter
from typing import Any

from services.client import exports
from services.embedded.demo.expectation import expect, until
from services.embedded.demo.journey import Journey
from services.embedded.demo.results import GRADE, ISSUED, REVOKED
from services.verifier import audit

ROWS = 20  # rows a message of the batch


async def certificates(j: Journey) -> None:
    """Export every certificate as a file, correct a name, then verify."""
    folder = j.folder / "certificates"
    folder.mkdir(exist_ok=True)
    found = await j.supervisor.every("CertificateService/ListCertificates", "certificates")
    await _single(j, found)
    await _correct_name(j, next(c for c in found if c.kind == GRADE and c.state == ISSUED))
    answers = await j.supervisor.stream("CertificateService/ExportCertificates", [{}])
    documents = [document for answer in answers for document in answer.documents]
    for document in documents:
        (folder / f"{document.name.rpartition('/')[2]}.json").write_bytes(document.content)
    j.teller.say(
        f"{len(documents)} 份证书文件（W3C 可验证凭证，Ed25519 签名）→ {folder}",
        f"{len(documents)} documents (W3C Verifiable Credentials, Ed25519) → {folder}",
    )
    await _batch(j)
    await _employer(j, found[0])
    await _export(j)
    j.summary["verifications"] = dict(sorted(j.verified.items()))


async def _verify(j: Journey, zh: str, en: str, wanted: str, **evidence: Any) -> Any:
    answer = await j.public("VerificationService/VerifyCertificate", **evidence)
    outcome = outcome_of(answer)
    expect(en, outcome, wanted)
    j.verified[outcome] += 1
    j.teller.say(f"{zh} → {outcome}", f"{en} → {outcome}")
    return answer


def outcome_of(verification: Any) -> str:
    """Return the outcome's name without its prefix."""
    values = verification.DESCRIPTOR.fields_by_name["outcome"].enum_type.values_by_number
    return str(values[verification.outcome].name.removeprefix("VERIFICATION_OUTCOME_"))


def printed(number: str, name: str) -> dict[str, Any]:
    """Return what a person reads from a certificate."""
    return {"printed": {"number": number, "holder_name": name}}


async def _single(j: Journey, found: list[Any]) -> None:
    standing = next(c for c in found if c.kind == GRADE and c.state == ISSUED)
    revoked = next(c for c in found if c.state == REVOKED)
    spaced = f"{standing.number[:4]} {standing.number[4:]}".lower()
    await _verify(
        j, "编号与姓名", "number and name", "VALID", **printed(standing.number, standing.holder_name)
    )
    await _verify(
        j, "编号含空格、小写", "number as typed by hand", "VALID", **printed(spaced, standing.holder_name)
    )
    await _verify(
        j, "姓名不符", "wrong name", "NOT_FOUND_OR_NAME_MISMATCH", **printed(standing.number, "某某某")
    )
    unknown = standing.number[:-3] + "".join(
        str((int(d) + 1) % 10) if d.isdigit() else d for d in standing.number[-3:]
    )
    await _verify(
        j,
        "编号不存在",
        "unknown number",
        "NOT_FOUND_OR_NAME_MISMATCH",
        **printed(unknown, standing.holder_name),
    )
    await _verify(j, "已吊销", "revoked", "REVOKED", **printed(revoked.number, revoked.holder_name))
    await _documents(j, standing.name)


async def _documents(j: Journey, name: str) -> None:
    document = (await j.supervisor("CertificateService/GetCertificateDocument", name=name)).content
    await _verify(j, "证书文件", "signed document", "VALID", document=document)
    tampered = json.loads(document)
    tampered["credentialSubject"]["achievement"]["name"] = "高级证书"
    await _verify(j, "证书文件被篡改", "tampered document", "BAD_SIGNATURE", document=_bytes(tampered))
    foreign = json.loads(document)
    foreign["issuer"]["id"] = "did:web:certificates.invalid"
    await _verify(j, "签发者不明", "foreign issuer", "UNKNOWN_ISSUER", document=_bytes(foreign))


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


async def _correct_name(j: Journey, certificate: Any) -> None:
    corrected = certificate.holder_name + "（更名）"
    new = await j.supervisor(
        "CertificateService/SupersedeCertificate", name=certificate.name, holder_name=corrected
    )
    await until(
        lambda: j.supervisor("CertificateService/GetCertificate", name=new.name),
        lambda found: found.state == ISSUED,
        f"{new.name} signed",
    )
    answer = await _verify(
        j, "姓名更正后的旧证书", "certificate with a corrected name", "SUPERSEDED",
        **printed(certificate.number, certificate.holder_name),
    )  # fmt: skip
    expect("number that takes its place", answer.superseded_by, new.number)
    await _verify(j, "新证书", "its replacement", "VALID", **printed(new.number, corrected))


async def _batch(j: Journey) -> None:
    """Verify every certificate there is, and one that never was, as one stream."""
    found = await j.supervisor.every("CertificateService/ListCertificates", "certificates")
    rows = [{"number": c.number, "holder_name": c.holder_name} for c in found]
    rows.append({"number": found[0].number, "holder_name": "不是本人"})
    messages = [{"rows": rows[start : start + ROWS]} for start in range(0, len(rows), ROWS)]
    answers = await j.public.stream("VerificationService/BatchVerify", messages)
    outcomes = Counter(outcome_of(v) for answer in answers for v in answer.verifications)
    expect("answers of a batch", sum(outcomes.values()), len(rows))
    j.verified += outcomes
    told = ", ".join(f"{key} {count}" for key, count in sorted(outcomes.items()))
    j.teller.say(f"批量验证 {len(rows)} 行：{told}", f"batch of {len(rows)} rows: {told}")


async def _employer(j: Journey, certificate: Any) -> None:
    """An employer's own program sends its list as it is and gets a report that proves what it was told."""
    employer = {"display_name": "示例科技有限公司", "uscc": "91330100799655058B"}
    made = await j.supervisor("EmployerService/CreateEmployer", employer_id="shili", employer=employer)
    staff = j.caller("employer", made.name, "人事 周经理")
    key = await staff("EmployerService/CreateApiKey", parent=made.name, api_key={"display_name": "人事系统"})
    rows = f"证书编号,姓名\n{certificate.number},{certificate.holder_name}\n,无编号\n".encode()
    *_, last = await j.program(key.secret).stream(
        "VerificationReportService/BatchVerifyFile", [{"filename": "员工证书.csv", "chunk": rows}]
    )
    expect("rows that the employer's file could not be read in", last.report.unread_rows, 1)
    file = j.folder / "verification-report.json"
    file.write_bytes(last.report.content)
    j.teller.say(f"用人单位文件验证：签名报告 → {file}", f"an employer's file: signed report → {file}")


async def _export(j: Journey) -> None:
    """Leave everything that others need to check the certificates without us, and check it as they would."""
    folder = j.folder / "export"
    answers = {
        path: await j.public(path)
        for path in (
            "VerificationService/GetDidDocument",
            "VerificationReportService/GetReportDidDocument",
            "StatusService/ListStatusLists",
        )
    }
    answers["CertificateService/ExportCertificates"] = await j.supervisor.stream(
        "CertificateService/ExportCertificates", [{}]
    )
    answers["LogService/ExportLog"] = await j.public.stream("LogService/ExportLog", [{}])
    exports.write(folder, lambda path, **_: answers[path], {}, lambda *_: None)
    found = audit.examine(folder, [folder / "did.json"])
    expect("problems that an audit of the export finds", found.problems, [])
    leaves = sum(about["size"] for about in found.logs.values())
    j.teller.say(
        f"导出 {found.certificates} 份证书、公钥与透明日志（{leaves} 条），离线复核无误 → {folder}",
        f"{found.certificates} certificates, keys and the log ({leaves} leaves), audited offline → {folder}",
    )
