"""Which tools there are, as instructions and examples tell it."""

import json
from typing import Any

from workbench.core.chats.calls import introduced, tools_in
from workbench.core.tools.gathered import gathered
from workbench.core.tools.tool import Input, Tool, declared_in, known, named, read, tool_of

ROOM: Any = {
    "type": "function",
    "function": {
        "name": "room",
        "description": "Books a room.",
        "parameters": {
            "type": "object",
            "properties": {"floor": {"type": "integer"}, "day": {"type": "string"}},
            "required": ["floor"],
        },
    },
}
LINE = "room(floor, day): Books a room."


def turns(*contents: str) -> list[dict[str, str]]:
    roles = ["system", "user", "assistant", "user", "assistant"]
    return [{"role": r, "content": c} for r, c in zip(roles, contents, strict=False)]


def call(name: str, **inputs: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': inputs})}\n</tool_call>"


def test_tools_are_read_from_an_instruction_as_imports_write_it() -> None:
    text = "Be brief.\n\n" + introduced([*tools_in([ROOM]), "time()"])
    room, time = declared_in(text)
    assert (room.name, [own.name for own in room.inputs], room.line) == (
        "room", ["floor", "day"], LINE,
    )  # fmt: skip
    assert (time.name, time.inputs, time.is_open) == ("time", (), True)
    assert named([room, time]) == introduced([LINE, "time()"])
    assert declared_in("Be brief.") == ()
    assert named([Tool("room")]) == ""


def test_tools_are_read_from_marks_of_other_models() -> None:
    (room,) = declared_in(f"You call.\n<tools>\n{json.dumps(ROOM)}\n</tools>")
    assert room.inputs == (
        Input("floor", {"type": "integer"}, True),
        Input("day", {"type": "string"}),
    )
    assert declared_in("<tools>\n{broken\n</tools>") == ()


def test_a_schema_that_says_more_is_kept_whole() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {}}}
    assert tool_of({"name": "a", "parameters": schema}).parameters == schema
    assert tool_of({"name": "a", "parameters": {"type": "strin"}}).parameters == {"type": "strin"}
    assert tool_of({"name": "a", "parameters": {"city": "a text"}}).inputs == (Input("city", {}),)
    closed = {"type": "object", "additionalProperties": False}
    assert not tool_of({"name": "a", "parameters": closed}).is_open
    assert tool_of({"name": "a"}).is_open


def test_examples_tell_what_inputs_are() -> None:
    told = introduced(list(tools_in([ROOM])))
    talks = [
        turns(told, "hi", call("room", floor=2, day="Monday")),
        turns(told, "hi", "No.", "hi", call("room", floor=None, tags=["a", 1]) + call("bell")),
    ]
    found = gathered(talks)
    room, bell = found.tools()
    assert found.calls == {"room": 2, "bell": 1}
    assert {own.name: own.schema for own in room.inputs} == {
        "floor": {"type": ["null", "number"]},
        "day": {"type": ["string"]},
        "tags": {"type": ["array"], "items": {"type": ["number", "string"]}},
    }
    assert (room.line, bell.line, bell.is_open) == (LINE, "", True)
    assert read([tool.as_dict() for tool in (room, bell)]) == (room, bell)
    assert read(json.loads(json.dumps([room.as_dict()]))) == (room,)


def test_tools_that_few_conversations_name_are_not_told() -> None:
    told = introduced(list(tools_in([ROOM])))
    found = gathered([turns(told, "hi", call("room")), *[turns("Brief.", "hi", "Ho")] * 2])
    assert [tool.line for tool in found.tools()] == [""]


def test_too_many_tools_are_not_kept() -> None:
    found = gathered([turns("", "hi", call(f"t{number}")) for number in range(200)])
    assert found.tools() == ()
    assert len(found.calls) == 200


def test_a_conversation_has_the_tools_that_it_names() -> None:
    learned = (Tool("room", (Input("floor", {"type": ["number"]}),), calls=3), Tool("bell"))
    (room,) = known(declared_in(introduced([LINE])), learned)
    assert room.inputs == (Input("floor", {"type": ["number"]}), Input("day", {}))
    assert known((), learned) == learned
