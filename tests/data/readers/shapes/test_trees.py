"""Trees of turns: each way to a leaf is a conversation, with the best-ranked answers."""

import json
from pathlib import Path
from typing import Any

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers import Table


def turn(role: str, text: str, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": role, "text": text, "replies": list(replies), **more}


def tree(number: int) -> dict[str, Any]:
    follow = turn("prompter", "And then?", turn("assistant", "Home."))
    worse = turn("assistant", "Worse.", turn("prompter", "Lost."), rank=1)
    best = turn(
        "assistant", "Best.", follow, turn("prompter", "Thanks.", turn("assistant", "Bye.")), rank=0
    )
    return {
        "message_tree_id": f"t{number}",
        "prompt": turn("prompter", f"Where {number}?", worse, best, lang="en"),
    }


def said(table: Table, row: int) -> list[str]:
    return [one["content"] for one in json.loads(table.cells("messages")[row] or "")]


def test_each_way_to_a_leaf_is_a_conversation_with_the_best_answers(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, [tree(number) for number in range(6)])

    assert len(table) == 12
    assert said(table, 0) == ["Where 0?", "Best.", "And then?", "Home."]
    assert said(table, 1) == ["Where 0?", "Best.", "Thanks.", "Bye."]
    assert guessing.guess_task(table).task == "chat"
    (reason, rows), *others = table.left_out.items()
    assert reason.startswith("answer of which another is ranked higher")
    assert (rows[:4], others) == ((1, 1, 2, 2), [])
    assert table.unused == {"message_tree_id": 6, "replies.lang": 6}


def test_a_tree_without_an_answer_is_left_out_by_name(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, [tree(1), tree(2), turn("prompter", "Hello?")])
    assert table.left_out["tree without an answer"] == (3,)


def test_other_records_with_a_prompt_are_none(tmp_path: Path) -> None:
    rows = [{"prompt": {"text": f"a {i}", "role": "prompter"}, "label": "x"} for i in range(5)]
    assert "messages" not in two_ways.of_rows(tmp_path, rows).columns
