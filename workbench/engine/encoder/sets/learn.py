"""Learns every category of a text: probe and tuning as for one category, then a threshold for each."""

import numpy as np
import torch

from workbench.engine.encoder import tuning
from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.joins.reading import see
from workbench.engine.encoder.joins.seen import Seen, together
from workbench.engine.encoder.learned import Learned
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.sets.any_of import AnyOf, fit_any
from workbench.engine.encoder.sets.thresholds import Floats, Truths, by_turns, choose
from workbench.engine.encoder.trainer import Texts
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

ENOUGH = 100
"""Practice rows from which on thresholds are set on them; of fewer, by turns on all rows."""
MOST_BY_TURNS = 5000


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Learned:
    """Fit the probe, tune from it, keep the best, and set the thresholds.

    Raises:
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    goal = setup.goal
    assert isinstance(goal, AnyOf)
    few = len(setup.validation) < ENOUGH
    probe = tuning.find_probe(spec, setup, job, report, stop)
    common = _by_turns(setup, goal, spec.recipe.seed) if few else None
    frozen = Classifier(setup.encoder, probe.head, setup.join)
    before = common or _on_practice(frozen, setup, goal)
    trainer = tuning.tune(spec, setup, probe.head, job, report, stop)
    learned = tuning.finish(probe, trainer, report)
    learned.probe_thresholds = before
    learned.thresholds = common or _on_practice(learned.model, setup, goal)
    how = "by turns on all rows, since there are few" if few else "on the practice questions"
    report.log(f"From which probability on a category is given was set {how}.")
    return learned


def _on_practice(model: Classifier, setup: TrainingSetup, goal: AnyOf) -> list[float]:
    own = setup.validation
    return choose(_shares(read(model, own.rows, setup.reader.pad_id)), goal.wanted(own.labels))


def _by_turns(setup: TrainingSetup, goal: AnyOf, seed: int) -> list[float]:
    """Thresholds by the probe, which is asked about each row without having learned it."""
    parts = [part for part in (setup.train, setup.validation) if len(part)]
    found = together([_seen(setup, part) for part in parts])
    wanted = np.concatenate([goal.wanted(part.labels) for part in parts])[:MOST_BY_TURNS]

    def probed(learned: np.ndarray, holds: Truths, asked: np.ndarray) -> Floats:
        head = fit_any(found.means[torch.as_tensor(learned)], holds)
        return _shares(found.of(asked).logits(head, setup.join))

    return choose(by_turns(np.arange(len(wanted)), wanted, probed, seed), wanted)


def _seen(setup: TrainingSetup, texts: Texts) -> Seen:
    return see(setup.encoder, texts.rows, setup.reader.pad_id)


def _shares(scores: torch.Tensor) -> Floats:
    found: Floats = scores.double().sigmoid().numpy()
    return found
