"""Answers in OpenAI's shape: whole ones, and the pieces of a streamed one."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from workbench.engine.generative.fields.constraint import Told
from workbench.engine.serving.api import logprobs
from workbench.engine.serving.api.tools import ToolCall
from workbench.engine.serving.choosing.token_logprobs import TokenLogprob
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
class Written:
    """One answer that is complete, or a piece of it."""

    text: str
    finish_reason: str | None = None
    """stop, length, tool_calls; None for a piece."""
    tokens: Sequence[TokenLogprob] | None = None
    """What is told of its tokens; None if nobody asked."""
    before: int = 0
    """Characters of the answer before this piece."""
    invented: Invented = None
    please_check: bool | None = None
    calls: Sequence[ToolCall] = ()
    """Of tools, once the answer is complete."""
    told: Told | None = None
    """What is told of an answer in fields."""
    read: str = ""
    """How much of a long question was read, once the answer is complete."""

    @property
    def own(self) -> dict[str, Any]:
        """What OpenAI's answers do not have, as far as it is known."""
        told: dict[str, Any] = {}
        if self.invented is not None:
            told["not_in_examples"] = list(self.invented)
        if self.please_check is not None:
            told["please_check"] = self.please_check
        if self.told is not None:
            told["fields"] = asdict(self.told)
        if self.read:
            told["read"] = self.read
        return {"workbench": told} if told else {}


@dataclass(frozen=True)
class ResponseFormat:
    """One response's identity; turns answers into the objects of its endpoint."""

    model: str
    chat: bool
    """For /v1/chat/completions; else /v1/completions."""
    include_usage: bool = False
    answered_by: str = ""
    """The id of the model behind the name that was asked."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answers: Sequence[Written], usage: Usage) -> dict[str, Any]:
        """The response of a request that does not stream, its answers in order."""
        kind = "chat.completion" if self.chat else "text_completion"
        choices = [self._whole(index, one) for index, one in enumerate(answers)]
        own = answers[0].own if len(answers) == 1 else {}
        return {**self._head(kind), "choices": choices, "usage": usage.as_dict(), **own}

    def _whole(self, index: int, one: Written) -> dict[str, Any]:
        if not self.chat:
            return self._choice(index, one, {"text": one.text})
        said: dict[str, Any] = {"role": "assistant", "content": one.text, "refusal": None}
        if one.calls:
            said |= {"content": one.text or None, "tool_calls": [*map(_call, one.calls)]}
        return self._choice(index, one, {"message": said})

    def opening(self, index: int = 0) -> list[str]:
        """What a stream begins with: the role."""
        delta = {"delta": {"role": "assistant", "content": ""}}
        return [self._event([self._choice(index, Written(""), delta)])] if self.chat else []

    def piece(self, piece: Written, index: int = 0) -> str:
        """One piece of a streamed answer."""
        said = {"delta": {"content": piece.text}} if self.chat else {"text": piece.text}
        return self._event([self._choice(index, piece, said)])

    def closing(self, last: Written, index: int = 0) -> str:
        """Why an answer ended; `last` has no text any more, but it may have calls."""
        said: dict[str, Any] = {"delta": {}} if self.chat else {"text": ""}
        if last.calls:
            calls = [{"index": place, **_call(call)} for place, call in enumerate(last.calls)]
            said = {"delta": {"tool_calls": calls}}
        return self._event([self._choice(index, last, said)], own=last.own)

    def end(self, usage: Usage) -> list[str]:
        """The tokens if they were asked for, and the end mark."""
        told = [self._event([], usage.as_dict())] if self.include_usage else []
        return [*told, "data: [DONE]\n\n"]

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
            "system_fingerprint": self.answered_by or self.model,
        }

    def _choice(self, index: int, one: Written, said: dict[str, Any]) -> dict[str, Any]:
        told = None
        if one.tokens is not None:
            form = logprobs.of_chat if self.chat else logprobs.of_text
            told = form(one.tokens, one.before)
        return {"index": index, **said, "logprobs": told, "finish_reason": one.finish_reason}


def _call(call: ToolCall) -> dict[str, Any]:
    return call.as_dict()


def sse(value: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def model_object(entry: ServedModel, engine: str | None = None) -> dict[str, Any]:
    """An entry of GET /v1/models; what is not OpenAI's own is under `workbench`.

    Args:
        engine: what computes its answers; None where that is not known yet.
    """
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
            "engine": engine,
        },
    }
