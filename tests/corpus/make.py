"""Writes the files of the corpus: `python -m tests.corpus.make`. The same files every time.

All texts are made up for this purpose.
"""

import csv
import gzip
import io
import json
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.corpus import books, chats, mails, prose, workbooks, writers
from tests.corpus.examples import EXAMPLES, GERMAN, HEADER, REPLIES, RUSSIAN

FILES = Path(__file__).with_name("files")


def table(
    rows: Sequence[Sequence[Any]] = EXAMPLES,
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
    end: str = "\n",
    quoting: Any = csv.QUOTE_MINIMAL,
) -> str:
    """A text table."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows] if header else rows)
    return stream.getvalue()


def lines(rows: Sequence[Any]) -> str:
    """JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def objects(*names: str) -> list[dict[str, str]]:
    """Question, category and reply under these names."""
    rows = [(text, label, reply) for (text, label), reply in zip(EXAMPLES, REPLIES, strict=True)]
    return [dict(zip(names, row, strict=False)) for row in rows]


def turns(question: str, answer: str, keys: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """A conversation of two turns in these words for speaker, text, user and assistant."""
    speaker, text, user, assistant = keys
    return [{speaker: user, text: question}, {speaker: assistant, text: answer}]


def parquet(rows: list[dict[str, Any]]) -> bytes:
    """A Parquet file."""
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), stream)
    return stream.getvalue()


def locked_zip(content: bytes) -> bytes:
    """The archive, said to be encrypted."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            changed[start + place] |= 1
            start = content.find(mark, start + 4)
    return bytes(changed)


def swollen_zip(content: bytes, size: int) -> bytes:
    """The archive, said to unpack to so many bytes."""
    place = content.find(b"PK\x01\x02") + 24
    return content[:place] + struct.pack("<I", size) + content[place + 4 :]


def text_tables() -> dict[str, str | bytes]:
    """CSV and its kin."""
    title = "Complaints of March;;\n;;\n"
    prices = [(text, label, f"{n},95") for n, (text, label) in enumerate(EXAMPLES, 10)]
    long = [(f"Complaint number {n} about the delivery.", "ab"[n % 2]) for n in range(150)]
    notes = [(f'{text}\n"As promised", it said.', label) for text, label in EXAMPLES]
    return {
        "comma.csv": table(),
        "semicolon.csv": table(delimiter=";"),
        "tabs.tsv": table(delimiter="\t"),
        "bars.txt": table(delimiter="|"),
        "all-quoted.csv": table(quoting=csv.QUOTE_ALL),
        "decimal-commas.csv": table(prices, ("text", "label", "price"), ";"),
        "separator-line.csv": "sep=;\r\n" + table(delimiter=";", end="\r\n"),
        "byte-order-mark.csv": b"\xef\xbb\xbf" + table(GERMAN).encode(),
        "latin-1.csv": table(GERMAN).encode("latin-1"),
        "windows-1252.csv": table([(f"„{t}“ – für 5 €", c) for t, c in GERMAN]).encode("cp1252"),
        "windows-1251.csv": table(RUSSIAN).encode("cp1251"),
        "utf-16.csv": table(GERMAN, delimiter="\t").encode("utf-16"),
        "utf-16-without-mark.txt": table(GERMAN, delimiter="\t").encode("utf-16-le"),
        "emoji.csv": table([(f"{text} 📦🙂 你好", label) for text, label in EXAMPLES]),
        "title-rows.csv": title + table(prices, ("text", "label", "price"), ";"),
        "quoted-newlines.csv": table(notes),
        "windows-line-ends.csv": table(end="\r\n"),
        "mac-line-ends.csv": table(end="\r"),
        "empty-columns-at-the-end.csv": table(
            [(*row, "", "") for row in EXAMPLES], (*HEADER, "", "")
        ),
        "spaces-in-the-header.csv": table(header=("  text ", "the\n label ")),
        "same-name-twice.csv": table([(*r, r[1]) for r in EXAMPLES], ("text", "label", "label")),
        "without-header.csv": table(header=()),
        "empty-lines.csv": table().replace("\n", "\n\n").replace("damage\n", "damage\n,\n"),
        "one-row-too-long.csv": table(long) + "one, two,a\n",
        "literal-quotes.tsv": "text\tlabel\n"
        + "".join(f'"{text}\t{label}\n' for text, label in EXAMPLES),
        "one-column.txt": "text\n" + "".join(f"{text}\n" for text, _ in EXAMPLES),
        "no-suffix": table(),
    }


def structured() -> dict[str, str | bytes]:
    """JSON, JSON lines and Parquet."""
    rows = objects("text", "label")
    nested = [
        {"id": n, "text": row["text"], "who": {"name": f"Person {n}", "vip": n % 2 == 0}}
        for n, row in enumerate(rows)
    ]
    columns = {name: [row[name] for row in rows] for name in HEADER}
    return {
        "list.json": json.dumps(rows),
        "indented.json": json.dumps(rows, indent=2),
        "wrapped.json": json.dumps({"version": 2, "data": rows}),
        "columns.json": json.dumps(columns),
        "byte-order-mark.json": b"\xef\xbb\xbf" + json.dumps(rows).encode(),
        "lines.jsonl": lines(rows),
        "lines-called.json": lines(rows),
        "lines-called.csv": lines(rows),
        "nested.jsonl": lines(nested),
        "texts.json": json.dumps([row["text"] for row in rows]),
        "plain.parquet": parquet(rows),
        "nested.parquet": parquet(nested),
    }


def training() -> dict[str, str | bytes]:
    """The forms in which training data goes round."""
    pairs = [(row["q"], row["r"]) for row in objects("q", "label", "r")]
    openai = ("role", "content", "user", "assistant")
    sharegpt = ("from", "value", "human", "gpt")
    system = {"role": "system", "content": "You are the shop's assistant."}
    preferred = [{"prompt": q, "chosen": r, "rejected": "No idea, sorry."} for q, r in pairs]
    apart = [
        {
            "prompt": [{"role": "user", "content": q}],
            "chosen": [{"role": "assistant", "content": r}],
            "rejected": [{"role": "assistant", "content": "No idea."}],
        }
        for q, r in pairs
    ]
    fields = [
        {"text": f"Receipt {n}: paid {n},50 EUR", "fields": {"number": n, "total": f"{n}.50"}}
        for n in range(12)
    ]
    return {
        "alpaca.json": json.dumps(
            [
                {"instruction": f"Answer mail {n}.", "input": q, "output": r}
                for n, (q, r) in enumerate(pairs)
            ]
        ),
        "sharegpt.json": json.dumps([{"conversations": turns(*p, sharegpt)} for p in pairs]),
        "openai-chat.jsonl": lines([{"messages": [system, *turns(*p, openai)]} for p in pairs]),
        "messages.parquet": parquet([{"messages": turns(*p, openai)} for p in pairs]),
        "prompt-completion.jsonl": lines([{"prompt": q, "completion": r} for q, r in pairs]),
        "preferences.jsonl": lines(preferred),
        "preferences.parquet": parquet(preferred),
        "preferences-in-turns.jsonl": lines(apart),
        "preferences-without-prompt.jsonl": lines(
            [{"chosen": r, "rejected": f"I do not know what to say to '{q}'"} for q, r in pairs]
        ),
        "question-answer.csv": table(pairs, ("question", "answer")),
        "fields.jsonl": lines(fields),
        "text-label.csv": table(),
    }


def packed() -> dict[str, str | bytes]:
    """Archives of several files."""
    months = {f"2024/{name}.csv": table(EXAMPLES[n : n + 4]) for name, n in
              (("january", 0), ("february", 4), ("march", 8))}  # fmt: skip
    turned = [(label, text) for text, label in EXAMPLES]
    return {
        "months.zip": writers.archive(
            {
                "2024/": "",
                **months,
                "2024/read me.txt": "What this is.\n\nComplaints by month.\n",
                "2024/.DS_Store": b"\0\1",
                "__MACOSX/2024/._january.csv": b"\0\5\x16\7",
            }
        ),
        "one-table.zip": writers.archive({"deep/mails.csv": table()}),
        "one-table.csv.gz": gzip.compress(table().encode(), mtime=0),
        "formats.zip": writers.archive(
            {
                "a.csv": table(EXAMPLES[:4], delimiter=";"),
                "b.xlsx": books.xlsx({"S": [("Label", "Text"), *turned[4:8]]}),
                "c.jsonl": lines(objects("text", "label")[8:]),
                "codes.csv": "code,meaning\n1,open\n2,closed\n",
                "logo.png": b"\x89PNG\r\n\x1a\n",
            }
        ),
        "documents.zip": writers.archive(
            {
                "handbook.docx": writers.docx(prose.HANDBOOK),
                "handbook.pdf": writers.pdf(prose.PAGES),
                "notes.txt": prose.NOTES,
                "scan.pdf": writers.pdf([[]]),
            }
        ),
        "mails.zip": writers.archive(mails.as_files(mails.SUPPORT)),
        "mailboxes.zip": writers.archive(
            {
                "Inbox.mbox": mails.mbox(mails.SUPPORT[:6]),
                "Sent.mbox": mails.mbox(mails.SUPPORT[4:]),
            }
        ),
        "whatsapp.zip": writers.archive(
            {
                "_chat.txt": chats.IPHONE,
                "00001-PHOTO.jpg": b"\xff\xd8\xff\xe0",
                "2.opus": b"OggS\0\2",
                "3.vcf": "BEGIN:VCARD\nN:Mia\n",
                "4.mp4": b"\0\0\0\x18ftypmp42",
            }
        ),
        "slack.zip": writers.archive(chats.slack()),
    }


def documents() -> dict[str, str | bytes]:
    """Prose, mails and chats."""
    return {
        "notes.txt": prose.NOTES,
        "long-paragraph.txt": " ".join(prose.SENTENCES * 9) + "\n",
        "latin-1-letter.txt": "\n\n".join(text for text, _ in GERMAN).encode("latin-1"),
        "handbook.md": prose.MARKDOWN,
        "handbook.docx": writers.docx(prose.HANDBOOK),
        "handbook.pdf": writers.pdf(prose.PAGES),
        "partly-scanned.pdf": writers.pdf([prose.PAGES[0], [], prose.PAGES[1]]),
        "letter.eml": mails.eml(mails.SUPPORT[0]),
        "page.eml": mails.HTML,
        "newsletters.mbox": mails.mbox(mails.NEWS),
        "support.mbox": mails.mbox(mails.SUPPORT),
        "whatsapp-iphone.txt": chats.IPHONE,
        "whatsapp-android.txt": chats.ANDROID,
        "whatsapp-american.txt": chats.AMERICAN,
        "teams.json": chats.teams(),
        "teams-channel.json": chats.teams_channel(),
    }


def refused() -> dict[str, str | bytes]:
    """What cannot be read, or not without help."""
    workbook = books.xlsx({"Mails": [HEADER, *EXAMPLES]})
    document = writers.pdf(prose.PAGES)
    office = "application/vnd.oasis.opendocument.text"
    return {
        "empty.csv": "",
        "only-blanks.csv": " \r\n\r\n",
        "only-header.csv": "text,label\n",
        "open-quote.csv": table() + '"never closed,a\n' + "next,b\n" * 3,
        "broken-utf-8.csv": table(GERMAN).encode() + b"caf\xe9,a\n" + table(GERMAN, ()).encode(),
        "too-many-cells.csv": "text,label\n" + "one, two,a\n" * 12,
        "too-wide.csv": ",".join(f"c{n}" for n in range(1001)) + "\n" + ",".join("x" * 1001) + "\n",
        "page.html": "<!DOCTYPE html><html><body><table></table></body></html>",
        "data.xml": '<?xml version="1.0"?><rows><row/></rows>',
        "picture.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "picture-called.csv": b"\xff\xd8\xff\xe0\0\x10JFIF",
        "numbers.bin": bytes(range(256)) * 4,
        "database.sqlite": b"SQLite format 3\0" + bytes(80),
        "packed.7z": b"7z\xbc\xaf\x27\x1c\0\4",
        "rich.rtf": "{\\rtf1\\ansi Hello}",
        "torn.xlsx": workbook[: len(workbook) // 2],
        "empty.xlsx": books.xlsx({"One": [], "Two": []}),
        "locked.xlsx": books.envelope({"EncryptionInfo": b"\4\0", "EncryptedPackage": b"x"}),
        "letter.doc": books.envelope({"WordDocument": b"x"}),
        "slides.ppt": books.envelope({"PowerPoint Document": b"x"}),
        "mail.msg": books.envelope({"__substg1.0_0037001F": b"x"}),
        "letter.odt": writers.archive({"mimetype": office, "content.xml": "<x/>"}),
        "slides.pptx": writers.archive({"ppt/presentation.xml": "<x/>"}),
        "empty.docx": writers.docx(["", "  "]),
        "torn.docx": writers.archive({"word/document.xml": "<w:document"}),
        "torn.parquet": b"PAR1 and nothing else PAR1",
        "torn.json": json.dumps(objects("text", "label"))[:-20],
        "bad-line.jsonl": lines(objects("text")) + "{no}\n",
        "mixed.jsonl": lines([*objects("text"), ["a", "list"]]),
        "single-value.json": '{"a": {"b": 1}}',
        "empty-list.json": "[]",
        "scan.pdf": writers.pdf([[], []]),
        "torn.pdf": document[:200],
        "locked.pdf": prose.LOCKED_PDF,
        "torn.csv.gz": gzip.compress(table().encode(), mtime=0)[:-30],
        "torn.zip": writers.archive({"mails.csv": table()})[:-40],
        "empty.zip": writers.archive({"__MACOSX/._a": b"x", ".hidden": b"y", "folder/": ""}),
        "locked.zip": locked_zip(writers.archive({"mails.csv": table()})),
        "nested.zip": writers.archive({"inner.zip": writers.archive({"mails.csv": table()})}),
        "pictures.zip": writers.archive({"a.png": b"\x89PNG\r\n", "b.jpg": b"\xff\xd8\xff\xe0"}),
        "bomb.zip": swollen_zip(writers.archive({"mails.csv": table()}), 3 << 30),
    }


GROUPS: dict[str, Callable[[], dict[str, str | bytes]]] = {
    "tables": text_tables,
    "sheets": workbooks.sheets,
    "structured": structured,
    "training": training,
    "packed": packed,
    "documents": documents,
    "refused": refused,
}


def main() -> None:
    """Write every file."""
    for group, files in GROUPS.items():
        folder = FILES / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files().items():
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(raw)


if __name__ == "__main__":
    main()
