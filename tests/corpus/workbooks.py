"""Workbooks as people bring them."""

import datetime as dt
import io
import zipfile
from typing import Any

from tests.corpus import books, writers
from tests.corpus.books import Styled
from tests.corpus.examples import EXAMPLES, HEADER


def sheets() -> dict[str, str | bytes]:
    """Workbooks."""
    rows = [HEADER, *EXAMPLES]
    day = dt.date(2024, 3, 5)
    dated = [("text", "label", "day", "at", "amount", "paid")] + [
        (*row, day + dt.timedelta(n), dt.datetime(2024, 3, 5, 9, n), n / 4, n % 2 == 0)
        for n, row in enumerate(EXAMPLES)
    ]
    grouped = [(label if n % 4 == 0 else None, text) for n, (text, label) in enumerate(EXAMPLES)]
    spans = ["A1:B1", *(f"A{first}:A{first + 3}" for first in (3, 7, 11))]
    return {
        "plain.xlsx": books.xlsx({"Mails": rows}),
        "dates-and-numbers.xlsx": books.xlsx({"Mails": dated}),
        "several-sheets.xlsx": books.xlsx({"Cover": [], "Mails": rows, "Codes": [("a", "b")]}),
        "title-rows.xlsx": books.xlsx({"Mails": [("Complaints",), (), *rows]}),
        "merged-cells.xlsx": books.xlsx(
            {"Mails": [("Complaints", None), ("label", "text"), *grouped]}, merged=spans
        ),
        "empty-column-first.xlsx": books.xlsx({"Mails": rows}, first_column=1),
        "workbook-called.csv": books.xlsx({"Mails": rows}),
        "plain.ods": books.ods({"Mails": rows}),
        "dates-and-gaps.ods": books.ods(
            {
                "Empty": [],
                "Mails": [("text", "a", "b", "day")]
                + [
                    (text, None, None, day + dt.timedelta(n))
                    for n, (text, _) in enumerate(EXAMPLES)
                ],
            }
        ),
        "plain.xls": books.xls({"Mails": rows}),
        "formatted.xlsx": books.xlsx({"Mails": _formatted()}),
        "formatted.ods": books.ods({"Mails": _formatted(german=True)}),
        "formatted.xls": books.xls({"Mails": _formatted()}),
        "declared-entities.xlsx": _declaring(books.xlsx({"Mails": _formatted()})),
        "numbers.xls": books.xls(
            {"Mails": [("text", "score")] + [(t, n / 2) for n, (t, _) in enumerate(EXAMPLES)]}
        ),
    }


def _formatted(german: bool = False) -> list[tuple[Any, ...]]:
    """Cells that look different from their values."""
    rows: list[tuple[Any, ...]] = [
        ("text", "label", "customer", "share", "amount", "day", "delivered", "hours")
    ]
    for n, row in enumerate(EXAMPLES):
        amount = f"1.{n:03},50 €" if german else f"1,{n:03}.50 €"
        day = dt.date(2024, 3, 1) + dt.timedelta(n)
        rows.append(
            (
                *row,
                Styled(n, "00000", f"{n:05}"),
                Styled(n / 100, "0\\ %", f"{n}\u00a0%", "percentage"),
                Styled(1000.5 + n, '#,##0.00\\ "€"', amount, "currency"),
                Styled(day, "dd.mm.yyyy", f"{day:%d.%m.%Y}", "date"),
                Styled(day, "m/d/yyyy", f"{day:%m/%d/%Y}", "date"),
                _hours(n, german),
            )
        )
    return rows


def _hours(hours: int, german: bool) -> Styled:
    value = f"PT{hours + 20}H30M00S" if german else (hours + 20.5) / 24
    return Styled(value, "[h]:mm", f"{hours + 20}:30", "time")


def _declaring(content: bytes) -> bytes:
    """The workbook, whose styles begin with entities that would grow without end."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE styleSheet [<!ENTITY l0 "ha">{laughs}]><styleSheet'
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<styleSheet", declared.encode(), 1)
    return writers.archive(parts)
