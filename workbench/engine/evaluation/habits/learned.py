"""The answers and documents that a model learned, and its exam questions written otherwise."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.messages import asked, is_learned
from workbench.core.tasks import SPLITS, Task, task_named
from workbench.data.splits.drawn import chosen
from workbench.engine.rows import Row, read_rows, row_batches
from workbench.evaluation.habits.memorised import Learned
from workbench.evaluation.habits.parts import MOST_LEARNED
from workbench.evaluation.habits.stability import Pair
from workbench.evaluation.habits.variants import VARIANTS, varied, words_to_keep

TRAIN, TEST = SPLITS[0], SPLITS[2]


def learned_from(data: Path, task: str, seed: int) -> list[Learned]:
    """Every answer that was learned, of a conversation each; of very many some, drawn at random."""
    about = task_named(task)
    found: list[Learned] = []
    rng, seen = random.Random(seed), 0
    for rows in row_batches(data, TRAIN):
        for row in rows:
            for one in _answers(about, row):
                seen += 1
                if len(found) < MOST_LEARNED:
                    found.append(one)
                elif (place := rng.randrange(seen)) < MOST_LEARNED:  # Vitter 1985, algorithm R
                    found[place] = one
    return sorted(found, key=lambda one: one.row_id)


def _answers(task: Task, row: Row) -> Iterator[Learned]:
    row_id = int(row["row_id"])
    if task.rows_are_documents:
        yield Learned(row_id, row, "", str(row[task.learned]))
    elif task.turns is not None:
        turns = task.turns(row)
        for at, turn in enumerate(turns):
            if is_learned(turn):
                before = "\n".join(str(one["content"]) for one in turns[:at])
                own = {**row, "messages": turns[: at + 1]}
                yield Learned(row_id, own, before, str(turn["content"]))
    else:
        yield Learned(row_id, row, task.question(row), task.answer(row) or "")


@dataclass(frozen=True)
class Questions:
    """Exam questions as they are, and written otherwise."""

    rows: Sequence[Row]
    """All that is to be answered: first the questions as they are."""
    changed: Sequence[tuple[str, int]]
    """For each row behind those: the way of writing, and the place of the question."""
    number: int
    """How many questions there are."""

    def pairs(self, task: str, answers: Sequence[str]) -> dict[str, list[Pair]]:
        """Way of writing → the pairs of questions, with the answers to all of `rows`."""
        about = task_named(task)
        found: dict[str, list[Pair]] = {variant.name: [] for variant in VARIANTS}
        for at, (name, place) in enumerate(self.changed, start=self.number):
            row = self.rows[place]
            texts = (asked_text(about, row), asked_text(about, self.rows[at]))
            found[name].append(
                Pair(int(row["row_id"]), *texts, about.answer(row), answers[place], answers[at])
            )
        return found


def questions_of(data: Path, task: str, most: int, seed: int) -> Questions:
    """Some exam questions, each written in every way that changes it.

    Where there are none (the model has learned from every row), some of all rows.
    """
    about = task_named(task)
    rows = chosen(read_rows(data, TEST) or read_rows(data), most, seed)
    written: list[Row] = list(rows)
    changed = []
    for variant in VARIANTS:
        for place, row in enumerate(rows):
            text = asked_text(about, row)
            keep = words_to_keep(about.answer(row) or "") if about.answers_are_json else ()
            if (other := varied(variant, text, seed, keep)) != text:
                written.append(_rewritten(about, row, other))
                changed.append((variant.name, place))
    return Questions(written, changed, len(rows))


def asked_text(task: Task, row: Row) -> str:
    """What is asked: the question, or what a conversation's user said last before the answer."""
    if task.turns is None:
        return str(row[task.question_role])
    before = asked(task.turns(row))
    return str(before[-1]["content"]) if before and before[-1]["role"] == "user" else ""


def _rewritten(task: Task, row: Row, text: str) -> dict[str, Any]:
    if task.turns is None:
        return {**row, task.question_role: text}
    turns = [dict(turn) for turn in task.turns(row)]
    place = len(asked(turns)) - 1
    turns[place]["content"] = text
    return {**row, "messages": turns}


def instructions_of(data: Path, system: str) -> str:
    """The instructions under which a model is asked: the project's, else what most rows say."""
    if system.strip():
        return system
    counts: dict[str, int] = {}
    for rows in row_batches(data, TRAIN):
        for row in rows:
            told = str(row.get("system") or "").strip()
            counts[told] = counts.get(told, 0) + 1
    return max(counts, key=lambda told: counts[told], default="")
