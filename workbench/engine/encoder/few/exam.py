"""The exam by turns of a classifier: each row is asked once, of a training that left it out.

What is recorded of a row was chosen and calibrated by the rows of the other turns (nested
cross-validation: Varma & Simon 2006, "Bias in error estimation when using cross-validation for model
selection"), so that choosing among the candidates is not rewarded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from workbench.engine.encoder.few.candidates import PROBE, Candidate, best_of, judged
from workbench.engine.encoder.few.detecting import refused
from workbench.engine.encoder.few.texts import FOLDS, Lessons, folds_of
from workbench.engine.encoder.few.took import Logits
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.engine.evaluation.by_turns import ExamByTurns, Turn
from workbench.engine.evaluation.systems import Answers, outside_too

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """A turn, by the numbers of rows among the lessons, in ascending order."""

    held: Ints
    """Not learned from."""
    asked: Ints
    """Those of them that are answered."""


def parts_of(setup: TrainingSetup, lessons: Lessons, most: int, seed: int) -> list[Part]:
    """The turns of an exam by turns; without one at most so many random ones, to choose by."""
    if setup.turns is None:
        folds = folds_of(lessons.texts.labels[lessons.rows], seed)
        found = [np.flatnonzero(folds == fold) for fold in range(FOLDS)]
        return [Part(held, held) for held in found if len(held)][:most]
    turns, ids = setup.turns, [int(row["row_id"]) for row in setup.rows]
    own = np.array([turns.of.get(row, -1) for row in ids])
    parts = []
    for turn in range(turns.count):
        held = np.flatnonzero([not turns.learns(row, turn) for row in ids])
        parts.append(Part(held, np.flatnonzero(own == turn)))
    return [part for part in parts if len(part.asked)]


def asked_of(answers: Logits, part: Part) -> Logits:
    """The answers to the rows that are asked, of those to all that were held out."""
    places = torch.from_numpy(np.searchsorted(part.held, part.asked))
    return {one: logits[places] for one, logits in answers.items()}


def exam_by_turns(
    setup: TrainingSetup,
    parts: Sequence[Part],
    answers: Sequence[Logits],
    wanted: Sequence[Ints],
    taken: Turns | None = None,
) -> ExamByTurns:
    """What was answered in each turn.

    Args:
        answers: of each turn, the logits (asked, labels) of each candidate.
        wanted: of each turn, the categories' numbers (asked,).
        taken: the turns themselves, which tell what belongs to no category.
    """
    outside = setup.labels[setup.outside] if setup.outside >= 0 else ""
    turns = []
    for number, part in enumerate(parts):
        others = [i for i in range(len(parts)) if i != number]
        found = judged([answers[i] for i in others], [wanted[i] for i in others])
        held = set(part.held.tolist())

        def answered(one: Candidate, temperature: float, number: int = number) -> Answers:
            return _answers(answers[number][one] / temperature, wanted[number], setup.labels)

        ending = best_of(found)
        tuned = answered(ending, found[ending].temperature)
        if taken is not None:
            none = refused(taken, number, ending, found[ending].temperature)
            told = outside_too(_asked(none, part), tuned.texts, outside)
            tuned = replace(tuned, none_of_these=told)
        turns.append(
            Turn(
                [setup.rows[i] for i in part.asked],
                [row for i, row in enumerate(setup.rows) if i not in held],
                answered(PROBE, found[PROBE].temperature),
                tuned,
            )
        )
    return ExamByTurns(turns)


def _asked(none: torch.Tensor | None, part: Part) -> list[bool] | None:
    """What is told of the rows that are asked, of those held out."""
    if none is None:
        return None
    found: list[bool] = none[np.searchsorted(part.held, part.asked)].tolist()
    return found


def _answers(logits: torch.Tensor, wanted: Ints, labels: Sequence[str]) -> Answers:
    likely = logits.double().log_softmax(1)
    best = likely.max(1)
    own = likely[torch.arange(len(wanted)), torch.from_numpy(wanted)]
    return Answers(
        [labels[number] for number in best.indices.tolist()],
        best.values.exp().tolist(),
        float(-own.mean()),
    )
