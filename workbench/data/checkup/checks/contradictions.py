"""The same text with different answers: the model cannot be right about all of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.core.canonical import parsed
from workbench.core.words import join_rows, plural, shortened
from workbench.data.checkup.checks.answers import (
    UNLIKE,
    answers_in,
    answers_of,
    same_fields,
    similarity,
)
from workbench.data.checkup.checks.duplicates import in_order
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows, number_texts
from workbench.data.checkup.similarity.alike import word_lists
from workbench.data.checkup.similarity.buckets import Ints, choose, split_copies
from workbench.data.checkup.similarity.patterns import of_a_pattern
from workbench.data.splits.assign import TEST, TRAIN, VALIDATION

KIND = "contradictions"
_LETTERS = 5
"""Shorter words that differ by a letter are mostly different words."""
_MOST_PAIRS = 1_000_000
_SHOWN = 40
_ON_PURPOSE = 5
"""A question asked so often with answers of its own each is one that may be answered in many ways."""
_MIXED = "The model learns a mixture of both"
_MEANT = (
    "The model learns to answer the same question in many ways, which is fine where all are right"
)


def check(rows: Rows) -> Finding | None:
    """Texts that stand in several categories or have several answers."""
    order = in_order(rows, (TEST, VALIDATION, TRAIN))
    if rows.task.has_one_right_answer:
        pairs = np.concatenate([rows.same.pairs(order), _typos(rows, order)])
        return _strict(rows, order, rows.meant, _apart(rows, pairs))
    answers = answers_of(rows)
    return _mild(rows, answers, rows.same.pairs(order)) if any(answers) else None


def check_same(rows: Rows) -> Finding | None:
    """Those alone that are the same but for capitals, spaces and punctuation.

    Of written answers it is counted that they differ, and not looked at how much.
    """
    order = in_order(rows, (TEST, VALIDATION, TRAIN))
    if rows.task.has_one_right_answer:
        return _strict(rows, order, rows.meant, _apart(rows, rows.same.pairs(order)))
    return _several(rows)


def _several(rows: Rows) -> Finding | None:
    """Questions that come more than once, with answers that differ."""
    answers = answers_in(rows, rows.same.rows.tolist())
    groups: dict[int, list[int]] = defaultdict(list)
    for row, bucket in zip(rows.same.rows.tolist(), rows.same.bucket.tolist(), strict=True):
        groups[bucket].append(row)
    several = [group for group in groups.values() if len({answers[row] for row in group}) > 1]
    if not several:
        return None
    first, number = min(map(sorted, several)), sum(map(len, several))
    apart = any(len({rows.is_exam(row) for row in group}) > 1 for group in several)
    return Finding(
        KIND,
        f"{plural(len(several), 'question')} {'comes' if len(several) == 1 else 'come'} more than once "
        "with different answers",
        f"Such as {join_rows([rows.row_ids[row] for row in first])} "
        f"('{shortened(rows.questions()[first[0]])}'). All of them are used"
        f"{'' if apart else ', on the same side of the exam'}.",
        f"{_MEANT}.",
        harm_of(0.03, number / len(rows), 0.3),
        rows=number,
    )


def _apart(rows: Rows, pairs: Ints) -> Ints:
    """Those with different answers."""
    some, places = np.unique(pairs, return_inverse=True)
    answers = [rows.meant[row] for row in some.tolist()]
    if rows.task.answers_are_json:
        answers = [same_fields(text) for text in answers]
    codes = number_texts(answers)[places.reshape(pairs.shape)]
    apart: Ints = pairs[codes[:, 0] != codes[:, 1]]
    return apart


def _typos(rows: Rows, order: Ints) -> Ints:
    """Pairs of texts of which one word is written a little differently, with different answers.

    Where that word fills a pattern (see `patterns`), it is another word rather than a typo.
    """
    pairs = _apart(rows, rows.alike.sure.pairs(order))[:_MOST_PAIRS]
    pairs = pairs[~of_a_pattern(rows.alike, pairs)]
    words = word_lists(rows.questions(), pairs)
    return choose(pairs, [_is_typo(words[a], words[b]) for a, b in pairs.tolist()])


def _is_typo(words: list[str], others: list[str]) -> bool:
    """Whether exactly one word differs, and that one by a letter or by two that changed places."""
    from rapidfuzz.distance import OSA

    odd = [(a, b) for a, b in zip(words, others, strict=False) if a != b]
    if len(words) != len(others) or len(odd) != 1:
        return False
    (word, other) = odd[0]
    digits = any(map(str.isdigit, word + other))
    long = min(len(word), len(other)) >= _LETTERS
    return long and not digits and OSA.distance(word, other) == 1


def _strict(rows: Rows, order: Ints, answers: list[str], pairs: Ints) -> Finding | None:
    """Answers of which one at most is right."""
    _, numbers = split_copies(pairs)
    groups: dict[int, list[int]] = defaultdict(list)
    together = _with_their_like(rows, order, numbers)
    for row in order.tolist():
        if row in together:
            groups[together[row]].append(row)
    flagged_rows = [
        flagged
        for number, group in groups.items()
        for flagged in _flag_group(rows, number, group, answers)
    ]
    if not flagged_rows:
        return None
    drops, changes = (
        sum(flagged.drop for flagged in flagged_rows),
        sum(flagged.after is not None for flagged in flagged_rows),
    )
    group = groups[flagged_rows[0].group]
    second = next(row for row in group if answers[row] != answers[group[0]])
    texts = rows.questions()
    one, other = _show_side_by_side(rows, [answers[group[0]], answers[second]])
    what = "categories" if rows.task.has_categories else "answers"
    return Finding(
        KIND,
        f"{plural(len(groups), 'text')} with different {what}",
        f"Row {rows.row_ids[group[0]]} ('{shortened(texts[group[0]])}') has '{one}', but row "
        f"{rows.row_ids[second]} ('{shortened(texts[second])}') has '{other}'.",
        "The model cannot be right about both: it learns to waver, and the exam counts a mistake "
        "whatever it says.",
        harm_of(0.5, len(flagged_rows) / len(rows), 0.2),
        flagged_rows,
        remove=f"Take out {plural(drops, 'row')} in doubt",
        change=f"Give {plural(changes, 'row')} what most say" if changes else "",
    )


def _show_side_by_side(rows: Rows, answers: Sequence[str]) -> list[str]:
    """The answers as they are shown beside each other: of fields only those that differ."""
    fields = [parsed(answer) for answer in answers] if rows.task.answers_are_json else []
    if fields and all(isinstance(each, dict) for each in fields):
        names = dict.fromkeys(name for each in fields for name in each)
        differ = [name for name in names if any(_odd(each, fields[0], name) for each in fields)]
        answers = [
            ", ".join(f"{name}: {each.get(name, 'nothing')}" for name in differ) for each in fields
        ]
    return [shortened(answer, _SHOWN) for answer in answers]


def _odd(fields: dict[str, Any], others: dict[str, Any], name: str) -> bool:
    return (name in fields, fields.get(name)) != (name in others, others.get(name))


def _with_their_like(rows: Rows, order: Ints, numbers: dict[int, int]) -> dict[int, int]:
    """The groups with the rows of the same text, which have a say in what most say."""
    together = dict(numbers)
    for first, second in rows.same.pairs(order).tolist():
        if first in numbers:
            together.setdefault(second, numbers[first])
        elif second in numbers:
            together.setdefault(first, numbers[second])
    return together


def _flag_group(rows: Rows, number: int, group: list[int], answers: list[str]) -> list[FlaggedRow]:
    """What most of a group say is kept; where nothing has most, its first row."""
    counts = Counter(answers[row] for row in group)
    most, votes = counts.most_common(1)[0]
    clear = 2 * votes > len(group)
    flagged_rows = []
    for row, shown in zip(
        group, _show_side_by_side(rows, [answers[row] for row in group]), strict=True
    ):
        stays = answers[row] == most if clear else row == group[0]
        note = f"{rows.task.answer_role}: {shown}"
        flagged_rows.append(
            FlaggedRow(
                rows.row_ids[row],
                number,
                drop=not stays,
                role=rows.task.answer_role if clear and not stays else "",
                after=most if clear and not stays else None,
                value=votes / len(group),
                note=note,
            )
        )
    return flagged_rows


def _mild(rows: Rows, answers: list[str], pairs: Ints) -> Finding | None:
    """Replies may differ; very different ones are worth a look."""
    found = [(a, b) for a, b in pairs.tolist() if similarity(answers[a], answers[b]) < UNLIKE]
    if not found:
        return None
    _, numbers = split_copies(np.array(found, np.int64))
    flagged_rows = [
        FlaggedRow(rows.row_ids[row], number, note=shortened(answers[row], 80))
        for row, number in sorted(numbers.items(), key=lambda item: (item[1], item[0]))
    ]
    (first, second), texts = found[0], rows.questions()
    sizes = Counter(numbers.values())
    often = sum(size for size in sizes.values() if size >= _ON_PURPOSE)
    meant = 2 * often >= len(flagged_rows)
    number = len(sizes)
    return Finding(
        KIND,
        f"{plural(number, 'question')} with very different answers",
        f"'{shortened(texts[first])}' is answered '{shortened(answers[first])}' in row "
        f"{rows.row_ids[first]} and '{shortened(answers[second])}' in row {rows.row_ids[second]}.",
        f"{_MEANT if meant else _MIXED}; where only one of them is right, take out the "
        f"{'others' if meant else 'other'}.",
        harm_of(0.03 if meant else 0.1, len(flagged_rows) / len(rows), 0.3),
        flagged_rows,
    )
