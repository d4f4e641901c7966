"""One tool that a model may call, and where texts say which there are."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.chats.calls import INTRO, declarations, introduced, parameters_of, told_of

MOST = 128
"""Tools that are kept with a model; of one that saw more, calls may name any."""
_LINE = re.compile(r"- ([^\s()]{1,128})\((.*?)\)(?:: (.*))?")
_TOOLS_MARK = re.compile(r"<tools>(.*?)(?:</tools>|\Z)", re.DOTALL)
_SIMPLE = frozenset(
    ("type", "properties", "required", "additionalProperties", "description", "title", "$schema",
     "strict")
)  # fmt: skip
"""What a schema may say that can be told input by input."""


@dataclass(frozen=True)
class Input:
    """One named value that a tool takes."""

    name: str
    schema: Mapping[str, Any]
    """What it may be, as a JSON schema; empty: anything."""
    is_required: bool = False


@dataclass(frozen=True)
class Tool:
    """A tool: what it is called, and what it takes."""

    name: str
    inputs: tuple[Input, ...] = ()
    is_open: bool = False
    """Whether it may take other inputs, too: nobody said which there are."""
    parameters: Mapping[str, Any] | None = None
    """The whole JSON schema of what it takes, where that cannot be told input by input."""
    line: str = ""
    """How instructions name it: "stock(item, count): What is left."; empty: they do not."""
    calls: int = 0
    """How often the examples call it."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        inputs = [{**vars(one), "schema": dict(one.schema)} for one in self.inputs]
        return {**vars(self), "inputs": inputs}


Tools = tuple[Tool, ...]


def read(told: Any) -> Tools:
    """The tools that `as_dict` wrote; what cannot be understood is passed over."""
    items = told if isinstance(told, Sequence) and not isinstance(told, str) else ()
    return tuple(_read(one) for one in items if isinstance(one, Mapping) and one.get("name"))


def _read(told: Mapping[str, Any]) -> Tool:
    inputs = [
        Input(str(one["name"]), dict(one.get("schema") or {}), bool(one.get("is_required")))
        for one in told.get("inputs") or ()
    ]
    own = told.get("parameters")
    return Tool(
        str(told["name"]),
        tuple(inputs),
        bool(told.get("is_open")),
        dict(own) if isinstance(own, Mapping) else None,
        str(told.get("line") or ""),
        int(told.get("calls") or 0),
    )


def tool_of(declared: Mapping[str, Any]) -> Tool:
    """A tool as programs declare it: with its name, and a JSON schema of what it takes."""
    schema, name, line = parameters_of(declared), str(declared["name"]), told_of(declared)
    if schema is None:
        return Tool(name, is_open=True, line=line)
    schema = schema.get("json", schema)
    if "type" not in schema and "properties" not in schema:
        # Some programs list the inputs alone.
        return Tool(name, tuple(Input(str(own), {}) for own in schema), not schema, line=line)
    named = schema.get("properties", {})
    is_object = schema.get("type", "object") == "object" and isinstance(named, Mapping)
    if not is_object or not _SIMPLE.issuperset(schema) or "$ref" in str(named):
        return Tool(name, parameters=schema, line=line)
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    inputs = tuple(
        Input(str(own), kind if isinstance(kind, Mapping) else {}, own in needed)
        for own, kind in named.items()
    )
    return Tool(
        name, inputs, not inputs and schema.get("additionalProperties") is not False, line=line
    )


def declared_in(instruction: str) -> Tools:
    """The tools that an instruction names: as imports name them, or as JSON between <tools> marks."""
    found = {tool.name: tool for tool in (*_listed(instruction), *_marked(instruction))}
    return tuple(found.values())


def named(tools: Sequence[Tool]) -> str:
    """The part of an instruction that names these tools; empty where none of them is ever named."""
    lines = [tool.line for tool in tools if tool.line]
    return introduced(lines) if lines else ""


def _listed(instruction: str) -> Iterator[Tool]:
    at = instruction.find(INTRO)
    for line in instruction[at + len(INTRO) :].split("\n")[1:] if at >= 0 else ():
        found = _LINE.fullmatch(line)
        if found is None:
            return
        names = [name.strip() for name in found[2].split(",") if name.strip()]
        inputs = tuple(Input(name, {}) for name in names)
        yield Tool(found[1], inputs, not inputs, line=line.removeprefix("- "))


def _marked(instruction: str) -> Iterator[Tool]:
    for mark in _TOOLS_MARK.finditer(instruction):
        for value in _values(mark[1]):
            yield from map(tool_of, declarations(value))


def _values(text: str) -> Iterator[Any]:
    """The JSON values that stand in a text one behind the other."""
    place, decoder = 0, json.JSONDecoder()
    while (begin := re.search(r"[\[{]", text[place:])) is not None:
        try:
            value, place = decoder.raw_decode(text, place + begin.start())
        except (ValueError, RecursionError):
            return
        yield value


def known(declared: Sequence[Tool], learned: Sequence[Tool]) -> Tools:
    """The tools of a conversation: those that it names, with what the examples tell of them; those of
    the examples where it names none."""
    taught = {tool.name: tool for tool in learned}
    return tuple(_with(tool, taught.get(tool.name)) for tool in declared) or tuple(learned)


def _with(tool: Tool, taught: Tool | None) -> Tool:
    """A tool as it was named, its inputs being of the kinds that the examples have."""
    if taught is None or tool.parameters is not None:
        return tool
    kinds = {own.name: own.schema for own in taught.inputs}
    own = [
        one if one.schema else replace(one, schema=kinds.get(one.name, {})) for one in tool.inputs
    ]
    names = {one.name for one in own}
    more = [one for one in taught.inputs if one.name not in names]
    return replace(tool, inputs=(*own, *more), is_open=tool.is_open and not taught.inputs)
