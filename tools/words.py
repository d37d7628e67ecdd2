"""Refuse text that must not be committed: open ends, hosts of package indexes, paths of one machine.

And what a certificate must not carry: words of the state, of licences, and of those who sell certificates.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = {".py", ".proto", ".sh", ".toml", ".yaml"}
# In pieces, so that this file does not contain what it looks for.
OPEN_ENDS = re.compile(
    r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")) + r")\b"
)
HOSTS = re.compile(
    "|".join(
        ("pyp" + r"i\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs\.org", "deb" + r"\.debian\.org")
    )
)
MACHINE = re.compile(re.escape(f"{ROOT}/"))
CLAIMS = re.compile(
    "中华人民共和国|中国|中华|国家|全国|职业资格|执业资格|人员资格|岗位合格|专业技术职务|国徽"
    "|代考|包过|不过包退|速成|挂靠|挂证|[0-9一二三四五六七八九十]+天拿证"
    "|原?(?:人力资源和?社会保障|工业和信息化|教育|科学?技术?|人事|劳动|建设|卫生|住房和城乡建设)部"
    "|(?i:people's republic|national|ministry|vocational qualification|licen[cs]e to practi[cs]e|state council)"
)
CERTIFICATES = ROOT / "services" / "certificates"
TEMPLATES = CERTIFICATES / "paper" / "printing" / "templates"
WORDING = {  # what else puts words on a certificate
    CERTIFICATES / "document" / "domain" / "certificate.py",
    CERTIFICATES / "document" / "domain" / "document.py",
    CERTIFICATES / "paper" / "printing" / "sheet.py",
    CERTIFICATES / "paper" / "printing" / "enclosures.py",
}


def files() -> Iterator[Path]:
    """Yield the files that git knows or would add, without what is generated."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    names = (name for name in listed.stdout.split("\0") if name and not name.startswith("gen/"))
    return (ROOT / name for name in names if (ROOT / name).is_file())


def findings(path: Path) -> Iterator[str]:
    """Yield one line per forbidden word in a text file."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return
    rules = [HOSTS, MACHINE] + ([OPEN_ENDS] if path.suffix in CODE else [])
    rules += [CLAIMS] if path.parent == TEMPLATES or path in WORDING else []
    for number, line in enumerate(lines, 1):
        for found in (rule.search(line) for rule in rules):
            if found:
                yield f"{path.relative_to(ROOT)}:{number}: {found.group()}"


def main() -> int:
    """Print every finding; 1 when there is one."""
    found = [line for path in files() for line in findings(path)]
    print("\n".join(found) or "no forbidden words")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
