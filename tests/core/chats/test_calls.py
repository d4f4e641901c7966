"""Calls of tools, from the forms of several programs into one."""

import json
from typing import Any

import pytest

from workbench.core.canonical import messages_json
from workbench.core.chats import calls
from workbench.core.chats.seen import Account, Seen
from workbench.core.chats.unreadable import Unreadable

ASKED = {"role": "user", "content": "How many mugs?"}
DONE = {"role": "assistant", "content": "Three."}
CALL = '<tool_call>\n{"name": "stock", "arguments": {"item": "mug"}}\n</tool_call>'
RESULT = '<tool_response>\n{"left": 3}\n</tool_response>'
GIVEN = '{"left": 3}'
ARGUMENTS = '{"item": "mug"}'
SCHEMA = {"type": "object", "properties": {"item": {"type": "string"}}}


def read(turns: Any, seen: Seen | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(messages_json(json.dumps(turns), seen=seen))
    return found


FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "openai": (
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "stock", "arguments": ARGUMENTS}}]},
        {"role": "tool", "tool_call_id": "1", "name": "stock", "content": GIVEN},
    ),
    "openai of old": (
        {"role": "assistant", "function_call": {"name": "stock", "arguments": ARGUMENTS}},
        {"role": "function", "name": "stock", "content": GIVEN},
    ),
    "responses": (
        {"type": "function_call", "name": "stock", "arguments": ARGUMENTS, "call_id": "1"},
        {"type": "function_call_output", "call_id": "1", "output": GIVEN},
    ),
    "sharegpt": (
        {"from": "function_call", "value": '{"name": "stock", "arguments": {"item": "mug"}}'},
        {"from": "observation", "value": GIVEN},
    ),
    "hermes": ({"from": "gpt", "value": CALL}, {"from": "tool", "value": RESULT}),
    "anthropic": (
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "1", "name": "stock", "input": {"item": "mug"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "1",
             "content": [{"type": "text", "text": GIVEN}]}]},
    ),
    "bedrock": (
        {"role": "assistant", "content": [
            {"toolUse": {"toolUseId": "1", "name": "stock", "input": {"item": "mug"}}}]},
        {"role": "user", "content": [
            {"toolResult": {"toolUseId": "1", "content": [{"json": {"left": 3}}]}}]},
    ),
    "gemini": (
        {"role": "model", "parts": [{"functionCall": {"name": "stock", "args": {"item": "mug"}}}]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "stock", "response": {"left": 3}}}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_call_and_its_result_are_text_in_one_form(form: str) -> None:
    call, result = FORMS[form]
    seen, account = Seen(), Account()
    turns = read([ASKED, call, result, DONE], seen)

    assert [turn["content"] for turn in turns] == ["How many mugs?", CALL, RESULT, "Three."]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 2
    assert not seen.unused
    account.add(seen)
    assert (
        "1 answer in 1 row calls a tool: taught as the text <tool_call>" in account.sentences()[0]
    )


def test_what_is_said_before_a_call_never_stands_for_the_answer_alone() -> None:
    call = {**FORMS["openai"][0], "content": "Let me look."}
    assert read([ASKED, call])[-1]["content"] == f"Let me look.\n{CALL}"
    assert read([ASKED, call])[-1]["content"] == f"Let me look.\n{CALL}"


def test_calls_at_once_and_their_results_are_one_turn_each() -> None:
    call, result = FORMS["openai"]
    turns = read([ASKED, {**call, "tool_calls": call["tool_calls"] * 2}, result, result, DONE])

    assert turns[1]["content"] == f"{CALL}\n{CALL}"
    assert turns[2]["content"] == f"{RESULT}\n\n{RESULT}"


def test_a_call_that_names_no_tool_is_left_out_as_one() -> None:
    with pytest.raises(Unreadable, match="tool call"):
        read([ASKED, {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": 1}]}])


@pytest.mark.parametrize(
    "tools",
    [
        [{"type": "function", "function": {
            "name": "stock", "description": "counts", "parameters": SCHEMA}}],
        [{"name": "stock", "description": "counts", "input_schema": SCHEMA}],
        {"tools": [{"toolSpec": {
            "name": "stock", "description": "counts", "inputSchema": {"json": SCHEMA}}}]},
        [{"functionDeclarations": [
            {"name": "stock", "description": "counts", "parameters": SCHEMA}]}],
    ],
)  # fmt: skip
def test_tools_that_stand_before_the_turns_are_named_in_the_instruction(tools: Any) -> None:
    cell = json.dumps(tools) + json.dumps([ASKED, DONE])
    seen, account = Seen(), Account()
    system, *said = json.loads(messages_json(cell, seen=seen))
    account.add(seen)

    assert system["role"] == "system"
    assert system["content"].endswith("\n- stock(item): counts")
    assert said == [ASKED, DONE]
    assert account.sentences() == [
        "The tools of 1 row are named in the instruction of the conversation."
    ]


@pytest.mark.parametrize(
    "written",
    [
        '{"arguments": {"item": "kettle"}, "name": "stock"}',
        "{'name': 'stock', 'arguments': {'item': 'kettle'}}",
        '{"name":"stock","arguments":"{\\"item\\": \\"kettle\\"}"}',
    ],
)
def test_calls_that_stand_in_a_text_are_brought_into_the_one_form(written: str) -> None:
    text = f"Let me look.\n<tool_call>\n{written}\n</tool_call>"
    assert calls.tidied(text) == "Let me look.\n" + CALL.replace("mug", "kettle")
    turns = read([ASKED, {"role": "assistant", "content": text}])
    assert turns[-1]["content"] == "Let me look.\n" + CALL.replace("mug", "kettle")


@pytest.mark.parametrize(
    "odd", ["x", "{'name': 1}", "{broken", '{"arguments": {}}', "[1]", "{1: {2}}"]
)
def test_what_is_no_call_stays_as_it_is(odd: str) -> None:
    text = f"<tool_call>{odd}</tool_call>"
    assert calls.tidied(text) == text
