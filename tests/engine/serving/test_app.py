"""OpenAI's own client gets answers from the server: streamed, whole, and errors."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from tests.helpers import tiny
from workbench.engine.evaluation.known_facts import FILE
from workbench.engine.serving.model_cache import ModelCache
from workbench.evaluation.scoring.facts.known import Known

HELLO: Any = [{"role": "user", "content": "Where is my parcel?"}]


def whole(client: OpenAI, model: str = "run-1", **settings: Any) -> Any:
    return client.chat.completions.create(
        model=model, messages=HELLO, **{"max_tokens": 12, **settings}
    )


def streamed(client: OpenAI, model: str = "run-1", **settings: Any) -> list[Any]:
    return list(whole(client, model, stream=True, **settings))


def text_of(chunks: list[Any]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def test_the_models_are_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["run-1", "run-2", "base:Tiny"]
    assert client.models.retrieve("base:Tiny").owned_by == "slm-workbench"


def test_a_whole_answer(client: OpenAI) -> None:
    reply = whole(client)
    assert reply.object == "chat.completion"
    assert reply.choices[0].message.role == "assistant"
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage.completion_tokens == 12
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + 12


def test_a_streamed_answer_is_the_same_in_pieces(client: OpenAI) -> None:
    chunks = streamed(client, stream_options={"include_usage": True})
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(chunks) > 5
    assert len({chunk.id for chunk in chunks}) == 1
    assert text_of(chunks) == whole(client).choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "length"
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == 12


def test_a_stream_ends_with_the_end_mark_and_no_usage_unless_asked(url: str) -> None:
    body = {"model": "run-1", "messages": HELLO, "max_tokens": 2, "stream": True}
    reply = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.text.endswith("data: [DONE]\n\n")
    assert "usage" not in reply.text


def test_base_and_tuned_differ_and_are_loaded_once(client: OpenAI, shelf: ModelCache) -> None:
    tuned, base, same_base = (
        whole(client, model).choices[0].message.content
        for model in ("run-1", "run-1:base", "run-1:base")
    )
    assert tuned != base
    assert base == same_base
    assert whole(client).choices[0].message.content == tuned
    whole(client, "run-2")
    whole(client, "base:Tiny")
    assert shelf.loads == 1


def test_a_seed_makes_draws_repeatable(client: OpenAI) -> None:
    hot = {"temperature": 1.5, "max_tokens": 20}
    first, again = (whole(client, seed=7, **hot).choices[0].message.content for _ in range(2))
    others = {whole(client, seed=seed, **hot).choices[0].message.content for seed in range(3)}
    assert first == again
    assert len(others | {first}) > 1


@pytest.mark.parametrize(
    "extreme", [{"temperature": 1e-300}, {"temperature": 1e-5}, {"top_p": 5e-324}]
)
def test_extreme_settings_are_answered(client: OpenAI, extreme: dict[str, float]) -> None:
    likeliest = whole(client).choices[0].message.content
    found = whole(client, seed=1, **{"temperature": 1, **extreme}).choices[0].message.content
    assert found == likeliest


def test_a_stop_string_ends_the_answer_before_it(client: OpenAI) -> None:
    full = whole(client, max_tokens=30).choices[0].message.content
    stop = full[4:6]
    cut = whole(client, max_tokens=30, stop=[stop])
    assert cut.choices[0].message.content == full[: full.index(stop)]
    assert cut.choices[0].finish_reason == "stop"
    assert text_of(streamed(client, max_tokens=30, stop=stop)) == full[: full.index(stop)]


def test_the_requests_own_system_message_replaces_the_trained_one(client: OpenAI) -> None:
    def read(system: str | None) -> int:
        own: Any = [] if system is None else [{"role": "system", "content": system}]
        reply = client.chat.completions.create(model="run-1", messages=own + HELLO, max_tokens=1)
        return int(reply.usage.prompt_tokens)

    assert read(None) == read("Be kind.")
    assert read("") < read("Be kind.") < read("Be kind. Be very kind indeed.")


def test_a_text_is_continued_as_it_stands(client: OpenAI) -> None:
    reply = client.completions.create(model="run-1", prompt="Your order", max_tokens=5)
    pieces = client.completions.create(
        model="run-1", prompt="Your order", max_tokens=5, stream=True
    )
    assert reply.object == "text_completion"
    assert "".join(piece.choices[0].text for piece in pieces) == reply.choices[0].text
    assert reply.usage is not None
    assert reply.usage.prompt_tokens < whole(client).usage.prompt_tokens


def test_an_unknown_model_is_a_404_that_names_the_others(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="run-1") as caught:
        whole(client, "run-99")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_that_is_too_long_says_so(client: OpenAI, stream: bool) -> None:
    long: Any = [{"role": "user", "content": "parcel " * 500}]
    with pytest.raises(openai.BadRequestError, match="at most 256") as caught:
        client.chat.completions.create(model="run-1", messages=long, stream=stream)
    assert caught.value.code == "context_length_exceeded"


def test_an_answer_ends_where_the_context_does(client: OpenAI) -> None:
    reply = whole(client, max_tokens=100_000)
    assert reply.usage.total_tokens <= 256


def test_a_wrong_address_is_explained(url: str) -> None:
    reply = httpx.get(f"{url}/v2/nothing")
    assert reply.status_code == 404
    assert "/v1/chat/completions" in reply.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_says_what_is_not_in_the_examples(
    models: Path, shelf: ModelCache, tmp_path: Path, stream: bool
) -> None:
    shutil.copytree(models / "replies", adapter := tmp_path / "replies")
    Known.of(["only these words"]).write(adapter / FILE)
    entries = [tiny.entry("run-1", models / "base", adapter, task="completion")]
    body = {"model": "run-1", "messages": HELLO, "max_tokens": 40, "stream": stream}
    with tiny.running(tiny.registry_of(entries, tmp_path / "models.json"), shelf) as server:
        address = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        reply = httpx.post(address, json=body, timeout=60)
    told = [json.loads(line.removeprefix("data: ")) for line in reply.text.splitlines()
            if line.strip() and not line.endswith("[DONE]")]  # fmt: skip
    text = "".join(
        choice.get("message", choice.get("delta", {})).get("content", "")
        for event in told
        for choice in event["choices"]
    )
    expected = Known.of(["only these words", HELLO[0]["content"]]).invented_texts(text)
    assert told[-1]["workbench"] == {"not_in_examples": expected}
