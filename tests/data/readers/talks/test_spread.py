"""Conversations that are spread over rows become one row each."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.core.canonical import messages_json
from workbench.data.columns.guessing import guess_task
from workbench.data.readers import ReadOptions, Table, read_table


def table_of(tmp_path: Path, rows: list[dict[str, Any]], assistant: str = "") -> Table:
    path = tmp_path / "talks.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return read_table(path, options=ReadOptions(assistant=assistant))


def talks_in(table: Table) -> list[list[str]]:
    cells = table.cells("messages")
    return [
        [f"{turn['role'][0]}:{turn['content']}" for turn in json.loads(messages_json(cell or ""))]
        for cell in cells
    ]


def turn(talk: int, place: int, who: str, **more: Any) -> dict[str, Any]:
    return {"conversation_id": f"c{talk}", "turn": place, "role": who,
            "content": f"{talk}.{place}", **more}  # fmt: skip


def test_turns_are_put_in_their_order_and_keep_what_is_the_same_throughout(tmp_path: Path) -> None:
    rows = [
        turn(talk, place, ("user", "assistant")[place % 2], channel="web", note=f"n{place}")
        for place in (1, 0, 3, 2)
        for talk in range(3)
    ]

    table = table_of(tmp_path, rows)

    assert talks_in(table)[0] == ["u:0.0", "a:0.1", "u:0.2", "a:0.3"]
    assert table.cells("channel") == ["web"] * 3
    assert "note" not in table.columns
    assert table.unused == {"note": 12}
    assert table.row_numbers.to_pylist() == [4, 5, 6]
    assert "12 rows are 3 conversations by 'conversation_id'" in table.notes[0]
    assert guess_task(table).task == "chat"


def test_a_turn_that_is_not_to_be_learned_stays_so(tmp_path: Path) -> None:
    rows = [
        turn(talk, place, ("user", "assistant")[place % 2], weight=int(place != 1))
        for talk in range(3)
        for place in range(4)
    ]
    first = json.loads(messages_json(table_of(tmp_path, rows).cells("messages")[0] or ""))
    assert [one.get("learn", True) for one in first] == [True, False, True, True]


def test_names_are_told_by_who_is_known_and_else_somebody_is_asked(tmp_path: Path) -> None:
    known = [
        turn(talk, place, ("customer", f"Eva{talk}")[place])
        for talk in range(3)
        for place in (0, 1)
    ]
    assert talks_in(table_of(tmp_path, known))[2] == ["u:2.0", "a:2.1"]

    strangers = [turn(talk, place, ("Ann", "Bo")[place]) for talk in range(3) for place in (0, 1)]
    table = table_of(tmp_path, strangers)
    assert table.people == ("Bo", "Ann")
    assert table.options.assistant == "Bo"
    assert talks_in(table)[0] == ["u:0.0", "a:0.1"]
    other = table_of(tmp_path, [*strangers, turn(0, 2, "Bo")], assistant="Ann")
    assert other.options.assistant == "Ann"
    assert json.loads(other.cells("messages")[0] or "")[0]["role"] == "assistant"


def test_turns_that_are_examples_of_their_own_stay_rows(tmp_path: Path) -> None:
    rows = [
        turn(talk, place, ("user", "assistant")[place % 2], intent=("ask", "tell")[place % 2])
        for talk in range(3)
        for place in range(4)
    ]
    table = table_of(tmp_path, rows)
    assert len(table) == 12
    assert "messages" not in table.columns


def test_a_turn_without_a_text_is_left_out_by_its_number(tmp_path: Path) -> None:
    rows = [
        turn(talk, place, ("user", "agent")[place % 2]) for talk in range(3) for place in range(2)
    ]
    table = table_of(tmp_path, [*rows, {**rows[0], "content": ""}])
    assert table.left_out == {"turn without a conversation, a speaker or a text": (7,)}


def _tree(root: int) -> list[dict[str, Any]]:
    def reply(name: str, to: str | None, who: str, rank: int | None = None) -> dict[str, Any]:
        return {"message_id": f"{name}{root}", "parent_id": f"{to}{root}" if to else None,
                "role": who, "text": name, "rank": rank}  # fmt: skip

    return [
        reply("ask", None, "prompter"),
        reply("worse", "ask", "assistant", 1),
        reply("better", "ask", "assistant", 0),
        reply("more", "better", "prompter"),
        reply("sure", "more", "assistant"),
        reply("else", "better", "prompter"),
        reply("yes", "else", "assistant"),
        reply("lost", "worse", "prompter"),
    ]


def test_of_a_tree_each_way_to_a_leaf_is_a_conversation_with_the_best_answers(
    tmp_path: Path,
) -> None:
    table = table_of(tmp_path, [row for root in range(3) for row in _tree(root)])

    assert talks_in(table)[:2] == [
        ["u:ask", "a:better", "u:more", "a:sure"],
        ["u:ask", "a:better", "u:else", "a:yes"],
    ]  # fmt: skip
    assert len(table) == 6
    assert table.row_numbers.to_pylist()[:2] == [5, 7]
    assert table.left_out == {
        "answer of which another is ranked higher, or what follows one": (2, 8, 10, 16, 18, 24)
    }


def test_parents_that_are_no_rows_hold_nothing_together(tmp_path: Path) -> None:
    rows = [
        {"id": str(i), "parent_id": f"x{i}", "role": ("user", "assistant")[i % 2], "text": f"t {i}"}
        for i in range(8)
    ]
    assert "messages" not in table_of(tmp_path, rows).columns


def test_a_circle_of_parents_ends(tmp_path: Path) -> None:
    rows = [row for root in range(3) for row in _tree(root)]
    circle = [
        {"message_id": "x", "parent_id": "y", "role": "prompter", "text": "x", "rank": None},
        {"message_id": "y", "parent_id": "x", "role": "assistant", "text": "y", "rank": None},
    ]
    table = table_of(tmp_path, [*rows, *circle])
    assert len(table) == 6
    assert {25, 26} <= {row for rows in table.left_out.values() for row in rows}


@pytest.mark.parametrize("order", ["2024-01-01 10:0{}:00", "0{}"])
def test_moments_and_numbers_give_the_order(tmp_path: Path, order: str) -> None:
    rows = [
        {"session_id": s, "timestamp": order.format(p), "speaker": ("client", "bot")[p % 2],
         "message": str(p)}
        for s in range(3) for p in (3, 1, 2, 0)
    ]  # fmt: skip
    assert talks_in(table_of(tmp_path, rows))[0] == ["u:0", "a:1", "u:2", "a:3"]
