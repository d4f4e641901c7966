"""Conversations that chat and help-desk programs give out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers.shapes import chat_exports

ASKED, SAID = "When does the ferry sail?", "At nine sharp."


def _node(role: str, text: str, parent: str | None, *children: str, **more: Any) -> dict[str, Any]:
    content = {"content_type": "text", "parts": [text]}
    message = {"author": {"role": role}, "content": content, "metadata": more}
    return {"message": message, "parent": parent, "children": [*children]}


def _tree() -> dict[str, Any]:
    return {
        "root": {"message": None, "parent": None, "children": ["hidden"]},
        "hidden": _node("system", "Be kind.", "root", "old", "new"),
        "old": _node("user", "When ferry", "hidden"),
        "new": _node("user", ASKED, "hidden", "tool"),
        "tool": _node("tool", "{}", "new", "said"),
        "said": _node("assistant", SAID, "tool"),
    }


CHATS: dict[str, dict[str, Any]] = {
    "ChatGPT": {"title": "Ferry", "mapping": _tree(), "current_node": "said", "create_time": 1},
    "Claude": {
        "uuid": "u",
        "name": "Ferry",
        "chat_messages": [
            {"sender": "human", "text": ASKED},
            {"sender": "assistant", "text": "", "content": [{"type": "text", "text": SAID}]},
        ],
    },
    "Intercom": {
        "type": "conversation",
        "title": "Ferry",
        "source": {"body": f"<p>{ASKED}</p>", "author": {"type": "user"}},
        "conversation_parts": {
            "conversation_parts": [
                {"part_type": "note", "body": "He is angry.", "author": {"type": "admin"}},
                {"part_type": "comment", "body": f"<p>{SAID}</p>", "author": {"type": "admin"}},
            ]
        },
    },
    "Zendesk": {
        "subject": "Ferry",
        "requester_id": 7,
        "comments": [
            {"author_id": 7, "body": ASKED, "public": True},
            {"author_id": 9, "body": "He is angry.", "public": False},
            {"author_id": 9, "body": SAID, "public": True},
        ],
    },
    "Freshdesk": {
        "subject": "Ferry",
        "description_text": ASKED,
        "conversations": [
            {"body_text": "He is angry.", "incoming": False, "private": True},
            {"body_text": SAID, "incoming": False, "private": False},
        ],
    },
}


@pytest.mark.parametrize("program", CHATS)
def test_conversations_have_their_sides(tmp_path: Path, program: str) -> None:
    table = two_ways.of_rows(tmp_path, [CHATS[program]] * 3, "a.json")
    assert json.loads(table.cells("messages")[0] or "") == [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": SAID},
    ]
    assert table.cells("title") == ["Ferry"] * 3
    assert guessing.guess_task(table).task == "chat"
    assert guessing.guess_all_roles(table, "chat") == {"messages": "messages"}


@pytest.mark.parametrize("program", CHATS)
def test_conversations_without_an_answer_are_left_out_by_name(tmp_path: Path, program: str) -> None:
    text = json.dumps(CHATS[program]).replace(SAID, "")
    table = two_ways.of_rows(tmp_path, [CHATS[program], json.loads(text)])
    assert table.left_out == {chat_exports.UNANSWERED: (2,)}


def test_a_record_that_is_not_what_its_keys_promise_is_left_out(tmp_path: Path) -> None:
    odd = {"title": "x", "mapping": [1], "current_node": 3}
    table = two_ways.of_rows(tmp_path, [CHATS["ChatGPT"], odd])
    assert table.left_out == {chat_exports.UNANSWERED: (2,)}


def test_tables_with_columns_of_these_names_are_left_alone() -> None:
    record = {"title": "Ferry", "mapping": "a to b", "comments": "none", "requester_id": 1}
    assert chat_exports.recognise([record], "") is None
