"""The child that opens a spreadsheet: bytes on standard input, lines of JSON on standard output, within limits.

It is run as a file of its own, isolated, and so imports nothing of this project. It tells first
`{"book": [{"name", "hidden", "empty"}]}`; then for each visible sheet with content `{"sheet": name}`, its rows with
content as `[number, cells]`, and `{"end": {…}}` with what is known of it. A failed formula is `{"error": text}`.
Where the whole cannot be read the only, or last, line is `{"refused": why}`.
"""

import contextlib
import io
import posixpath
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, NamedTuple
from xml.parsers import expat

import orjson

MEMORY = 2 * 2**30  # bytes of address space
SECONDS = 60  # of the processor
UNPACKED = 2**30  # bytes that an archive may claim to unpack to
MOST_SHEETS = 200
MOST_ROWS = 200_000
MOST_CELLS = 4_000_000  # of a sheet, in rows up to their last cell with content
MOST_BYTES = 64 * 2**20  # of a sheet, as told
PART = 2**16
TELLING = (
    b'="e"',
    b"='e'",
    b"hidden=",
    b"<f>",
    b"<f ",
    b"<f/",
    b":f>",
    b":f ",
)  # what only a slow look can tell
CONTENT = (b"<v>", b"<v ", b"<is", b"<f", b":v>", b":is", b":f")
OVERLAP = 8  # bytes, more than any of these is long
LETTERS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class RefusedError(Exception):
    """The spreadsheet cannot be read; the message says why."""


class Facts(NamedTuple):
    """What a sheet's own XML tells beyond values, by (row, column) from 0."""

    errors: dict[tuple[int, int], str]
    hidden_rows: set[int]
    hidden_columns: list[tuple[int, int]]
    formulas: list[int]  # rows that hold some, counted from 0


def main() -> None:
    """Read standard input, tell standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    try:
        tell_book(sys.stdin.buffer.read())
    except RefusedError as error:
        tell({"refused": str(error)})
    except MemoryError:
        tell({"refused": "is far too large"})
    except Exception as error:
        protected = type(error).__name__ == "PasswordError"
        tell({"refused": "is protected by a password" if protected else "is damaged, or no spreadsheet"})


def tell(what: Any) -> int:
    """Write one line; returns its length in bytes."""
    line = orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE)
    sys.stdout.buffer.write(line)
    return len(line)


def tell_book(content: bytes) -> None:
    """Tell everything of a workbook."""
    import python_calamine

    parts = Parts(content)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    if len(sheets) > MOST_SHEETS:
        raise RefusedError(f"has more than {MOST_SHEETS} sheets")
    told: list[dict[str, Any]] = []
    for sheet in sheets:
        empty = not parts.has_content(sheet.name) if parts.path(sheet.name) else is_blank(book, sheet.name)
        hidden = sheet.visible != python_calamine.SheetVisibleEnum.Visible
        told.append({"name": sheet.name, "hidden": hidden, "empty": empty})
    tell({"book": told})
    for one in told:
        if not one["hidden"] and not one["empty"]:
            tell({"sheet": one["name"]})
            tell({"end": tell_sheet(book.get_sheet_by_name(one["name"]), parts.facts(one["name"]))})


def is_blank(book: Any, name: str) -> bool:
    """Tell whether a sheet without a part of its own holds nothing."""
    return book.get_sheet_by_name(name).start is None


def tell_sheet(sheet: Any, facts: Facts | None) -> dict[str, Any]:
    """Tell the rows of a sheet and return what is known of it; `cut` says why there are no further rows."""
    left = sheet.start[1] if sheet.start else 0
    merges = Merges(sheet.merged_cell_ranges or ())
    errors, rows, cells, size, hidden = Errors(facts), 0, 0, 0, []
    end: dict[str, Any] = {"examined": facts is not None}
    for at, values in enumerate(sheet.iter_rows()):
        row = trimmed([value if type(value) is str else plain(value) for value in values], left)
        row = merges.fill(at, errors.put(at, row))
        if not row:
            continue
        rows, cells = rows + 1, cells + len(row)
        if rows > MOST_ROWS or cells > MOST_CELLS or size > MOST_BYTES:
            end["cut"] = (
                f"has more than {MOST_ROWS} rows, {MOST_CELLS} cells or {MOST_BYTES // 2**20} MiB of text"
            )
            break
        size += tell([at + 1, row])
        if facts and at in facts.hidden_rows:
            hidden.append(at + 1)
    columns = (
        [column for first, last in facts.hidden_columns for column in range(first, last + 1)] if facts else []
    )
    formulas = [row + 1 for row in facts.formulas] if facts else []
    found = {"merged": merges.filled, "formulas": formulas}
    return end | found | {"hidden_rows": hidden, "hidden_columns": columns}


def trimmed(cells: list[Any], left: int) -> list[Any]:
    """Return cells up to the last one with content, `left` blank ones before them; none where all are blank."""
    while cells and cells[-1] == "":
        cells.pop()
    return [""] * left + cells if left and cells else cells


def plain(value: Any) -> Any:
    """Return a value as JSON has it: days as 2026-03-01, moments as 2026-03-01 09:30:00."""
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


class Merges:
    """Cells merged downwards: the value of the first one stands in each row with content, in its first column."""

    def __init__(self, ranges: Any) -> None:
        self.starts: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in ranges:
            if bottom > top:
                self.starts.setdefault(top, []).append((left, bottom))
        self.open: dict[int, tuple[int, Any]] = {}
        self.filled: list[int] = []  # rows, counted from 1

    def fill(self, at: int, row: list[Any]) -> list[Any]:
        """Return a row with the values of the merges that reach into it; rows without content stay so."""
        for column, (bottom, value) in list(self.open.items()):
            if at > bottom:
                del self.open[column]
            elif row and (column >= len(row) or row[column] == ""):
                row += [""] * (column + 1 - len(row))
                row[column] = value
                self.filled += [at + 1] if at + 1 not in self.filled[-1:] else []
        for column, bottom in self.starts.get(at, ()):
            if column < len(row) and row[column] != "":
                self.open[column] = (bottom, row[column])
        return row


class Errors:
    """Failed formulas, put where the values lack them."""

    def __init__(self, facts: Facts | None) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        for (row, column), text in (facts.errors if facts else {}).items():
            self.rows.setdefault(row, {})[column] = text

    def put(self, at: int, row: list[Any]) -> list[Any]:
        """Return a row with its failed formulas."""
        for column, text in self.rows.get(at, {}).items():
            row += [""] * (column + 1 - len(row))
            row[column] = {"error": text}
        return row


class Parts:
    """The parts of an XLSX file, for what the reader of values does not tell; other kinds have none."""

    def __init__(self, content: bytes) -> None:
        self.archive: zipfile.ZipFile | None = None
        self.paths: dict[str, str] = {}
        if content.startswith(b"PK"):
            self.archive = zipfile.ZipFile(io.BytesIO(content))
            if sum(part.file_size for part in self.archive.infolist()) > UNPACKED:
                raise RefusedError("unpacks to far more than it should")
            with contextlib.suppress(KeyError, expat.ExpatError, StopIteration):
                self.paths = sheet_paths(self.archive)

    def path(self, sheet: str) -> str:
        """Return the part of a sheet, "" where it is not known."""
        return self.paths.get(sheet, "")

    def open(self, sheet: str) -> BinaryIO:
        """Return the XML of a sheet."""
        assert self.archive is not None
        return self.archive.open(self.path(sheet))  # type: ignore[return-value]

    def has_content(self, sheet: str) -> bool:
        """Tell whether any cell of a sheet holds something."""
        with self.open(sheet) as source:
            return found_in(source, CONTENT)

    def facts(self, sheet: str) -> Facts | None:
        """Return what the XML of a sheet tells, None where it cannot be looked at."""
        if not self.path(sheet):
            return None
        facts = Facts({}, set(), [], [])
        with self.open(sheet) as source:
            if not found_in(source, TELLING):
                return facts
        with self.open(sheet) as source:
            Look(facts).parse(source)
        return facts


def found_in(source: BinaryIO, words: tuple[bytes, ...]) -> bool:
    """Tell whether any of some words occurs, reading part by part."""
    tail = b""
    while part := source.read(PART):
        joined = tail + part
        if any(word in joined for word in words):
            return True
        tail = part[-OVERLAP:]
    return False


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    workbook = next(
        target for kind, target in relations(archive, "_rels/.rels", "").values() if kind == "officeDocument"
    )
    folder, name = posixpath.split(workbook)
    targets = relations(archive, f"{folder}/_rels/{name}.rels", folder)
    known, found = set(archive.namelist()), {}
    for tag, attributes in elements(archive.read(workbook)):
        key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        if tag == "sheet" and key in targets and targets[key][1] in known:
            found[attributes.get("name", "")] = targets[key][1]
    return found


def relations(archive: zipfile.ZipFile, path: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return kind and target of each relationship by its id."""
    found = {}
    for tag, attributes in elements(archive.read(path.lstrip("/"))):
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)
    return found


def elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a small document in order, without namespaces."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append((local(tag), attributes))
    parser.Parse(content, True)
    return found


def local(tag: str) -> str:
    """Return a tag without its prefix."""
    return tag.rpartition(":")[2]


class Look:
    """The slow look at a sheet: each cell in turn, for failed formulas and what is hidden."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.row = self.column = -1
        self.kind = self.text = self.formula = ""
        self.inside = ""

    def parse(self, source: BinaryIO) -> None:
        """Read the XML of a sheet."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        while part := source.read(PART):
            parser.Parse(part, False)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell, or what a cell holds."""
        name = local(tag)
        if name == "c":
            self.column = column_of(attributes.get("r", ""), self.column + 1)
            self.kind, self.text, self.formula = attributes.get("t", ""), "", ""
        elif name in ("v", "f"):
            self.inside = name
            self.formula = self.formula or ("=" if name == "f" else "")
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
            if attributes.get("hidden") in ("1", "true"):
                self.facts.hidden_rows.add(self.row)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]) - 1, int(attributes["max"]) - 1
            self.facts.hidden_columns.append((first, min(last, first + 1000)))

    def characters(self, text: str) -> None:
        """Collect a value or a formula."""
        if self.inside == "v":
            self.text += text
        elif self.inside == "f":
            self.formula += text

    def end(self, tag: str) -> None:
        """End a cell: it failed where it says so, or where its formula was never calculated."""
        name = local(tag)
        if name in ("v", "f"):
            self.inside = ""
        elif name == "c" and self.kind == "e":
            self.facts.errors[(self.row, self.column)] = self.text or "#N/A"
        elif name == "c" and self.formula and not self.text and self.kind != "str":
            self.facts.errors[(self.row, self.column)] = self.formula
        elif name == "c" and self.formula and self.row not in self.facts.formulas[-1:]:
            self.facts.formulas.append(self.row)


def column_of(reference: str, otherwise: int) -> int:
    """Return the column of a cell, from 0; `otherwise` where it names none."""
    found = LETTERS.fullmatch(reference)
    if not found:
        return otherwise
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


if __name__ == "__main__":
    main()
