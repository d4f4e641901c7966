"""What the texts of a version are like: their languages and lengths, told from some of its rows."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import writing
from workbench.core.tasks import Task, task_named
from workbench.data.checkup.checks.languages import USUAL, spoken_in
from workbench.data.checkup.rows import Rows, rows_of
from workbench.data.versions import VersionInfo, check_there
from workbench.training.estimate import tokens_of

SAMPLE_ROWS = 400
_GROUPS = 8
"""From so many places of the file the rows are taken."""
_LONG = 0.95
"""A long example is longer than this share of them."""
_SHORTER = 0.5
"""Answers of at most this share of the question's characters shorten it …"""
_WORTH = 400
"""… if that has this many characters."""


@dataclass(frozen=True)
class Texts:
    """What is known of the texts that a model is to learn from; nothing where there are none."""

    languages: tuple[str, ...] = ()
    """ISO codes of the languages that are usual among them, the most common first."""
    words: int = 0
    """Of a long example, all its texts together; where no spaces tell words apart, letters."""
    tokens: int = 0
    """The same, in tokens, roughly."""
    shortens: bool = False
    """Whether answers are free texts, much shorter than what comes in."""


UNKNOWN = Texts()


def texts_of(version: VersionInfo) -> Texts:
    """The languages and lengths of a version's texts, from at most `SAMPLE_ROWS` of its rows.

    Raises:
        WorkbenchError: its file is gone or damaged.
    """
    check_there(version)
    task = task_named(version.task)
    rows = rows_of(task, _sample(version))
    return _told(task, rows) if len(rows) else UNKNOWN


def _sample(version: VersionInfo) -> pa.Table:
    """Rows from several places of the file, the same ones each time."""
    with pq.ParquetFile(version.path) as file:
        groups = _spread(range(file.num_row_groups), _GROUPS)
        most = -(-SAMPLE_ROWS // max(1, len(groups)))
        parts = (next(file.iter_batches(most, [group]), None) for group in groups)
        return pa.Table.from_batches(
            [part for part in parts if part is not None], file.schema_arrow
        )


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most so many of the numbers, from the first to the last at equal steps."""
    step = max(1, -(-len(numbers) // most))
    return list(numbers[::step])


def _told(task: Task, rows: Rows) -> Texts:
    questions = rows.questions()
    shares = spoken_in(questions)
    usual = [code for code, share in shares.items() if share >= USUAL] or list(shares)[:1]
    examples = list(_examples(rows))
    long = sorted(examples, key=len)[min(len(examples) - 1, int(_LONG * len(examples)))]
    return Texts(
        languages=tuple(usual),
        words=len(writing.words(long)),
        tokens=round(tokens_of(len(long))),
        shortens=task.answers_are_free_text and _shortens(questions, rows.answers()),
    )


def _examples(rows: Rows) -> Iterator[str]:
    """All that a model reads of each row; a category is not read."""
    roles = [role for role in rows.values if role != "label"]
    for texts in zip(*(rows.values[role] for role in roles), strict=True):
        yield " ".join(texts)


def _shortens(questions: Sequence[str], answers: Sequence[str]) -> bool:
    """Whether most answers are much shorter than a question that is long itself."""
    pairs = [(len(q), len(a)) for q, a in zip(questions, answers, strict=True) if q and a]
    if not pairs or statistics.median(asked for asked, _ in pairs) < _WORTH:
        return False
    shorter = Counter(answer <= _SHORTER * asked for asked, answer in pairs)
    return shorter[True] > shorter[False]
