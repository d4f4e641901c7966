"""Chats that messengers export as JSON are read as chats, whoever answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions, read_table

SAID = [("Noor", "Does it sail today?"), ("Crew", "At nine – as ever."), ("Noor", "Thanks.")]


def _telegram(n: int, who: str, text: str) -> dict[str, Any]:
    pieces: Any = [text[:4], {"type": "bold", "text": text[4:]}] if n == 0 else text
    date = f"2024-05-01T10:0{n}:00"
    return {"id": n, "type": "message", "date": date, "from": who, "from_id": "u", "text": pieces}


def _discord(n: int, who: str, text: str) -> dict[str, Any]:
    at, author = f"2024-05-01T10:0{n}:00+02:00", {"id": "1", "name": who, "isBot": False}
    return {"id": str(n), "type": "Default", "timestamp": at, "content": text, "author": author}


def _messenger(n: int, who: str, text: str) -> dict[str, Any]:
    mangled = text.encode().decode("latin-1")
    return {"sender_name": who, "timestamp_ms": 1714550400000 + n, "content": mangled}


JOINED = {"id": 9, "type": "service", "date": "2024-05-01T09:00:00", "action": "join", "text": ""}
FILES: dict[str, dict[str, Any]] = {
    "Telegram": {
        "name": "Ferry",
        "type": "personal_chat",
        "id": 7,
        "messages": [JOINED, *(_telegram(n, *said) for n, said in enumerate(SAID))],
    },
    "Discord": {
        "guild": {"id": "1", "name": "Ferry"},
        "channel": {"id": "2", "name": "help"},
        "messages": [_discord(n, *said) for n, said in enumerate(SAID)],
    },
    "Messenger": {
        "participants": [{"name": "Noor"}, {"name": "Crew"}],
        "messages": [_messenger(n, *said) for n, said in reversed([*enumerate(SAID)])],
    },
}


@pytest.mark.parametrize("program", FILES)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_chat_is_a_conversation(tmp_path: Path, program: str, indent: int | None) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(FILES[program], indent=indent), "utf-8")
    table = two_ways.read(path)
    assert table.kind == "chat"
    assert table.people == ("Crew", "Noor")
    assert json.loads(table.cells("messages")[0] or "") == [
        {"role": "assistant" if who == "Crew" else "user", "content": text} for who, text in SAID
    ]
    other = read_table(path, options=ReadOptions(assistant="Noor"))
    assert json.loads(other.cells("messages")[0] or "")[0]["role"] == "assistant"


def test_one_that_is_cut_off_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(FILES["Telegram"])[:-20])
    with pytest.raises(WorkbenchError, match=r"result\.json .* not valid JSON: export it again"):
        read_table(path)


def test_a_plain_list_of_messages_is_no_chat_of_theirs(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    rows = [{"from": "Noor", "text": "Does it sail?", "type": "question"}] * 3
    path.write_text(json.dumps({"messages": rows, "type": "faq"}))
    assert read_table(path).kind == "json"
