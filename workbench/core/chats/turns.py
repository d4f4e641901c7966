"""Turns of a conversation, out of the forms in which programs keep them.

Read are lists of turns (OpenAI's `messages`, ShareGPT's `conversations`, Gemini's `contents`,
speaker and text), of pairs of question and answer, and of texts in turn; objects with such a list
in them; and finished prompts (see `finished`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.chats import calls, content, finished, learning, speakers
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

LISTS = (
    "messages", "conversations", "conversation", "contents", "dialogue", "dialog", "turns",
    "utterances", "chat", "history",
)  # fmt: skip
_SYSTEM = ("system", "system_instruction", "systemInstruction", "system_prompt")
_TOOLS = ("tools", "functions", "toolConfig", "tool_config")
_PAIRS = tuple(
    tuple(names.split())
    for names in (
        "human assistant", "human gpt", "human bot", "user assistant", "user bot", "user model",
        "user agent", "user system", "customer agent", "question answer", "query response",
        "prompt response", "prompt completion", "input output", "instruction output",
        "instruction response", "q a", "query answer", "input response",
    )
)  # fmt: skip
_LABELLED = re.compile(r"\s*([A-Za-z][A-Za-z ]{0,20}):\s*(.*)", re.S)
_NO_LIST = "conversation that is not a list of turns"
_JOINED = "one turn with an answer that is not learned"
_OPENAI_ITEMS = ("function_call", "function_call_output", "reasoning")


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
    items = list(_items(value, tools, seen))
    if not items:
        raise Unreadable(_NO_LIST)
    turns = _merged([_turn(item, seen) for item in items], seen)
    if tools:
        named = calls.introduced(tools)
        if turns and turns[0]["role"] == speakers.SYSTEM:
            turns[0]["content"] += "\n\n" + named
        else:
            turns.insert(0, {"role": speakers.SYSTEM, "content": named})
    return turns


def is_conversation(value: Any, *, named: bool = False) -> bool:
    """Whether a value is one by its looks.

    Args:
        named: whether what it stands under is called like a conversation; then pairs of question
            and answer are one, too, and texts that take turns.
    """
    if isinstance(value, Mapping):
        value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
    if not isinstance(value, list) or not value:
        return False
    if all(isinstance(item, Mapping) and _is_turn(item) for item in value):
        return True
    texts = len(value) > 1 and all(isinstance(item, str) for item in value)
    return named and (texts or all(_is_pair(item) for item in value))


def _is_turn(item: Mapping[str, Any]) -> bool:
    said = any(key in item for key in (*content.TEXT_KEYS, "data", "tool_calls", "function_call"))
    if "role" in item or "from" in item:
        return said
    return said and bool(speakers.role_of(speakers.speaker_in(item)))


def _is_pair(item: Any) -> bool:
    if isinstance(item, list):
        return len(item) == 2 and all(isinstance(text, str) or text is None for text in item)
    return isinstance(item, Mapping) and _pair_in(item) is not None


def _items(value: Any, tools: list[str], seen: Seen) -> Iterator[Mapping[str, Any]]:
    """Objects that each are one turn."""
    if isinstance(value, str):
        yield from _of_text(value, seen)
    elif isinstance(value, Mapping):
        yield from _of_object(value, tools, seen)
    elif isinstance(value, list):
        if len(value) > 1 and all(isinstance(item, str) for item in value):
            yield from _of_texts(value, seen)
        else:
            for item in value:
                yield from _of_item(item, tools, seen)
    else:
        raise Unreadable(_NO_LIST)


def _of_item(item: Any, tools: list[str], seen: Seen) -> Iterator[Mapping[str, Any]]:
    if isinstance(item, list) and _is_pair(item):
        yield from _pair(*item)
    elif isinstance(item, list):
        yield from _items(item, tools, seen)
    elif isinstance(item, Mapping):
        yield from _of_object(item, tools, seen)
    else:
        raise Unreadable(_NO_LIST)


def _of_object(
    item: Mapping[str, Any], tools: list[str], seen: Seen
) -> Iterator[Mapping[str, Any]]:
    if calls.is_declaration(item):
        tools.extend(calls.tools_in(item))
    elif listed := next((item[key] for key in LISTS if isinstance(item.get(key), list)), None):
        for key in _TOOLS:
            tools.extend(calls.tools_in(item.get(key)))
        for key in _SYSTEM:
            if item.get(key):
                yield {"role": speakers.SYSTEM, "content": item[key]}
        yield from _items(listed, tools, seen)
    elif item.get("type") in _OPENAI_ITEMS:
        yield from _openai_item(item, seen)
    elif isinstance(inner := item.get("message"), Mapping) and not speakers.speaker_in(item):
        yield inner
    elif (pair := _pair_in(item)) and not ("role" in item or "from" in item):
        yield from _pair(*pair)
    else:
        yield item


def _openai_item(item: Mapping[str, Any], seen: Seen) -> Iterator[Mapping[str, Any]]:
    """Items beside the messages, as OpenAI's Responses write them."""
    if item["type"] == "reasoning":
        seen.reasoning = True
        seen.unused.add("reasoning")
    elif item["type"] == "function_call":
        yield {"role": "function_call", "content": item}
    else:
        yield {"role": "tool", "content": item.get("output")}


def _pair_in(item: Mapping[str, Any]) -> tuple[Any, Any] | None:
    small = {str(key).lower(): value for key, value in item.items()}
    keys = next((pair for pair in _PAIRS if pair[0] in small and pair[1] in small), None)
    texts = (small[keys[0]], small[keys[1]]) if keys else (None, None)
    return texts if keys and all(isinstance(text, str | None) for text in texts) else None


def _pair(asked: Any, told: Any) -> Iterator[Mapping[str, Any]]:
    yield {"role": speakers.USER, "content": asked}
    yield {"role": speakers.ASSISTANT, "content": told}


def _of_text(text: str, seen: Seen) -> Iterator[Mapping[str, Any]]:
    found = finished.read(text)
    if found is None:
        raise Unreadable(_NO_LIST)
    seen.form = found.form
    for role, said in found.turns:
        yield {"role": role, "content": said}


def _of_texts(texts: list[str], seen: Seen) -> Iterator[Mapping[str, Any]]:
    """Texts that say who speaks ("User: …"), or else take turns, the first being a question."""
    found = [_LABELLED.fullmatch(text) for text in texts]
    if all(match and speakers.role_of(match[1]) for match in found):
        for match in found:
            if match:
                yield {"role": match[1], "content": match[2]}
    else:
        seen.speakerless = True
        for place, text in enumerate(texts):
            yield {"role": speakers.ASSISTANT if place % 2 else speakers.USER, "content": text}


def _turn(item: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
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
        turn["content"] = said = content.without_thoughts(said, seen)
        seen.calls += calls.holds_call(said)
        if said and (mark := learning.unlearned_mark(item, seen)):
            seen.unlearned[mark] += 1
            turn["learn"] = False
    return turn


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
