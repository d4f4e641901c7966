"""Conversations as chat and help-desk programs give them out: ChatGPT, Claude, Intercom, Zendesk,
Freshdesk."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from workbench.core.tasks import CHAT
from workbench.data.readers.html_text import text_of
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNANSWERED = "conversation without a question and an answer"
_Turn = tuple[str, str]
"""Who speaks (user or assistant) and what."""
_USER, _ASSISTANT = "user", "assistant"


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Conversations of one of these programs."""
    for program, keys, turns, title in _PROGRAMS:
        if all(record.keys() >= keys for record in records) and any(map(turns, records)):
            return _shape(program, keys, turns, title)
    return None


_Turns = Callable[[Record], list[_Turn]]


def _shape(program: str, keys: set[str], turns: _Turns, title: str) -> Shape:
    def take(record: Record) -> Taken:
        unused = [k for k, v in record.items() if v and k not in keys and k != title]
        found = turns(record)
        while found and found[0][0] != _USER:
            unused.append("answers before the first question")
            found = found[1:]
        if not any(who == _ASSISTANT for who, _ in found):
            return left_out(UNANSWERED, unused)
        messages = [{"role": who, "content": text} for who, text in found]
        return Taken([{"messages": messages, "title": record.get(title)}], unused=unused)

    meant = Meant(CHAT.name, {"messages": "messages"}, f"these are conversations of {program}")
    note = f"Who asks in {program} is the user, who answers there the assistant that is learned."
    return Shape(f"an export of {program}", take, meant, (note,), what="conversation")


def _chatgpt(record: Record) -> list[_Turn]:
    """The branch that stood on the screen at last."""
    nodes, at = record["mapping"], record.get("current_node")
    if not isinstance(nodes, dict):
        return []
    if at not in nodes:  # the newest leaf
        at = next((k for k in reversed(nodes) if not nodes[k].get("children")), None)
    way: list[_Turn] = []
    for _ in range(len(nodes)):
        node = nodes.get(at) if isinstance(at, str) else None
        if not isinstance(node, dict):
            break
        way += _of_chatgpt(node.get("message"))
        at = node.get("parent")
    return way[::-1]


def _of_chatgpt(message: Any) -> Iterator[_Turn]:
    if not isinstance(message, dict):
        return
    author, content = message.get("author") or {}, message.get("content") or {}
    parts = [part for part in content.get("parts") or () if isinstance(part, str)]
    hidden = (message.get("metadata") or {}).get("is_visually_hidden_from_conversation")
    text = "\n".join(parts).strip()
    if author.get("role") in (_USER, _ASSISTANT) and text and not hidden:
        yield author["role"], text


def _claude(record: Record) -> list[_Turn]:
    found = []
    for message in record["chat_messages"]:
        who = {"human": _USER, "assistant": _ASSISTANT}.get(str(message.get("sender")))
        parts = message.get("content")
        texts = [p.get("text") for p in parts if isinstance(p, dict)] if parts else []
        text = str(message.get("text") or "\n".join(filter(None, texts))).strip()
        if who and text:
            found.append((who, text))
    return found


def _intercom(record: Record) -> list[_Turn]:
    within = record["conversation_parts"]
    parts = within.get("conversation_parts") if isinstance(within, dict) else within
    said = [record.get("source"), *(parts if isinstance(parts, list) else [])]
    found = []
    for part in said:
        if not isinstance(part, dict) or part.get("part_type", "comment") == "note":
            continue
        text = text_of(str(part.get("body") or "")).strip()
        kind = str((part.get("author") or {}).get("type"))
        if text:
            found.append((_USER if kind in ("user", "lead", "contact") else _ASSISTANT, text))
    return found


def _zendesk(record: Record) -> list[_Turn]:
    asks = record["requester_id"]
    found = []
    for comment in record["comments"] or ():
        text = str(comment.get("plain_body") or comment.get("body") or "").strip()
        if text and comment.get("public") is not False:
            found.append((_USER if comment.get("author_id") == asks else _ASSISTANT, text))
    return found


def _freshdesk(record: Record) -> list[_Turn]:
    asked = str(record.get("description_text") or "").strip()
    found = [(_USER, asked)] if asked else []
    for said in record["conversations"] or ():
        text = str(said.get("body_text") or "").strip()
        if text and not said.get("private"):
            found.append((_USER if said.get("incoming") else _ASSISTANT, text))
    return found


def _safely(turns: _Turns) -> _Turns:
    """Nothing, where a record is not what its keys promise."""

    def found(record: Record) -> list[_Turn]:
        try:
            return turns(record)
        except (AttributeError, TypeError, KeyError):
            return []

    return found


_PROGRAMS: tuple[tuple[str, set[str], _Turns, str], ...] = (
    ("ChatGPT", {"mapping", "title"}, _safely(_chatgpt), "title"),
    ("Claude", {"chat_messages", "uuid"}, _safely(_claude), "name"),
    ("Intercom", {"conversation_parts", "source"}, _safely(_intercom), "title"),
    ("Zendesk", {"comments", "requester_id"}, _safely(_zendesk), "subject"),
    ("Freshdesk", {"conversations", "description_text"}, _safely(_freshdesk), "subject"),
)
