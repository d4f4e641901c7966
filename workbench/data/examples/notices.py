"""What is worth knowing about examples, in sentences."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.core.tasks import Task
from workbench.core.words import joined, plural
from workbench.data.examples.examples import DUPLICATE, LEAKED, Examples
from workbench.data.splits.assign import TEST, TRAIN

LONG_CHARS = 2000
"""About 500 tokens of English: what the presets let an example have."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
FEW_PER_CATEGORY = 10
FEW_ROWS = 50
_BROKEN = re.compile("\ufffd|Ã[\u0080-\u00bf©¨¤¶¼]|â€[\u0090-\u0099™œ\u009d]")


@dataclass(frozen=True)
class Finding:
    """One thing the user should know."""

    level: str
    """good, notice or warning."""
    text: str


def findings(task: Task, examples: Examples, splits: Sequence[str]) -> list[Finding]:
    """What the user should know of these examples, the weightiest first."""
    found = [*_left_out(examples)]
    if task.answers_are_categories:
        found += [*_contradictions(examples), *_small_categories(examples, splits)]
        found += [*_alike_labels(examples), *_unseen_labels(examples, splits)]
    elif task.answer_role:
        found += _several_answers(task, examples)
    found += [*_overlap(examples, splits), *_long(task, examples), *_broken(examples)]
    found += _few(task, examples)
    return found or [Finding("good", "Nothing odd was found: every row can be used.")]


def copied(columns: Sequence[str]) -> Finding:
    """That the answer stands in the question already."""
    named = joined([f"'{column}'" for column in columns])
    return Finding(
        "warning",
        f"{named} is the answer and also stands in what comes in: the model would only learn to "
        "copy it. Take it out of there.",
    )


def _left_out(examples: Examples) -> Iterable[Finding]:
    dropped = dict(examples.dropped)
    leaked = dropped.pop(LEAKED, [])
    duplicates = dropped.pop(DUPLICATE, [])
    if leaked:
        yield Finding(
            "notice",
            f"{plural(len(leaked), 'training row')} also stood in your exam file and "
            f"{_was(len(leaked))} left out of training ({_rows(leaked)}).",
        )
    if dropped:
        yield Finding("warning", dropped_sentence(dropped))
    if duplicates:
        yield Finding(
            "notice",
            f"{plural(len(duplicates), 'row')} said exactly the same as an earlier one and "
            f"{_was(len(duplicates))} left out ({_rows(duplicates)}).",
        )


def _contradictions(examples: Examples) -> Iterable[Finding]:
    by_text: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for row_id, key, label in zip(
        examples.row_ids, examples.keys, examples.values["label"], strict=True
    ):
        by_text[key].setdefault(spelling_key(label or ""), (label or "", row_id))
    odd = [list(rows.values()) for rows in by_text.values() if len(rows) > 1]
    if odd:
        (first, row), (second, other), *_ = odd[0]
        yield Finding(
            "warning",
            f"{plural(len(odd), 'text')} {'stands' if len(odd) == 1 else 'stand'} in several "
            f"categories, such as row {row} ('{first}') and row {other} ('{second}'): decide on "
            "one of them, since the model cannot be right about both.",
        )


def _several_answers(task: Task, examples: Examples) -> Iterable[Finding]:
    counts = Counter(examples.keys)
    several = sum(1 for count in counts.values() if count > 1)
    if several:
        yield Finding(
            "notice",
            f"{plural(several, 'question')} {'comes' if several == 1 else 'come'} more than once "
            "with different answers; all of them are used, on the same side of the exam.",
        )


def _small_categories(examples: Examples, splits: Sequence[str]) -> Iterable[Finding]:
    counts = Counter(label or "" for label in examples.values["label"])
    spelled = Counter(spelling_key(label or "") for label in examples.values["label"])
    counts = Counter({label: spelled[spelling_key(label)] for label in counts})
    single = [label for label, count in counts.items() if count == 1]
    small = [label for label, count in counts.items() if 1 < count < FEW_PER_CATEGORY]
    if single:
        yield Finding(
            "warning",
            f"{categories_named(single)} {_has(single)} a single example"
            f"{': it is' if len(single) == 1 else ' each: they are'} learned from, but never examined. "
            "Add a few more, or join them with another category.",
        )
    if small:
        yield Finding(
            "notice",
            f"{categories_named(small)} {_has(small)} fewer than {FEW_PER_CATEGORY} examples: the model "
            "will be less sure there.",
        )


def _has(labels: Sequence[object]) -> str:
    return "has" if len(labels) == 1 else "have"


def categories_named(labels: Sequence[str]) -> str:
    """ "Category 'a'", "Categories 'a', 'b', 'c' and 4 more"."""
    named = [f"'{label}'" for label in labels[:3]]
    if len(labels) > 3:
        named.append(f"{len(labels) - 3:,} more")
    return ("Category " if len(labels) == 1 else "Categories ") + joined(named)


def _alike_labels(examples: Examples) -> Iterable[Finding]:
    spellings: dict[str, set[str]] = defaultdict(set)
    for label in set(examples.values["label"]):
        spellings[spelling_key(label or "")].add(label or "")
    alike = sorted(sorted(names) for names in spellings.values() if len(names) > 1)
    if alike:
        named = [" and ".join(f"'{name}'" for name in names) for names in alike[:3]]
        more = f" and {len(alike) - 3:,} more" if len(alike) > 3 else ""
        yield Finding(
            "warning",
            f"Some categories differ in spelling only: {'; '.join(named)}{more}. If they are the "
            "same, save first; then 'Check up and mend' makes them one.",
        )


def spelling_key(label: str) -> str:
    """The same for names that differ only in capitals, spaces, punctuation, and in ü or ue."""
    composed = unicodedata.normalize("NFKC", label)
    letters = unicodedata.normalize("NFKC", composed.casefold()).translate(_UMLAUTS)
    return re.sub(r"[\W_]+", "", letters) or composed


def _unseen_labels(examples: Examples, splits: Sequence[str]) -> Iterable[Finding]:
    pairs = list(zip(examples.values["label"], splits, strict=True))
    known = {label for label, split in pairs if split == TRAIN}
    unseen = sorted({label or "" for label, split in pairs if split == TEST} - known)
    if unseen:
        yield Finding(
            "warning",
            f"{categories_named(unseen)} {'is' if len(unseen) == 1 else 'are'} asked for in the exam "
            "but never shown in training: those rows cannot be answered rightly.",
        )


def _overlap(examples: Examples, splits: Sequence[str]) -> Iterable[Finding]:
    """Near leaks, which only a separate exam file can have."""
    keys = examples.keys
    exam = {key for key, split in zip(keys, splits, strict=True) if split == TEST}
    both = sum(1 for key, split in zip(keys, splits, strict=True) if split != TEST and key in exam)
    if both:
        yield Finding(
            "notice",
            f"{plural(both, 'training row')} {'differs' if both == 1 else 'differ'} from an exam "
            "row only in capitals or spaces; they were kept.",
        )


def _long(task: Task, examples: Examples) -> Iterable[Finding]:
    totals = [
        sum(len(text or "") for text in texts)
        for texts in zip(*examples.values.values(), strict=True)
    ]
    long = [row for row, total in zip(examples.row_ids, totals, strict=True) if total > LONG_CHARS]
    if long:
        yield Finding(
            "notice",
            f"{plural(len(long), 'example')} {'is' if len(long) == 1 else 'are'} longer than about "
            f"{LONG_CHARS // 4} tokens ({_rows(long)}) and may be cut; the setting 'Longest "
            "example' on the Train page decides.",
        )


def _broken(examples: Examples) -> Iterable[Finding]:
    rows = [
        row
        for row, texts in zip(
            examples.row_ids, zip(*examples.values.values(), strict=True), strict=True
        )
        if any(text and not text.isascii() and _BROKEN.search(text) for text in texts)
    ]
    if rows:
        yield Finding(
            "warning",
            f"{plural(len(rows), 'row')} {_has(rows)} broken characters such as 'Ã©' or '\ufffd' "
            f"({_rows(rows)}): check the encoding under 'How the file was read'.",
        )


def _few(task: Task, examples: Examples) -> Iterable[Finding]:
    if len(examples) < FEW_ROWS:
        yield Finding(
            "notice",
            f"{len(examples)} examples are few: enough to try it out, but expect much better "
            "results from a few hundred.",
        )


def dropped_sentence(dropped: Mapping[str, list[int]]) -> str:
    """ "15 rows were left out: 12 with an empty 'reply' (rows 4, 9, …), …"; "" when none was."""
    total = sum(map(len, dropped.values()))
    if not total:
        return ""
    return f"{plural(total, 'row')} {_was(total)} left out: {reasons(dropped)}."


def reasons(dropped: Mapping[str, list[int]]) -> str:
    """ "12 × empty 'reply' (rows 4, 9 …), 3 × exact duplicate (row 7)"."""
    return ", ".join(
        f"{len(rows):,} × {reason} ({_rows(rows)})" for reason, rows in dropped.items()
    )


def _rows(rows: Sequence[int], shown: int = 5) -> str:
    listed = ", ".join(f"{row}" for row in rows[:shown])
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}{' …' if len(rows) > shown else ''}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
