"""Several categories a text: those with hardly any rows, written in several ways, always together."""

from collections import Counter, defaultdict

from workbench.core.tasks.category_sets import categories_in, written
from workbench.core.words import join_rows, joined, plural
from workbench.data.checkup.checks.categories import FEW, FEW_PER_CATEGORY, SPELLINGS
from workbench.data.checkup.checks.unsorted_rows import name_categories
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.spellings import merge_spellings

TOGETHER = "categories_together"
_LEAST = 3
"""Rows in which two categories must come, before it is told that they never come apart."""


def check(rows: Rows) -> list[Finding]:
    """What is odd about the categories."""
    sets = [categories_in(text) for text in rows.answers()]
    members: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(sets):
        for name in names:
            members[name].append(row)
    found = (_spellings(rows, sets), _few(rows, members), _together(rows, members))
    return [finding for finding in found if finding]


def _spellings(rows: Rows, sets: list[list[str]]) -> Finding | None:
    usual = merge_spellings(Counter(name for names in sets for name in names))
    flagged = [
        FlaggedRow(
            row_id,
            role=rows.task.answer_role,
            after=written(usual.get(name, name) for name in names),
            note=joined([name for name in names if name in usual]),
        )
        for row_id, names in zip(rows.row_ids, sets, strict=True)
        if any(name in usual for name in names)
    ]
    if not flagged:
        return None
    name = next(iter(usual))
    return Finding(
        SPELLINGS,
        f"{plural(len(usual), 'category', 'categories')} "
        f"{'is' if len(usual) == 1 else 'are'} another one in other letters",
        f"'{name}' looks like '{usual[name]}'; {plural(len(flagged), 'row')} "
        f"({join_rows([one.row_id for one in flagged])}) would be written as most are.",
        "The model takes them for different things, and the exam counts the other spelling as wrong.",
        harm_of(0.4, len(flagged) / len(rows), 0.3),
        flagged,
        change=f"Write {plural(len(flagged), 'row')} as most are",
    )


def _few(rows: Rows, members: dict[str, list[int]]) -> Finding | None:
    small = sorted(
        (name for name in members if len(members[name]) < FEW_PER_CATEGORY),
        key=lambda name: (len(members[name]), name),
    )
    if not small:
        return None
    least = len(members[small[0]])
    flagged = [
        FlaggedRow(rows.row_ids[row], number, note=name)
        for number, name in enumerate(small, 1)
        for row in members[name]
    ]
    number = sum(not any(rows.is_exam(row) for row in members[name]) for name in small)
    unasked = f" {plural(number, 'of them is', 'of them are')} never examined." if number else ""
    return Finding(
        FEW,
        f"{plural(len(small), 'category', 'categories')} with hardly any examples",
        f"{name_categories(small)} {'has' if len(small) == 1 else 'have'} fewer than "
        f"{FEW_PER_CATEGORY} examples{'' if len(small) == 1 else ' each'}, '{small[0]}' only "
        f"{least:,}.{unasked} Add more of them, or put them into another category.",
        "The model hardly learns when such a category holds, and the exam says next to nothing about it.",
        harm_of(0.2, len(small) / len(members)),
        flagged,
    )


def _together(rows: Rows, members: dict[str, list[int]]) -> Finding | None:
    """Categories that hold for the very same rows: the model cannot learn to tell them apart."""
    same: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name, places in members.items():
        if len(places) >= _LEAST:
            same[tuple(places)].append(name)
    groups = [(places, sorted(names)) for places, names in same.items() if len(names) > 1]
    if not groups:
        return None
    largest, names = max(groups, key=lambda group: len(group[0]))
    flagged = [
        FlaggedRow(rows.row_ids[row], number, note=joined(own))
        for number, (where, own) in enumerate(groups, 1)
        for row in where
    ]
    return Finding(
        TOGETHER,
        f"{plural(sum(len(own) for _, own in groups), 'category', 'categories')} that always come together",
        f"{joined([repr(name) for name in names])} hold for the same {plural(len(largest), 'row')}, and "
        "never without each other. Make one category of them, or add rows for which only one holds.",
        "The model learns them as one thing, and will always give all of them or none.",
        harm_of(0.1, len(groups) / max(1, len(members))),
        flagged,
    )
