"""A conversation as a file: to be read (Markdown), or by programs (JSON)."""

import json
import re
from typing import Any

from workbench.use.conversations import ConversationInfo, MessageView, Turn

_FENCE = re.compile(r"`{3,}")


def file_name(info: ConversationInfo, ending: str) -> str:
    """A name for the file, made of the conversation's."""
    words = re.sub(r"[^\w-]+", "-", info.title).strip("-").lower()
    return f"{words[:50].rstrip('-') or 'conversation'}.{ending}"


def as_markdown(info: ConversationInfo, turns: list[Turn]) -> str:
    """The conversation as text: each question and answer word for word, with who said it."""
    parts = [f"# {_line(info.title)}"]
    for turn in turns:
        parts.append(f"## Question\n\n{_block(turn.question.content)}")
        if turn.question.details.get("expected"):
            parts.append(f"Your data says:\n\n{_block(str(turn.question.details['expected']))}")
        parts += [_answer(answer) for answer in turn.answers]
    return "\n\n".join(parts) + "\n"


def as_json(info: ConversationInfo, turns: list[Turn]) -> str:
    """The same with all that is kept of each answer."""
    told = {
        "title": info.title,
        "turns": [
            {
                "question": turn.question.content,
                **_some(expected=turn.question.details.get("expected")),
                "answers": [_told(answer) for answer in turn.answers],
            }
            for turn in turns
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _told(answer: MessageView) -> dict[str, Any]:
    return {
        "model": answer.model,
        "name": answer.details.get("title", ""),
        "answer": answer.content,
        **_some(rating=answer.rating, correction=answer.correction),
        "answered_at": answer.created_at.isoformat(timespec="seconds"),
        **_some(
            settings=answer.details.get("settings"),
            probabilities=answer.details.get("probabilities"),
            seconds=answer.details.get("seconds"),
        ),
    }


def _some(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _answer(answer: MessageView) -> str:
    said = (
        f"### {_line(str(answer.details.get('title') or answer.model))} ({_line(answer.model)})\n\n"
    )
    said += _block(answer.content)
    if answer.rating:
        said += f"\n\nThumb {answer.rating}."
    if answer.correction:
        said += f"\n\nYou would have written:\n\n{_block(answer.correction)}"
    return said


def _line(text: str) -> str:
    return " ".join(text.split())


def _block(text: str) -> str:
    """Word for word, whatever signs are in it."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
