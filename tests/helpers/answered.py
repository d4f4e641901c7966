"""A workbook that a model has answered, without any model: for tests of what comes after."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from storage.database import Store
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.exams import Trained, add_trained, answer_queued
from workbench.data import datasets
from workbench.use.answered import asking, written
from workbench.use.answered.answers import Answers, answers_of
from workbench.use.answered.asking import Order
from workbench.use.answered.written import Written

MAILS = ("Where is my parcel?", "I want my money back", "", "Is the mug blue?", "Parcel number 9?")
"""Rows 2 to 6 of the sheet 'Mails'; one has no question."""


def workbook(texts: Sequence[str] = MAILS, header: str = "email") -> bytes:
    """A workbook with the texts on its second sheet, beside a formula."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Nothing to see here"])
    sheet = book.create_sheet("Mails")
    sheet.append(["Number", header])
    for number, text in enumerate(texts, 1):
        sheet.append([f"={number}*2", text or None])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@dataclass(frozen=True)
class Answered:
    """A file with its answers."""

    trained: Trained
    order: Order
    answers: Answers
    file: Written


def order_of(store: Store, trained: Trained, content: bytes, name: str = "mails.xlsx") -> Order:
    """The file as somebody brings it to the page, its columns as guessed."""
    source = datasets.keep(io.BytesIO(content), name)
    order = Order(trained.project_id, trained.run_id, source, datasets.ReadOptions(sheet="Mails"))
    table = asking.table(store, order)
    columns = asking.guess_columns(store, trained.run_id, table)
    return Order(trained.project_id, trained.run_id, source, order.read, columns)


def answered(store: Store, folder: Path, content: bytes = b"", **told: Any) -> Answered:
    """A trained model, and a workbook that it has answered; `told` is what it answers."""
    trained = add_trained(store, folder)
    order = order_of(store, trained, content or workbook())
    job_id = asking.start(store, order)
    answer_queued(store, folder, **told)
    found = answers_of(store, job_id)
    return Answered(trained, order, found, written_file(store, found))


def written_file(store: Store, found: Answers) -> Written:
    """The file with the answers, written at once."""
    job = written.start(store, found)
    worked_off(store, job.id)
    again = written.newest(store, found)
    assert again is not None
    return written.written_by(again, found)
