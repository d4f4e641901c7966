"""An answered file that somebody has looked over and brought back: which answers were put right."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.core import parquet
from workbench.core.canonical import parsed
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import canonical, categories_in, written
from workbench.core.words import joined, plural
from workbench.data import taught
from workbench.data.answered.brought_back import BroughtBack as Compared
from workbench.data.answered.brought_back import changed_answers
from workbench.data.asking.simple import NO as SAID_NO
from workbench.data.asking.simple import YES as SAID_YES
from workbench.data.edits import typed_fields
from workbench.data.edits.fields import fields_of
from workbench.data.export.answer_columns import (
    ANSWERED,
    CHECK,
    INVENTIONS,
    NONE,
    OF_NUMBERS,
    SURE,
    YES,
)
from workbench.data.files import reader
from workbench.data.mapped_file import learned_categories
from workbench.data.readers import ReadOptions, Table
from workbench.data.unknown_categories import UnknownCategory, find_unknown
from workbench.data.versions import VersionInfo, latest_version
from workbench.jobs.job import JobView
from workbench.use.answered.answers import GONE, Answers
from workbench.use.answered.written import Written

_REPEATED = re.compile(r" \(\d+\)$")
"""What makes a title different from an earlier one."""
LEAVE_OUT = ""
"""In place of a category: the rows that were given it become no examples."""


@dataclass(frozen=True)
class Correction:
    """One row whose answer somebody has put right."""

    row: int
    """Its number in the answered file."""
    text: str
    """What was asked."""
    before: str
    after: str


@dataclass(frozen=True)
class BroughtBack:
    """What somebody did with an answered file."""

    corrections: tuple[Correction, ...]
    unknown: tuple[UnknownCategory, ...]
    """Categories among the corrections that the model has not learned."""
    confirmed: tuple[int, ...]
    """Rows that were to be checked and whose answer was left as it is."""
    unreadable: tuple[tuple[int, str], ...]
    """Rows with an answer that cannot be read, and why."""
    emptied: int
    """Answers that were deleted, which says nothing of what would be right."""
    strange_rows: int
    """Rows that are not found in the answered file: new, or with another question."""
    version: VersionInfo
    """The newest version of the examples, which would grow."""

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """(before, after) → how many rows, the most frequent first."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for one in self.corrections:
            found[one.before, one.after] += 1
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def look(store: Store, answers: Answers, file: Written, back: Path, name: str) -> BroughtBack:
    """What was changed in a file that was brought back; nothing is kept yet.

    Args:
        file: what was taken away.
        back: what came back.
        name: what the user calls it.

    Raises:
        WorkbenchError: it cannot be read, or is not the file that was taken away.
    """
    task = task_named(answers.version.task)
    if task.rows_are_documents:
        raise WorkbenchError(
            "This model goes on with texts, so no answer of it is right or wrong: there is nothing "
            "to bring back."
        )
    if task.compares:
        raise WorkbenchError(
            "This model learned which of two answers is better, and a corrected answer alone is no pair: "
            "correct answers where it is asked (Use), then make pairs of them there."
        )
    taken = reader.read_table(file.path, file.name, file.options)
    compared = _compare(taken, back, name, file)
    edits = _edits(compared, answer_titles(file))
    asked = _asked(answers, [number for number, _ in edits])
    corrections, unreadable, emptied = _corrections(answers, edits, asked)
    version = latest_version(store, answers.version.dataset_id)
    return BroughtBack(
        corrections,
        _unknown(version, corrections),
        _confirmed(taken, compared.pairs, {number for number, _ in edits}),
        unreadable,
        emptied,
        len(compared.new),
        version,
    )


def answer_titles(file: Written) -> list[str]:
    """Of the columns that hold answers, as they stand in the file."""
    told = (SURE, CHECK, NONE, INVENTIONS, *OF_NUMBERS)
    return [title for title in file.titles if _REPEATED.sub("", title) not in told]


def _compare(taken: Table, back: Path, name: str, file: Written) -> Compared:
    """What came back beside what was taken away: on the sheet where the answers were written.

    Raises:
        WorkbenchError: it cannot be read, or is not that file.
    """
    sheet, row = file.options.sheet, file.options.header_row
    ways = (ReadOptions(sheet=sheet, header_row=row), ReadOptions(sheet=sheet), ReadOptions())
    titles = answer_titles(file)
    for options in ways:
        try:
            table = reader.read_table(back, name, options)
        except WorkbenchError:
            if options == ways[-1]:
                raise
            continue
        found = changed_answers(taken, table, file.titles)
        if found.pairs and set(found.columns) & set(titles):
            return found
    raise WorkbenchError(
        f"{name} is not what you took away: it has no column "
        f"{joined([repr(title) for title in titles], 'or')}, or none of the rows of {file.name}. Bring "
        "back that very file, with the names of its columns as they were."
    )


def _edits(compared: Compared, titles: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Number of a row → the title and new text of each answer that differs, in the rows' order."""
    found: dict[int, dict[str, str]] = {}
    for change in compared.changes:
        if change.title in titles and _says(change.before) != _says(change.after):
            found.setdefault(change.row, {})[change.title] = change.after or ""
    return sorted(found.items())


def _says(cell: str | None) -> str:
    text = " ".join((cell or "").split())
    try:
        return repr(float(text))  # 12 and 12.0 are one number, whichever program wrote it
    except ValueError:
        return text


def _asked(answers: Answers, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Number of a row → what was asked and answered."""
    found: dict[int, dict[str, Any]] = {}
    for path in answers.paths if numbers else ():
        table = parquet.read(path, GONE, filters=[("row_id", "in", list(numbers))])
        found |= {int(row["row_id"]): row for row in table.to_pylist()}
    return found


def _corrections(
    answers: Answers,
    edits: Sequence[tuple[int, dict[str, str]]],
    asked: Mapping[int, dict[str, Any]],
) -> tuple[tuple[Correction, ...], tuple[tuple[int, str], ...], int]:
    """The rows with their new answers, those that cannot be read, and how many were emptied."""
    task = task_named(answers.version.task)
    found: list[Correction] = []
    unreadable: list[tuple[int, str]] = []
    emptied = 0
    for number, texts in edits:
        row = asked.get(number)
        if row is None:  # it was not answered; what was typed there is somebody's own answer
            continue
        before = str(row["output"])
        try:
            after = _after(task, before, texts)
            if not after.strip():
                emptied += 1
                continue
            if taught.readable(task, _example(task, row, after)) is None:
                raise WorkbenchError(f"'{after[:60]}' is no answer of the kind that was learned.")
        except WorkbenchError as error:
            unreadable.append((number, str(error)))
        else:
            found.append(Correction(number, task.question(row), before, after))
    return tuple(found), tuple(unreadable), emptied


def _after(task: Task, before: str, texts: Mapping[str, str]) -> str:
    """The answer with what was typed into its columns."""
    if task.answers_are_json:
        return _with_fields(before, texts)
    return _with_categories(before, texts) if task.answers_are_sets else _only(texts)


def _with_categories(before: str, texts: Mapping[str, str]) -> str:
    """The set that was typed; else the one before, with the yes and no of single categories.

    Raises:
        WorkbenchError: a category's column says neither.
    """
    names = {*categories_in(before)}
    typed = {_REPEATED.sub("", title).removesuffix(ANSWERED): text for title, text in texts.items()}
    for name, text in typed.items():
        said = text.strip().casefold()
        if said not in SAID_YES | SAID_NO | {""}:
            return canonical(text)
        names = names | {name} if said in SAID_YES else names - {name}
    return written(names)


def _only(texts: Mapping[str, str]) -> str:
    return next(iter(texts.values()))


def _with_fields(answer: str, texts: Mapping[str, str]) -> str:
    """The answer with what was typed into the columns of its fields."""
    if not isinstance(parsed(answer), dict):
        return _only(texts)
    typed = {_REPEATED.sub("", title).removesuffix(ANSWERED): text for title, text in texts.items()}
    fields = fields_of(answer)
    known = {field.title: field.path for field in fields}
    own = {known[title]: text for title, text in typed.items() if title in known}
    changed = typed_fields.answer_of(answer, fields, own)
    more = {title: text for title, text in typed.items() if title not in known and text}
    return json.dumps({**json.loads(changed), **more}, ensure_ascii=False)


def _unknown(
    version: VersionInfo, corrections: Sequence[Correction]
) -> tuple[UnknownCategory, ...]:
    task = task_named(version.task)
    if not task.has_categories:
        return ()
    known = {*learned_categories(version), *version.labels}
    given = [one.after for one in corrections]
    if task.answers_are_sets:
        given = [name for text in given for name in categories_in(canonical(text))]
    return tuple(find_unknown(given, known))


def _confirmed(taken: Table, back: Collection[int], edited: Collection[int]) -> tuple[int, ...]:
    """Rows that were to be checked, came back, and were left as they are."""
    title = next((name for name in taken.columns if _REPEATED.sub("", name) == CHECK), None)
    if title is None:
        return ()
    marked = zip(taken.row_numbers.to_pylist(), taken.cells(title), strict=True)
    return tuple(
        number for number, mark in marked if mark == YES and number in back and number not in edited
    )


def make_examples(
    store: Store,
    answers: Answers,
    brought: BroughtBack,
    name: str,
    *,
    in_place: Mapping[str, str] | None = None,
    confirmed: bool = False,
) -> VersionInfo | JobView:
    """The next version of the examples, with what was put right: the version, or the job that makes it.

    Args:
        name: what the user calls the file.
        in_place: unknown category → the known one that was meant, itself where it is a new one, or
            LEAVE_OUT.
        confirmed: whether rows that were looked at and left as they are become examples, too.

    Raises:
        WorkbenchError: nothing is left, an answer cannot be read, or another version was made
            meanwhile.
    """
    meant = dict(in_place or {})
    wanted = {one.row: meant.get(one.after, one.after) for one in brought.corrections}
    rows = _asked(answers, [*wanted, *(brought.confirmed if confirmed else ())])
    told = [
        _example(task_named(answers.version.task), row, wanted.get(number, str(row["output"])))
        for number, row in sorted(rows.items())
        if wanted.get(number, row["output"]) != LEAVE_OUT
    ]
    new = taught.unknown(brought.version, told)
    if not new:
        raise WorkbenchError(
            "No row is left that is not an example already: choose at least one, or go on to Train."
        )
    title = f"{plural(len(new), 'answer')} looked over in {name}"
    return taught.add_taught(store, brought.version, new, title)


def _example(task: Task, row: Mapping[str, Any], answer: str) -> dict[str, str]:
    """What was asked, with an answer: role → text."""
    if task.rows_are_conversations:
        turns = json.loads(str(row[task.learned]))
        whole = [*turns, {"role": "assistant", "content": answer.strip()}]
        return {task.learned: json.dumps(whole, ensure_ascii=False)}
    asked = {role: str(row[role]) for role in task.required if role != task.answer_role}
    return {**asked, task.answer_role: answer}
