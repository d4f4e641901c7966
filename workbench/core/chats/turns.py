"""Turns of a conversation in the one form that is kept, out of whatever programs write.

Read are lists of turns (OpenAI's `messages`, ShareGPT's `conversations`, Gemini's `contents`,
speaker and text), of pairs of question and answer, and of texts in turn; objects with such a list
in them; and finished prompts (see `finished`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.chats import calls, content, learning, speakers
from workbench.core.chats.items import BARE, NO_LIST, items_of
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

_PLAIN = (speakers.SYSTEM, speakers.USER, speakers.ASSISTANT)
_JOINED = "one turn with an answer that is not learned"


def read(value: Any, seen: Seen) -> list[dict[str, Any]]:
    """The turns as [{"role", "content"}, …], with `"learn": false` where an answer is not to be
    learned; those in a row by the same speaker are one, and tools are named in the instruction.

    Args:
        value: what JSON says, or a text that may be a finished prompt.
        seen: told what is not used or written anew.

    Raises:
        Unreadable: it is no conversation.
    """
    tools: list[str] = []
    items = list(items_of(value, tools, seen))
    if not items:
        raise Unreadable(NO_LIST)
    turns = _merged(_answered([_turn(item, seen) for item in items]), seen)
    if tools:
        named, seen.tools = calls.introduced(tools), True
        if turns and turns[0]["role"] == speakers.SYSTEM:
            turns[0]["content"] += "\n\n" + named
        else:
            turns.insert(0, {"role": speakers.SYSTEM, "content": named})
    return turns


def _turn(item: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    if len(item) == BARE and (bare := _bare_turn(item)):
        return bare
    name = speakers.speaker_in(item)
    role = speakers.role_of(name)
    if not role:
        who = f"turn by '{name[:30]}', which is neither user nor assistant"
        raise Unreadable(who if name else "turn that does not say who speaks")
    _tell_unused(item, seen, ("name",) if role == speakers.RESULT else ())
    if role == speakers.CALL:
        said, role = _call(item, seen), speakers.ASSISTANT
    elif role == speakers.RESULT:
        said, role = calls.result_text(_result(item, seen)), speakers.USER
    else:
        said = content.said_in(item, seen)
    turn: dict[str, Any] = {"role": role, "content": said}
    if role == speakers.ASSISTANT:
        turn["content"] = said = calls.tidied(content.without_thoughts(said, seen))
        seen.calls += calls.holds_call(said)
        if said and (mark := learning.unlearned_mark(item, seen)):
            seen.unlearned[mark] += 1
            turn["learn"] = False
    return turn


def _answered(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns, the answers being those of a "system" where that speaks after the user and nobody
    else answers, as in corpora of dialogues."""
    roles = [turn["role"] for turn in turns]
    if speakers.ASSISTANT in roles or speakers.USER not in roles:
        return turns
    first = roles.index(speakers.USER)
    return [
        {**turn, "role": speakers.ASSISTANT}
        if place > first and turn["role"] == speakers.SYSTEM
        else turn
        for place, turn in enumerate(turns)
    ]


def _bare_turn(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """A turn that is nothing but a speaker and a text, as most are; None for any other."""
    who, said = item.get("role") or item.get("from"), item.get("content") or item.get("value")
    if not isinstance(who, str) or not isinstance(said, str) or "</th" in said or "<tool" in said:
        return None
    role = speakers.role_of(who)
    return {"role": role, "content": said.strip()} if role in _PLAIN else None


def _call(item: Mapping[str, Any], seen: Seen) -> str:
    """A turn that is nothing but a call."""
    value = _said(item)
    return calls.call_text(value) if value else content.said_in(item, seen)


def _said(item: Mapping[str, Any]) -> Any:
    return next((item[key] for key in content.TEXT_KEYS if item.get(key) is not None), None)


def _result(item: Mapping[str, Any], seen: Seen) -> Any:
    """What a tool gave back; a list of parts is their text."""
    value = _said(item)
    return content.text_of(value, seen) if isinstance(value, list) else value or ""


_TAKEN = frozenset(
    (*speakers.keys_of_speakers(), *content.TEXT_KEYS, *content.REASONING, *learning.KEYS, "data",
     "tool_calls", "function_call", "tool_call_id", "call_id")
)  # fmt: skip


def _tell_unused(item: Mapping[str, Any], seen: Seen, known: Sequence[str]) -> None:
    for key, value in item.items():
        if key not in _TAKEN and key not in known and value not in (None, "", [], {}):
            seen.unused.add(str(key))


def _merged(turns: list[dict[str, Any]], seen: Seen) -> list[dict[str, Any]]:
    """Turns in a row by the same speaker as one, which is not learned if a part of it is not."""
    merged: list[dict[str, Any]] = []
    for turn in turns:
        if not turn["content"]:
            continue
        if merged and merged[-1]["role"] == turn["role"]:
            merged[-1]["content"] += "\n\n" + turn["content"]
            if turn.get("learn") != merged[-1].get("learn"):
                merged[-1]["learn"] = False
                seen.unlearned[_JOINED] += 1
        else:
            merged.append(turn)
    return merged
