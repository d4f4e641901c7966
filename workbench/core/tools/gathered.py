"""The tools of examples: those that instructions name, and what calls give them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.core.tools.pieces import CALL, OPENS, Piece, calls_in
from workbench.core.tools.tool import MOST, Input, Tool, Tools, declared_in

MOST_NAMED = 32
"""Tools that a model is told of where a question names none, if its examples mostly name them."""
_KINDS = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null",
          list: "array", dict: "object"}  # fmt: skip


@dataclass
class Gathered:
    """Collects the tools of conversations, one after the other."""

    declared: dict[str, Tool] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    """Tool → how often it is called."""
    conversations: int = 0
    naming: int = 0
    """Conversations whose instruction names tools."""
    _values: dict[str, dict[str, list[set[str]]]] = field(default_factory=dict)

    def add(self, turns: Iterable[Mapping[str, Any]]) -> None:
        """One more conversation, or question and answer."""
        names = False
        self.conversations += 1
        for turn in turns:
            if turn["role"] == "system":
                found = declared_in(turn["content"])
                names |= bool(found)
                if len(self.declared) <= MOST:
                    self.declared |= {tool.name: tool for tool in found}
            elif turn["role"] == "assistant" and OPENS in turn["content"]:
                for call in calls_in(turn["content"]):
                    self._count(call)
        self.naming += names

    def _count(self, call: Piece) -> None:
        if call.kind != CALL:
            return
        self.calls[call.name] += 1
        if len(self._values) > MOST and call.name not in self._values:
            return
        known = self._values.setdefault(call.name, defaultdict(lambda: [set(), set()]))
        for name, value in call.inputs.items():
            known[name][0].add(_KINDS[type(value)])
            if isinstance(value, list):
                known[name][1].update(_KINDS[type(item)] for item in value)

    def tools(self) -> Tools:
        """The tools, those that are called most first; none where there are too many to be told."""
        names = dict.fromkeys([*(name for name, _ in self.calls.most_common()), *self.declared])
        if len(names) > MOST:
            return ()
        tools = tuple(map(self._tool, names))
        is_usual = 2 * self.naming >= self.conversations and len(self.declared) <= MOST_NAMED
        return tools if is_usual else tuple(replace(tool, line="") for tool in tools)

    def _tool(self, name: str) -> Tool:
        seen = tuple(
            Input(own, _schema(*kinds)) for own, kinds in self._values.get(name, {}).items()
        )
        tool = self.declared.get(name, Tool(name))
        if tool.parameters is not None:
            return replace(tool, calls=self.calls[name])
        kinds = {own.name: own for own in seen}
        own = [one if one.schema else kinds.get(one.name, one) for one in tool.inputs]
        more = [one for one in seen if one.name not in {each.name for each in own}]
        inputs = (*own, *more)
        return replace(tool, inputs=inputs, is_open=not inputs, calls=self.calls[name])


def _schema(kinds: set[str], of_items: set[str]) -> dict[str, Any]:
    """The JSON schema of values of these kinds."""
    told: dict[str, Any] = {"type": sorted(kinds)}
    if of_items:
        told["items"] = {"type": sorted(of_items)}
    return told


def gathered(conversations: Iterable[Sequence[Mapping[str, Any]]]) -> Gathered:
    """The tools of some conversations."""
    found = Gathered()
    for turns in conversations:
        found.add(turns)
    return found
