"""Asks the model server, and reads several answers at once as they grow.

`url` is the server's address and `key` what it asks for, if it does.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import httpx

from workbench.core.errors import WorkbenchError

_OF_NUMBERS = ("value", "low", "high", "rounded", "outside")
TICK_S = 0.2
"""An answer that does not grow still gives the reader a turn this often (to press Stop)."""
_TIMEOUT = httpx.Timeout(10, read=600)
Server = Callable[[], httpx.AsyncClient]
"""Opens a client that asks one server with its key."""


@dataclass(frozen=True)
class Question:
    """What to ask one model."""

    model: str
    messages: tuple[dict[str, str], ...]
    """Empty for a text that is to be continued."""
    prompt: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """temperature, top_p, max_tokens, seed, stop."""

    @property
    def earlier(self) -> list[dict[str, str]]:
        """The turns before the question."""
        return [turn for turn in self.messages[:-1] if turn["role"] != "system"]

    @property
    def path(self) -> str:
        return "/v1/chat/completions" if self.messages else "/v1/completions"

    def body(self, *, stream: bool) -> dict[str, Any]:
        """The request in OpenAI's format."""
        asked = {"messages": list(self.messages)} if self.messages else {"prompt": self.prompt}
        options = {"stream_options": {"include_usage": True}} if stream else {}
        return {"model": self.model, **asked, **self.settings, "stream": stream, **options}


@dataclass
class Answer:
    """One model's answer, as far as it has come."""

    model: str
    place: int = 0
    """Of its question among those that were asked at once."""
    text: str = ""
    finish_reason: str = ""
    """stop (the model ended), length (cut at the limit), error, or empty: not finished."""
    tokens: int = 0
    seconds: float = 0.0
    error: str = ""
    invented: tuple[str, ...] = ()
    """What in it neither the model's examples nor the question told."""
    fields: dict[str, Any] = field(default_factory=dict)
    """Of an answer in fields: `cut`, `sure` and `parts`."""
    read: str = ""
    """How much of a long question was read; empty of one that was read whole."""


@dataclass(frozen=True)
class Number:
    """An estimate."""

    value: float
    low: float | None
    """The true number lies between these two, nine times of ten; None where nobody can say."""
    high: float | None
    rounded: float | None = None
    """The step of a score that is nearest; None of other numbers."""
    outside: float | None = None
    """The model's own estimate, where that lay beyond all numbers that it has seen."""


@dataclass(frozen=True)
class Sorting:
    """Where a text belongs."""

    labels: Sequence[tuple[str, float | None]]
    """All categories with their probabilities, the likeliest first; what is no model tells its category
    alone, and no probability."""
    none_of_these: bool | None = None
    """Whether it belongs to none of them; None where the model cannot tell."""
    please_check: bool | None = None
    """Whether a person is to check the answer; None where no limit was kept with the model."""
    label: str = ""
    """All categories that hold, as one text, where there may be several."""
    thresholds: Sequence[tuple[str, float]] = ()
    """From which probability on each holds then."""
    read: str = ""
    """How much of a long text was read; empty of one that was read at once."""
    estimate: Number | None = None
    """The estimate, of a model that answers with a number."""

    @property
    def best(self) -> str:
        """The answer: the likeliest category, or all that hold; the number."""
        return self.label or self.labels[0][0]


def stream_answers(
    url: str, questions: Sequence[Question], key: str = ""
) -> Generator[Answer | None]:
    """Ask all questions at once; yields the answer that has just grown, or None every 0.2 s.

    Closing the generator cancels what is still being read and closes the connections, upon
    which the server stops computing.
    """
    answers = [Answer(question.model, place) for place, question in enumerate(questions)]
    with asyncio.Runner() as runner:
        changed: asyncio.Queue[Answer] = asyncio.Queue()
        server = partial(_asking, url, key)
        tasks = runner.run(_start(server, questions, answers, changed))
        while not all(task.done() for task in tasks) or not changed.empty():
            yield runner.run(_next(changed))


def classify(url: str, model: str, text: str, key: str = "") -> Sorting:
    """Where a text belongs.

    Raises:
        WorkbenchError: the server cannot answer.
    """
    found = _post(url, "/v1/classify", {"model": model, "input": text}, key)["data"][0]
    if "value" in found:
        number = Number(*(found.get(name) for name in _OF_NUMBERS))
        read = str(found.get("note") or found.get("read") or "")
        return Sorting([(found["label"], None)], read=read, estimate=number)
    labels = [(item["label"], item["probability"]) for item in found["labels"]]
    if any(share is None for _, share in labels):
        return Sorting([(found["label"], None)])
    limits = [(item["label"], item["threshold"]) for item in found["labels"] if "holds" in item]
    several = str(found["label"]) if limits else ""
    read = str(found.get("note") or found.get("read") or "")
    none, check = found.get("none_of_these"), found.get("please_check")
    return Sorting(labels, none, check, several, tuple(limits), read)


def answer(url: str, question: Question, key: str = "") -> str:
    """The whole answer.

    Raises:
        WorkbenchError: the server cannot answer.
    """
    choice = _post(url, question.path, question.body(stream=False), key)["choices"][0]
    text = choice["message"]["content"] if question.messages else choice["text"]
    return str(text).strip()


def server_name(url: str) -> str | None:
    """Which server answers at this address; None if none does."""
    try:
        reply = httpx.get(f"{url}/health", timeout=2, **_direct())
        return str(reply.json()["server"])
    except (httpx.HTTPError, ValueError, KeyError):
        return None


def _direct() -> dict[str, Any]:
    """Options of a request that no proxy is to see."""
    return {"trust_env": False, "verify": _certificates()}


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: httpx would do so for each request, and it takes longer than to ask."""
    return httpx.create_ssl_context(trust_env=False)


def _said(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _asking(url: str, key: str) -> httpx.AsyncClient:
    """Asks the server at this address."""
    return httpx.AsyncClient(base_url=url, headers=_said(key), timeout=_TIMEOUT, **_direct())


def _post(url: str, path: str, body: dict[str, Any], key: str) -> Any:
    try:
        reply = httpx.post(
            f"{url}{path}", json=body, headers=_said(key), timeout=_TIMEOUT, **_direct()
        )
    except httpx.HTTPError as error:
        raise WorkbenchError(_lost(error)) from error
    if reply.status_code != 200:
        raise WorkbenchError(_message(reply.content))
    return reply.json()


async def _start(
    server: Server,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    changed: asyncio.Queue[Answer],
) -> list[asyncio.Task[None]]:
    return [
        asyncio.create_task(_read(server, question, answer, changed))
        for question, answer in zip(questions, answers, strict=True)
    ]


async def _next(changed: asyncio.Queue[Answer]) -> Answer | None:
    try:
        return await asyncio.wait_for(changed.get(), TICK_S)
    except TimeoutError:
        return None


async def _read(
    server: Server, question: Question, answer: Answer, changed: asyncio.Queue[Answer]
) -> None:
    """Follow one answer to its end; what goes wrong becomes its error."""
    began = time.monotonic()
    try:
        async with server() as client:
            async for event in _events(client, question):
                _take(answer, event)
                answer.seconds = time.monotonic() - began
                changed.put_nowait(answer)
        if not answer.finish_reason:
            raise WorkbenchError("The answer broke off: the model server is gone. Ask again.")
    except WorkbenchError as error:
        answer.error, answer.finish_reason = str(error), "error"
    except httpx.HTTPError as error:
        answer.error, answer.finish_reason = _lost(error), "error"
    answer.seconds = time.monotonic() - began
    changed.put_nowait(answer)


async def _events(client: httpx.AsyncClient, question: Question) -> AsyncIterator[dict[str, Any]]:
    asked = client.stream("POST", question.path, json=question.body(stream=True))
    async with asked as reply:
        if reply.status_code != 200:
            raise WorkbenchError(_message(await reply.aread()))
        async for line in reply.aiter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                yield json.loads(line.removeprefix("data: "))


def _take(answer: Answer, event: dict[str, Any]) -> None:
    if "error" in event:
        raise WorkbenchError(event["error"]["message"])
    for choice in event["choices"]:
        answer.text += choice.get("text") or choice.get("delta", {}).get("content") or ""
        answer.finish_reason = choice["finish_reason"] or answer.finish_reason
    answer.invented = tuple((event.get("workbench") or {}).get("not_in_examples", answer.invented))
    answer.fields = (event.get("workbench") or {}).get("fields", answer.fields)
    answer.read = str((event.get("workbench") or {}).get("read", answer.read))
    if event.get("usage"):
        answer.tokens = event["usage"]["completion_tokens"]


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "The model server gave an answer that cannot be read: start it again."


def _lost(error: Exception) -> str:
    return f"The model server is gone ({error or type(error).__name__}): ask again to start it."
