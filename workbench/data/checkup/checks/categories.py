"""Categories that are written in several ways, have hardly any rows, or nearly all of them."""

import statistics
from collections import Counter

from workbench.core.words import join_rows, joined, percent, plural
from workbench.data.checkup.checks import unsorted_rows
from workbench.data.checkup.checks.unsorted_rows import name_categories
from workbench.data.checkup.finding import WORTH_MENDING, Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.splits.assign import TEST

SPELLINGS, FEW, UNEVEN = "spellings", "small_categories", "imbalance"
UNSEEN = "unseen_categories"
FEW_PER_CATEGORY = 10
_SEVERE_SHARE, _SEVERE_RATIO = 0.8, 20


def check(rows: Rows) -> list[Finding]:
    """What is odd about the categories."""
    labels = rows.answers()
    meant = rows.meant  # a slip of the pen is no category of its own
    found = (
        _spellings(rows, labels),
        unsorted_rows.check(rows, meant),
        _few(rows, meant),
        _uneven(meant),
        _unseen(rows, labels),
    )
    return [finding for finding in found if finding]


def _spellings(rows: Rows, labels: list[str]) -> Finding | None:
    after = rows.usual
    if not after:
        return None
    groups = {name: number for number, name in enumerate(sorted(set(after.values())), start=1)}
    flagged_rows = [
        FlaggedRow(
            row_id, groups[after[label]], role=rows.task.answer_role, after=after[label], note=label
        )
        for row_id, label in zip(rows.row_ids, labels, strict=True)
        if label in after
    ]
    is_are = "is" if len(after) == 1 else "are"
    return Finding(
        SPELLINGS,
        f"{plural(len(after), 'category', 'categories')} {is_are} another one in other letters",
        f"{_side_by_side(after)}; {plural(len(flagged_rows), 'row')} "
        f"({join_rows([flagged.row_id for flagged in flagged_rows])}) would be written as most are.",
        "The model takes them for different things, guesses between them, and the exam counts the "
        "other spelling as wrong.",
        harm_of(0.4, len(flagged_rows) / len(labels), 0.3),
        flagged_rows,
        change=f"Write {plural(len(flagged_rows), 'row')} as most are",
    )


def _side_by_side(after: dict[str, str]) -> str:
    """Which spellings look like one category: "'a', 'A' and 'a.' look like one category"."""
    groups: dict[str, list[str]] = {}
    for name, right in after.items():
        groups.setdefault(right, [right]).append(name)
    named = [joined([f"'{name}'" for name in names[:4]]) for names in groups.values()]
    each = " each" if len(named) > 1 else ""
    more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return f"{'; '.join(named[:3])}{more} look like one category{each}"


def _few(rows: Rows, labels: list[str]) -> Finding | None:
    counts = Counter(labels)
    small = sorted(
        (name for name in counts if counts[name] < FEW_PER_CATEGORY), key=lambda name: counts[name]
    )
    if not small:
        return None
    numbers = {name: number for number, name in enumerate(small, start=1)}
    flagged_rows = [
        FlaggedRow(row_id, numbers[label], drop=True, note=label)
        for row_id, label in zip(rows.row_ids, labels, strict=True)
        if label in numbers
    ]
    return Finding(
        FEW,
        f"{plural(len(small), 'category', 'categories')} with hardly any examples",
        f"{_how_few(small, counts, flagged_rows)}{_never_examined(rows, labels, counts)} Add more of them, "
        "put them into another category, or leave them out.",
        "The model hardly learns such a category, and the exam says next to nothing about it.",
        harm_of(0.2, len(small) / len(counts)),
        flagged_rows,
        remove=f"Leave out {plural(len(small), 'category', 'categories')}"
        if small != list(counts)
        else "",
    )


def _how_few(small: list[str], counts: Counter[str], flagged_rows: list[FlaggedRow]) -> str:
    """Which categories are small, the smallest of them first."""
    least = counts[small[0]]
    if len(small) == 1:
        numbers = join_rows([flagged.row_id for flagged in flagged_rows])
        return f"Category '{small[0]}' has only {plural(least, 'example')} ({numbers})."
    return (
        f"{name_categories(small)} have fewer than {FEW_PER_CATEGORY} examples each, '{small[0]}' "
        f"only {least:,} (such as row {flagged_rows[0].row_id})."
    )


def _never_examined(rows: Rows, labels: list[str], counts: Counter[str]) -> str:
    """Of which categories the only example is learned from."""
    single = [
        label for row, label in enumerate(labels) if counts[label] == 1 and not rows.is_exam(row)
    ]
    if not single:
        return ""
    each = "has a single one: it is" if len(single) == 1 else "have a single one each: they are"
    return f" {name_categories(single)} {each} never examined."


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


def _unseen(rows: Rows, labels: list[str]) -> Finding | None:
    """Categories that the exam asks for and training never shows."""
    known = {label for row, label in enumerate(labels) if rows.is_learned(row)}
    asked = [row for row, label in enumerate(labels) if rows.is_exam(row) and label not in known]
    if not asked:
        return None
    unseen = sorted({labels[row] for row in asked})
    numbers = {name: number for number, name in enumerate(unseen, start=1)}
    exam = rows.splits.count(TEST)
    return Finding(
        UNSEEN,
        f"{plural(len(unseen), 'category', 'categories')} of the exam that training never shows",
        f"{name_categories(unseen)} {'is' if len(unseen) == 1 else 'are'} asked for in the exam but "
        f"never shown in training ({join_rows([rows.row_ids[row] for row in asked])}).",
        f"{plural(len(asked), 'exam question')} of {exam:,} cannot be answered rightly.",
        max(WORTH_MENDING, harm_of(0.5, len(asked) / exam, 0.3)),
        [FlaggedRow(rows.row_ids[row], numbers[labels[row]], note=labels[row]) for row in asked],
    )
