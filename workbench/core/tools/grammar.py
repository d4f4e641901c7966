"""The form of answers that call tools, as a grammar (in llguidance's Lark).

An answer may say anything. Once it opens a call, that is JSON with the name of a tool that is known
and its inputs, in whatever order the model has learned to write them, none of them twice and none left
out that is required.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.fields.grammar import DIGIT_NUMBER
from workbench.core.tools.pieces import CLOSES, OPENS
from workbench.core.tools.tool import Input, Tool

_OPTIONS = {"whitespace_pattern": "[ \\n]{0,6}", "lenient": False}
"""Of values within values: white space as in texts that are laid out, but none without end; around the
inputs themselves there is one blank, or one line end, at most."""
MOST_IN_ANY_ORDER, MOST_SETS = 6, 1000
"""Inputs of a tool that may come in any order with none twice: each set of them is a rule; and how many
such rules there are at most, all tools together."""
_INTEGER = r"-?(0|[1-9][0-9]{0,30})"
_NUMBERS = {"integer": "INTEGER", "number": "NUMBER"}
_NOTHING_ELSE = frozenset(("type", "description", "title"))
FREE, FORBIDDEN = "free", "forbidden"
"""Whether an answer calls is the model's choice; it calls none."""
MUST_ONCE, FREE_ONCE = "must once", "free once"
"""It is one call and nothing else; it calls once or says something."""
_TEXT = r"/(.|\n)*/"
_STARTS = {
    FREE: "start: call* TEXT",
    FREE_ONCE: "start: call | TEXT",
    MUST_ONCE: "start: only",
}


def grammar(tools: Sequence[Tool], how: str = FREE) -> str:
    """The grammar of an answer that may call these tools; without any it may call what it likes.

    Args:
        how: FREE, FREE_ONCE, MUST_ONCE or FORBIDDEN.
    """
    if how == FORBIDDEN:
        return f"start: NONE\nNONE: TEXT & ~/(.|\\n)*{OPENS}(.|\\n)*/\nTEXT: {_TEXT}\n"
    made = _Rules(_most_in_any_order(tools))
    options = [made.tool(tool) for tool in tools] or [made.any_tool()]
    opens, closes = _quoted(OPENS), _quoted(CLOSES)
    lines = [
        _STARTS[how],
        f"TEXT: {_TEXT}",
        "WS: /[ \\n]/",
        f"INTEGER: /{_INTEGER}/",
        f"NUMBER: /{DIGIT_NUMBER}/",
        f"opening[lazy]: TEXT {opens}",
        "call: opening body",
        f"only: {opens} body",
        f'body: WS? "{{" WS? {_key("name")} ({" | ".join(options)}) WS? "}}" WS? {closes}',
        f'inputs: WS? "," WS? {_key("arguments")}',
    ]
    return "\n".join(["%llguidance {}", *lines, *made.lines, ""])


class _Rules:
    def __init__(self, most: int) -> None:
        """`most`: inputs of a tool that may come in any order with none twice."""
        self._most = most
        self._known: dict[str, str] = {}
        self.lines: list[str] = []

    def add(self, body: str) -> str:
        """A rule of this body; its name."""
        name = f"r{len(self.lines)}"
        self.lines.append(f"{name}: {body}")
        return name

    def value(self, schema: Mapping[str, Any]) -> str:
        """A value of a JSON schema; numbers that are nothing but numbers do not go on without end."""
        kinds = schema.get("type")
        if not _NOTHING_ELSE.issuperset(schema) or not isinstance(kinds, str | list):
            return self.json(schema)
        each = [kinds] if isinstance(kinds, str) else kinds
        return "(" + " | ".join(_NUMBERS.get(str(kind)) or self._kind(kind) for kind in each) + ")"

    def _kind(self, kind: Any) -> str:
        return self.json({"type": kind})

    def json(self, schema: Mapping[str, Any]) -> str:
        """A value of a JSON schema."""
        told = json.dumps({**schema, "x-guidance": _OPTIONS})
        if told not in self._known:
            self._known[told] = self.add(f"%json {told}")
        return self._known[told]

    def any_tool(self) -> str:
        """A tool of any name with any inputs."""
        name = self.json({"type": "string", "minLength": 1, "maxLength": 128})
        return self.add(f"{name} inputs {self.json({'type': 'object'})}")

    def tool(self, tool: Tool) -> str:
        """What follows `"name": ` where this tool is called."""
        return self.add(
            f"{_quoted(json.dumps(tool.name, ensure_ascii=False))} inputs {self._of(tool)}"
        )

    def _of(self, tool: Tool) -> str:
        if tool.parameters is not None or tool.is_open:
            return self.json(tool.parameters or {"type": "object"})
        if len(tool.inputs) <= self._most:
            return self._in_any_order(tool.inputs)
        if any(own.is_required for own in tool.inputs):
            return self.json(_as_schema(tool.inputs))
        return self._some(tool.inputs)

    def _pair(self, own: Input) -> str:
        return self.add(f"{_key(own.name)} {self.value(own.schema)}")

    def _some(self, inputs: Sequence[Input]) -> str:
        """Many inputs, none of which is required, in any order."""
        each = self.add(" | ".join(map(self._pair, inputs)))
        some = f"{each} ({_COMMA}{each}){{0,{len(inputs) - 1}}}"
        return self.add(f'"{{" WS? ({some})? WS? "}}"')

    def _in_any_order(self, inputs: Sequence[Input]) -> str:
        pairs = [self._pair(own) for own in inputs]
        required = frozenset(place for place, own in enumerate(inputs) if own.is_required)
        rest: dict[frozenset[int], str] = {}
        for used in _sets(len(inputs)):
            more = [
                f"{'' if not used else _COMMA}{pairs[place]} {rest[used | {place}]}"
                for place in range(len(inputs))
                if place not in used
            ]
            rest[used] = self.add(" | ".join([*more, *(['""'] if used >= required else [])]))
        return self.add(f'"{{" WS? {rest[frozenset()]} WS? "}}"')


_COMMA = 'WS? "," WS? '


def _most_in_any_order(tools: Sequence[Tool]) -> int:
    """So many inputs that there are not too many sets of them."""
    sizes = [len(tool.inputs) for tool in tools]
    fitting = (
        most
        for most in range(MOST_IN_ANY_ORDER, 0, -1)
        if sum(2**size for size in sizes if size <= most) <= MOST_SETS
    )
    return next(fitting, 0)


def _as_schema(inputs: Sequence[Input]) -> dict[str, Any]:
    """Inputs that come in their order."""
    return {
        "type": "object",
        "properties": {own.name: dict(own.schema) for own in inputs},
        "required": [own.name for own in inputs if own.is_required],
        "additionalProperties": False,
    }


def _sets(count: int) -> Iterator[frozenset[int]]:
    """All sets of the first numbers, larger ones first."""
    found = (
        frozenset(place for place in range(count) if bits >> place & 1) for bits in range(2**count)
    )
    yield from sorted(found, key=len, reverse=True)


def _key(name: str) -> str:
    return f'{_quoted(json.dumps(name, ensure_ascii=False))} WS? ":" WS?'


def _quoted(text: str) -> str:
    """A text as a literal of the grammar."""
    return json.dumps(text, ensure_ascii=False)
