"""Categories that are written in several ways, have hardly any rows, or nearly all of them."""

import statistics
from collections import Counter

from workbench.core.words import joined, percent, plural
from workbench.data.checkup.finding import Finding, Mark, harm_of
from workbench.data.checkup.rows import Rows, listed
from workbench.data.checkup.similarity.spellings import merged
from workbench.data.examples.notices import FEW_PER_CATEGORY, categories_named

SPELLINGS, FEW, UNEVEN = "spellings", "small_categories", "imbalance"
_SEVERE_SHARE, _SEVERE_RATIO = 0.8, 20


def check(rows: Rows) -> list[Finding]:
    """What is odd about the categories."""
    labels = rows.answers()
    meant = rows.meant  # a slip of the pen is no category of its own
    found = (_spellings(rows, labels), _few(rows, meant), _uneven(meant))
    return [finding for finding in found if finding]


def _spellings(rows: Rows, labels: list[str]) -> Finding | None:
    after = merged(Counter(labels))
    if not after:
        return None
    groups = {name: number for number, name in enumerate(sorted(set(after.values())), start=1)}
    marks = [
        Mark(
            row_id, groups[after[label]], role=rows.task.answer_role, after=after[label], note=label
        )
        for row_id, label in zip(rows.row_ids, labels, strict=True)
        if label in after
    ]
    first = next(iter(after.values()))
    others = [name for name, right in after.items() if right == first]
    is_are = "is" if len(after) == 1 else "are"
    return Finding(
        SPELLINGS,
        f"{plural(len(after), 'category', 'categories')} {is_are} another one in other letters",
        f"{joined([repr(name) for name in [first, *others[:3]]])} look like one category; "
        f"{plural(len(marks), 'row')} ({listed([mark.row_id for mark in marks])}) would be written "
        "as most are.",
        "The model takes them for different things, guesses between them, and the exam counts the "
        "other spelling as wrong.",
        harm_of(0.4, len(marks) / len(labels), 0.3),
        marks,
        change=f"Write {plural(len(marks), 'row')} as most are",
    )


def _few(rows: Rows, labels: list[str]) -> Finding | None:
    counts = Counter(labels)
    small = sorted(
        (name for name in counts if counts[name] < FEW_PER_CATEGORY), key=lambda name: counts[name]
    )
    if not small:
        return None
    numbers = {name: number for number, name in enumerate(small, start=1)}
    marks = [
        Mark(row_id, numbers[label], drop=True, note=label)
        for row_id, label in zip(rows.row_ids, labels, strict=True)
        if label in numbers
    ]
    least = counts[small[0]]
    text = (
        f"Category '{small[0]}' has only {plural(least, 'example')} "
        f"({listed([mark.row_id for mark in marks])}). Add more of them, put them"
        if len(small) == 1
        else f"{categories_named(small)} have fewer than {FEW_PER_CATEGORY} examples each, "
        f"'{small[0]}' only {least:,} (such as row {marks[0].row_id}). Add more of them, put them"
    )
    return Finding(
        FEW,
        f"{plural(len(small), 'category', 'categories')} with hardly any examples",
        f"{text} into another category, or leave them out.",
        "The model hardly learns such a category, and the exam says next to nothing about it.",
        harm_of(0.2, len(small) / len(counts)),
        marks,
        remove=f"Leave out {plural(len(small), 'category', 'categories')}"
        if small != list(counts)
        else "",
    )


def _uneven(labels: list[str]) -> Finding | None:
    counts = Counter(labels).most_common()
    if len(counts) < 2:
        return None
    (name, largest), middle = counts[0], statistics.median(count for _, count in counts)
    share = largest / len(labels)
    if share < _SEVERE_SHARE and largest < _SEVERE_RATIO * middle:
        return None
    least, smallest = counts[-1]
    return Finding(
        UNEVEN,
        f"{percent(share)} of the rows are in one category",
        f"'{name}' has {plural(largest, 'row')}, '{least}' only {smallest:,}. Add rows of the "
        "others, or judge by the score of each category rather than by the share of right answers.",
        f"A model that always says '{name}' would already be right in {percent(share)} of all "
        "cases, so a high score says little.",
        0.15 if share >= _SEVERE_SHARE else 0.08,
    )
