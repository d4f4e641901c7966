"""A workbook as people send it: a title, merged cells, blanks, doubles, slips and e-mail addresses."""

from pathlib import Path

from openpyxl import Workbook

THINGS = ("kettle", "lamp", "rug", "clock", "vase", "chair", "mirror", "tray", "bowl", "shelf")
OPENINGS = (
    "Hello",
    "Good morning from Leeds",
    "I hope somebody reads this",
    "As I said on the phone yesterday",
    "Quick question before the weekend",
    "My wife asked me to write to you",
    "Sorry to bother you again",
)
ENDINGS = (
    "thanks for your help",
    "we need it for a wedding in June",
    "please ring me in the afternoon",
    "your website says nothing about that",
    "that is the third time this year",
    "I would rather not wait much longer",
    "the dog already misses it",
    "otherwise a lovely shop",
)
DELIVERY = (
    "when will the {thing} arrive",
    "the parcel with my {thing} has not come yet",
    "the courier left the {thing} at some neighbour's door",
    "tracking shows the {thing} standing still in the depot",
    "can you send the {thing} to my office instead",
)
REFUND = (
    "I sent the {thing} back, where is my money",
    "please refund the {thing}, it is not what I wanted",
    "the amount for the returned {thing} never reached my bank",
    "you paid back too little for the broken {thing}",
    "how long does a refund for a {thing} take",
)
ACCOUNT = (
    "I cannot log in since I bought the {thing}",
    "how do I change the password, the {thing} page does not load",
    "please delete my account, I only ever wanted a {thing}",
    "my user name shows somebody else's {thing} order",
    "the login mail never comes, so I cannot see my {thing}",
)
KINDS = (("Delivery", DELIVERY), ("Refund", REFUND), ("Account", ACCOUNT))
SAME = "Where is my order? It has been two weeks now and nobody answers the telephone"


_CUSTOMER = '"K-"0000'
"""How the workbook shows a customer's number."""


def write_messy(path: Path, more: int = 0) -> int:
    """Write the workbook; the number of rows with a text and a category.

    Args:
        more: how many rows that nobody has sent before stand at its end.
    """
    book = Workbook()
    book.active.title = "Read me"
    book["Read me"]["A1"] = "Exported for the training, please keep inside the company"
    sheet = book.create_sheet("Mails 2025")
    sheet.append(["Customer mails, exported 3 March"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append([" Customer No. ", "Message ", " Category", "", None])
    rows = _rows()
    rows += [
        (1200 + number, f"Still no news of the {THINGS[number % 10]} number {number}", "Delivery")
        for number in range(more)
    ]
    unsorted = (2001, "The lamp has not come to Bath yet, where is it?", None)
    for row in [*rows, unsorted]:
        sheet.append(row)
        sheet.cell(sheet.max_row, 1).number_format = _CUSTOMER
    book.save(path)
    return len(rows)


def _rows() -> list[tuple[int, str, str]]:
    rows = []
    for number in range(90):
        label, sentences = KINDS[number % 3]
        sentence = sentences[number // 3 % 5].format(thing=THINGS[number % 10])
        opening, ending = OPENINGS[number % 7], ENDINGS[number // 5 % 8]
        rows.append((1000 + number, f"{opening}, {sentence}, {ending}", label))
    rows[31] = (rows[31][0], rows[31][1], "refund ")
    rows[34] = (rows[34][0], rows[34][1], "Refunds")
    rows[40] = (rows[40][0], f"{rows[40][1]}. Write to ina.berg@post.example", "Refund")
    rows[50] = (rows[50][0], f"{rows[50][1]}, my mail is ina.berg@post.example", "Account")
    rows[63] = (rows[63][0], f"<p>{rows[63][1]}</p>&nbsp;<br>", "Delivery")
    rows += [(1100 + copy, SAME + end, "Delivery") for copy, end in enumerate(("", "!", " ?"))]
    return rows
