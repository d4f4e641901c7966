"""Asks what only the user can say of a table, and makes of it what was answered."""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import pyarrow as pa

from workbench.data.asking import categories, cells
from workbench.data.asking.categories import AllRows
from workbench.data.asking.look import Asked, Row, look, rows_of, values_of
from workbench.data.asking.simple import is_simple
from workbench.data.readers import shapes
from workbench.data.readers.kinds import CHAT, DOCUMENT, JSON, JSONL, MAIL, YAML
from workbench.data.readers.shapes.shape import Account, Record
from workbench.data.readers.table import Question, Table
from workbench.data.readers.tables.jsons import as_text

_NEVER = (DOCUMENT, MAIL, CHAT)
_SHAPED = (JSON, JSONL, YAML)
"""Kinds of files whose records have been recognised before they became a table."""
_BATCH = 5000


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is to be made of a table."""

    question: Question | None = None
    steps: tuple[Asked, ...] = ()
    """One after the other, as far as that can be told while the question is open."""


def plan(table: Table, choice: str, rows: AllRows) -> Plan:
    """What has to be asked of a table, and what is to be made of it.

    Args:
        table: with all its rows, or some of them.
    """
    if table.kind in _NEVER or table.question or not len(table) or is_simple(table):
        return Plan()
    shaped = _shaped(table, choice)
    if shaped:
        making = Making([shaped])
        sample = dataclasses.replace(_rows_made(table, making), meant=shaped.shape.meant)
        every = _through(shaped, rows, table.columns)
        return _of_table(sample, choice, every, (shaped,))
    return _of_table(table, choice, rows, ())


def _through(step: Asked, rows: AllRows, columns: Sequence[str]) -> AllRows:
    """All rows of the table that a step makes."""

    def made(wanted: Sequence[str]) -> Iterator[Row]:
        for _, row in Account(step.shape).flat(enumerate(rows(columns))):
            yield {name: as_text(row.get(name)) for name in wanted}

    return made


def _of_table(table: Table, choice: str, rows: AllRows, steps: tuple[Asked, ...]) -> Plan:
    looked = look(table)
    found = categories.ask(looked, choice, rows)
    if found:
        return Plan(found.question, (*steps, found.asked) if found.asked else steps)
    unwrapped = categories.unwrap(looked)
    if unwrapped:
        looked, steps = look(_rows_made(table, Making([unwrapped]))), (*steps, unwrapped)
    unknown = cells.ask(looked, choice)
    if unknown is None:
        return Plan(None, steps)
    question, asked = unknown
    return Plan(question, (*steps, asked) if asked else steps)


def _shaped(table: Table, choice: str) -> Asked | None:
    """A table that is the export of a program which writes lists and objects into cells."""
    if table.kind in _SHAPED or table.meant:
        return None
    first = table.data.slice(0, shapes.SAMPLE).to_pylist()
    sample = [values_of({k: v for k, v in row.items() if v is not None}) for row in first]
    shape = shapes.recognise(sample, choice)
    if shape is None:
        return None
    rows = [row for record in sample for row in shape.take(record).rows]
    names = dict.fromkeys(str(name) for row in rows for name in row)
    inner = shape.take
    with_values = dataclasses.replace(
        shape, take=lambda row: inner({k: v for k, v in values_of(row).items() if v is not None})
    )
    return Asked(with_values, tuple(names)) if names else None


class Making:
    """Rows on their way through the steps of a plan."""

    def __init__(self, steps: Sequence[Asked]) -> None:
        self._accounts = [Account(step.shape) for step in steps]
        self.columns = steps[-1].columns

    def batches(
        self, rows: Iterator[tuple[int, Row]]
    ) -> Iterator[tuple[pa.RecordBatch, list[int]]]:
        """The rows with their numbers, some thousands at a time."""
        made: Iterator[tuple[int, Record]] = rows
        for account in self._accounts:
            made = account.flat(_as_cells(made))
        while lot := list(itertools.islice(made, _BATCH)):
            arrays = [
                pa.array([as_text(row.get(name)) for _, row in lot], pa.large_string())
                for name in self.columns
            ]
            yield (
                pa.RecordBatch.from_arrays(arrays, names=list(self.columns)),
                [number for number, _ in lot],
            )

    def told(self, table: Table, question: Question | None) -> Table:
        """The table (whose rows are those that were given out) with what is to be said of it.

        Raises:
            WorkbenchError: no row was left.
        """
        for account in self._accounts:
            facts = account.facts(table.name)
            table = dataclasses.replace(
                table,
                notes=(*table.notes, *facts["notes"]),
                left_out={**table.left_out, **facts["left_out"]},
                unused={**table.unused, **facts["unused"]},
                meant=facts["meant"] or table.meant,
            )
        return with_question(table, question)


def _as_cells(rows: Iterator[tuple[int, Record]]) -> Iterator[tuple[int, Row]]:
    """Rows as a table has them, whatever a step has made of theirs."""
    for number, row in rows:
        yield number, {name: as_text(value) for name, value in row.items()}


def with_question(table: Table, question: Question | None) -> Table:
    """The table with its question, and the answer among the options."""
    question = table.question or question
    options = dataclasses.replace(table.options, choice=question.chosen if question else "")
    return dataclasses.replace(table, question=question, options=options)


def asked(table: Table, choice: str) -> Table:
    """The table as it was answered, or with the question that has to be answered first.

    Raises:
        WorkbenchError: nothing is left of it.
    """
    found = plan(table, choice, lambda columns: table.data.select(columns).to_pylist())
    if not found.steps:
        return with_question(table, found.question)
    making = Making(found.steps)
    return making.told(_rows_made(table, making), found.question)


def _rows_made(table: Table, making: Making) -> Table:
    rows = rows_of(table.data, iter(table.row_numbers.to_pylist()))
    made = list(making.batches(rows))
    schema = pa.schema([(name, pa.large_string()) for name in making.columns])
    data = pa.Table.from_batches([batch for batch, _ in made], schema)
    numbers = pa.array([number for _, lot in made for number in lot], pa.int64())
    return dataclasses.replace(table, data=data, row_numbers=numbers)
