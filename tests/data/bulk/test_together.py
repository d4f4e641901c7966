"""Conversations in pieces become whole in a large file as in a small one, as far as memory allows."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from tests.helpers.conversion_jobs import converted, table_in
from workbench.data.bulk import read_file, together
from workbench.data.readers import ReadOptions


def turns(talks: int) -> list[dict[str, Any]]:
    return [
        {"conversation_id": talk, "turn": place, "speaker": ("Ann", "Bo")[place % 2],
         "text": f"{talk}.{place}"}
        for place in (1, 0, 2, 3)
        for talk in range(talks)
    ]  # fmt: skip


def test_both_ways_come_to_the_same(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, turns(30))
    assert len(table) == 30
    assert table.people == ("Bo", "Ann")


def test_many_rows_and_who_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)
    path = tmp_path / "turns.jsonl"
    path.write_text("\n".join(map(json.dumps, turns(1_200))))  # more than are looked at

    converted(path, tmp_path / "job", assistant="Ann")

    table = table_in(tmp_path / "job")
    assert len(table) == 1_200
    assert table.options == ReadOptions(encoding="utf-8", assistant="Ann")
    first = json.loads(table.cells("messages")[0] or "")
    assert [turn["content"] for turn in first] == ["0.0", "0.1", "0.2", "0.3"]
    assert first[0]["role"] == "assistant"


def test_what_is_too_large_says_that_it_stays_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)
    monkeypatch.setattr(together, "MOST_BYTES", 10)
    path = tmp_path / "turns.jsonl"
    path.write_text("\n".join(map(json.dumps, turns(10))))

    converted(path, tmp_path / "job")

    table = table_in(tmp_path / "job")
    assert len(table) == 40
    assert "conversations in pieces" in table.notes[-1]
