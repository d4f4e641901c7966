"""Paragraphs of plain texts as a person reads them, whatever broke them into lines."""

import textwrap
from pathlib import Path

import pytest

from workbench.data.readers import Table, read_table

RETURNS = (
    "The return of goods is free of charge within thirty days, if the article is unused and the "
    "packaging is complete. Who paid by invoice gets the amount back within five working days."
)
VOUCHERS = (
    "A refund is not possible for vouchers that were bought on sale, nor for articles with a name "
    "on them. Please ask the customer service before anything is sent back, so that we can help."
)
DAMAGE = (
    "Damaged parcels must be reported to the carrier within a week, or else the insurance does not "
    "pay. Keep the packaging, take photographs of it and send them to us with your order number."
)
TEXTS = (RETURNS, VOUCHERS, DAMAGE)


def _read(tmp_path: Path, text: str, name: str = "t.txt") -> Table:
    (tmp_path / name).write_text(text, "utf-8")
    return read_table(tmp_path / name)


def _all(table: Table) -> str:
    return "\n\n".join(text or "" for text in table.cells("text"))


@pytest.mark.parametrize("width", [50, 72, 100])
@pytest.mark.parametrize("name", ["t.txt", "t.md", "t"])
def test_sentences_broken_into_lines_are_whole(tmp_path: Path, width: int, name: str) -> None:
    text = "\n\n".join(textwrap.fill(text, width) for text in TEXTS)

    assert _all(_read(tmp_path, text + "\n", name)) == "\n\n".join(TEXTS)


@pytest.mark.parametrize("width", [50, 72, 100])
def test_an_empty_line_behind_each_line_is_no_paragraph(tmp_path: Path, width: int) -> None:
    lines = [line for text in TEXTS for line in textwrap.wrap(text, width)]

    text = _all(_read(tmp_path, "\n\n".join(lines) + "\n"))

    assert text.replace("\n\n", " ") == " ".join(TEXTS)
    assert text.count("\n\n") <= 2


def test_words_cut_at_the_end_of_a_line_are_whole(tmp_path: Path) -> None:
    text = "The pack-\naging of the arti\u00ad\ncles, e-\nmail and post.\n\nNorth-\nSouth.\n"

    assert _all(_read(tmp_path, text)) == (
        "The packaging of the articles, email and post.\n\nNorth-\nSouth."
    )


def test_ligatures_are_letters_and_what_nobody_sees_is_gone(tmp_path: Path) -> None:
    text = "The \ufb01nal o\ufb00er\u200b of the \ufb02at.\n\nAn\u00adother one.\n"

    assert _all(_read(tmp_path, text)) == "The final offer of the flat.\n\nAnother one."


def _numbered(n: int) -> str:
    return " ".join(f"{'abcdefghijkl'[n]}{word}" for word in TEXTS[n % 3].split())


def test_headers_and_page_numbers_are_no_text(tmp_path: Path) -> None:
    lines = [line for n in range(12) for line in [*textwrap.wrap(_numbered(n), 72), ""]]
    pages = [lines[at : at + 9] for at in range(0, len(lines), 9)]
    text = "\f".join(
        "\n".join(["Handbook of Returns", "", *page, "", f"- {n} -", ""])
        for n, page in enumerate(pages, 1)
    )

    read = _all(_read(tmp_path, text))

    assert "Handbook" not in read
    assert "- 2 -" not in read
    assert all(_numbered(n) in read for n in range(12))


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lund\nMain Street 4\nCork\n\nDear Ms Lund,\n\nthe mug is here.\n",
        "Roses are red,\nviolets are blue,\n\nsugar is sweet,\nand so are you.\n",
        "To do:\n\n- buy a mug\n- send the lamp\n- write to Ann\n",
    ],
)
def test_lines_of_their_own_stay_lines(tmp_path: Path, text: str) -> None:
    assert _all(_read(tmp_path, text)) == text.strip()


def test_items_of_a_list_in_broken_sentences_stay_lines(tmp_path: Path) -> None:
    text = (
        textwrap.fill(RETURNS, 60) + "\n- the label\n- the invoice\n\n" + textwrap.fill(DAMAGE, 60)
    )

    assert f"{RETURNS}\n- the label\n- the invoice" in _all(_read(tmp_path, text))


def test_languages_without_spaces_are_joined_without(tmp_path: Path) -> None:
    line = (
        "这个水壶在北京买的时候是好的可是寄到家里以后就发现它已经坏了所以我想要退掉它并且把钱拿回来"
    )
    text = f"{line}\n{line}，\n{line}。\n\n{line}\n{line}。\n"

    assert _all(_read(tmp_path, text)).startswith(f"{line}{line}，{line}。")
