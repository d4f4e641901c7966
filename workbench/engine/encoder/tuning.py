"""Learns categories from many examples: a probe, and tuning that starts from it.

The texts are embedded once with the encoder as it is, a probe is fitted to that, and tuning
starts from the probe. In the end stands the mixture of start and end that answers the practice
questions best; the probe itself, if tuning did not help.
"""

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from workbench.core.long_texts.joins import MEAN
from workbench.engine.encoder.calibration import Scored, apply_temperature
from workbench.engine.encoder.embedding_rows import train_embedding_rows
from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.goal import OneOf
from workbench.engine.encoder.joins.choosing import choose, focus_of
from workbench.engine.encoder.joins.kept import keep_focus, kept_focus
from workbench.engine.encoder.joins.reading import MOST_WINDOWS, see
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.learned import Learned
from workbench.engine.encoder.model import load_head, save_head
from workbench.engine.encoder.out_of_scope.belonging import remembered
from workbench.engine.encoder.out_of_scope.fitting import ReadBefore, by_practice
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.trainer import ALPHAS, Check, EncoderTrainer, Texts
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.engine.models.load import add_lora
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.engine.training.preflight import learn_measured
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

UNJUDGED = Scored(1.0, {})
READ_BEFORE = "read_before.safetensors"
"""Embeddings before tuning, in the folder of the job, for another attempt."""


@dataclass
class Probe:
    """The start: a head for the frozen encoder, and its answers to the practice questions."""

    head: Head
    scored: Scored | None
    """None without practice questions."""
    before: ReadBefore | None = None
    """What was read for it, where texts that belong to no category are told by that."""


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Learned:
    """Fit the probe, tune from it, and keep what answers the practice questions best.

    Raises:
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    probe = find_probe(spec, setup, job, report, stop)
    trainer = tune(spec, setup, probe.head, job, report, stop)
    learned = finish(probe, trainer, report)
    learned.detector = by_practice(
        learned.model,
        setup.train,
        setup.validation,
        setup.reader.pad_id,
        report,
        stop,
        setup.outside,
        probe.before if learned.alpha else None,
    )
    return learned


def find_probe(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Probe:
    """Embed the texts once and fit the probe, or read it if an earlier attempt did."""
    path = job.path / "probe.safetensors"
    goes_on = spec.attempt > 1 and path.is_file()
    report.phase("embedding", "Reading the texts with the encoder as it is")
    train, validation = setup.train, setup.validation
    total = len(validation) + (0 if goes_on else len(train))
    meter = Meter(report, stop.check, total)
    first = len(validation) / max(1, total)
    practice = _seen(setup, validation, meter.part(0.0, first))
    if goes_on:
        head = load_head(path)
    else:
        seen = _seen(setup, train, meter.part(first, 1.0), MOST_WINDOWS)
        head = setup.goal.fit(seen.means, train.labels)
        join = choose(seen, train.labels, setup.goal, spec.recipe.seed, report)
        focus = None if join == MEAN else focus_of(seen, train.labels, head, setup.goal)
        keep_focus(job, join, focus)
        _keep_read(setup, seen.means, job)
        _keep(head, path)
    setup.join, focus = kept_focus(job)
    setup.train = replace(train, focus=focus)
    scored, before = None, None
    if len(practice):
        before = _read_before(practice, job)
        scored = setup.goal.scored(practice.logits(head, setup.join), validation.labels)
    if scored and not goes_on:
        report.metric("validation", 0, scored.scores)
    stop.check()
    return Probe(head, scored, before)


def _seen(setup: TrainingSetup, texts: Texts, meter: Meter, most: int | None = None) -> Seen:
    done = meter.counted(len(texts))
    return see(setup.encoder, texts.rows, setup.reader.pad_id, done, most)


def _keep_read(setup: TrainingSetup, means: torch.Tensor, job: JobDir) -> None:
    """Keep what was read of the texts that are remembered: after tuning nobody reads so any more."""
    if isinstance(setup.goal, OneOf) and len(setup.validation):
        kept = remembered(setup.train.labels)
        path = job.path / READ_BEFORE
        part = path.with_suffix(".part")
        save_file({"means": means[kept].half().contiguous()}, part)
        part.replace(path)


def _read_before(practice: Seen, job: JobDir) -> ReadBefore | None:
    path = job.path / READ_BEFORE
    if not path.is_file():
        return None
    return ReadBefore(load_file(path)["means"].float(), practice.means)


def _keep(head: Head, path: Path) -> None:
    part = path.with_suffix(".part")
    save_head(head, part)
    part.replace(path)


def tune(
    spec: TrainSpec, setup: TrainingSetup, head: Head, job: JobDir, report: Report, stop: Stop
) -> EncoderTrainer:
    """Run the training loop, from the last whole checkpoint if there is one."""
    checkpoint = checkpoint_to_go_on_from(spec, job, report)
    trainer = with_head(spec, setup, head, job, report, stop)
    learn_measured(spec, trainer, checkpoint, report, stop)
    return trainer


def begun(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> EncoderTrainer:
    """The training before its first step, from a head that knows nothing."""
    head = Head(setup.encoder.body.config.hidden_size, max(1, len(setup.labels)))
    return with_head(spec, setup, head, job, report, stop)


def with_head(
    spec: TrainSpec, setup: TrainingSetup, head: Head, job: JobDir, report: Report, stop: Stop
) -> EncoderTrainer:
    """The classifier with its trainer, before the first step."""
    body, recipe = setup.encoder.body, spec.recipe
    if recipe.method == "full":
        train_embedding_rows(body, setup.train.rows.ids())
    else:
        setup.encoder.body = add_lora(body, recipe, task_type=None)
    model = Classifier(setup.encoder, copy.deepcopy(head), setup.join).to(body.device)
    return EncoderTrainer(
        report,
        stop,
        recipe,
        job.checkpoints,
        model,
        setup.train,
        setup.validation,
        setup.reader.pad_id,
        setup.goal,
    )


def finish(probe: Probe, trainer: EncoderTrainer, report: Report) -> Learned:
    """Set the model to the best there is, and say what it is."""
    model: Classifier = trainer.classifier
    report.phase("saving", "Saving the trained model")
    best = trainer.best_checkpoint()
    if best:
        trainer.load_checkpoint(best)
    check = _chosen(report, probe, trainer, best)
    trainer.start.blend(model, check.alpha)
    apply_temperature(model.head, check.scored.temperature)
    if probe.scored:
        apply_temperature(probe.head, probe.scored.temperature)
    facts = {
        **trainer.facts(),
        "best_step": step_of(best) if best and check.alpha else 0,
        "scores": {"validation": check.scored.scores},
    }
    return Learned(model, probe.head, check.alpha, facts)


def _chosen(report: Report, probe: Probe, trainer: EncoderTrainer, best: Path | None) -> Check:
    """The best of the checkpoint's mixtures and the probe, which is a share of nothing."""
    start = Check(0.0, probe.scored or UNJUDGED)
    if best is None:
        return start
    if probe.scored is None:
        return Check(ALPHAS[0], UNJUDGED)
    check = trainer.check()
    if check.scored.loss < probe.scored.loss:
        return check
    report.log(
        "Tuning did not help on the practice questions, so the encoder is left as it was and only "
        "what stands on top of it is learned."
    )
    return start
