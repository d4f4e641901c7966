"""Several answers to one request, and what is told of their tokens, read by OpenAI's own client."""

import math
from typing import Any

import openai
import pytest
from openai import OpenAI

HELLO: Any = [{"role": "user", "content": "Where is my parcel?"}]
HOT = {"temperature": 1.5, "seed": 3, "max_tokens": 8}


def asked(client: OpenAI, **settings: Any) -> Any:
    return client.chat.completions.create(
        model="run-1", messages=HELLO, **{"max_tokens": 8, **settings}
    )


def texts_of(chunks: Any, count: int) -> list[str]:
    found = [""] * count
    for chunk in chunks:
        for choice in chunk.choices:
            found[choice.index] += choice.delta.content or ""
    return found


def test_several_answers_each_draw_anew_and_the_first_is_that_of_one(client: OpenAI) -> None:
    reply = asked(client, n=3, **HOT)
    assert [choice.index for choice in reply.choices] == [0, 1, 2]
    found = [choice.message.content for choice in reply.choices]
    assert len(set(found)) > 1
    one = asked(client, **HOT)
    assert one.choices[0].message.content == found[0]
    assert reply.usage.prompt_tokens == one.usage.prompt_tokens
    assert reply.usage.completion_tokens == 24


def test_several_answers_are_streamed_by_their_index(client: OpenAI) -> None:
    whole = [choice.message.content for choice in asked(client, n=3, **HOT).choices]
    chunks = list(asked(client, n=3, stream=True, stream_options={"include_usage": True}, **HOT))
    assert texts_of(chunks, 3) == whole
    ended = [c.choices[0].index for c in chunks if c.choices and c.choices[0].finish_reason]
    assert sorted(ended) == [0, 1, 2]
    assert chunks[-1].usage.completion_tokens == 24


def test_several_texts_are_continued_in_their_order(client: OpenAI) -> None:
    settings: Any = {"model": "run-1", "max_tokens": 5}
    alone = [
        client.completions.create(prompt=prompt, **settings) for prompt in ("Your order", "My")
    ]
    together = client.completions.create(prompt=["Your order", "My"], n=2, **settings)
    one, other = (reply.choices[0].text for reply in alone)
    assert [choice.text for choice in together.choices] == [one, one, other, other]
    assert together.usage is not None
    read = [reply.usage.prompt_tokens for reply in alone if reply.usage]
    assert together.usage.prompt_tokens == sum(read)


def test_log_probabilities_of_a_chat(client: OpenAI) -> None:
    (choice,) = asked(client, logprobs=True, top_logprobs=4).choices
    told = choice.logprobs.content
    assert len(told) == 8
    raw = b"".join(bytes(one.bytes) for one in told)
    assert raw.decode("utf-8", "replace") == choice.message.content
    for one in told:
        best = [top.logprob for top in one.top_logprobs]
        assert best == sorted(best, reverse=True)
        assert one.logprob == best[0] <= 0  # the likeliest was taken
        assert sum(math.exp(value) for value in best) <= 1 + 1e-6
    (plain,) = asked(client, logprobs=True).choices
    again = [one.logprob for one in plain.logprobs.content]
    assert again == pytest.approx([one.logprob for one in told], abs=0.05)  # read in other pieces
    assert plain.logprobs.content[0].top_logprobs == []
    assert asked(client).choices[0].logprobs is None


def test_log_probabilities_come_with_the_stream(client: OpenAI) -> None:
    whole = asked(client, logprobs=True, top_logprobs=1).choices[0].logprobs.content
    chunks = asked(client, logprobs=True, top_logprobs=1, stream=True)
    told = [
        one
        for chunk in chunks
        for choice in chunk.choices
        if choice.logprobs
        for one in choice.logprobs.content
    ]
    assert [one.token for one in told] == [one.token for one in whole]
    again = [one.logprob for one in told]
    assert again == pytest.approx([one.logprob for one in whole], abs=0.05)  # read in other pieces


def test_tokens_behind_a_stop_string_are_not_told(client: OpenAI) -> None:
    text = asked(client).choices[0].message.content
    (cut,) = asked(client, logprobs=True, stop=text[4:6]).choices
    told = b"".join(bytes(one.bytes) for one in cut.logprobs.content).decode("utf-8", "replace")
    assert told.startswith(cut.message.content)
    assert len(cut.logprobs.content) < 8


def test_log_probabilities_of_a_text(client: OpenAI) -> None:
    reply = client.completions.create(model="run-1", prompt="Your", max_tokens=5, logprobs=2)
    (choice,) = reply.choices
    told = choice.logprobs
    assert told is not None
    tokens = told.tokens or []
    assert len(tokens) == len(told.token_logprobs or []) == 5
    assert told.text_offset == sorted(told.text_offset or [])
    assert (told.text_offset or [])[0] == 0
    assert [len(one) for one in told.top_logprobs or []] == [2] * 5


def test_penalties_keep_a_model_from_repeating_itself(client: OpenAI) -> None:
    def repeated(**settings: Any) -> int:
        (choice,) = asked(client, max_tokens=40, logprobs=True, **settings).choices
        tokens = [one.token for one in choice.logprobs.content]
        return len(tokens) - len(set(tokens))

    plain = repeated(logit_bias={"260": 9})
    assert plain > 3
    assert repeated(logit_bias={"260": 9}, presence_penalty=2) < plain
    assert repeated(logit_bias={"260": 9}, frequency_penalty=2) < plain


def test_a_bias_forces_and_forbids_tokens(client: OpenAI) -> None:
    (forced,) = asked(client, logit_bias={"50": 100}, logprobs=True).choices
    assert len({one.token for one in forced.logprobs.content}) == 1
    (other,) = asked(client, logit_bias={"50": 100, "51": 100.0}, seed=1, temperature=1).choices
    assert other.message.content
    with pytest.raises(openai.BadRequestError, match="token 99999") as caught:
        asked(client, logit_bias={"99999": 1})
    assert caught.value.param == "logit_bias"
