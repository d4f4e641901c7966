"""A text is a table only if its lines say so together."""

from pathlib import Path

import pytest

from workbench.data.readers import read_table
from workbench.data.readers.tables.separators import ONE_COLUMN, find_delimiter, is_table

_PROSE = [
    "Hello there, my parcel is late.",
    "Hello there, my parcel is late.\nPlease help, it was a present.\n",
    "Yes, please\nNo, thanks\nSure, why not\nWell, maybe\n",
    "Hi Tom, thanks\nThe kettle, the lamp and the mug are here.\nBye, Ann\n",
    "It costs 3,50 in all\nOr 4,20 with the post\nOr 5,10 abroad\n",
    "Dear Ms Lund,\nthe mug is here; it is blue.\nKind regards,\nBen\n",
    "one word\n",
    "a | b",
    "Where? | said she\n",
]
_TABLES = [
    "text,label\nwhere is it,late\n",
    "text, label\nwhere is it, late\nit broke, broken\n",
    "where is it,late\nit broke,broken\nlate again,late\nall torn,broken\n",
    "where is my parcel, late\nthe mug broke, broken\nstill nothing, late\nit is torn, broken\n"
    "no news, late\nin pieces, broken\n",
    "Good morning.|Guten Morgen.\nGood night.|Gute Nacht.\n",
    "a film\t1\nanother\t0\n",
    "n;text\n1;some words, and more\n2;others, too\n",
    "sep=;\na;b\nc;d\n",
    '"where is it, please?","late"\n"it broke, sorry","broken"\n',
]


@pytest.mark.parametrize("text", _PROSE)
def test_commas_of_sentences_make_no_table(text: str) -> None:
    assert not is_table(text, "t.txt")


@pytest.mark.parametrize("text", _TABLES)
def test_lines_that_agree_are_a_table(text: str) -> None:
    assert is_table(text, "t.txt")


def test_a_name_that_promises_a_table_is_believed() -> None:
    pairs = "Good morning, Guten Morgen\nGood night, Gute Nacht\n"

    assert find_delimiter(pairs, "pairs.csv") == ","
    assert find_delimiter(pairs, "pairs.txt") == ONE_COLUMN
    assert find_delimiter("text\nHello, you\nWell, no\nYes, sir\n", "texts.csv") == ONE_COLUMN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Where is my parcel, please?", "document"),
        ("Where is my parcel, please?\n", "document"),
        ("text,label\n\nwhere is it,late\n\nit broke,broken\n", "csv"),
        ("A first line of a letter that goes on until there is no more room, and\n"
         "so it goes on in a second one that ends where the margin of the page is,\n"
         "until all is said.\n", "document"),
        ("I want it.\nIt broke.\nLate again.\nNo news.\n\nWhere is it?\n" * 3, "csv"),
        ("where is my card\ncancel my order\nwhen does it come\n", "csv"),
        ("Roses are red,\nviolets are blue,\n\nsugar is sweet,\nand so are you.\n", "document"),
    ],
)  # fmt: skip
def test_a_text_is_read_as_what_it_is(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "t.txt").write_text(text)

    assert read_table(tmp_path / "t.txt").kind == kind
