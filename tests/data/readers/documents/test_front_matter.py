"""What stands above a Markdown text fills columns, or is left out by name, and is no text."""

from pathlib import Path

import pytest

from tests.helpers.conversion_jobs import zipped
from workbench.data.readers import Table, read_table
from workbench.data.readers.documents.front_matter import front_matter

TEXT = "# Refunds\n\nThe amount is paid back within five days.\n"


def _read(tmp_path: Path, text: str, name: str = "t.md") -> Table:
    (tmp_path / name).write_text(text, "utf-8")
    return read_table(tmp_path / name)


def test_keys_become_columns(tmp_path: Path) -> None:
    above = (
        "---\n"
        'title: "Refunds: how and when"  \n'
        "subtitle: Refunds: how and when\n"
        "date: 2024-03-01\n"
        "# a remark\n"
        "tags: [returns, 'money back']\n"
        "authors:\n  - Mia\n- Ben\n"
        "summary: >-\n  All that there\n  is to say.\n"
        "draft: false\n"
        "empty:\n"
        "---\n"
    )

    table = _read(tmp_path, above + TEXT)

    assert table.data.to_pylist() == [
        {
            "text": "The amount is paid back within five days.",
            "heading": "Refunds",
            "file": "t.md",
            "title": "Refunds: how and when",
            "subtitle": "Refunds: how and when",
            "date": "2024-03-01",
            "tags": "returns, money back",
            "authors": "Mia, Ben",
            "summary": "All that there is to say.",
            "draft": "false",
        }
    ]
    assert table.unused == {}


def test_keys_with_parts_are_left_out_by_name(tmp_path: Path) -> None:
    above = "---\ntitle: A\nmeta:\n  a: 1\nlinks: {x: y}\nmenu:\n  - name: b\n---\n"

    table = _read(tmp_path, above + TEXT)

    assert table.columns == ["text", "heading", "file", "title"]
    assert table.unused == {"meta": 1, "links": 1, "menu": 1}


def test_toml_is_read_too(tmp_path: Path) -> None:
    table = _read(tmp_path, '+++\ntitle = "A"\ntags = ["x", "y"]\n[extra]\nb = 1\n+++\n' + TEXT)

    assert table.cells("title") == ["A"]
    assert table.cells("tags") == ["x, y"]
    assert table.unused == {"extra": 1}


def test_each_text_of_several_has_its_own(tmp_path: Path) -> None:
    parts = {
        "a.md": f"---\ntitle: A\nfile: x\n---\n{TEXT}".encode(),
        "b.md": f"---\ntitle: B\ncategory: money\n---\n{TEXT}".encode(),
        "c.md": TEXT.encode(),
    }

    table = read_table(zipped(tmp_path / "z.zip", parts))

    assert table.columns == ["text", "heading", "file", "title", "file (2)", "category"]
    assert table.cells("title") == ["A", "B", None]
    assert table.cells("category") == [None, "money", None]


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA line above a text.\n\n---\n\nAnother text.\n",
        "A text.\n---\ntitle: A\n---\n",
        "---\ntitle: A\n\nno end\n",
        "- --\ntitle: A\n---\n",
    ],
)
def test_what_is_no_front_matter_is_text(tmp_path: Path, text: str) -> None:
    assert front_matter(text.split("\n")).lines == 0
    assert "text" in (_read(tmp_path, text).cells("text")[0] or "") or "title" in text
