"""From a model's answers to the columns that stand behind those of the user's file."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from workbench.core.canonical import parsed
from workbench.core.metrics import INVENTED, please_check
from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tasks.number_answers import value_of
from workbench.data.answered.columns import AnswerColumn, Value
from workbench.data.columns.field_columns import names_in
from workbench.data.edits.fields import TABLE, Field, fields_of, format_field

ANSWER, SURE, CHECK, NONE, INVENTIONS, READ = (
    "Answer of the model",
    "How sure",
    "Please check",
    "None of these",
    "Not in your examples",
    "How much was read",
)
"""Not merely Answer: a reader would take such a column beside a talk for a part of it."""
FROM, TO, ROUNDED, OUTSIDE = "From", "To", "Rounded", "Its own estimate"
"""Of numbers: between which two the true one lies nine times of ten, the nearest step of a score, and the
model's own estimate where it lay beyond all numbers that it has seen."""
CUT, PARTS = "Cut off (too long)", "Read in parts"
"""Of fields: those that had no room, and in how many parts a long text was read."""
_NUMBERS_TOLD = {"low": FROM, "high": TO, "rounded": ROUNDED, "outside": OUTSIDE}
OF_NUMBERS = tuple(_NUMBERS_TOLD.values())
"""Titles of what is told of a number, beside the number."""
_OF_FIELDS = ("cut", "parts")
ANSWERED = " (answer)"
YES, NO = "yes", "no"
_AT_ONCE = 10_000
_WORDS: dict[Value, Value] = {YES: "true", NO: "false"}
_PROGRAMS = {
    SURE: "probability",
    CHECK: "please_check",
    NONE: "none_of_these",
    INVENTIONS: "not in your examples",
    READ: "read",
    FROM: "from",
    TO: "to",
    ROUNDED: "rounded",
    OUTSIDE: "outside",
}
_NUMBERS = (int, float)


def answer_columns(
    answers: Sequence[Path],
    task: str,
    *,
    title: str = ANSWER,
    fields: Sequence[str] = (),
    threshold: float | None = None,
    for_programs: bool = False,
) -> list[AnswerColumn]:
    """The columns, each with its values by the number of the row in the file.

    Of a classifier the category, how sure it is (0 to 1), whether a person is to check it, and
    whether it fits none of the categories, as far as that is known; of a number between which two the
    true one lies; of fields that were pulled
    out a column each, and one for answers that are none; of texts what nobody told the model. Of texts
    that are longer than is read at once, how much was read.

    Args:
        answers: Parquet files with row_id, output and what else is known.
        title: of the column of the answers.
        fields: titles of the fields to expect; without, they are those of the answers. Where a text
            may have several categories, those that get a column of their own.
        threshold: how sure an answer must be not to be checked; None marks none.
        for_programs: whether titles and words are those that programs read: answer, probability,
            true.
    """
    found = _Columns(title, threshold)
    about = task_named(task)
    if about.answers_are_json:
        wanted = list(fields) or _fields_in(answers)
        for row in _rows(answers):
            found.add_fields(row, wanted)
    elif about.answers_are_numbers:
        for row in _rows(answers):
            found.add_number(row)
    else:
        for row in _rows(answers):
            found.add(row)
            if about.answers_are_sets:
                found.add_categories(row, fields)
    return (
        [_for_programs(own, title) for own in found.columns()] if for_programs else found.columns()
    )


def _for_programs(column: AnswerColumn, title: str) -> AnswerColumn:
    """The column as programs have read it from the first version on."""
    name = _PROGRAMS.get(column.title, "answer" if column.title == title else column.title)
    values = column.values
    if column.title in (CHECK, NONE):
        values = {row: _WORDS.get(value, value) for row, value in values.items()}
    return AnswerColumn(name, values)


def title_of(source: str) -> str:
    """What the column of the answers is called, by the learned column: "Category (answer)"."""
    name = "" if names_in(source) else " ".join(source.split())
    return f"{name}{ANSWERED}" if name and not any(c in name for c in "{}\n") else ANSWER


def _rows(answers: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in answers:
        with pq.ParquetFile(path) as file:
            wanted = (
                "row_id", "output", "probability", "none_of_these", INVENTED, "read", *_OF_FIELDS,
                *_NUMBERS_TOLD,
            )  # fmt: skip
            columns = [name for name in file.schema_arrow.names if name in wanted]
            for batch in file.iter_batches(_AT_ONCE, columns=columns):
                yield from batch.to_pylist()


class _Columns:
    """The columns on their way."""

    def __init__(self, title: str, threshold: float | None) -> None:
        self._title, self._threshold = title, threshold
        self._values: dict[str, dict[int, Value]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """What is told of one row."""
        number = int(row["row_id"])
        self._put(self._title, number, str(row["output"]))
        sure, none = row.get("probability"), row.get("none_of_these")
        if sure is not None:
            self._put(SURE, number, round(float(sure), 4))
            check = please_check(self._threshold, float(sure), none)
            if check is not None:
                self._put(CHECK, number, YES if check else NO)
        if none is not None:
            self._put(NONE, number, YES if none else NO)
        if INVENTED in row:
            self._put(INVENTIONS, number, str(row[INVENTED] or "") or None)
        self._add_reading(number, row)

    def _add_reading(self, number: int, row: Mapping[str, Any]) -> None:
        """How much of a long text was read: a column only where there are some."""
        if row.get("read"):
            self._put(READ, number, str(row["read"]))

    def add_number(self, row: Mapping[str, Any]) -> None:
        """The estimate of one row, as a number, and between which ones the true one lies."""
        number, value = int(row["row_id"]), value_of(row["output"])
        self._put(self._title, number, value if value == value else str(row["output"]))
        for title, told in number_columns(row).items():
            self._put(title, number, told)
        self._add_reading(number, row)

    def add_categories(self, row: Mapping[str, Any], names: Sequence[str]) -> None:
        """Of each of these categories whether it holds, in a column of its own."""
        given = {*categories_in(str(row["output"]))}
        for name in names:
            self._put(_field_title(name), int(row["row_id"]), YES if name in given else NO)

    def add_fields(self, row: Mapping[str, Any], titles: Sequence[str]) -> None:
        """The fields of one row, in their columns; an answer that is none in one of its own."""
        number, answer = int(row["row_id"]), str(row["output"])
        told = field_values(answer)
        for title in titles:
            self._put(_field_title(title), number, (told or {}).get(title))
        self._add_reading(number, row)
        if told is None:
            self._put(self._title, number, answer)
            self._put(CHECK, number, YES)
        if cut := row.get("cut"):
            self._put(CUT, number, ", ".join(cut))
        if (parts := row.get("parts") or 1) > 1:
            self._put(PARTS, number, int(parts))

    def _put(self, title: str, number: int, value: Value) -> None:
        self._values.setdefault(title, {})[number] = value

    def columns(self) -> list[AnswerColumn]:
        return [
            AnswerColumn(title, values, is_share=title == SURE)
            for title, values in self._values.items()
        ]


def number_columns(row: Mapping[str, Any]) -> dict[str, float]:
    """Title → what is told of an answer that is a number, as far as it is."""
    return {
        title: float(row[name])
        for name, title in _NUMBERS_TOLD.items()
        if row.get(name) is not None and row[name] == row[name]
    }


def _field_title(title: str) -> str:
    return f"{title}{ANSWERED}"


def field_values(answer: str) -> dict[str, Value] | None:
    """The fields of an answer by their titles, as people write them; None where it is none."""
    value = parsed(answer)
    if not isinstance(value, dict):
        return None
    return {field.title: _plain(field) for field in fields_of(json.dumps(value))}


def _plain(field: Field) -> Value:
    if isinstance(field.value, _NUMBERS) and not isinstance(field.value, bool):
        return field.value
    if field.kind == TABLE:
        return json.dumps(field.value, ensure_ascii=False)
    return str(format_field(field)) or None


def field_titles(answers: Iterable[str]) -> list[str]:
    """The titles of the fields that some answers have, each in its place."""
    whole = [json.dumps(value) for text in answers if isinstance(value := parsed(text), dict)]
    return [field.title for field in fields_of("{}", whole)]


def _fields_in(answers: Sequence[Path]) -> list[str]:
    some = (row["output"] for row, _ in zip(_rows(answers), range(200), strict=False))
    return field_titles(map(str, some))
