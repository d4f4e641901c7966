"""Opens answered workbooks with LibreOffice and compares each cell with the one before.

    .venv/bin/python scripts/data/check_office.py [FOLDER]

Without a folder the workbooks of the tests are used, by several writers; else all workbooks in it.
LibreOffice turns every sheet of a file into CSV before and after. It is a failure if a sheet is
missing, a cell differs, or an answer is not where it belongs. Exit code 1 if there are any; 0 with
a message where LibreOffice is not installed.
"""

import contextlib
import csv
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.helpers import rich_books  # noqa: E402
from workbench.core.errors import WorkbenchError  # noqa: E402
from workbench.data.answered.columns import AnswerColumn, Written, column_of  # noqa: E402
from workbench.data.answered.write import write_answers  # noqa: E402
from workbench.data.readers import ReadOptions, Table, read_table  # noqa: E402

_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_KINDS = re.compile(r"\.(xlsx|xlsm|xltx|xltm|ods)$", re.IGNORECASE)
_TIMEOUT_S = 600  # of one file, beside other programs
Sheets = dict[str, list[list[str]]]


def main(arguments: list[str]) -> int:
    """Check a folder, or the workbooks of the tests."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        print("LibreOffice is not installed (Debian: libreoffice-calc-nogui): nothing was checked.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        paths = sorted(_files(Path(arguments[0]) if arguments else _made(Path(folder), office)))
        told = Counter(_check(path, Path(folder), office) for path in paths)
    print(", ".join(f"{count} {outcome}" for outcome, count in told.items()))
    return 1 if told["FAILED"] else 0


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and _KINDS.search(path.name))


def _made(folder: Path, office: str) -> Path:
    """The workbooks of the tests, and those that LibreOffice makes of one of them."""
    target = folder / "made"
    target.mkdir()
    for name, make in rich_books.BOOKS.values():
        make(target / name)
    for name, kind in (("b.xlsx", "ods"), ("a.xlsx", "xltx"), ("a.xlsx", "ods")):
        _convert(target / name, kind, target, folder, office)
    return target


def _convert(path: Path, kind: str, target: Path, folder: Path, office: str) -> None:
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(target), str(path)]
    subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)


def _check(path: Path, folder: Path, office: str) -> str:
    try:
        table = _table(path)
        out = folder / f"answered{path.suffix}"
        written = write_answers(
            path, out, kind=table.kind, options=table.options, columns=_columns(table)
        )
    except WorkbenchError as error:
        print(f"{path.name}: {error}")
        return "refused in a sentence"
    before, after = (_opened(p, folder, office) for p in (path, out))
    if not before:
        return "not opened by LibreOffice before either"
    faults = list(_faults(before, after, table, written))
    print(f"{path.name}: {'; '.join(faults[:3]) or 'right'}")
    return "FAILED" if faults else "right"


def _table(path: Path) -> Table:
    """The sheet with the most rows of the first few.

    Raises:
        WorkbenchError: none can be read.
    """
    first = read_table(path)
    found = [first]
    for sheet in first.sheets[:4]:
        with contextlib.suppress(WorkbenchError):
            found.append(read_table(path, options=ReadOptions(sheet=sheet)))
    return max(found, key=len)


def _columns(table: Table) -> list[AnswerColumn]:
    numbers = table.row_numbers.to_pylist()
    return [
        AnswerColumn("Answer", {n: f"about {n} & <more>" for n in numbers}),
        AnswerColumn("How sure", dict.fromkeys(numbers, 0.25), is_share=True),
    ]


def _opened(path: Path, folder: Path, office: str) -> Sheets:
    """Every sheet as LibreOffice has it; nothing if it does not open the file."""
    with tempfile.TemporaryDirectory(dir=folder) as target:
        _convert(path, _ALL_SHEETS, Path(target), folder, office)
        return {
            file.stem.removeprefix(f"{path.stem}-"): _cells(file)
            for file in sorted(Path(target).glob("*.csv"))
        }


def _cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _faults(before: Sheets, after: Sheets, table: Table, written: Written) -> Iterator[str]:
    if before.keys() != after.keys():
        yield f"sheets {sorted(before)} became {sorted(after)}"
        return
    first = column_of(written.first_column) - 1
    changed = [name for name in before if _trimmed(before[name]) != _trimmed(after[name])]
    for name in changed:
        kept = [row[:first] for row in after[name]]
        if _trimmed(kept) != _trimmed([row[:first] for row in before[name]]):
            yield f"sheet '{name}' has other cells"
    if len(changed) > 1:
        yield f"{len(changed)} sheets changed: {changed}"
    answers = {
        number: row[first] if len(row) > first else ""
        for name in changed
        for number, row in enumerate(after[name], 1)
    }
    wrong = [n for n in table.row_numbers.to_pylist() if answers.get(n) != f"about {n} & <more>"]
    if len(wrong) > len(written.notes):  # a row of totals gets no answer
        yield f"answers are missing in rows {wrong[:5]}"


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without empty cells at the end of rows, and empty rows at the end."""
    cut = [row[: max((at for at, cell in enumerate(row, 1) if cell), default=0)] for row in rows]
    return cut[: max((at for at, row in enumerate(cut, 1) if row), default=0)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
