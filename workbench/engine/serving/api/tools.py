"""Tools: what a request offers, and the calls in an answer, in the one form that models learn here.

The form is that of `core.chats.calls`: an answer calls by `<tool_call>` around an object with `name` and
`arguments`. What else it says is its content.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from workbench.core.tools.pieces import OPENS
from workbench.engine.serving.api.fields import truth
from workbench.engine.serving.errors import MOST_SHOWN, ApiError, wrong
from workbench.engine.serving.stream_decoder import overlap

NONE, AUTO, REQUIRED = "none", "auto", "required"
MOST_TOOLS = 128
_CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL)


@dataclass(frozen=True)
class ToolCall:
    """One call of a tool."""

    name: str
    arguments: str
    """As JSON."""
    id: str = field(default_factory=lambda: f"call_{uuid.uuid4().hex[:24]}")

    def as_dict(self) -> dict[str, Any]:
        """In OpenAI's form."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(frozen=True)
class Tools:
    """The tools that a request offers."""

    listed: tuple[dict[str, Any], ...]
    """As they were sent: objects of the type function."""
    must: tuple[str, ...] = ()
    """Those of which one has to be called; empty where the model may choose."""
    only_one: bool = False
    """Whether it may call just once (`parallel_tool_calls` is false)."""

    @property
    def names(self) -> frozenset[str]:
        """What they are called."""
        return frozenset(tool["function"]["name"] for tool in self.listed)


def tools_of(body: dict[str, Any]) -> Tools | None:
    """The tools of a request; None where it offers none, or wants none called.

    Raises:
        ApiError: 400, and which field is wrong.
    """
    given, choice = body.get("tools"), body.get("tool_choice")
    if given is None or given == []:
        if choice not in (None, NONE, AUTO):
            raise wrong("tool_choice", "needs tools to choose from")
        return None
    if not isinstance(given, list) or len(given) > MOST_TOOLS:
        raise wrong("tools", f"must be a list of at most {MOST_TOOLS} tools")
    for number, tool in enumerate(given):
        _check(f"tools[{number}]", tool)
    tools = Tools(tuple(given))
    must = _must(choice, tools.names)
    several = body.get("parallel_tool_calls") is None or truth(body, "parallel_tool_calls")
    return None if choice == NONE else Tools(tools.listed, must, not several)


def _check(where: str, tool: Any) -> None:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict) or tool.get("type") != "function":
        raise wrong(where, "must have the type function, and a function with a name")
    name, parameters = function.get("name"), function.get("parameters")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,64}", name, re.ASCII):
        raise wrong(where, "needs a name of letters, digits, dots, hyphens and underscores")
    if parameters is not None and not isinstance(parameters, dict):
        raise wrong(where, "needs parameters that are a JSON schema, or none")


def _must(choice: Any, names: frozenset[str]) -> tuple[str, ...]:
    if choice in (None, NONE, AUTO):
        return ()
    if choice == REQUIRED:
        return tuple(sorted(names))
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or name not in names:
        raise wrong("tool_choice", "must be none, auto, required, or a function that tools lists")
    return (name,)


class CallReader:
    """Parts a growing answer into what it says and what it calls."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._held = ""
        self._calls = False

    def add(self, text: str) -> str:
        """What of it can be told at once: nothing from the first call on."""
        self._held += text
        if self._calls:
            return ""
        at = self._held.find(OPENS)
        self._calls = at >= 0
        until = at if at >= 0 else len(self._held) - overlap(self._held, OPENS)
        told, self._held = self._held[:until], self._held[until:]
        return told

    def finish(self) -> tuple[str, list[ToolCall]]:
        """What is left to tell, and the calls; what is no call of these tools stays text."""
        calls: list[ToolCall] = []

        def taken(found: re.Match[str]) -> str:
            call = _call(found[1], self._names)
            if call is None:
                return found[0]
            calls.append(call)
            return ""

        rest = _CALL.sub(taken, self._held)
        return ("" if calls and not rest.strip() else rest), calls


def with_calls(text: str, names: frozenset[str]) -> tuple[str, list[ToolCall]]:
    """What a whole answer says, and what it calls."""
    if not names:
        return text, []
    reader = CallReader(names)
    said = reader.add(text)
    rest, calls = reader.finish()
    return ((said + rest).strip() if calls else said + rest), calls


def _call(text: str, names: frozenset[str]) -> ToolCall | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    name, arguments = value.get("name"), value.get("arguments", {})
    if not isinstance(name, str) or name not in names or not isinstance(arguments, dict):
        return None
    return ToolCall(name, json.dumps(arguments, ensure_ascii=False))


def refusal(model: str) -> ApiError:
    """What to say of a model that cannot call tools."""
    return wrong(
        "tools",
        f"cannot be called by '{model[:MOST_SHOWN]}', which has not learned it: train a model on "
        "conversations in which tools are called, or leave tools out",
    )
