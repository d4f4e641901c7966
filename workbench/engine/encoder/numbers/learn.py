"""Learns numbers: ridge regression as the start, tuning from it, and how far off an estimate may be."""

import dataclasses

import numpy as np
import torch

from workbench.engine.encoder import tuning
from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.learned import Learned
from workbench.engine.encoder.numbers.conformal import half_width
from workbench.engine.encoder.numbers.one_number import Floats, OneNumber
from workbench.engine.encoder.numbers.ridge import fit_head
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.trainer import Texts
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

ENOUGH = 30
"""Practice rows from which on they tell how far off it may be; of fewer, all rows by turns."""
MOST_BY_TURNS = 5000


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Learned:
    """Fit the probe, tune from it, keep what comes nearest on the practice questions.

    Raises:
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    goal = setup.goal
    assert isinstance(goal, OneNumber)
    few = len(setup.validation) < ENOUGH
    by_turns = _by_turns(setup, goal) if few else None
    probe = tuning.find_probe(spec, setup, job, report, stop)
    trainer = tuning.tune(spec, setup, probe.head, job, report, stop)
    learned = tuning.finish(probe, trainer, report)
    errors = _on_practice(learned.model, setup, goal) if by_turns is None else by_turns
    learned.numbers = dataclasses.replace(goal.range, width=half_width(errors))
    how = "by turns on all rows, since there are few" if few else "on the practice questions"
    report.log(f"How far an estimate may be off was measured {how}.")
    return learned


def _on_practice(model: Classifier, setup: TrainingSetup, goal: OneNumber) -> Floats:
    own = setup.validation
    scores = read(model, own.rows, setup.reader.pad_id)
    errors: Floats = np.abs(goal.estimates(scores) - goal.values(own.labels))
    return errors


def _by_turns(setup: TrainingSetup, goal: OneNumber) -> Floats:
    """Errors of the probe, which is asked about each row without having learned it."""
    parts = [part for part in (setup.train, setup.validation) if len(part)]
    found = torch.cat([_embedded(setup, part) for part in parts])[:MOST_BY_TURNS]
    numbers = np.concatenate([part.labels for part in parts])[:MOST_BY_TURNS]
    left_out = fit_head(found, goal.targets(numbers))[1]
    errors: Floats = np.abs(left_out) * goal.range.scale
    return errors


def _embedded(setup: TrainingSetup, texts: Texts) -> torch.Tensor:
    return read(setup.encoder, texts.rows, setup.reader.pad_id)
