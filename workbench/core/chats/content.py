"""What is said in a turn, out of the forms in which programs write it; what is no text is named."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.core.chats import calls
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable

TEXT_KEYS = ("content", "value", "text", "message", "utterance", "parts", "body", "msg")
REASONING = ("reasoning", "reasoning_content", "reasoning_text", "thinking", "thought", "thoughts")
_THOUGHT = re.compile(r"<(think|thinking|thought)>")
_NO_TEXT = {
    "picture": "image image_url input_image inlinedata_image picture photo img",
    "sound": "audio input_audio sound audio_url voice speech",
    "video": "video video_url input_video",
    "file": "file document input_file filedata file_url attachment",
}
_WHAT = {name: what for what, names in _NO_TEXT.items() for name in names.split()}
_CALLS = ("tool_use", "tool_call", "function_call", "toolUse", "functionCall")
_RESULTS = (
    "tool_result", "tool_response", "function_call_output", "toolResult", "functionResponse"
)  # fmt: skip


def said_in(item: Mapping[str, Any], seen: Seen) -> str:
    """The text of a turn, its calls of tools among it.

    Raises:
        Unreadable: it holds a picture, a sound, a file, or something that cannot be read.
    """
    key = next((key for key in TEXT_KEYS if item.get(key) is not None), "")
    pieces = _thoughts(item, seen)
    pieces += [text_of(item[key], seen)] if key else []
    if isinstance(data := item.get("data"), Mapping) and not key:
        pieces.append(said_in(data, seen))
    for name in ("tool_calls", "function_call"):
        if item.get(name):
            pieces.append(calls.call_text(item[name]))
    return "\n".join(piece for piece in pieces if piece)


def _thoughts(item: Mapping[str, Any], seen: Seen) -> list[str]:
    """What stands under the keys of reasoning, where it is to be learned."""
    found = [(name, item[name]) for name in REASONING if item.get(name)]
    if name := next((name for name, _ in found), ""):
        _tell(name, seen)
    return [_think(value) for _, value in found[:1]] if seen.learn_reasoning else []


def _tell(name: str, seen: Seen) -> None:
    seen.reasoning = True
    if not seen.learn_reasoning:
        seen.unused.add(name)


def _think(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"<think>\n{text.strip()}\n</think>\n"


def text_of(value: Any, seen: Seen) -> str:
    """A text, a list of parts, or one part, as text.

    Raises:
        Unreadable: as of `said_in`.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        return "\n".join(text for part in value if (text := text_of(part, seen)))
    return _part(value, seen)


def without_thoughts(text: str, seen: Seen) -> str:
    """The text of an answer without what stands in <think>…</think>."""
    if "</th" not in text:
        return text
    shorter = _cut_thoughts(text)
    if shorter == text:
        return text
    _tell("<think>", seen)
    return text if seen.learn_reasoning else shorter.strip()


def _cut_thoughts(text: str) -> str:
    """The text without what stands between such marks; a mark that is never closed is text."""
    kept, place, open_ = [], 0, set[str]()
    for begin in _THOUGHT.finditer(text):
        if begin.start() < place or begin[1] in open_:
            continue
        end = text.find(f"</{begin[1]}>", begin.end())
        if end < 0:
            open_.add(begin[1])
            continue
        kept.append(text[place : begin.start()])
        place = end + len(begin[1]) + 3
    return "".join([*kept, text[place:].lstrip() if kept else text[place:]])


def _part(part: Mapping[str, Any], seen: Seen) -> str:
    kind = part.get("type") or part.get("content_type")
    kind = kind if isinstance(kind, str) else ""
    if kind in REASONING or part.get("thought") is True or "reasoningContent" in part:
        return _thought_part(part, kind or _kind_of_thought(part), seen)
    for name in _CALLS:
        if kind == name or name in part:
            return calls.call_text(part.get(name) or part)
    for name in _RESULTS:
        if kind == name or name in part:
            return calls.result_text(_given_back(part.get(name) or part, seen))
    if what := _no_text(part, kind):
        raise Unreadable(f"turn with a {what}, which is no text")
    for key in ("text", "content", "value", "json", "parts", "refusal"):
        if part.get(key) is not None:
            inner = part[key]
            return calls.result_text(inner) if key == "json" else text_of(inner, seen)
    raise Unreadable(f"turn with a part of the kind '{(kind or ', '.join(part))[:40]}'")


def _kind_of_thought(part: Mapping[str, Any]) -> str:
    return "thought" if part.get("thought") else "reasoningContent"


def _thought_part(part: Mapping[str, Any], kind: str, seen: Seen) -> str:
    _tell(kind, seen)
    inner = part.get("reasoningContent", part)
    inner = inner.get("reasoningText", inner) if isinstance(inner, Mapping) else inner
    keys = (*REASONING, "text")
    texts = (inner.get(key) for key in keys) if isinstance(inner, Mapping) else (inner,)
    said = next((text for text in texts if isinstance(text, str) and text), "")
    return _think(said) if seen.learn_reasoning and said else ""


def _given_back(part: Any, seen: Seen) -> Any:
    """What a tool gave back: text, or a value."""
    if not isinstance(part, Mapping):
        return part
    for key in ("content", "output", "response", "result"):
        if (value := part.get(key)) is not None:
            if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
                return "\n".join(_result_piece(each, seen) for each in value)
            return value
    return ""


def _result_piece(part: Mapping[str, Any], seen: Seen) -> str:
    if "json" in part:
        return (
            calls.result_text(part["json"])
            .removeprefix("<tool_response>\n")
            .removesuffix("\n</tool_response>")
        )
    return text_of(part, seen)


def _no_text(part: Mapping[str, Any], kind: str) -> str:
    """What a part is that is no text: "picture"; empty if it may well be text."""
    if kind in ("text", "input_text", "output_text"):
        return ""
    return next((_WHAT[name] for name in _names_of(part, kind) if name in _WHAT), "")


def _names_of(part: Mapping[str, Any], kind: str) -> Iterator[str]:
    """The names that may say what a part is, in small letters."""
    yield kind.lower()
    for key, value in part.items():
        yield key.lower()
        if isinstance(value, Mapping):
            mime = value.get("mimeType") or value.get("mime_type") or value.get("media_type")
            if isinstance(mime, str):
                yield mime.split("/")[0].lower() if "/" in mime else mime.lower()
                yield "file"
