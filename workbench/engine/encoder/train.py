"""Teaches an encoder to sort texts into categories: from a job's spec to a classifier's scores.

The texts are embedded once with the encoder as it is, a probe is fitted to that, and tuning
starts from the probe. In the end stands the mixture of start and end that answers the practice
questions best; the probe itself, if tuning did not help.
"""

import copy
import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import torch
from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.engine.encoder.calibration import Scored, apply_temperature, score_logits
from workbench.engine.encoder.embedding_rows import put_rows_back, train_embedding_rows
from workbench.engine.encoder.encoder import (
    Classifier,
    Encoder,
    Reader,
    load_encoder,
    load_reader,
    read,
)
from workbench.engine.encoder.model import load_head, save_encoder_model, save_head
from workbench.engine.encoder.probe import Head, fit_probe
from workbench.engine.encoder.systems import systems
from workbench.engine.encoder.trainer import ALPHAS, FEATURES, LABEL, Check, EncoderTrainer, Texts
from workbench.engine.encoding.cache import Facts, files_of
from workbench.engine.encoding.encoded_rows import IDS, Columns
from workbench.engine.encoding.version import EncodedSplit, encoded_splits
from workbench.engine.evaluation.jobs import evaluate_trained
from workbench.engine.models.load import add_lora, base_folder
from workbench.engine.rows import Row, labels_of
from workbench.engine.runtime.versions import versions
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import ENCODER
from workbench.models.trained import TrainedModel

UNJUDGED = Scored(1.0, {})


@dataclass
class TrainingSetup:
    """All that a training needs to know of its examples, and the encoder that it begins with."""

    labels: list[str]
    encoder: Encoder
    reader: Reader
    train: Texts
    validation: Texts


@dataclass
class Probe:
    """The start: a head for the frozen encoder, and its answers to the practice questions."""

    head: Head
    scored: Scored | None
    """None without practice questions."""


def train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train a classifier, keep the best and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    setup = prepare(spec, job, report, stop)
    probe = find_probe(spec, setup, job, report, stop)
    trainer = tune(spec, setup, probe.head, job, report, stop)
    result = trainer.facts() | finish(spec, setup, probe, trainer, job, report)
    del trainer, setup.encoder
    gc.collect()  # the model is loaded afresh, as every later use will load it
    sitting = systems(spec.base, job.adapter, spec.recipe)
    exam = evaluate_trained(spec, sitting, job, report, stop, result["scores"])
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}


def prepare(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> TrainingSetup:
    """Read the examples and load the encoder."""
    report.phase("preparing", "Reading the examples")
    labels = labels_of(spec.data)
    if len(labels) < 2:
        raise WorkbenchError(
            f"All training examples are of one category{_named(labels)}: add examples of another "
            "one, so that there is something to tell apart."
        )
    set_seed(spec.recipe.seed)
    folder = base_folder(spec.base)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, spec.recipe.max_length)
    train, validation = texts_of(spec, job, labels, reader, report, stop)
    stop.check()
    return TrainingSetup(labels, encoder, reader, train, validation)


def _named(labels: Sequence[str]) -> str:
    return f" ('{labels[0]}')" if labels else ""


def texts_of(
    spec: TrainSpec,
    job: JobDir,
    labels: Sequence[str],
    reader: Reader,
    report: Report,
    stop: Stop,
) -> list[Texts]:
    """What is learned from, and the practice questions; those of a category without training
    examples teach nothing."""
    shape = {
        "labels": list(labels),
        "tokenizer": files_of(base_folder(spec.base)),
        "longest": reader.max_length,
    }
    place = {label: number for number, label in enumerate(labels)}

    def encode(batches: Iterable[list[Row]], facts: Facts) -> Iterator[Columns]:
        facts |= {"unknown": 0, "cut": 0}
        for rows in batches:
            known = [row for row in rows if str(row["label"]) in place]
            texts = [str(row["text"]) for row in known]
            ids = reader.ids(texts)
            facts["unknown"] += len(rows) - len(known)
            facts["cut"] += reader.count_cut(texts, ids)
            numbers = [place[str(row["label"])] for row in known]
            yield {IDS: pa.array(ids, pa.list_(pa.int32())), LABEL: pa.array(numbers, pa.int32())}

    splits = encoded_splits(spec, job, shape, FEATURES, encode, report, stop)
    for split in splits:
        _report_cuts(report, split, reader.max_length)
    return [Texts(split.rows) for split in splits]


def _report_cuts(report: Report, split: EncodedSplit, longest: int) -> None:
    if split.facts["unknown"]:
        report.log(
            f"{split.facts['unknown']} practice questions are left out: no training example has "
            "their category."
        )
    if split.facts["cut"]:
        report.log(
            f"{split.facts['cut']} of {len(split.rows)} texts are longer than {longest} tokens; "
            "of those only the beginning is read."
        )


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
    practice = _embedded(setup, validation, meter.part(0.0, first))
    if goes_on:
        head = load_head(path)
    else:
        head = fit_probe(_embedded(setup, train, meter.part(first, 1.0)), train.labels)
        _keep(head, path)
    scored = score_logits(head(practice).detach(), validation.labels) if len(practice) else None
    if scored and not goes_on:
        report.metric("validation", 0, scored.scores)
    stop.check()
    return Probe(head, scored)


def _embedded(setup: TrainingSetup, texts: Texts, meter: Meter) -> torch.Tensor:
    return read(setup.encoder, texts.rows, setup.reader.pad_id, meter.counted(len(texts)))


def _keep(head: Head, path: Path) -> None:
    part = path.with_suffix(".part")
    save_head(head, part)
    part.replace(path)


def tune(
    spec: TrainSpec, setup: TrainingSetup, head: Head, job: JobDir, report: Report, stop: Stop
) -> EncoderTrainer:
    """Run the training loop, from the last whole checkpoint if there is one."""
    body, recipe = setup.encoder.body, spec.recipe
    if recipe.method == "full":
        train_embedding_rows(body, setup.train.rows.ids())
    else:
        setup.encoder.body = add_lora(body, recipe, task_type=None)
    model = Classifier(setup.encoder, copy.deepcopy(head)).to(body.device)
    checkpoint = checkpoint_to_go_on_from(spec, job, report)
    trainer = EncoderTrainer(
        report,
        stop,
        recipe,
        job.checkpoints,
        model,
        setup.train,
        setup.validation,
        setup.reader.pad_id,
    )
    report.phase("training", f"Learning from {len(setup.train)} examples")
    if spec.conclude:
        stop.cancel()
    trainer.learn(checkpoint)
    return trainer


def finish(
    spec: TrainSpec,
    setup: TrainingSetup,
    probe: Probe,
    trainer: EncoderTrainer,
    job: JobDir,
    report: Report,
) -> Result:
    """Set the model to the best there is, save it, and say what it is."""
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
    put_rows_back(setup.encoder.body)
    trained = _trained(spec, setup, check.alpha)
    save_encoder_model(job.adapter, model, probe.head, setup.reader, trained)
    return {
        "adapter": str(job.adapter),
        "best_step": step_of(best) if best and check.alpha else 0,
        "share": check.alpha,
        "scores": {"validation": check.scored.scores},
    }


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
        "its categories are learned."
    )
    return start


def _trained(spec: TrainSpec, setup: TrainingSetup, alpha: float) -> TrainedModel:
    return TrainedModel(
        task=spec.task,
        family=ENCODER.name,
        method=spec.recipe.method,
        base=spec.base,
        labels=tuple(setup.labels),
        max_length=setup.reader.max_length,
        pooling=setup.encoder.pooling,
        alpha=alpha,
        data=spec.data,
        versions=versions(),
    )
