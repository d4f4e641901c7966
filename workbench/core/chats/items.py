"""Items of a conversation, each one turn, out of the lists, pairs and texts in which programs keep them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.core.chats import calls, content, finished, speakers
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

BARE = 2
"""Keys of a turn that says who speaks, and what, and nothing else."""
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
NO_LIST = "conversation that is not a list of turns"
_OPENAI_ITEMS = ("function_call", "function_call_output", "reasoning")


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


def items_of(value: Any, tools: list[str], seen: Seen) -> Iterator[Mapping[str, Any]]:
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
        raise Unreadable(NO_LIST)


def _of_item(item: Any, tools: list[str], seen: Seen) -> Iterator[Mapping[str, Any]]:
    if isinstance(item, list) and _is_pair(item):
        yield from _pair(*item)
    elif isinstance(item, list):
        yield from items_of(item, tools, seen)
    elif isinstance(item, Mapping):
        yield from _of_object(item, tools, seen)
    else:
        raise Unreadable(NO_LIST)


def _of_object(
    item: Mapping[str, Any], tools: list[str], seen: Seen
) -> Iterator[Mapping[str, Any]]:
    if len(item) == BARE and ("role" in item or "from" in item):
        yield item
    elif calls.is_declaration(item):
        tools.extend(calls.tools_in(item))
    elif listed := next((item[key] for key in LISTS if isinstance(item.get(key), list)), None):
        for key in _TOOLS:
            tools.extend(calls.tools_in(item.get(key)))
        for key in _SYSTEM:
            if item.get(key):
                yield {"role": speakers.SYSTEM, "content": item[key]}
        yield from items_of(listed, tools, seen)
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
        raise Unreadable(NO_LIST)
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
