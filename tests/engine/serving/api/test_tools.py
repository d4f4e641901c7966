"""Tools: named as in training, called in the form that is learned, told in OpenAI's."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.helpers import tiny
from workbench.core.chats.calls import introduced
from workbench.core.tools.tool import Input, Tool
from workbench.engine.serving.api.messages import messages_of
from workbench.engine.serving.api.tools import CallReader, tools_of, with_calls
from workbench.engine.serving.choosing.calls_wanted import CallsWanted
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.requests import chat_request
from workbench.models.served import ServedModel

STOCK: Any = {
    "type": "function",
    "function": {
        "name": "stock",
        "description": "How many there are.",
        "parameters": {
            "type": "object",
            "properties": {"item": {"enum": ["pen", "kettle"]}, "count": {"type": "integer"}},
            "required": ["item"],
            "additionalProperties": False,
        },
    },
}
TIME: Any = {"type": "function", "function": {"name": "time"}}
HELLO: Any = [{"role": "user", "content": "How many kettles are there?"}]
CALL = '<tool_call>\n{"name": "stock", "arguments": {"item": "kettle"}}\n</tool_call>'
NAMES = frozenset({"stock", "time"})


@pytest.fixture
def client(models: Path, tmp_path: Path) -> Iterator[OpenAI]:
    base, replies = models / "base", models / "replies"
    entries = [
        tiny.entry("run-1", base, replies, task="chat", calls_tools=True),
        tiny.entry("run-2", base, replies, task="chat"),
    ]
    path = tiny.registry_of(entries, tmp_path / "models.json")
    with (
        tiny.running(path, tiny.shelf()) as server,
        OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="x", max_retries=0) as opened,
    ):
        yield opened


def asked(client: OpenAI, **settings: Any) -> Any:
    settings = {"model": "run-1", "messages": HELLO, "tools": [STOCK], "max_tokens": 300} | settings
    return client.chat.completions.create(**settings)


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "stock"}}]
)
def test_a_call_that_must_be_made_is_made_and_fits_its_schema(client: OpenAI, choice: Any) -> None:
    (found,) = asked(client, tool_choice=choice).choices
    assert found.finish_reason == "tool_calls"
    (call,) = found.message.tool_calls
    assert call.function.name == "stock"
    arguments = json.loads(call.function.arguments)
    assert arguments["item"] in ("pen", "kettle")
    assert found.message.content is None


def test_a_streamed_call_comes_at_the_end(client: OpenAI) -> None:
    whole = asked(client, tool_choice="required").choices[0].message.tool_calls[0].function
    chunks = list(asked(client, tool_choice="required", stream=True))
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    calls = [call for c in chunks for call in c.choices[0].delta.tool_calls or ()]
    assert text == ""
    assert [(call.index, call.function.name, call.function.arguments) for call in calls] == [
        (0, whole.name, whole.arguments)
    ]
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_tools_are_read_and_may_be_left_alone(client: OpenAI) -> None:
    without = asked(client, tools=None, max_tokens=2).usage.prompt_tokens
    assert asked(client, max_tokens=2).usage.prompt_tokens > without
    assert asked(client, tool_choice="none", max_tokens=2).usage.prompt_tokens == without
    (found,) = asked(client, max_tokens=8).choices
    assert found.message.content
    assert found.message.tool_calls is None
    assert found.finish_reason == "length"


def test_what_a_tool_gave_back_is_read(client: OpenAI) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "stock", "arguments": "{}"}}
    talk: Any = [
        {"role": "user", "content": "Kettles?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"left": 3}'},
    ]
    reply = asked(client, messages=talk, tools=[TIME], max_tokens=4)
    first = asked(client, messages=talk[:1], tools=[TIME], max_tokens=4)
    assert reply.usage.prompt_tokens > first.usage.prompt_tokens


@pytest.mark.parametrize("model", ["run-2", "run-1:base"])
def test_a_model_that_has_not_learned_it_says_so(client: OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError, match="has not learned it") as caught:
        asked(client, model=model)
    assert caught.value.param == "tools"


def test_a_tool_whose_parameters_cannot_be_kept_to_is_refused(client: OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "x", "parameters": {"type": "strin"}}}
    with pytest.raises(openai.BadRequestError, match="Invalid type"):
        asked(client, tools=[tool], tool_choice="required")


def test_messages_become_those_of_training() -> None:
    call = {
        "id": "c",
        "type": "function",
        "function": {"name": "stock", "arguments": '{"item": 1}'},
    }
    body: dict[str, Any] = {
        "messages": [
            {"role": "developer", "content": "Be brief."},
            *HELLO,
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "3"},
        ],
        "tools": [STOCK],
    }
    system, user, assistant, result = messages_of(body, tools_of(body))
    assert system["role"] == "system"
    assert system["content"].startswith("Be brief.\n\nTools that you can call")
    assert "- stock(item, count): How many there are." in system["content"]
    assert user == HELLO[0]
    assert assistant["content"] == (
        '<tool_call>\n{"name": "stock", "arguments": {"item": 1}}\n</tool_call>'
    )
    assert result == {"role": "user", "content": "<tool_response>\n3\n</tool_response>"}


@pytest.mark.parametrize(
    ("text", "said", "called"),
    [
        (CALL, "", ["stock"]),
        (f"Let me look.\n{CALL}\n{CALL}", "Let me look.", ["stock", "stock"]),
        ('<tool_call>{"name": "time"}</tool_call>', "", ["time"]),
        ("No call at all.", "No call at all.", []),
        ("a < b and <tool_c", "a < b and <tool_c", []),
        ('<tool_call>\n{"name": "other"}\n</tool_call>', None, []),
        ('<tool_call>\n{"name": "stock", "arguments": 3}\n</tool_call>', None, []),
        ("<tool_call>\n{broken\n</tool_call>", None, []),
        ('<tool_call>\n{"name": "stock"', None, []),
    ],
)
def test_calls_are_told_from_texts_however_they_come(
    text: str, said: str | None, called: list[str]
) -> None:
    expected = text if said is None else said
    content, calls = with_calls(text, NAMES)
    assert (content, [call.name for call in calls]) == (expected, called)
    for size in (1, 3, 7):
        reader = CallReader(NAMES)
        told = "".join(reader.add(text[at : at + size]) for at in range(0, len(text), size))
        rest, again = reader.finish()
        assert (told + rest).strip() == expected.strip()
        assert [call.name for call in again] == called


@pytest.mark.parametrize("odd", [5, "x", [1], [{}], {"a": 1}, [{"function": 3}], [None], [[]]])
def test_odd_calls_are_read_or_refused_in_a_sentence(odd: Any) -> None:
    for message in ({"role": "assistant", "tool_calls": odd}, {"role": "tool", "content": odd}):
        with contextlib.suppress(ApiError):
            turns = messages_of({"messages": [message, *HELLO]}, tools_of({"tools": [TIME]}))
            assert turns[-1]["role"] == "user"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"tools": "x"}, "tools"),
        ({"tools": [{}]}, "tools[0]"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0]"),
        ({"tools": [{"type": "function", "function": {"name": "a", "parameters": 1}}]}, "tools[0]"),
        ({"tools": [TIME] * 129}, "tools"),
        ({"tools": [TIME], "tool_choice": "stock"}, "tool_choice"),
        ({"tools": [TIME], "tool_choice": {"function": {"name": "stock"}}}, "tool_choice"),
        ({"tool_choice": "required"}, "tool_choice"),
    ],
    ids=str,
)
def test_wrong_tools_are_named(body: dict[str, Any], param: str) -> None:
    with pytest.raises(ApiError) as caught:
        tools_of(body)
    assert (caught.value.status, caught.value.param) == (400, param)


def test_what_a_request_wants_called_is_what_may_be_called() -> None:
    learned = [Tool("bell", (Input("loud", {"type": ["boolean"]}),)).as_dict()]
    entry = ServedModel.from_dict(
        tiny.entry("run-1", Path("x"), task="chat", calls_tools=True, tools=learned)
    )

    def wanted(**body: Any) -> tuple[list[str], str] | None:
        found = CallsWanted.of(chat_request({"model": "run-1", "messages": HELLO, **body}), entry)
        return found and ([tool.name for tool in found.tools], found.how)

    assert wanted() == (["bell"], "free")
    assert wanted(tools=[STOCK, TIME]) == (["stock", "time"], "free")
    assert wanted(tools=[STOCK], parallel_tool_calls=False) == (["stock"], "free once")
    assert wanted(tools=[STOCK, TIME], tool_choice="required") == (["stock", "time"], "must once")
    assert wanted(tools=[STOCK], tool_choice="none") == ([], "forbidden")
    assert wanted(response_format={"type": "json_object"}) is None
    instruction = {"role": "system", "content": introduced(["own(x)"])}
    assert wanted(messages=[instruction, *HELLO]) == (["own"], "free")
    base = ServedModel.from_dict(tiny.entry("base:x", Path("x")))
    assert CallsWanted.of(chat_request({"model": "b", "messages": HELLO}), base) is None
