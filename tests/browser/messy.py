"""A workbook as people send it: a title, merged cells, blanks, doubles, slips and e-mail addresses."""

from pathlib import Path

from openpyxl import Workbook

PLACES = ("Leeds", "York", "Hull", "Bath", "Derby", "Ripon", "Truro", "Wells", "Ely", "Poole")
THINGS = ("kettle", "lamp", "rug", "clock", "vase", "chair", "mirror", "tray", "bowl", "shelf")
DELIVERY = (
    "When will the {thing} arrive in {place}?",
    "My parcel with the {thing} has not come to {place} yet",
    "The courier left the {thing} at a neighbour's in {place}",
)
REFUND = (
    "I sent the {thing} back, when do I get my money?",
    "Please refund the {thing}, it is not what I wanted",
    "The money for the {thing} that I returned from {place} is still missing",
)
ACCOUNT = (
    "I cannot log in to my account since I moved to {place}",
    "How do I change my password? The {thing} page does not load",
    "Please delete my account, I only ever bought a {thing}",
)
KINDS = (("Delivery", DELIVERY), ("Refund", REFUND), ("Account", ACCOUNT))
SAME = "Where is my order? It has been two weeks now and nobody answers"


def write_messy(path: Path) -> int:
    """Write the workbook; the number of rows with a text and a category."""
    book = Workbook()
    book.active.title = "Read me"
    book["Read me"]["A1"] = "Exported for the training, please keep inside the company"
    sheet = book.create_sheet("Mails 2025")
    sheet.append(["Customer mails, exported 3 March"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append([" Customer No. ", "Message ", " Category", "", None])
    rows = _rows()
    for row in rows:
        sheet.append(row)
    sheet.append(["K-2001", "The lamp has not come to Bath yet, where is it?", None])
    book.save(path)
    return len(rows)


def _rows() -> list[tuple[str, str, str]]:
    rows = []
    for number in range(90):
        label, sentences = KINDS[number % 3]
        thing, place = THINGS[number // 3 % 10], PLACES[(number // 3 + number // 30) % 10]
        text = sentences[number // 30].format(thing=thing, place=place)
        rows.append((f"K-{1000 + number}", text, label))
    rows[31] = (rows[31][0], rows[31][1], "refund ")
    rows[34] = (rows[34][0], rows[34][1], "Refunds")
    rows[40] = (rows[40][0], f"{rows[40][1]}. Write to ina.berg@post.example", "Refund")
    rows[50] = (rows[50][0], f"{rows[50][1]}, my mail is ina.berg@post.example", "Account")
    rows[63] = (rows[63][0], f"<p>{rows[63][1]}</p>&nbsp;<br>", "Delivery")
    rows += [
        (f"K-{1100 + copy}", SAME + end, "Delivery") for copy, end in enumerate(("", "!", " ?"))
    ]
    return rows
