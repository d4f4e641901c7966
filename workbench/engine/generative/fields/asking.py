"""Texts asked for their fields: in parts, where they are longer than the model reads."""

from collections.abc import Callable, Sequence
from functools import partial

from workbench.core.fields.joining import joined_answer
from workbench.core.fields.splitting import parts_of
from workbench.core.tasks import task_named
from workbench.engine.evaluation.systems import Answers, Done
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.fields.writing import Form
from workbench.engine.rows import Row

Writing = Callable[[Sequence[Row], Form, list[Told], Done], list[str]]
"""Writes an answer to each row; the list gets what is told of each."""


def answer_fields(
    task: str,
    rows: Sequence[Row],
    form: Form,
    room: int,
    size: Callable[[Row], int],
    write: Writing,
    done: Done,
) -> Answers:
    """The fields of each row's text.

    Args:
        room: tokens of the longest question that is read whole.
        size: tokens of a row's question, with all that stands around it.
        write: asks the model.
        done: called with the number of rows that are answered.
    """
    role = task_named(task).question_role
    texts = [parts_in(str(row[role]), room, partial(_size_with, size, row, role)) for row in rows]
    whole = [place for place, parts in enumerate(texts) if len(parts) == 1]
    answers: list[str] = [""] * len(rows)
    told = [Told() for _ in rows]
    own: list[Told] = []
    written = write([rows[place] for place in whole], form, own, done) if whole else []
    for place, answer, each in zip(whole, written, own, strict=True):
        answers[place], told[place] = answer, each
    answered = len(whole)
    for place, parts in enumerate(texts):
        if len(parts) > 1:
            asked = [{**rows[place], role: part} for part in parts]
            answers[place], told[place] = in_parts(asked, form, write)
            answered += 1
            done(answered)
    return Answers(answers, fields=told)


def _size_with(size: Callable[[Row], int], row: Row, role: str, text: str) -> int:
    return size({**row, role: text})


def parts_in(text: str, room: int, size: Callable[[str], int]) -> list[str]:
    """The parts of a text of which each fits into a question; the text itself where it does."""
    if size(text) <= room:
        return [text]
    around = size("")
    return parts_of(text, max(1, room - around), lambda part: max(0, size(part) - around))


def in_parts(asked: Sequence[Row], form: Form, write: Writing) -> tuple[str, Told]:
    """One answer to the parts of a text."""
    told: list[Told] = []
    written = write(asked, form.of_part(), told, lambda _: None)
    return joined(form, written, told)


def joined(form: Form, written: Sequence[str], told: Sequence[Told]) -> tuple[str, Told]:
    """One answer out of those to the parts of a text, and what is told of it."""
    answer, of_part = joined_answer(form.fields, written, [each.sure for each in told])
    sure = {name: told[place].sure.get(name, 0.0) for name, place in of_part.items()}
    cut = [name for name, place in of_part.items() if name in told[place].cut]
    return answer, Told(cut, sure, len(written))
