"""Calls of tools in examples: those nobody can carry out, tools nobody declared, results of no call."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.chats.calls import INTRO
from workbench.core.tools.pieces import BROKEN, CALL, OPENS, RESULT, RESULT_OPENS, pieces
from workbench.core.tools.tool import declared_in
from workbench.core.words import join_rows, joined, plural, sentence_case, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

BROKEN_CALLS, UNDECLARED, UNCALLED, RESULT_ALONE = (
    "broken_calls", "undeclared_tools", "uncalled_tools", "results_without_call"
)  # fmt: skip
_SIGNS = (OPENS, RESULT_OPENS, INTRO.partition("<")[0], "<tools>")
_SHOWN, _LONGEST = 4, 80


@dataclass
class _Seen:
    """What the calls of all rows have."""

    broken: dict[int, str] = field(default_factory=dict)
    """Row → the first call of it that cannot be read, and why."""
    called: dict[int, list[str]] = field(default_factory=dict)
    """Row → the tools that it calls."""
    declared: dict[int, frozenset[str]] = field(default_factory=dict)
    """Row → the tools that its instruction names, where it names some."""
    alone: list[int] = field(default_factory=list)
    """Rows in which something was given back that nobody called for."""
    rows: int = 0
    """With calls, results or tools that are named."""


def check(rows: Rows) -> list[Finding]:
    """What is wrong with the calls, the most harmful first; nothing where there are none."""
    seen = _look(rows)
    if not seen.rows:
        return []
    found = (_broken(rows, seen), _alone(rows, seen), _undeclared(rows, seen), _uncalled(seen))
    return [finding for finding in found if finding]


def _look(rows: Rows) -> _Seen:
    seen = _Seen()
    systems = rows.values.get("system") or [""] * len(rows)
    for index, text in enumerate(rows.values[rows.task.learned]):
        if not any(sign in text for sign in _SIGNS):
            continue
        seen.rows += 1
        turns = [{"role": "system", "content": systems[index]}, *_turns(rows, text)]
        _look_at(seen, index, turns)
    return seen


def _turns(rows: Rows, text: str) -> list[Mapping[str, Any]]:
    if not rows.task.rows_are_conversations:
        return [{"role": "assistant", "content": text}]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [
        turn for turn in found if isinstance(turn, dict) and isinstance(turn.get("content"), str)
    ]


def _look_at(seen: _Seen, index: int, turns: Sequence[Mapping[str, Any]]) -> None:
    has_called = False
    for turn in turns:
        if turn["role"] == "system":
            if names := {tool.name for tool in declared_in(turn["content"])}:
                seen.declared[index] = seen.declared.get(index, frozenset()) | names
            continue
        parts = pieces(turn["content"])
        if turn["role"] == "user":
            if not has_called and any(part.kind == RESULT for part in parts):
                seen.alone.append(index)
            continue
        calls = [part for part in parts if part.kind in (CALL, BROKEN)]
        has_called = bool(calls)
        seen.called.setdefault(index, []).extend(c.name for c in calls if c.kind == CALL)
        for call in calls:
            if call.kind == BROKEN:
                seen.broken.setdefault(index, f"{call.why}: {shortened(call.text, _LONGEST)}")


def _broken(rows: Rows, seen: _Seen) -> Finding | None:
    if not seen.broken:
        return None
    ids = [rows.row_ids[index] for index in seen.broken]
    first = next(iter(seen.broken.values()))
    return Finding(
        BROKEN_CALLS,
        f"{_rows(ids)} a call of a tool that nobody can carry out",
        f"{sentence_case(join_rows(ids))}: {first}. A call is JSON with the name of the tool and its "
        "arguments.",
        "The model learns to write such calls, and other programs cannot read them.",
        harm_of(0.5, len(ids) / seen.rows),
        [FlaggedRow(rows.row_ids[i], drop=True, note=why) for i, why in seen.broken.items()],
        remove=f"Take out {plural(len(ids), 'row')}",
    )


def _alone(rows: Rows, seen: _Seen) -> Finding | None:
    if not seen.alone:
        return None
    alone = list(dict.fromkeys(seen.alone))
    ids = [rows.row_ids[index] for index in alone]
    return Finding(
        RESULT_ALONE,
        f"{_rows(ids)} what a tool gave back, and no call before it",
        f"{sentence_case(join_rows(ids))}: the answer before it calls no tool. Perhaps the calls "
        "stand in a column or under a key that was not read.",
        "The model does not learn to call, and expects results out of nowhere.",
        harm_of(0.4, len(ids) / seen.rows),
        [FlaggedRow(row_id) for row_id in ids],
    )


def _undeclared(rows: Rows, seen: _Seen) -> Finding | None:
    everywhere = frozenset(name for names in seen.declared.values() for name in names)
    if not everywhere:
        return None
    found = dict(_strange(seen, everywhere))
    if not found:
        return None
    names = Counter(name for own in found.values() for name in own)
    ids = [rows.row_ids[index] for index in found]
    return Finding(
        UNDECLARED,
        f"{plural(len(names), 'tool')} called, and never declared",
        f"{_named(names)} {'is' if len(names) == 1 else 'are'} called in {join_rows(ids)}"
        ", and not among the tools that are named there.",
        "The model learns to call tools that it was not told of; where it is used it is held to those "
        "that are named.",
        harm_of(0.3, len(ids) / seen.rows),
        [FlaggedRow(rows.row_ids[i], note=", ".join(own)) for i, own in found.items()],
    )


def _strange(seen: _Seen, everywhere: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    for index, called in seen.called.items():
        known = seen.declared.get(index, everywhere)
        if strange := sorted({name for name in called if name not in known}):
            yield index, strange


def _uncalled(seen: _Seen) -> Finding | None:
    called = {name for own in seen.called.values() for name in own}
    names = Counter(name for own in seen.declared.values() for name in own if name not in called)
    if not names:
        return None
    return Finding(
        UNCALLED,
        f"{plural(len(names), 'tool')} declared, and never called",
        f"No example calls {_named(names)}. Add examples that do, or leave such tools out.",
        "The model is told of them, and does not learn when to call them.",
        0.0,
        rows=max(names.values()),
    )


def _named(names: Counter[str]) -> str:
    quoted = [f"'{shortened(name, _LONGEST)}'" for name, _ in names.most_common(_SHOWN)]
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return joined([*quoted, *more])


def _rows(ids: Sequence[int]) -> str:
    return f"{plural(len(ids), 'row')} {'has' if len(ids) == 1 else 'have'}"
