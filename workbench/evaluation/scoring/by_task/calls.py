"""Scores of calls of tools: called when wanted, the right tool, the right inputs.

Calls are compared by their JSON values (`core.tools.compare`): names of inputs may stand in any order.
An exam question whose own answer holds a call that nobody can read is left out of these scores.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.core.tools.compare import Pair, paired, same_calls, same_value
from workbench.core.tools.pieces import BROKEN, OPENS, Piece, calls_in
from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.by_task.texts import of_sums
from workbench.evaluation.scoring.intervals import wilson_interval
from workbench.evaluation.scoring.sums import Sums


@dataclass(frozen=True)
class Share:
    """So many of so many, with the interval of the share."""

    count: int
    of: int
    share: Estimated

    @classmethod
    def told(cls, count: int, of: int) -> "Share | None":
        """None of none."""
        if not of:
            return None
        return cls(count, of, Estimated(count / of, *wilson_interval(count, of)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"count": self.count, "of": self.of, **vars(self.share)}


@dataclass(frozen=True)
class Inputs:
    """What became of the wanted inputs, all questions together; intervals by resampling questions."""

    wanted: int
    right: Estimated
    missing: Estimated
    """Not given, or not called at all."""
    wrong: Estimated
    too_much: Estimated
    """Inputs that nobody wanted, for each wanted one."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        shares = ("right", "missing", "wrong", "too_much")
        return {"wanted": self.wanted, **{name: vars(getattr(self, name)) for name in shares}}


@dataclass(frozen=True)
class Calling:
    """How a model calls tools."""

    made: Share | None
    """Questions where a tool was to be called, and one was."""
    withheld: Share | None
    """Questions where none was to be called, and none was."""
    right_tool: Share | None
    """Questions where a tool was to be called, and exactly the wanted ones were."""
    right: Share | None
    """The same, with every input right and none too many."""
    parses: Share | None
    """Answers that call something, and whose calls can all be read."""
    inputs: Inputs | None
    unreadable: int = 0
    """Questions whose own call cannot be read; left out."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        told = {name: own and own.as_dict() for name, own in vars(self).items() if name in _TOLD}
        return {**told, "unreadable": self.unreadable}

    def sentences(self) -> list[str]:
        """The same in plain words."""
        return list(_sentences(self))


_TOLD = ("made", "withheld", "right_tool", "right", "parses", "inputs")


@dataclass(frozen=True)
class OfTool:
    """One tool over all questions, or one of its inputs."""

    tool: str
    input: str
    """Empty for the tool itself."""
    wanted: int
    right: Share
    """Of a tool: called, with every input right; of an input: the wanted value."""
    missing: int
    """Not called; an input that was not given."""
    wrong: int
    """Called with other inputs; another value."""
    too_much: int
    """Calls, or inputs, that nobody wanted."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "right": self.right.as_dict()}


_Row = tuple[list[Piece], list[Piece]]
"""The wanted calls of a question, and those that were made."""


def hold_calls(texts: Sequence[str]) -> bool:
    """Whether some of the wanted answers call a tool."""
    return any(OPENS in text for text in texts)


def calling(expected: Sequence[str], answers: Sequence[str]) -> Calling:
    """How the wanted calls were made."""
    rows = _read(expected, answers)
    asked = [row for row in rows if row[0]]
    free = [given for wanted, given in rows if not wanted]
    called = [given for _, given in rows if given]
    n = len(asked)
    return Calling(
        Share.told(sum(bool(given) for _, given in asked), n),
        Share.told(sum(not given for given in free), len(free)),
        Share.told(sum(_names(wanted) == _names(given) for wanted, given in asked), n),
        Share.told(sum(same_calls(*row) for row in asked), n),
        Share.told(sum(not _any_broken(given) for given in called), len(called)),
        _inputs(asked),
        len(expected) - len(rows),
    )


def each_tool(expected: Sequence[str], answers: Sequence[str]) -> list[OfTool]:
    """Every wanted tool, the weakest first, each followed by its inputs in the order of their names."""
    pairs = [pair for row in _read(expected, answers) for pair in paired(*row)]
    names = dict.fromkeys(pair.wanted.name for pair in pairs if pair.wanted)
    tools = sorted((_tool(name, pairs) for name in names), key=lambda own: own.right.share.value)
    return [own for tool in tools for own in (tool, *_of_inputs(tool.tool, pairs))]


def _read(expected: Sequence[str], answers: Sequence[str]) -> list[_Row]:
    rows = [(calls_in(w), calls_in(g)) for w, g in zip(expected, answers, strict=True)]
    return [row for row in rows if not _any_broken(row[0])]


def _any_broken(calls: Sequence[Piece]) -> bool:
    return any(call.kind == BROKEN for call in calls)


def _names(calls: Sequence[Piece]) -> Counter[str]:
    return Counter(call.name for call in calls)


def _is_met(pair: Pair) -> bool:
    """Whether the wanted tool was called, whatever the inputs."""
    both = pair.wanted is not None and pair.given is not None
    return both and pair.given.kind != BROKEN and pair.wanted.name == pair.given.name  # type: ignore[union-attr]


def _inputs(asked: Sequence[_Row]) -> Inputs | None:
    table = np.array([_of_row(row) for row in asked], float).reshape(-1, 5)
    wanted = int(table[:, 4].sum())
    if not wanted:
        return None

    def share(column: int) -> Estimated:
        return of_sums(Sums(table[:, [column, 4]], lambda s: s[..., 0] / np.maximum(1, s[..., 1])))

    return Inputs(wanted, *map(share, range(4)))


def _of_row(row: _Row) -> list[int]:
    """Inputs that are right, missing, wrong and too many, and those that are wanted."""
    right = missing = wrong = extra = wanted = 0
    for pair in paired(*row):
        if pair.wanted is None:
            continue
        given = pair.given.inputs if pair.given and _is_met(pair) else {}
        for name, value in pair.wanted.inputs.items():
            wanted += 1
            right += name in given and same_value(value, given[name])
            missing += name not in given
            wrong += name in given and not same_value(value, given[name])
        extra += sum(name not in pair.wanted.inputs for name in given)
    return [right, missing, wrong, extra, wanted]


def _tool(name: str, pairs: Sequence[Pair]) -> OfTool:
    own = [pair for pair in pairs if pair.wanted and pair.wanted.name == name]
    met = sum(map(_is_met, own))
    right = sum(same_calls([p.wanted], [p.given]) for p in own if p.wanted and p.given)
    more = sum(
        pair.given is not None and pair.given.name == name and not _is_met(pair) for pair in pairs
    )
    share = Share(right, len(own), Estimated(right / len(own), *wilson_interval(right, len(own))))
    return OfTool(name, "", len(own), share, len(own) - met, met - right, more)


def _of_inputs(tool: str, pairs: Sequence[Pair]) -> Iterator[OfTool]:
    own = [pair for pair in pairs if pair.wanted and pair.wanted.name == tool]
    met = [pair.given.inputs if pair.given and _is_met(pair) else {} for pair in own]
    wanted = [pair.wanted.inputs if pair.wanted else {} for pair in own]
    for name in sorted({name for inputs in wanted for name in inputs}):
        both = [(w[name], g) for w, g in zip(wanted, met, strict=True) if name in w]
        right = sum(name in g and same_value(value, g[name]) for value, g in both)
        missing = sum(name not in g for _, g in both)
        too_much = sum(name in g and name not in w for w, g in zip(wanted, met, strict=True))
        n = len(both)
        share = Share(right, n, Estimated(right / n, *wilson_interval(right, n)))
        yield OfTool(tool, name, n, share, missing, n - right - missing, too_much)


def _sentences(own: Calling) -> Iterator[str]:
    if own.right_tool and own.right:
        n, right = own.right_tool.of, own.right_tool.count
        where = f"{n:,} questions" if n != 1 else "question"
        of = f"{right:,} of {where}" if n != 1 else f"{right} of 1 {where}"
        yield (
            f"In {of} where a tool was to be called, it called the right one, with every input "
            f"right in {own.right.count:,}."
        )
    if own.withheld:
        yield (
            f"Of {own.withheld.of:,} {'question' if own.withheld.of == 1 else 'questions'} where none "
            f"was to be called, it called none in {own.withheld.count:,}."
        )
    if own.parses and own.parses.count < own.parses.of:
        broken = own.parses.of - own.parses.count
        verb = "holds a call" if broken == 1 else "hold calls"
        yield f"{broken:,} of its {own.parses.of:,} answers with calls {verb} that cannot be used."
    if own.unreadable:
        yield (
            f"{own.unreadable:,} of your own answers {'holds' if own.unreadable == 1 else 'hold'} a "
            "call that cannot be read: left out of these counts."
        )
