"""Paragraphs of PDF documents as a person reads them, whatever made the document."""

import textwrap
from pathlib import Path

import pytest

from tests.corpus import writers
from tests.data.readers.documents.test_texts import DAMAGE, RETURNS, TEXTS
from workbench.data.readers import read_table

Placed = tuple[float, float, str]
"""How far from the left and from below a line stands, and what it says."""


def _pdf(pages: list[list[Placed]], size: float = 10) -> bytes:
    """A document whose lines stand at these places."""
    streams = []
    for page in pages:
        shown = [
            b"BT /F1 %g Tf %g %g Td (%s) Tj ET"
            % (size, left, below, text.replace("(", "\\(").replace(")", "\\)").encode("cp1252"))
            for left, below, text in page
        ]
        streams.append(b"\n".join(shown))
    return writers.pdf_of(streams)


def _column(text: str, left: float, top: float, leading: float, width: int = 60) -> list[Placed]:
    return [
        (left, top - leading * number, line)
        for number, line in enumerate(textwrap.wrap(text, width))
    ]


def _below(*texts: str, left: float = 72, leading: float = 12, gap: float = 10) -> list[Placed]:
    """Paragraphs one below the other."""
    found: list[Placed] = []
    top = 760.0
    for text in texts:
        found += _column(text, left, top, leading)
        top = found[-1][1] - leading - gap
    return found


def _read(tmp_path: Path, pages: list[list[Placed]]) -> list[str]:
    (tmp_path / "t.pdf").write_bytes(_pdf(pages))
    return [
        p
        for cell in read_table(tmp_path / "t.pdf").cells("text")
        for p in (cell or "").split("\n\n")
    ]


def test_paragraphs_are_what_a_gap_parts(tmp_path: Path) -> None:
    assert _read(tmp_path, [_below(*TEXTS)]) == list(TEXTS)


@pytest.mark.parametrize("leading", [12, 26])
def test_a_line_with_room_for_the_next_word_ends_a_paragraph(tmp_path: Path, leading: int) -> None:
    assert _read(tmp_path, [_below(*TEXTS, leading=leading, gap=0)]) == list(TEXTS)


def test_a_gap_ends_a_paragraph_whose_last_line_is_full(tmp_path: Path) -> None:
    full = ["It goes on from here to there, and so on to the end of it.",
            "This is as long as the line above, and it ends with an end."]  # fmt: skip
    page = [(72.0, below, text) for below, text in zip((700, 688, 664, 652), full * 2, strict=True)]

    assert _read(tmp_path, [page]) == [" ".join(full)] * 2


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = _column(RETURNS, 72, 700, 12, 38)
    right = _column(DAMAGE, 320, 700, 12, 38)

    assert _read(tmp_path, [[*left, *right]]) == [RETURNS, DAMAGE]


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page(tmp_path: Path) -> None:
    long = f"{RETURNS} {DAMAGE}".replace(".", ",") + " So be it."
    lines = textwrap.wrap(long, 38)
    third = len(lines) // 3
    first = [(72.0, 400.0 - 12 * n, line) for n, line in enumerate(lines[:third])]
    second = [(320.0, 400.0 - 12 * n, line) for n, line in enumerate(lines[third : 2 * third])]
    last = [(72.0, 700.0 - 12 * n, line) for n, line in enumerate(lines[2 * third :])]

    assert _read(tmp_path, [[*first, *second], last]) == [long]


def test_words_cut_at_the_end_of_a_line_are_whole(tmp_path: Path) -> None:
    page = [(72.0, 700.0, "A word that was cut at the end of a line is put to-"),
            (72.0, 688.0, "gether again, but the FAA-"),
            (72.0, 676.0, "approved one is not, nor is a well-known one like this well-"),
            (72.0, 664.0, "known one.")]  # fmt: skip

    assert _read(tmp_path, [page]) == [
        "A word that was cut at the end of a line is put together again, but the FAA-approved one is "
        "not, nor is a well-known one like this well-known one."
    ]


def test_items_and_headings_stand_alone(tmp_path: Path) -> None:
    texts = ("What to send:", "1. the label that we sent,", "2. the invoice.", "- and a picture")
    page = [(72.0, 760 - 12.0 * n, text) for n, text in enumerate(texts)]

    assert _read(tmp_path, [page]) == list(texts)


def test_headers_footers_and_numbers_are_left_out_wherever_they_come(tmp_path: Path) -> None:
    pages = []
    for number, text in enumerate([*TEXTS, RETURNS], 1):
        body = _column(f"Page {'abcd'[number - 1]}: {text}", 72, 700, 12)
        pages.append([(72.0, 30.0, f"{number} of 4"), *body, (72.0, 800.0, "Handbook of Returns")])

    found = _read(tmp_path, pages)

    assert found == [f"Page {'abcd'[n]}: {text}" for n, text in enumerate([*TEXTS, RETURNS])]


def test_text_that_repeats_itself_is_no_header(tmp_path: Path) -> None:
    pages = [_below(RETURNS) for _ in range(5)]

    assert _read(tmp_path, pages) == [RETURNS] * 5


@pytest.mark.parametrize("code", [2, 173])
def test_no_control_characters_are_left(tmp_path: Path, code: int) -> None:
    page = [(72.0, 700.0, f"The parcel{chr(code)} is here.")]

    (text,) = _read(tmp_path, [page])

    assert chr(code) not in text
