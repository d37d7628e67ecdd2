"""The page: archivable, the same each time, with its files inside and a code that phones read."""

import asyncio
import io
import shutil
import subprocess
import threading
from dataclasses import replace

import pytest
import zxingcpp
from pypdf import PdfReader

from services.certificates.paper.printing import claims, cose, qr
from services.certificates.paper.printing.sheet import Attachment, Layout
from services.kit.errors import AppError
from tests.support.pictures import Picture, gray_pgm, gray_png

ATTACHED = (
    Attachment("credential.json", "application/vc", "signed", '{"name":"张三"}'),
    Attachment("proof.tlog-proof", "text/plain", "log", "c2sp.org/tlog-proof@v1\nindex 7\n"),
)


@pytest.fixture
def text(award, claimed, key) -> str:
    return qr.address("https://certificates.example", cose.sign1(claims.encode(claimed(award)), key))


@pytest.fixture
def pdf(typesetter, award, page, text) -> bytes:
    return typesetter.set(page(award), qr.svg(text), ATTACHED)


def pictured(text: str) -> Picture:
    """A code as a camera sees it: four points a module, in a quiet zone of four modules."""
    rows = qr.modules(text)
    quiet = b"\xff" * 4
    size = (len(rows) + 8) * 4
    lines = [b"".join(bytes([module]) * 4 for module in quiet + row + quiet) * 4 for row in rows]
    edge = b"\xff" * size * 16
    return Picture(size, size, edge + b"".join(lines) + edge)


def read(picture) -> str:
    (code,) = zxingcpp.read_barcodes(picture.view())
    return code.text


HOSTS = ("certificates.example", "zhengshu.digital-talent.example.gov.cn")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("length", range(2, 13))
def test_a_code_is_of_version_12_at_most_for_any_chinese_name_and_read_back(
    award, claimed, key, host, length
):
    for name in ("阿" * length, "\U00020bb7" * min(length, 9)):
        stated = claimed(award, holder=name, issuer=f"did:web:{host}", valid_until=1_900_000_000)
        text = qr.address(f"https://{host}", cose.sign1(claims.encode(stated), key))
        assert qr.version(text) <= 12
        payload, _ = cose.verify1(qr.message_of(read(pictured(text))), {"qr": key.public_key})
        assert claims.decode(payload) == stated


def test_the_longest_name_only_makes_the_code_larger(award, claimed, key):
    stated = claimed(award, holder="买" * 60)
    text = qr.address("https://certificates.example", cose.sign1(claims.encode(stated), key))
    assert 12 < qr.version(text) <= 16 and read(pictured(text)) == text


@pytest.mark.parametrize(
    "text", ["", "https://x.example/v#", "v#0123", "v#12a", "v#-1", "v#１２", "v#" + "1" * 3001]
)
def test_what_is_no_number_is_no_message(text):
    with pytest.raises(ValueError, match="number"):
        qr.message_of(text)


def test_the_message_is_found_again_in_the_text_of_a_code(award, claimed, key, text):
    assert qr.message_of(text) == cose.sign1(claims.encode(claimed(award)), key)


def test_the_code_is_read_back_from_a_picture_of_the_screen_page(typesetter, award, page, text):
    picture = typesetter.set(page(award, Layout.SCREEN), qr.svg(text), (), "png", 100)
    assert read(gray_png(picture)) == text


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed")
def test_the_code_is_read_back_from_the_page_as_a_pdf_viewer_draws_it(pdf, text, tmp_path):
    (tmp_path / "page.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-gray", "-r", "200", "page.pdf", "page"], cwd=tmp_path, check=True)
    (drawn,) = tmp_path.glob("*.pgm")
    assert read(gray_pgm(drawn.read_bytes())) == text


def test_the_same_page_has_the_same_bytes_and_another_has_not(typesetter, award, page, text, pdf):
    assert typesetter.set(page(award), qr.svg(text), ATTACHED) == pdf
    other = replace(page(award), number="DE2600000000000000")
    assert typesetter.set(other, qr.svg(text), ATTACHED) != pdf


def test_a_page_is_pdf_a_3b_and_carries_its_files_byte_for_byte(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    metadata = str(reader.xmp_metadata.stream.get_data(), "utf-8")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert len(reader.pages) == 1
    found = {name: content for name, (content, *_) in reader.attachments.items()}
    assert found == {file.name: file.text.encode() for file in ATTACHED}


def test_every_fact_stands_on_the_page(pdf, award, page):
    said = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    shown = page(award)
    facts = [shown.number, shown.holder_name, shown.occupation_zh, shown.direction_zh, shown.owner,
             shown.title_zh, shown.level_zh, shown.issuer, shown.issued_zh, shown.hours, shown.theory]  # fmt: skip
    assert [fact for fact in facts if "".join(fact.split()) not in said] == []


@pytest.mark.parametrize("name", ["买" * 60, "W" * 100], ids=["Han", "Latin"])
def test_the_longest_names_still_make_one_page(typesetter, award, page, text, name):
    crowded = replace(page(award), holder_name=name, owner="示例机构" * 40)
    pages = PdfReader(io.BytesIO(typesetter.set(crowded, qr.svg(text), ()))).pages
    assert len(pages) == 1


def test_a_missing_glyph_is_refused_before_anything_is_set(typesetter, award, page):
    with pytest.raises(AppError) as refusal:
        typesetter.set(replace(page(award), holder_name="张\U000323af"), "no drawing", ())
    assert refusal.value.reason == "GLYPH_MISSING"
    (violation,) = refusal.value.violations
    assert (violation.field, "U+323AF" in violation.message) == ("holder_name", True)


async def test_pages_asked_for_at_once_are_set_in_one_thread_and_not_mixed_up(typesetter, award, page, text):
    code = qr.svg(text)
    wanted = [replace(page(award), number=f"DE26{number:014}") for number in range(8)]
    made = await asyncio.gather(*(typesetter.pdf(each, code, ()) for each in wanted))
    for each, content in zip(wanted, made, strict=True):
        assert each.number in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert [t.name for t in threading.enumerate() if t.name.startswith("typesetter")] == ["typesetter_0"]
