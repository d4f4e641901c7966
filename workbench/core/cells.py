"""Cells of a spreadsheet: texts of other people that must stay texts when somebody opens them."""

import re
from typing import Any

MAX_CHARS, MAX_ROWS = 32_767, 1_048_576
"""What a cell, and what a sheet with its header, can hold."""
_STARTS_FORMULA = re.compile("^(?:[ \u00a0\u3000]*[=+\\-@＝＋－＠]|[ ]*[\t\r\n])")
_NUMBER = re.compile(r"[+-]? ?[\d.,]+(e[+-]?\d+)?( ?[%€$£])?|-+|–+", re.IGNORECASE)
_PHONE = re.compile(r"\+\d[\d ]*(\(\d+\)[\d ]*)?")
"""Only digits, spaces and one pair of brackets: nothing that could be calculated."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
FORMULA_ERROR = re.compile(
    r"#(n/a|ref!|div/0!|value!|name\?|num!|null!|spill!|calc!|field!|nv|bezug!|wert!|zahl!)"
    r"|err:\d{3}",
    re.IGNORECASE,
)
"""What a spreadsheet's formula shows that came to nothing, in English and German."""
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text when it opens it.

    See OWASP, "CSV Injection". A number such as -5, a telephone number with its +, and a mere
    dash are what they are.
    """
    if not _STARTS_FORMULA.match(text):
        return False
    text = text.strip(" ")
    return not (_NUMBER.fullmatch(text) or _PHONE.fullmatch(text))


def harmless(cell: object) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet may run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and is_formula(cell) else cell


def typed(sheet: Any, cell: Any) -> Any:
    """The cell for openpyxl's write-only `sheet`: a text is typed as text, so it is no formula.

    Characters that a workbook cannot hold are left out; line ends and what looks like a
    workbook's own escapes are written so that they come back.
    """
    if not isinstance(cell, str):
        return cell
    text = _ESCAPE_LIKE.sub("_x005F_", _UNWRITABLE.sub("", cell)).replace("\r", "_x000D_")
    if not _STARTS_FORMULA.match(text) and not text.startswith("#"):  # "#N/A" would be an error
        return text
    from openpyxl.cell import WriteOnlyCell

    written = WriteOnlyCell(sheet, text)
    written.data_type = "s"
    written.quotePrefix = True  # stays text when it is edited
    return written
