"""What a file is, by its content: its name may say anything."""

import mmap
import re
import zipfile
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.data.readers import signs
from workbench.data.readers.tables.separators import is_table
from workbench.data.readers.torn_zip import TORN_ZIP

CSV, XLSX, JSON, JSONL, PARQUET, YAML = "csv", "xlsx", "json", "jsonl", "parquet", "yaml"
ARROW, DOCUMENT, MAIL, CHAT, PACKED = "arrow", "document", "mail", "chat", "packed"
TAGGED = "tagged"
TITLES = {
    CSV: "text table",
    XLSX: "spreadsheet",
    JSON: "JSON",
    JSONL: "JSON lines",
    PARQUET: "Parquet",
    ARROW: "Arrow",
    YAML: "YAML",
    DOCUMENT: "text in pieces of about a paragraph",
    TAGGED: "words with tags (CoNLL)",
    MAIL: "e-mail",
    CHAT: "chat",
    PACKED: "several files",
}
_ARROW = (b"ARROW1", b"\xff\xff\xff\xff")
"""How a file (Feather) begins, and a stream (`save_to_disk`)."""
_SAVE_AS = "open it in a spreadsheet program and save it as CSV or XLSX"
_FOREIGN = (
    (b"BZh", "a compressed file (bzip2)", "unpack it first"),
    (b"\xfd7zXZ", "a compressed file (xz)", "unpack it first"),
    (b"7z\xbc\xaf", "a compressed file (7z)", "unpack it first"),
    (b"Rar!", "a compressed file (RAR)", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (Zstandard)", "unpack it first"),
    (b"\x89PNG", "a picture", "choose the table itself"),
    (b"\xff\xd8\xff", "a picture", "choose the table itself"),
    (b"GIF8", "a picture", "choose the table itself"),
    (b"OggS", "a sound recording", "choose the table itself"),
    (b"ID3", "a sound recording", "choose the table itself"),
    (b"RIFF", "a picture, sound or film", "choose the table itself"),
    (b"SQLite format 3", "a database (SQLite)", "export the table from it as CSV"),
    (b"{\\rtf", "a rich-text document", "copy its table into a spreadsheet and save that as CSV"),
    (b"GGUF", "a language model", "choose a table of examples; models belong on the Model page"),
    (b"\x7fELF", "a program", "choose a table of examples"),
    (b"MZ\x90", "a program", "choose a table of examples"),
)


def kind_of(path: Path, name: str) -> str:
    """One of `TITLES`.

    Raises:
        WorkbenchError: the file is empty, or of a kind that holds no examples.
    """
    with path.open("rb") as stream:
        head = stream.read(signs.HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(_ARROW):
        return ARROW
    if head.startswith(b"PK\x03\x04"):
        return _kind_in_zip(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office(path, name)
    if head.startswith(b"%PDF"):
        return DOCUMENT
    if head.startswith(b"\x1f\x8b"):
        return PACKED
    for mark, what, fix in _FOREIGN:
        if head.startswith(mark):
            raise WorkbenchError(f"{name} is {what}, not a table: {fix}.")
    if head[4:8] == b"ftyp":
        raise WorkbenchError(
            f"{name} is a film or a picture, not a table: choose the table itself."
        )
    return _text_kind(head, name)


def _kind_in_zip(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.namelist()
            about = archive.read("mimetype")[:80] if "mimetype" in parts else b""
    except TORN_ZIP:
        raise WorkbenchError(
            f"{name} is a damaged spreadsheet or ZIP archive: save or download it again."
        ) from None
    if b"opendocument.text" in about or b"opendocument.presentation" in about:
        raise WorkbenchError(
            f"{name} is an OpenDocument text or presentation: save it as PDF or .docx."
        )
    if any(part.startswith("xl/") for part in parts) or "content.xml" in parts:
        return XLSX
    if any(part.startswith("word/") for part in parts):
        return DOCUMENT
    if any(part.startswith("ppt/") for part in parts):
        raise WorkbenchError(f"{name} is a presentation: save it as PDF, and choose that.")
    return PACKED


_OLD = (
    ("WordDocument", "an old Word document (.doc)", "save it as .docx"),
    ("PowerPoint Document", "an old presentation (.ppt)", "save it as PDF"),
    ("__substg1.0_", "an Outlook message (.msg)", "save it as .eml, or drag it to a mail program"),
)


def _old_office(path: Path, name: str) -> str:
    """XLS, or another of the files that programs of its time wrote in the same envelope."""
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        for mark, what, fix in _OLD:
            if content.find(mark.encode("utf-16-le")) >= 0:
                raise WorkbenchError(f"{name} is {what}, which cannot be read here: {fix}.")
    return XLSX


def _text_kind(head: bytes, name: str) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_wide(head)
    if not wide and _is_binary(head):
        raise WorkbenchError(
            f"{name} is not a table that can be read (it holds binary data): choose a CSV, XLSX, "
            "JSON, JSONL or Parquet file, a document, mails or a chat."
        )
    start = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    start = start.lstrip(b"\xff\xfe").lstrip()
    if re.match(rb"(?i)<(!doctype html|html|head|body|table|meta)\b", start):
        raise WorkbenchError(f"{name} is a web page (HTML), not a table: {_SAVE_AS}.")
    if start.startswith(b"<?xml"):
        raise WorkbenchError(f"{name} is XML, not a table: {_SAVE_AS}.")
    text = _whole_lines(_decode(head, wide), head)
    if signs.of_whatsapp(text):
        return CHAT
    if kind := _json_kind(start, name):
        return CHAT if signs.of_teams(head) else kind
    if other := signs.of_half(text):
        raise WorkbenchError(f"{name} is {other}.")
    if signs.of_tagged(text):
        return TAGGED
    if signs.of_yaml(text, name):
        return YAML
    if signs.of_mail(text, name):
        return MAIL
    return DOCUMENT if signs.of_document(text, name) else CSV


def is_list(path: Path, name: str) -> bool:
    """Whether a file of kind `CSV` is a text whose lines were taken for the rows of one column."""
    with path.open("rb") as stream:
        head = stream.read(signs.HEAD)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_wide(head)
    return signs.may_be_text(name) and not is_table(_whole_lines(_decode(head, wide), head), name)


def _whole_lines(text: str, head: bytes) -> str:
    """The text without its last line, where that was cut."""
    return text[: text.rfind("\n") + 1] or text if len(head) == signs.HEAD else text


def _decode(head: bytes, wide: bool) -> str:
    """Good enough to know what it is."""
    if not wide:
        return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    big = head.startswith(b"\xfe\xff") or head[:1] == b"\0"
    return head.decode("utf-16-be" if big else "utf-16-le", "replace").lstrip("\ufeff")


def _looks_wide(head: bytes) -> bool:
    zeros = head[0::2].count(0), head[1::2].count(0)
    return max(zeros) > 0.3 * len(head) / 2 and min(zeros) < 0.05 * len(head) / 2


def _is_binary(head: bytes) -> bool:
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x1b")
    return control > len(head) * 0.01


def _json_kind(start: bytes, name: str) -> str:
    """json or jsonl where the text begins so; a name that promises JSON decides the rest."""
    promised = Path(name).suffix.lower() in (".json", ".jsonl", ".ndjson")
    line = start.split(b"\n", 1)[0].strip()
    if re.match(rb'\{\s*("|\}|$)', start):
        return JSONL if line.endswith(b"}") or name.lower().endswith("l") else JSON
    if re.match(rb"\[\s*([\[{\"\]]|-?\d|$|true|false|null)", start):
        several = line.endswith(b"]") and b"\n[" in start
        return JSONL if several and name.lower().endswith("l") else JSON
    if promised:
        return JSONL if name.lower().endswith("l") or name.lower().endswith("ndjson") else JSON
    return ""
