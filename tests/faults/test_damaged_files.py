"""Files with one odd thing in them: a sentence, or all but that thing, and never a fault."""

import io
import json
import re
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.corpus import writers
from workbench.core.errors import WorkbenchError
from workbench.data.readers import Table, read_table
from workbench.data.readers.tables import sheets

CORPUS = Path(__file__).parents[1] / "corpus" / "files"
_LOCAL_HEADER = 42
"""Where an entry of an archive's list says where the part begins."""


def _read(folder: Path, name: str, content: bytes) -> Table:
    (folder / name).write_bytes(content)
    return read_table(folder / name)


def _parts(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _starting_before_the_file(content: bytes) -> bytes:
    """An archive whose list sends one to before its first byte."""
    where = content.index(b"PK\x01\x02") + _LOCAL_HEADER
    wrong = content[:where] + struct.pack("<I", 4_000_000_000) + content[where + 4 :]
    end = wrong.rindex(b"PK\x05\x06") + 16
    (start,) = struct.unpack_from("<I", wrong, end)
    return wrong[:end] + struct.pack("<I", start + 100_000) + wrong[end + 4 :]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("packed/mails.zip", "is a damaged"),
        ("packed/months.zip", "is a damaged"),
        ("sheets/plain.ods", "is a damaged spreadsheet or ZIP archive"),
        ("sheets/plain.xlsx", "(is a damaged|cannot be opened as a) spreadsheet"),
        ("documents/handbook.docx", "(is a damaged|that cannot be opened)"),
    ],
)
def test_an_archive_whose_parts_begin_nowhere_is_damaged(
    tmp_path: Path, name: str, words: str
) -> None:
    content = _starting_before_the_file((CORPUS / name).read_bytes())
    with pytest.raises(WorkbenchError, match=words):
        _read(tmp_path, Path(name).name, content)


@pytest.mark.parametrize(
    "date", ["Mon, 99 Jan 99999999999 10:00:00", "Mon, 1 Jan 0001 00:10:00 +0900"]
)
def test_a_mail_of_no_year_keeps_its_text(tmp_path: Path, date: str) -> None:
    content = (CORPUS / "documents" / "letter.eml").read_text("utf-8")
    head, _, rest = content.partition("\nDate:")
    table = _read(
        tmp_path, "letter.eml", f"{head}\nDate: {date}\n{rest.partition(chr(10))[2]}".encode()
    )
    assert len(table) == 1


def test_a_chat_of_no_year_or_form_is_refused_or_read(tmp_path: Path) -> None:
    text = (CORPUS / "documents" / "teams.json").read_text("utf-8")
    messages = json.loads(text)
    rows = (
        messages
        if isinstance(messages, list)
        else next(v for v in messages.values() if isinstance(v, list))
    )
    rows[0]["createdDateTime"] = "0001-01-01T00:00:00+09:00"
    assert len(_read(tmp_path, "teams.json", json.dumps(messages).encode()))
    rows[1]["from"] = ["nobody"]
    with pytest.raises(WorkbenchError, match="export it again"):
        _read(tmp_path, "odd.json", json.dumps(messages).encode())


@pytest.mark.parametrize("moment", ["1e999", "nan", "1e18", "-1e18"])
def test_a_message_of_no_time_is_passed_over(tmp_path: Path, moment: str) -> None:
    parts = _parts((CORPUS / "packed" / "slack.zip").read_bytes())
    day = next(name for name in parts if name.endswith(".json") and "-" in name.split("/")[-1])
    messages = json.loads(parts[day])
    before = len(_read(tmp_path, "slack.zip", writers.archive(parts)))
    parts[day] = json.dumps([*messages, {**messages[0], "ts": moment}])
    assert len(_read(tmp_path, "slack.zip", writers.archive(parts))) == before


def test_a_document_without_styles_is_refused(tmp_path: Path) -> None:
    parts = _parts(writers.docx(["Once upon a time."]))
    parts["word/styles.xml"] = '<other xmlns="urn:none"/>'
    with pytest.raises(WorkbenchError, match="Word document that cannot be opened"):
        _read(tmp_path, "tale.docx", writers.archive(parts))


def test_a_document_whose_text_is_torn_is_refused(tmp_path: Path) -> None:
    content = bytearray(writers.docx(["Once upon a time."] * 2000))
    place = content.index(b"word/document.xml") + 40
    content[place : place + 20] = b"\xff" * 20
    with pytest.raises(WorkbenchError, match="Word document that cannot be opened"):
        _read(tmp_path, "tale.docx", bytes(content))


@pytest.mark.parametrize(
    "column",
    [
        pa.Array.from_buffers(pa.string(), 1, [None, *pa.array(["abc"]).buffers()[1:2], pa.py_buffer(b"\xb0\xff\x80")]),
        pa.array([-(2**62)], pa.timestamp("us")),
    ],
    ids=["no UTF-8", "no year"],
)  # fmt: skip
def test_parquet_that_holds_no_text_or_date_is_refused(tmp_path: Path, column: pa.Array) -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": column}), stream)
    with pytest.raises(WorkbenchError, match="damaged Parquet file"):
        _read(tmp_path, "odd.parquet", stream.getvalue())


def test_a_workbook_that_breaks_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Torn:
        @staticmethod
        def from_path(_path: str) -> None:
            raise OSError("failed to fill whole buffer")  # as the parser does, without a number

    monkeypatch.setattr(sheets, "CalamineWorkbook", Torn)
    with pytest.raises(WorkbenchError, match=r"^plain\.xls cannot be opened as a spreadsheet"):
        _read(tmp_path, "plain.xls", (CORPUS / "sheets" / "plain.xls").read_bytes())


def test_a_workbook_whose_styles_name_no_encoding_is_read_without_them(tmp_path: Path) -> None:
    parts = _parts((CORPUS / "sheets" / "formatted.xlsx").read_bytes())
    styles = re.sub(rb"^<\?xml[^>]*\?>", b"", bytes(parts["xl/styles.xml"]))  # type: ignore[arg-type]
    parts["xl/styles.xml"] = b'<?xml version="1.0" encoding="UTF-99"?>' + styles
    assert len(_read(tmp_path, "formatted.xlsx", writers.archive(parts)))


def test_what_a_parser_says_of_its_memory_is_kept_from_the_user(tmp_path: Path) -> None:
    parts = _parts((CORPUS / "sheets" / "plain.ods").read_bytes())
    parts["mimetype"] = b"\1\2\3"
    with pytest.raises(
        WorkbenchError, match=r"^plain\.ods cannot be opened as a spreadsheet[^\[]*$"
    ):
        _read(tmp_path, "plain.ods", writers.archive(parts))
