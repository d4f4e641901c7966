"""Which of two answers a model finds likelier: before a training, where it started from, and after."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch

from workbench.core.tasks import task_named
from workbench.core.tasks.preferences import worse_of
from workbench.core.tasks.rungs import BASE, PARENT, TUNED
from workbench.engine.causal.loss import to_device
from workbench.engine.causal.model import CausalModel
from workbench.engine.causal.pairs.encode import encode_pairs
from workbench.engine.causal.pairs.likelihood import AnswerLikelihood
from workbench.engine.causal.pairs.pairs import Pairs, collate_pairs
from workbench.engine.evaluation.systems import Answers, Done, System
from workbench.engine.models.start import parent_of
from workbench.engine.rows import Row
from workbench.evaluation.scoring.by_task.pairs import PairLikelihoods
from workbench.jobs.process.stop import Check, Stop
from workbench.models.families import CAUSAL

AT_ONCE = 4
"""Pairs of a batch."""


def systems(model: CausalModel, adapter: Path) -> Iterator[System]:
    """The base model, the one that the training went on from where there is one, and the trained one.

    All of them are the same weights with another adapter, or none.
    """
    likelihood, known = AnswerLikelihood(model.model), list[PairLikelihoods]()

    def examine(rows: Sequence[Row], asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        begun = perf_counter()
        found = likelihoods(model, likelihood, asked, stop.check, done)
        seconds = (perf_counter() - begun) / max(1, len(asked))
        moved = found.moved_from(known[-1]) if known and asked else {}
        known.append(found)
        return replace(answers_of(model.task, asked, found), seconds=seconds, moved=moved)

    def before(rows: Sequence[Row], asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        return replace(examine(rows, asked, stop, done), moved={})

    with model.untrained():
        yield System(BASE, CAUSAL.base_title, before)
    start = parent_of(adapter)
    if start is not None:
        with model.as_started(start):
            yield System(PARENT, "The model that it went on from", before)
    yield System(TUNED, "The trained model", examine)


def answers_of(task: str, rows: Sequence[Row], found: PairLikelihoods) -> Answers:
    """Of each pair the answer that is found likelier, as what was answered."""
    about = task_named(task)
    texts = [
        str(row[about.learned] if better else worse_of(row)[about.learned])
        for row, better in zip(rows, found.prefers_better, strict=True)
    ]
    return Answers(texts, pairs=found)


@torch.no_grad()
def likelihoods(
    model: CausalModel, likelihood: AnswerLikelihood, rows: Sequence[Row], check: Check, done: Done
) -> PairLikelihoods:
    """Mean ln p of a token of both answers to each question.

    Args:
        check: called before each batch; may raise to leave.
    """
    examples = encode_pairs(rows, model.wording, model.tokenizer, model.max_length)
    pairs, ready = Pairs(examples), 0
    found = torch.zeros(len(pairs), 2)
    for numbers in pairs.by_length(AT_ONCE):
        check()
        batch = collate_pairs(pairs.__getitems__(numbers), model.tokenizer.pad_token_id)
        logps, tokens = likelihood(to_device(batch))
        found[numbers] = (logps / tokens.clamp(min=1)).float().cpu().reshape(-1, 2)
        ready += len(numbers)
        done(ready)
    return PairLikelihoods(found[:, 0].tolist(), found[:, 1].tolist())
