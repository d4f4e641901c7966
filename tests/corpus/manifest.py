"""What every file of the corpus is to be read as, or why it is refused."""

from dataclasses import dataclass, field

_SORT, _REPLY, _CHAT, _LEARN = "classification", "completion", "chat", "language-modelling"


@dataclass(frozen=True)
class Good:
    """A file that can be read."""

    rows: int
    columns: str
    """Their names with bars between."""
    task: str = _SORT
    first: dict[str, str | None] = field(default_factory=dict)
    """Some cells of the first row."""
    note: str = ""
    """Stands in what is said of the file."""


@dataclass(frozen=True)
class Bad:
    """A file that cannot be read."""

    words: str
    """Stand in the sentence that says why."""


_PLAIN = Good(12, "text|label", first={"text": "Where is my parcel? It was due on Monday.",
                                       "label": "delivery"})  # fmt: skip
_GERMAN = Good(12, "text|label", first={"text": "Die Lieferung 1 nach Köln ist überfällig.",
                                        "label": "Größe"})  # fmt: skip
_TABLES = {
    "comma.csv": _PLAIN,
    "semicolon.csv": _PLAIN,
    "tabs.tsv": _PLAIN,
    "bars.txt": _PLAIN,
    "all-quoted.csv": _PLAIN,
    "decimal-commas.csv": Good(12, "text|label|price", first={"price": "10,95"}),
    "separator-line.csv": _PLAIN,
    "byte-order-mark.csv": _GERMAN,
    "latin-1.csv": _GERMAN,
    "windows-1252.csv": Good(
        12, "text|label", first={"text": "„Die Lieferung 1 nach Köln ist überfällig.“ – für 5 €"}
    ),
    "windows-1251.csv": Good(12, "text|label", first={"label": "доставка"}),
    "utf-16.csv": _GERMAN,
    "utf-16-without-mark.txt": _GERMAN,
    "emoji.csv": Good(
        12, "text|label", first={"text": "Where is my parcel? It was due on Monday. 📦🙂 你好"}
    ),
    "title-rows.csv": Good(12, "text|label|price", first={"label": "delivery", "price": "10,95"}),
    "quoted-newlines.csv": Good(
        12,
        "text|label",
        first={
            "text": 'Where is my parcel? It was due on Monday.\n"As promised", it said.',
            "label": "delivery",
        },
    ),
    "windows-line-ends.csv": _PLAIN,
    "mac-line-ends.csv": _PLAIN,
    "empty-columns-at-the-end.csv": _PLAIN,
    "spaces-in-the-header.csv": Good(12, "text|the label", first={"the label": "delivery"}),
    "same-name-twice.csv": Good(12, "text|label|label (2)"),
    "without-header.csv": Good(12, "Column 1|Column 2", first={"Column 2": "delivery"}),
    "empty-lines.csv": _PLAIN,
    "one-row-too-long.csv": Good(150, "text|label"),
    "literal-quotes.tsv": Good(
        12, "text|label", first={"text": '"Where is my parcel? It was due on Monday.'}
    ),
    "one-column.txt": Good(12, "text", _LEARN),
    "no-suffix": _PLAIN,
}


def _formatted(**first: str) -> Good:
    usual = {"customer": "00000", "share": "0 %", "day": "01.03.2024", "hours": "20:30"}
    return Good(
        12,
        "text|label|customer|share|amount|day|delivered|hours",
        first={**usual, "delivered": "2024-03-01", **first},
    )


_SHEETS = {
    "plain.xlsx": _PLAIN,
    "dates-and-numbers.xlsx": Good(
        12,
        "text|label|day|at|amount|paid",
        first={"day": "2024-03-05", "at": "2024-03-05 09:00", "amount": "0", "paid": "TRUE"},
    ),
    "several-sheets.xlsx": _PLAIN,
    "title-rows.xlsx": _PLAIN,
    "merged-cells.xlsx": Good(12, "label|text", first={"label": "delivery"}),
    "empty-column-first.xlsx": _PLAIN,
    "workbook-called.csv": _PLAIN,
    "plain.ods": _PLAIN,
    "dates-and-gaps.ods": Good(
        12, "text|a|b|day", _LEARN, first={"a": None, "b": None, "day": "2024-03-05"}
    ),
    "plain.xls": _PLAIN,
    "formatted.xlsx": _formatted(amount="1,000.50 €"),
    "formatted.ods": _formatted(amount="1.000,50 €"),
    "formatted.xls": _formatted(amount="1,000.50 €"),
    "declared-entities.xlsx": _formatted(
        customer="0", share="0", amount="1000.5", day="2024-03-01", hours="20:30:00"
    ),
    "numbers.xls": Good(12, "text|score", _LEARN, first={"score": "0"}),
}
_STRUCTURED = {
    "list.json": _PLAIN,
    "indented.json": _PLAIN,
    "wrapped.json": _PLAIN,
    "columns.json": _PLAIN,
    "byte-order-mark.json": _PLAIN,
    "lines.jsonl": _PLAIN,
    "lines-called.json": _PLAIN,
    "lines-called.csv": _PLAIN,
    "nested.jsonl": Good(
        12,
        "id|text|who|who.name|who.vip",
        "extraction",
        first={"who": '{"name": "Person 0", "vip": true}', "who.name": "Person 0"},
    ),
    "texts.json": Good(12, "text", _LEARN),
    "plain.parquet": _PLAIN,
    "nested.parquet": Good(12, "id|text|who", "extraction", first={"id": "0"}),
}
_BETTER = "'chosen' is taken for the answer"
_TRAINING = {
    "alpaca.json": Good(12, "instruction|input|output", _REPLY),
    "sharegpt.json": Good(12, "conversations", _CHAT),
    "openai-chat.jsonl": Good(12, "messages", _CHAT),
    "messages.parquet": Good(12, "messages", _CHAT),
    "prompt-completion.jsonl": Good(12, "prompt|completion", _REPLY),
    "preferences.jsonl": Good(12, "prompt|chosen|rejected", _REPLY, note=_BETTER),
    "preferences.parquet": Good(12, "prompt|chosen|rejected", _REPLY, note=_BETTER),
    "preferences-in-turns.jsonl": Good(12, "prompt|chosen|rejected", _CHAT, note=_BETTER),
    "preferences-without-prompt.jsonl": Good(12, "chosen|rejected", _LEARN, note=_BETTER),
    "question-answer.csv": Good(12, "question|answer", _REPLY),
    "fields.jsonl": Good(12, "text|fields|fields.number|fields.total", "extraction"),
    "text-label.csv": _PLAIN,
}
_DESK = "everybody of quillberry.example"
_PACKED = {
    "months.zip": Good(
        12,
        "text|label|file",
        first={"label": "delivery", "file": "2024/january.csv"},
        note="1 file of another kind was left out: 2024/read me.txt.",
    ),
    "one-table.zip": _PLAIN,
    "one-table.csv.gz": _PLAIN,
    "formats.zip": Good(
        12, "text|label|file", first={"file": "a.csv"}, note="with other columns was left out: cod"
    ),
    "documents.zip": Good(
        6,
        "text|heading|page|file",
        _LEARN,
        first={"heading": "Handbook", "page": None, "file": "handbook.docx"},
        note="scan.pdf holds pictures of pages",
    ),
    "mails.zip": Good(7, "subject|from|to|date|text|file|messages", _CHAT, note=_DESK),
    "mailboxes.zip": Good(
        7,
        "subject|from|to|date|text|file|messages",
        _CHAT,
        first={"file": "Inbox.mbox"},
        note="14 mails in 7 threads: each row is a thread, and 6 of them have an answer.",
    ),
    "whatsapp.zip": Good(2, "started|people|messages|file", _CHAT, first={"file": "_chat.txt"}),
    "slack.zip": Good(
        4,
        "started|people|messages|channel",
        _CHAT,
        first={"people": "Mia Lund, Ben Ode", "channel": "help"},
        note="What Ben Ode writes counts as the answers",
    ),
}
_DOCUMENTS = {
    "notes.txt": Good(1, "text|file", _LEARN, first={"file": "notes.txt"}),
    "long-paragraph.txt": Good(3, "text|file", _LEARN),
    "latin-1-letter.txt": Good(2, "text|file", _LEARN),
    "handbook.md": Good(3, "text|heading|file", _LEARN, first={"heading": "Handbook"}),
    "handbook.docx": Good(3, "text|heading|file", _LEARN, first={"heading": "Handbook"}),
    "handbook.pdf": Good(2, "text|page|file", _LEARN, first={"page": "1"}),
    "partly-scanned.pdf": Good(
        2, "text|page|file", _LEARN, note="1 page of partly-scanned.pdf has no text"
    ),
    "letter.eml": Good(1, "subject|from|to|date|text", _LEARN, first={"subject": "Order 1"}),
    "page.eml": Good(
        1,
        "subject|from|to|date|text",
        _LEARN,
        first={
            "subject": "Grüße",
            "from": "Jürgen Groß <j@gross.example>",
            "to": "Desk, the; other@quillberry.example",
            "date": "2024-03-05 10:00",
            "text": "Schöne Grüße,\n\nthe mug is broken.\nPlease send another.",
        },
    ),
    "newsletters.mbox": Good(12, "subject|from|to|date|text", _LEARN, first={"subject": "Nº 1"}),
    "support.mbox": Good(7, "subject|from|to|date|text|messages", _CHAT, note=_DESK),
    "whatsapp-iphone.txt": Good(
        2,
        "started|people|messages|file",
        _CHAT,
        first={"started": "2024-03-05 09:15:02", "people": "Mia, Shop Quillberry"},
        note="What Shop Quillberry writes",
    ),
    "whatsapp-android.txt": Good(3, "started|people|messages|file", _CHAT, note="Werkstatt"),
    "whatsapp-american.txt": Good(
        2, "started|people|messages|file", _CHAT, first={"started": "2024-03-05 09:15"}
    ),
    "teams.json": Good(1, "started|people|messages|file", _CHAT, first={"people": "Mia, Desk"}),
    "teams-channel.json": Good(2, "started|people|messages|file", _CHAT, note="What Desk writes"),
}
_REFUSED = {
    "empty.csv": "empty.csv is empty",
    "only-blanks.csv": "only-blanks.csv is empty",
    "only-header.csv": "no rows below them",
    "open-quote.csv": "line 14 of open-quote.csv is not closed",
    "broken-utf-8.csv": "Line 14 of broken-utf-8.csv holds a broken character",
    "too-many-cells.csv": "Row 2 of too-many-cells.csv has 3 cells",
    "too-wide.csv": "has 1,001 columns",
    "page.html": "is a web page (HTML)",
    "data.xml": "is XML",
    "picture.png": "is a picture",
    "picture-called.csv": "is a picture",
    "numbers.bin": "holds binary data",
    "database.sqlite": "is a database (SQLite)",
    "packed.7z": "a compressed file (7z)",
    "rich.rtf": "a rich-text document",
    "torn.xlsx": "is a damaged spreadsheet or ZIP archive",
    "empty.xlsx": "empty.xlsx is empty",
    "locked.xlsx": "is protected by a password",
    "letter.doc": "an old Word document (.doc)",
    "slides.ppt": "an old presentation (.ppt)",
    "mail.msg": "an Outlook message (.msg)",
    "letter.odt": "an OpenDocument text or presentation",
    "slides.pptx": "is a presentation",
    "empty.docx": "empty.docx holds no text",
    "torn.docx": "a Word document that cannot be opened",
    "torn.parquet": "is a damaged Parquet file",
    "torn.json": "Line 1 of torn.json is not valid JSON",
    "bad-line.jsonl": "Line 13 of bad-line.jsonl is not valid JSON",
    "mixed.jsonl": "Line 13 of mixed.jsonl is not an object",
    "single-value.json": "no single list of rows",
    "empty-list.json": "empty-list.json is empty",
    "scan.pdf": "holds pictures of pages (a scan) and no text",
    "torn.pdf": "a PDF document that cannot be opened",
    "locked.pdf": "locked.pdf is protected by a password",
    "torn.csv.gz": "is a damaged archive",
    "torn.zip": "torn.zip is a damaged",
    "empty.zip": "empty.zip is an empty archive",
    "locked.zip": "locked.zip is protected by a password",
    "nested.zip": "inner.zip is an archive within an archive",
    "pictures.zip": "pictures.zip holds 2 files, none of which can be read: a.png is a picture",
    "bomb.zip": "unpacks to more than 200 times its size",
}
_GROUPS = {
    "tables": _TABLES,
    "sheets": _SHEETS,
    "structured": _STRUCTURED,
    "training": _TRAINING,
    "packed": _PACKED,
    "documents": _DOCUMENTS,
}
GOOD: dict[str, Good] = {
    f"{g}/{name}": good for g, files in _GROUPS.items() for name, good in files.items()
}
BAD: dict[str, Bad] = {f"refused/{name}": Bad(words) for name, words in _REFUSED.items()}
