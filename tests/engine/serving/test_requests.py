"""A request that cannot be served says which field is wrong."""

import contextlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from workbench.engine.serving import requests
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.requests import chat_request, classify_request, completion_request

ASK = {"model": "run-1", "messages": [{"role": "user", "content": "Hello"}]}

WRONG = [
    ({"messages": []}, "messages"),
    ({"messages": "Hello"}, "messages"),
    ({"messages": [{"role": "function", "content": "x"}]}, "messages[0]"),
    ({"messages": [{"role": [], "content": "x"}]}, "messages[0]"),
    ({"messages": [{"role": "user", "content": None}]}, "messages[0]"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0]"),
    ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
    ({"model": ""}, "model"),
    ({"model": 3}, "model"),
    ({"n": 0}, "n"),
    ({"n": 17}, "n"),
    ({"n": 1.5}, "n"),
    ({"temperature": 3}, "temperature"),
    ({"temperature": "hot"}, "temperature"),
    ({"temperature": True}, "temperature"),
    ({"temperature": float("nan")}, "temperature"),
    ({"temperature": float("inf")}, "temperature"),
    ({"temperature": -1e-9}, "temperature"),
    ({"temperature": 10**400}, "temperature"),
    ({"top_p": float("nan")}, "top_p"),
    ({"top_p": 10**400}, "top_p"),
    ({"max_tokens": -(10**400)}, "max_tokens"),
    ({"max_tokens": float("nan")}, "max_tokens"),
    ({"max_completion_tokens": 0}, "max_completion_tokens"),
    ({"seed": 10**400}, "seed"),
    ({"n": float("nan")}, "n"),
    ({"top_p": -0.1}, "top_p"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_tokens": 1.5}, "max_tokens"),
    ({"max_completion_tokens": -1}, "max_completion_tokens"),
    ({"stop": [""]}, "stop"),
    ({"stop": ["a"] * 17}, "stop"),
    ({"seed": "x"}, "seed"),
    ({"stream": "yes"}, "stream"),
    ({"stream_options": 1}, "stream_options"),
    ({"tools": [{}]}, "tools[0]"),
    ({"logprobs": 1.5}, "logprobs"),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
    ({"presence_penalty": 2.1}, "presence_penalty"),
    ({"frequency_penalty": -3}, "frequency_penalty"),
    ({"logit_bias": [1]}, "logit_bias"),
    ({"logit_bias": {"a": 1}}, "logit_bias"),
    ({"logit_bias": {"-1": 1}}, "logit_bias"),
    ({"logit_bias": {"5": 101}}, "logit_bias"),
    ({"logit_bias": {"5": None}}, "logit_bias"),
    ({"logit_bias": {str(n): 1 for n in range(2000)}}, "logit_bias"),
    ({"tool_choice": "required"}, "tool_choice"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"repetition_penalty": 1.2}, "repetition_penalty"),
    ({"top_k": 5}, "top_k"),
    ({"min_p": 0.1}, "min_p"),
    ({"modalities": ["audio"]}, "modalities"),
    ({"reasoning_effort": "high"}, "reasoning_effort"),
    ({"response_format": {"type": "grammar"}}, "response_format"),
    ({"response_format": "json_object"}, "response_format"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    (
        {"response_format": {"type": "json_schema", "json_schema": {}}},
        "response_format.json_schema",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": 1}}},
        "response_format.json_schema",
    ),
]


@pytest.mark.parametrize(("change", "param"), WRONG, ids=lambda value: str(value)[:50])
def test_the_wrong_field_is_named(change: dict[str, object], param: str) -> None:
    with pytest.raises(ApiError) as caught:
        chat_request({**ASK, **change})
    assert (caught.value.status, caught.value.param) == (400, param)


def test_a_plain_request_takes_the_likeliest_answer() -> None:
    asked = chat_request(ASK)
    assert asked.sampling.temperature == 0
    assert not asked.stream


HARMLESS = [
    {"user": "ann", "metadata": {"a": "b"}, "store": False, "service_tier": "auto"},
    {"n": 1, "logprobs": False, "top_logprobs": 0, "logit_bias": {}, "stop": None},
    {"presence_penalty": 0, "frequency_penalty": 0.0, "seed": None, "top_p": 1},
    {"tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "functions": None},
    {"response_format": {"type": "text"}, "modalities": ["text"], "prediction": None},
    {"stream": False, "stream_options": None, "max_tokens": 10**30},
    {"safety_identifier": "x", "prompt_cache_key": "y", "something_new": {"deep": [1]}},
    {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
]


@pytest.mark.parametrize("sent", HARMLESS, ids=str)
def test_what_changes_no_answer_is_passed_over(sent: dict[str, object]) -> None:
    assert chat_request({**ASK, **sent}).messages[0]["content"] == "Hello"


def test_next_to_nothing_takes_the_likeliest() -> None:
    for temperature, top_p in ((0, 1), (-0.0, 1), (1e-300, 1), (1e-6, 1), (2, 0), (2, 5e-324)):
        asked = {**ASK, "temperature": temperature, "top_p": top_p}
        assert chat_request(asked).sampling.is_greedy
    assert not chat_request({**ASK, "temperature": 0.01, "top_p": 0.01}).sampling.is_greedy


def test_settings_are_read() -> None:
    asked = chat_request(
        {
            **ASK,
            "temperature": 0.7,
            "top_p": 0.9,
            "max_completion_tokens": 7,
            "stop": "END",
            "seed": 3,
            "n": 1,
            "presence_penalty": 0.0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    )
    sampling = asked.sampling
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens) == (0.7, 0.9, 7)
    assert (sampling.stop, sampling.seed) == (("END",), 3)
    assert asked.stream
    assert asked.include_usage


def test_text_parts_are_one_text_and_developer_is_system() -> None:
    parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]
    messages = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": parts}]
    asked = chat_request({**ASK, "messages": messages})
    assert asked.messages == (
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello"},
    )


@pytest.mark.parametrize("given", [None, [], [1], "", 5])
def test_completions_need_a_prompt(given: object) -> None:
    with pytest.raises(ApiError, match="prompt"):
        completion_request({"model": "run-1", "prompt": given})


@pytest.mark.parametrize("given", [None, [], [1], {"a": 1}, ["x"] * 3000])
def test_classify_needs_texts(given: object) -> None:
    with pytest.raises(ApiError, match="input"):
        classify_request({"model": "run-2", "input": given})


FIELDS = (
    *("model", "messages", "prompt", "input", "temperature", "top_p", "max_tokens", "seed", "stop"),
    *("max_completion_tokens", "stream", "stream_options", "n", "tools", "logprobs", "logit_bias"),
    *("presence_penalty", "response_format", "suffix", "echo", "user", "metadata", "top_k"),
)
ODD = (
    *(
        "null",
        "true",
        "false",
        "0",
        "-0.0",
        "-1",
        "1",
        "0.5",
        "1e-320",
        "1e400",
        "NaN",
        "-Infinity",
    ),
    *("9" * 400, '""', '"x"', '"\\u0000"', '"\\ud800"', "[]", "[null]", "[[]]", '["x", 1]'),
    *("{}", '{"": null}', '[{"role": "user"}]', '[{"role": "user", "content": ""}]'),
    '[{"role": "user", "content": [{"type": "text", "text": "\\u0000"}]}]',
)


@pytest.mark.parametrize(
    ("read", "asked"),
    [
        (chat_request, ASK),
        (completion_request, {"model": "run-1", "prompt": "Hello"}),
        (classify_request, {"model": "run-2", "input": "Hello"}),
    ],
)
def test_no_value_of_any_field_is_a_failure(
    read: Callable[[dict[str, Any]], Any], asked: dict[str, Any]
) -> None:
    for field in FIELDS:
        for value in ODD:
            with contextlib.suppress(ApiError):
                read({**asked, field: json.loads(value)})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("completions", '"prompt": "\\u0000", "max_tokens": 1'),
        (
            "completions",
            '"prompt": "Hi", "max_tokens": 1, "seed": -9223372036854775808, "stream": 1',
        ),
        ("chat/completions", '"messages": [{"role": "user", "content": ""}], "max_tokens": 1'),
        ("classify", '"input": ""'),
        ("classify", '"input": ["\\u0000", ""]'),
    ],
)
def test_odd_texts_are_answered(url: str, path: str, body: str) -> None:
    reply = httpx.post(f"{url}/v1/{path}", content=f'{{"model": "run-2", {body}}}', timeout=60)
    assert reply.status_code == 200, reply.text


def test_two_texts_that_belong_together_are_asked_as_they_were_learned() -> None:
    both = {"text": "It rains.", "text_pair": "Wet."}
    model, given = requests.classify_request({"model": "run-1", "input": [both, "plain"]})
    assert model == "run-1"
    assert given == [("It rains.", "Wet."), "plain"]
    entry: Any = SimpleNamespace(id="run-1", pair=("claim", "proof"))
    assert requests.as_questions(given, entry) == ["claim: It rains.\nproof: Wet.", "plain"]
    assert requests.classify_request({"model": "m", "input": both})[1] == [given[0]]
    with pytest.raises(ApiError, match="reads no pairs"):
        requests.as_questions(given, SimpleNamespace(id="run-1", pair=()))  # type: ignore[arg-type]
    with pytest.raises(ApiError, match="text_pair"):
        requests.classify_request({"model": "m", "input": [{"text": "only one"}]})
