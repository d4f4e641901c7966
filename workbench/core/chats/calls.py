"""Calls of tools as text, in the one form that is taught.

A call is what models of the Hermes and Qwen families write, and what a tool gives back is the other
side's:

    <tool_call>
    {"name": "stock", "arguments": {"item": "kettle"}}
    </tool_call>

    <tool_response>
    {"left": 3}
    </tool_response>
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.core.chats.unreadable import Unreadable

INTRO = (
    'Tools that you can call by writing <tool_call>{"name": ..., "arguments": {...}}</tool_call>:'
)
"""Stands before the names of the tools in the instruction."""
_CALL, _RESULT = "tool_call", "tool_response"
_LISTS = ("tools", "functions", "functionDeclarations", "function_declarations")
_WRAPPED = ("function", "toolSpec", "tool_spec")
_WRITTEN = re.compile(f"<{_CALL}>((?:(?!<{_CALL}>).)*?)</{_CALL}>", re.DOTALL)
_LONGEST_PRINTED = 20_000
"""Characters of a call as Python prints it that is read."""
_INPUTS = ("parameters", "input_schema", "inputSchema", "args")


def call_text(value: Any) -> str:
    """A call (or several, in a list) as text; an object with `name` and its arguments, as programs
    write it, or such an object as text.

    Raises:
        Unreadable: it does not name the tool.
    """
    value = _decoded(value)
    if isinstance(value, list):
        return "\n".join(map(call_text, value))
    if isinstance(value, str) and value.strip():
        return _between(_CALL, value.strip())
    if not isinstance(value, Mapping):
        raise Unreadable("answers with a tool call that does not name the tool")
    inner = value.get("function", value)
    inner = inner if isinstance(inner, Mapping) else {**value, "name": inner}
    name = inner.get("name") or inner.get("tool_name")
    if not isinstance(name, str):
        raise Unreadable("answers with a tool call that does not name the tool")
    given: Any = next((inner[key] for key in _ARGUMENTS if inner.get(key) is not None), {})
    return _between(_CALL, _json({"name": name, "arguments": _decoded(given)}))


_ARGUMENTS = ("arguments", "args", "input", "parameters")


def tidied(text: str) -> str:
    """A text whose calls stand in the one form, also those that were written as Python prints them; what
    is no call stays as it is."""
    return _WRITTEN.sub(_tidied, text) if f"<{_CALL}>" in text else text


def _tidied(found: re.Match[str]) -> str:
    inner = found[1].strip()
    value = _decoded(inner)
    if isinstance(value, str) and len(inner) <= _LONGEST_PRINTED:
        try:
            value = ast.literal_eval(inner)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return found[0]
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return found[0]
    try:
        return call_text({"name": value["name"], "arguments": value.get("arguments") or {}})
    except (TypeError, ValueError):
        return found[0]


def result_text(value: Any) -> str:
    """What a tool gave back, as text."""
    text = value if isinstance(value, str) else _json(value)
    text = text.strip()
    return text if text.startswith(f"<{_RESULT}>") or not text else _between(_RESULT, text)


def holds_call(text: str) -> bool:
    """Whether a text has a call in it."""
    return f"<{_CALL}>" in text


def is_declaration(item: Any) -> bool:
    """Whether an object says which tools there are, and is no turn."""
    if not isinstance(item, Mapping) or "role" in item or "from" in item or "content" in item:
        return False
    if any(isinstance(item.get(key), list) for key in _LISTS):
        return "messages" not in item
    inner = _spec(item)
    return isinstance(inner.get("name"), str) and (
        inner is not item or any(key in inner for key in ("description", *_INPUTS))
    )


def tools_in(item: Any) -> Iterator[str]:
    """A line for each tool that is declared: its name, what it takes and what it does."""
    yield from map(told_of, declarations(item))


def declarations(item: Any) -> Iterator[Mapping[str, Any]]:
    """Each tool that is declared, as an object with its `name`."""
    if isinstance(item, str):
        item = _decoded(item)
    if isinstance(item, list):
        for each in item:
            yield from declarations(each)
    elif isinstance(item, Mapping):
        listed = [item[key] for key in _LISTS if isinstance(item.get(key), list)]
        if listed:
            yield from declarations(listed[0])
        elif isinstance((tool := _spec(item)).get("name"), str):
            yield tool


def introduced(tools: list[str]) -> str:
    """The part of the instruction that names the tools."""
    return "\n".join([INTRO, *(f"- {line}" for line in dict.fromkeys(tools))])


def told_of(tool: Mapping[str, Any]) -> str:
    """The line that names a tool in an instruction."""
    said = tool.get("description")
    about = f": {' '.join(said.split())}" if isinstance(said, str) and said.strip() else ""
    return f"{tool['name']}({', '.join(_inputs(tool))}){about}"


def parameters_of(tool: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a tool takes, as it was declared; None where that was not said."""
    return next((tool[key] for key in _INPUTS if isinstance(tool.get(key), Mapping)), None)


def _inputs(tool: Mapping[str, Any]) -> list[str]:
    schema: Any = parameters_of(tool) or {}
    schema = schema.get("json", schema)
    named = schema.get("properties", schema if "type" not in schema else {})
    return [str(name) for name in named] if isinstance(named, Mapping) else []


def _spec(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((item[key] for key in _WRAPPED if isinstance(item.get(key), Mapping)), item)


def _between(tag: str, text: str) -> str:
    return f"<{tag}>\n{text}\n</{tag}>"


def _decoded(value: Any) -> Any:
    """The value that stands in a text as JSON; what is none stays as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
