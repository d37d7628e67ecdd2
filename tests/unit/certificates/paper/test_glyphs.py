"""What the fonts can show: the same for the lint and the page, and as the fonts themselves say."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from services.certificates.paper.printing import glyphs as printing
from services.certificates.proofs.signing import glyphs
from services.kit.errors import AppError
from tools import glyphs as tool


def test_the_file_is_as_the_fonts_say():
    assert tool.FILE.read_text("ascii") == tool.written()


def test_rare_letters_of_names_are_shown_and_newer_ones_are_named():
    assert glyphs.missing("\U00020bb7\U0002cc56·㛃䶮") == []
    assert glyphs.missing("Łukasz Čapek Nguyễn Ñandú Şahin") == []
    assert glyphs.missing("张\U000323af\U000323afﷺ") == ["\U000323af", "ﷺ"]
    assert glyphs.named(["\U000323af"]) == "\U000323af U+323AF"


def test_runs_are_read_at_both_ends_and_not_beyond():
    known = glyphs.parsed("# comment\nabc\n20-22 24\n2A-2B\n")
    assert known == glyphs.Coverage("abc", [0x20, 0x24, 0x2A], [0x22, 0x24, 0x2B])
    shown = [code for code in range(0x1E, 0x30) if glyphs._shown(code, known)]
    assert shown == [0x20, 0x21, 0x22, 0x24, 0x2A, 0x2B]
    assert list(tool.runs(shown)) == ["20-22", "24", "2A-2B"]


def test_a_page_is_not_set_in_another_font_than_the_known_one(monkeypatch, tmp_path):
    assert printing.pinned_font() == printing.font_file()
    (tmp_path / "other.ttc").write_bytes(printing.font_file().read_bytes()[:-1])
    monkeypatch.setattr(printing, "needed", lambda _: SimpleNamespace(FONT_PATH=tmp_path / "other.ttc"))
    with pytest.raises(AppError) as refusal:
        printing.pinned_font()
    assert refusal.value.reason == "PAPER_NOT_INSTALLED"


def test_the_check_of_the_lint_loads_no_font():
    load = "import sys; from services.certificates.proofs.signing import lint"
    code = f"{load}; lint.glyphs.missing('x'); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert not {"fontTools", "noto_cjk_sans_otc", "typst"} & set(loaded)
    assert "services.certificates.proofs.signing.glyphs" in loaded
