"""Teaches an encoder to sort texts into categories: from a job's spec to a classifier's scores.

The texts are embedded once with the encoder as it is, a probe is fitted to that, and tuning
starts from the probe. In the end stands the mixture of start and end that answers the practice
questions best; the probe itself, if tuning did not help.
"""

import copy
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe, from_dict
from workbench.engine.causal.generate import Pace
from workbench.engine.encoder.calibration import Judged, apply_temperature, judge
from workbench.engine.encoder.embedding_rows import put_rows_back, train_seen_rows
from workbench.engine.encoder.encoder import (
    Classifier,
    Encoder,
    Reader,
    load_encoder,
    load_reader,
    read,
)
from workbench.engine.encoder.jobs import sit_exam
from workbench.engine.encoder.model import (
    load_encoder_bundle,
    load_head,
    load_probe,
    save_encoder_bundle,
    save_head,
)
from workbench.engine.encoder.probe import Head, fit_probe
from workbench.engine.encoder.trainer import SHARES, Check, Texts, Tuning
from workbench.engine.models.load import add_lora, base_folder
from workbench.engine.rows import Row, labels_of, read_rows
from workbench.engine.runtime.versions import versions
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.shell import Cancelled, Process

Result = dict[str, Any]
UNJUDGED = Judged(1.0, {})
STOPPED = {"status": "cancelled", "reason": "Stopped; the best model so far is kept."}


@dataclass
class Lesson:
    """All that a training needs."""

    process: Process
    recipe: Recipe
    labels: list[str]
    encoder: Encoder
    reader: Reader
    train: Texts
    validation: Texts

    @property
    def base(self) -> dict[str, Any]:
        return self.process.spec["base"]

    @property
    def data(self) -> Path:
        return Path(self.process.spec["data"])


@dataclass
class Probe:
    """The start: a head for the frozen encoder, and its answers to the practice questions."""

    head: Head
    judged: Judged | None
    """None without practice questions."""


def train(process: Process) -> Result:
    """Train a classifier, keep the best and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    lesson = prepare(process)
    probe = find_probe(lesson)
    tuning = tune(lesson, probe.head)
    result = tuning.facts() | finish(lesson, probe, tuning)
    del tuning, lesson.encoder
    gc.collect()  # the model is loaded afresh, as every later use will load it
    result |= _examined(lesson, result["scores"])
    return {**result, "seconds": round(time.monotonic() - began, 1)}


def prepare(process: Process) -> Lesson:
    """Read the examples and load the encoder."""
    process.phase("preparing", "Reading the examples")
    spec, recipe = process.spec, from_dict(process.spec["recipe"])
    labels = labels_of(Path(spec["data"]))
    if len(labels) < 2:
        raise WorkbenchError(
            f"All training examples are of one category{_named(labels)}: add examples of another "
            "one, so that there is something to tell apart."
        )
    set_seed(recipe.seed)
    folder = base_folder(spec["base"])
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, recipe.max_length)
    sets = [
        _texts(process, read_rows(Path(spec["data"]), split), labels, reader)
        for split in ("train", "validation")
    ]
    process.check()
    return Lesson(process, recipe, labels, encoder, reader, *sets)


def _named(labels: Sequence[str]) -> str:
    return f" ('{labels[0]}')" if labels else ""


def _texts(process: Process, rows: Sequence[Row], labels: Sequence[str], reader: Reader) -> Texts:
    """The rows as token ids; those of a category without training examples teach nothing."""
    place = {label: number for number, label in enumerate(labels)}
    known = [row for row in rows if str(row["label"]) in place]
    if len(known) < len(rows):
        process.log(
            f"{len(rows) - len(known)} practice questions are left out: no training example has "
            "their category."
        )
    texts = [str(row["text"]) for row in known]
    ids = reader.ids(texts)
    if cut := reader.count_cut(texts, ids):
        process.log(
            f"{cut} of {len(texts)} texts are longer than {reader.max_length} tokens; "
            "of those only the beginning is read."
        )
    return Texts(ids, [place[str(row["label"])] for row in known])


def find_probe(lesson: Lesson) -> Probe:
    """Embed the texts once and fit the probe, or read it if an earlier attempt did."""
    process, path = lesson.process, lesson.process.job.path / "probe.safetensors"
    goes_on = process.spec["attempt"] > 1 and path.is_file()
    process.phase("embedding", "Reading the texts with the encoder as it is")
    total = len(lesson.validation) + (0 if goes_on else len(lesson.train))
    pace = Pace(process, total)
    practice = _embedded(lesson, lesson.validation, pace)
    pace.next_round(len(lesson.validation))
    if goes_on:
        head = load_head(path)
    else:
        head = fit_probe(_embedded(lesson, lesson.train, pace), lesson.train.labels)
        _keep(head, path)
    judged = judge(head(practice).detach(), lesson.validation.labels) if len(practice) else None
    if judged and not goes_on:
        process.metric("validation", 0, judged.scores)
    process.check()
    return Probe(head, judged)


def _embedded(lesson: Lesson, texts: Texts, pace: Pace) -> torch.Tensor:
    def done(count: int) -> None:
        lesson.process.check()
        pace(count)

    return read(lesson.encoder, texts.ids, lesson.reader.pad_id, done)


def _keep(head: Head, path: Path) -> None:
    part = path.with_suffix(".part")
    save_head(head, part)
    part.replace(path)


def tune(lesson: Lesson, head: Head) -> Tuning:
    """Run the training loop, from the last whole checkpoint if there is one."""
    process, recipe, body = lesson.process, lesson.recipe, lesson.encoder.body
    if recipe.method == "full":
        train_seen_rows(body, lesson.train.ids)
    else:
        lesson.encoder.body = add_lora(body, recipe, task_type=None)
    model = Classifier(lesson.encoder, copy.deepcopy(head)).to(body.device)
    checkpoint = checkpoint_to_go_on_from(process)
    tuning = Tuning(process, recipe, model, lesson.train, lesson.validation, lesson.reader.pad_id)
    process.phase("training", f"Learning from {len(lesson.train)} examples")
    process.conclude()
    tuning.learn(checkpoint)
    return tuning


def finish(lesson: Lesson, probe: Probe, tuning: Tuning) -> Result:
    """Set the model to the best there is, save it, and say what it is."""
    process, model = lesson.process, tuning.model
    process.phase("saving", "Saving the trained model")
    best = tuning.best_checkpoint()
    if best:
        tuning.load_checkpoint(best)
    check = _chosen(lesson, probe, tuning, best)
    tuning.start.mix(model, check.share)
    apply_temperature(model.head, check.judged.temperature)
    if probe.judged:
        apply_temperature(probe.head, probe.judged.temperature)
    put_rows_back(lesson.encoder.body)
    save_encoder_bundle(
        process.job.adapter, model, probe.head, lesson.reader, _facts(lesson, check.share)
    )
    return {
        "adapter": str(process.job.adapter),
        "best_step": step_of(best) if best and check.share else 0,
        "share": check.share,
        "scores": {"validation": check.judged.scores},
    }


def _chosen(lesson: Lesson, probe: Probe, tuning: Tuning, best: Path | None) -> Check:
    """The best of the checkpoint's mixtures and the probe, which is a share of nothing."""
    start = Check(0.0, probe.judged or UNJUDGED)
    if best is None:
        return start
    if probe.judged is None:
        return Check(SHARES[0], UNJUDGED)
    check = tuning.check()
    if check.judged.loss < probe.judged.loss:
        return check
    lesson.process.log(
        "Tuning did not help on the practice questions, so the encoder is left as it was and only "
        "its categories are learned."
    )
    return start


def _facts(lesson: Lesson, share: float) -> Result:
    """What workbench.json says about the classifier."""
    return {
        "task": "classification",
        "kind": "encoder",
        "method": lesson.recipe.method,
        "base": {name: lesson.base.get(name) for name in ("name", "path", "revision")},
        "quantization": "none",
        "system": "",
        "labels": lesson.labels,
        "max_length": lesson.reader.max_length,
        "pooling": lesson.encoder.pooling,
        "share": share,
        "chat_template": "",
        "data": str(lesson.data),
        "versions": versions(),
    }


def _examined(lesson: Lesson, scores: Result) -> Result:
    """Scores on the test rows; a cancel keeps the model and gives no scores."""
    process = lesson.process
    if process.stop.is_set():
        return STOPPED
    rows = read_rows(lesson.data, "test")
    if not rows:
        return {"rows": 0}
    adapter = process.job.adapter
    try:
        exam = sit_exam(
            process,
            load_probe(lesson.base, adapter),
            load_encoder_bundle(lesson.base, adapter),
            rows,
        )
    except Cancelled:
        return STOPPED
    return {**exam, "scores": {**scores, "test": exam["scores"]}}
