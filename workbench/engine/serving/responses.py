"""Answers in OpenAI's shape: whole ones, and the pieces of a streamed one."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.models.served import ServedModel

Invented = Sequence[str] | None
"""What an answer says that neither examples nor question told; None where that is not known."""


@dataclass(frozen=True)
class Usage:
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int

    def as_dict(self) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }


@dataclass(frozen=True)
class ResponseFormat:
    """One answer's identity; turns text into the objects of its endpoint."""

    model: str
    chat: bool
    """For /v1/chat/completions; else /v1/completions."""
    include_usage: bool = False
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(
        self,
        text: str,
        finish_reason: str,
        usage: Usage,
        invented: Invented = None,
        please_check: bool | None = None,
    ) -> dict[str, Any]:
        """The answer of a request that does not stream."""
        said = {"message": {"role": "assistant", "content": text, "refusal": None}}
        choice = self._choice(said if self.chat else {"text": text}, finish_reason)
        kind = "chat.completion" if self.chat else "text_completion"
        told = {**self._head(kind), "choices": [choice], "usage": usage.as_dict()}
        return {**told, **_own(invented, please_check)}

    def opening(self) -> list[str]:
        """What a stream begins with: the role."""
        delta = {"delta": {"role": "assistant", "content": ""}}
        return [self._event([self._choice(delta, None)])] if self.chat else []

    def piece(self, text: str) -> str:
        """One piece of a streamed answer."""
        said = {"delta": {"content": text}} if self.chat else {"text": text}
        return self._event([self._choice(said, None)])

    def closing(
        self,
        finish_reason: str,
        usage: Usage,
        invented: Invented = None,
        please_check: bool | None = None,
    ) -> list[str]:
        """Why it ended, the tokens if they were asked for, and the end mark."""
        last: dict[str, Any] = {"delta": {}} if self.chat else {"text": ""}
        own = _own(invented, please_check)
        events = [self._event([self._choice(last, finish_reason)], own=own)]
        if self.include_usage:
            events.append(self._event([], usage.as_dict()))
        return [*events, "data: [DONE]\n\n"]

    def _event(
        self,
        choices: list[dict[str, Any]],
        usage: dict[str, int] | None = None,
        own: dict[str, Any] | None = None,
    ) -> str:
        value = {**self._head(self._chunk), "choices": choices, **(own or {})}
        if self.include_usage:
            value["usage"] = usage
        return sse(value)

    @property
    def _chunk(self) -> str:
        return "chat.completion.chunk" if self.chat else "text_completion"

    def _head(self, kind: str) -> dict[str, Any]:
        prefix = "chatcmpl" if self.chat else "cmpl"
        return {
            "id": f"{prefix}-{self.id}",
            "object": kind,
            "created": self.created,
            "model": self.model,
        }

    @staticmethod
    def _choice(said: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
        return {"index": 0, **said, "logprobs": None, "finish_reason": finish_reason}


def _own(invented: Invented, please_check: bool | None) -> dict[str, Any]:
    """What OpenAI's answers do not have, as far as it is known."""
    told: dict[str, Any] = {} if invented is None else {"not_in_examples": list(invented)}
    if please_check is not None:
        told["please_check"] = please_check
    return {"workbench": told} if told else {}


def sse(value: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def model_object(entry: ServedModel) -> dict[str, Any]:
    """An entry of GET /v1/models; what is not OpenAI's own is under `workbench`."""
    return {
        "id": entry.id,
        "object": "model",
        "created": entry.created_at_s,
        "owned_by": "slm-workbench",
        "workbench": {
            "title": entry.title or entry.id,
            "kind": entry.family.name,
            "task": entry.task,
            "base": entry.base.name,
            "labels": list(entry.labels),
            "threshold": entry.threshold,
        },
    }
