"""Write examples/training/: two rosters of made-up people, as an institution would send them.

    python -m tools.example_rosters

One is a tidy workbook; the other is CSV in GBK with the flaws that real files have.
"""

import csv
import io
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from openpyxl import Workbook

from tests.support.people import Person, people

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "training"
HEADINGS = ("序号", "姓名", "身份证号码", "手机号码", "工作单位", "学历", "报名日期")
EMPLOYERS = ("泉城智造有限公司", "齐鲁云科技有限公司", "岱岳数据服务中心", "示例职业技术学院")
EDUCATION = ("本科", "大专", "硕士")
FIRST_DAY = date(2026, 2, 24)


def cells(number: int, person: Person) -> list[object]:
    """Return one row of a roster."""
    day = FIRST_DAY + timedelta(days=number % 5)
    employer, education = EMPLOYERS[number % len(EMPLOYERS)], EDUCATION[number % len(EDUCATION)]
    return [number, person.display_name, person.national_id, person.phone, employer, education, day]


def workbook() -> bytes:
    """Return the tidy roster: a merged title, a header, 40 learners."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "学员名册"
    sheet.append(["2026年第一期大数据工程技术人员（初级）培训班学员名册"])
    sheet.merge_cells("A1:G1")
    sheet.append(HEADINGS)
    for number, person in enumerate(islice(people(2001), 40), 1):
        sheet.append(cells(number, person))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table() -> bytes:
    """Return the flawed roster: 20 learners, three of whom cannot be imported as they stand."""
    rows = [cells(number, person) for number, person in enumerate(islice(people(2101), 20), 1)]
    rows[3][6] = "2026年2月25日"
    rows[5][2] = str(rows[5][2]).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    rows[8][2] = "9.99999E+17"
    rows[11][1] = ""
    rows[14][6] = "2026-02-30"
    out = io.StringIO()
    csv.writer(out).writerows([["学员名册"], HEADINGS, *rows, ["", "", ""], ["合计", "20人"]])
    return out.getvalue().encode("gbk")


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "roster.xlsx").write_bytes(workbook())
    (FOLDER / "roster-gbk.csv").write_bytes(table())


if __name__ == "__main__":
    main()
