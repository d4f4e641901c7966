"""Learns categories from few examples: turns to choose by, then a training from all rows."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from workbench.core.long_texts.joins import MEAN
from workbench.core.recipe import Recipe
from workbench.core.words import plural
from workbench.engine.encoder.calibration import Scored, apply_temperature
from workbench.engine.encoder.embedding_rows import train_embedding_rows
from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.few.candidates import (
    PROBE,
    Candidate,
    best_of,
    candidates,
    judged,
    names_help,
)
from workbench.engine.encoder.few.contrastive import ContrastiveTrainer
from workbench.engine.encoder.few.detecting import by_turns
from workbench.engine.encoder.few.exam import Part, asked_of, exam_by_turns, parts_of
from workbench.engine.encoder.few.texts import FOLDS, Lessons, lessons_of
from workbench.engine.encoder.few.took import Logits
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.few.unlabelled import fit_with, unlabelled_ids
from workbench.engine.encoder.joins.choosing import choose
from workbench.engine.encoder.joins.reading import see
from workbench.engine.encoder.learned import AS_IT_CAME, Learned
from workbench.engine.encoder.probe import Head, fit_probe
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.engine.evaluation.by_turns import ExamByTurns
from workbench.engine.models.load import add_lora
from workbench.engine.runtime.versions import versions
from workbench.engine.training.loop import checkpoint_to_go_on_from, steps_of
from workbench.engine.training.preflight import measure_first
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Cancelled, Stop

UNJUDGED: Mapping[Candidate, Scored] = {PROBE: Scored(1.0, {})}


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Learned:
    """Tune the encoder on all rows, if held-out rows say that this helps, and fit its head.

    Raises:
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; finished turns and a checkpoint are kept.
    """
    turns = _turns(spec, setup, job, report, stop)
    measured = _measured(spec, turns, job, report, stop)
    parts = parts_of(setup, turns.lessons, spec.recipe.held_out_turns, spec.recipe.seed)
    lessons, frozen = turns.lessons, turns.frozen
    probe = fit_probe(frozen.means[lessons.rows], lessons.texts.labels[lessons.rows])
    tried = _tried(spec, setup, turns, parts, report, stop)
    found = tried.found
    ending, embedded = best_of(found) if len(found) > 1 else PROBE, frozen.means
    held_out = sum(len(part.asked) for part in parts)
    facts: Result = {**AS_IT_CAME, "versions": versions(), "held_out": held_out}
    if ending.alpha:
        tuned = _tuned(spec, turns, ending, job, report, stop)
        tuned.facts |= measured
        facts |= tuned.facts
        embedded = frozen.means if tuned.embedded is None else tuned.embedded
        ending = PROBE if tuned.embedded is None else ending
        if ending.alpha:
            report.metric("validation", tuned.facts["steps"], found[ending].scores)
    elif len(found) > 1:
        report.log(
            "Tuning did not help on the rows that were held out, so the encoder is left as it was "
            "and only its categories are learned."
        )
    setup.join = turns.join
    head = _head(turns, embedded, ending, found[ending])
    model = Classifier(setup.encoder, head, turns.join)
    apply_temperature(probe, found[PROBE].temperature)
    detector = by_turns(turns, ending, found[ending].temperature, embedded, report)
    scores = {"validation": found[ending].scores}
    return Learned(model, probe, ending.alpha, {**facts, "scores": scores}, tried.exam, detector)


def _turns(spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop) -> Turns:
    """All that is to be known before the first turn."""
    report.phase("embedding", "Reading the texts with the encoder as it is")
    lessons = lessons_of(setup, spec.descriptions)
    total = len(lessons.texts)
    meter = Meter(report, stop.check, total)
    frozen = see(setup.encoder, lessons.texts.rows, setup.reader.pad_id, meter.counted(total))
    rows, seed = lessons.rows, spec.recipe.seed
    join = choose(frozen.of(rows), lessons.texts.labels[rows], setup.goal, seed, report)
    report.phase("trying", "Trying whether the categories' names help")
    others = unlabelled_ids(spec, setup.reader, report)
    names = names_help(lessons, frozen.means, seed, Meter(report, stop.check, 2 * FOLDS))
    return Turns(
        _to_tune(spec, setup, lessons, frozen.means.shape[1]),
        lessons,
        frozen,
        candidates(names, unlabelled=bool(others)),
        _of_a_turn(spec, setup, lessons),
        setup.reader.pad_id,
        job.path / ("turns" if join == MEAN else f"turns {join}"),
        setup.outside,
        others,
        join,
    )


def begun(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> ContrastiveTrainer:
    """The training from all rows, before its first step."""
    lessons = lessons_of(setup, spec.descriptions)
    model = _to_tune(spec, setup, lessons, setup.encoder.body.config.hidden_size)
    pad_id = setup.reader.pad_id
    return ContrastiveTrainer(
        report, stop, spec.recipe, job.checkpoints, model, lessons.texts, pad_id
    )


def _measured(spec: TrainSpec, turns: Turns, job: JobDir, report: Report, stop: Stop) -> Result:
    """What a step takes, where it costs little to know, for the result of a training.

    Raises:
        NotEnoughMemory: there is not enough for one.
    """
    if spec.attempt > 1 or spec.conclude:
        return {}
    texts, pad_id = turns.lessons.texts, turns.pad_id
    trainer = ContrastiveTrainer(
        report, stop, spec.recipe, job.checkpoints, turns.model, texts, pad_id
    )
    found = measure_first(trainer, report, stop)
    if found is None:
        return {}
    report.measured(found.as_dict())
    return {"measured": found.as_dict()}


def _of_a_turn(spec: TrainSpec, setup: TrainingSetup, lessons: Lessons) -> Recipe:
    if setup.turns is None:
        return spec.recipe
    steps = steps_of(spec.recipe, lessons.examples)
    return spec.recipe.changed(max_steps=spec.recipe.turn_steps(steps))


def _to_tune(spec: TrainSpec, setup: TrainingSetup, lessons: Lessons, hidden: int) -> Classifier:
    """The encoder with its weights, or LoRA's, ready to be trained; its head does not count."""
    body = setup.encoder.body
    if spec.recipe.method == "full":
        train_embedding_rows(body, lessons.texts.rows.ids())
    else:
        setup.encoder.body = add_lora(body, spec.recipe, task_type=None)
    return Classifier(setup.encoder, Head(hidden, len(setup.labels))).to(body.device)


@dataclass
class _Tried:
    found: Mapping[Candidate, Scored]
    """How the candidates do on rows held out; of who is cancelled, the probe alone, unjudged."""
    exam: ExamByTurns | None = None


def _tried(
    spec: TrainSpec,
    setup: TrainingSetup,
    turns: Turns,
    parts: Sequence[Part],
    report: Report,
    stop: Stop,
) -> _Tried:
    """Take the turns, to choose by, or also as the exam."""
    labels = turns.lessons.texts.labels
    if spec.conclude:
        stop.cancel()
    if not parts:
        return _Tried(UNJUDGED)
    count = sum(len(part.asked) for part in parts)
    report.phase("trying", f"Trying it out on {count} examples held out")
    steps = len(parts) * steps_of(turns.recipe, turns.lessons.examples)
    meter = Meter(report, stop.check, steps)
    answers: list[Logits] = []
    with contextlib.suppress(Cancelled):
        for number, part in enumerate(parts):
            if setup.turns is not None:
                report.phase("turn", _told(number, parts))
            way = meter.part(number / len(parts), (number + 1) / len(parts))
            answers.append(asked_of(turns.taken(part.held, number, way, stop), part))
    if len(answers) < len(parts):
        return _Tried(UNJUDGED)
    wanted = [labels[part.asked] for part in parts]
    found = judged(answers, wanted)
    report.metric("validation", 0, found[PROBE].scores)
    exam = exam_by_turns(setup, parts, answers, wanted, turns) if setup.turns is not None else None
    return _Tried(found, exam)


def _told(number: int, parts: Sequence[Part]) -> str:
    asked = plural(len(parts[number].asked), "row")
    return f"Turn {number + 1} of {len(parts)}: learning without {asked}, then asking about them"


@dataclass
class _Tuned:
    facts: Result
    embedded: torch.Tensor | None
    """Embeddings of all lessons (lessons, hidden); None where nothing was kept of it."""


def _tuned(
    spec: TrainSpec, turns: Turns, ending: Candidate, job: JobDir, report: Report, stop: Stop
) -> _Tuned:
    """Train on all lessons; the encoder is as the ending has it afterwards."""
    lessons = turns.lessons
    chosen = lessons.all if turns.names else lessons.rows
    trainer = ContrastiveTrainer(
        report, stop, spec.recipe, job.checkpoints, turns.model, lessons.some(chosen), turns.pad_id
    )
    report.phase("training", f"Learning from {lessons.examples} examples")
    trainer.learn(checkpoint_to_go_on_from(spec, job, report))
    best = trainer.best_checkpoint()
    if best is None:
        trainer.start.restore(turns.model)
        return _Tuned(trainer.facts() | {"best_step": 0}, None)
    trainer.load_checkpoint(best)
    trainer.start.blend(turns.model, ending.alpha)
    report.phase("saving", "Saving the trained model")
    embedded = read(turns.model.encoder, lessons.texts.rows, turns.pad_id)
    return _Tuned(trainer.facts() | {"best_step": step_of(best)}, embedded)


def _head(turns: Turns, embedded: torch.Tensor, ending: Candidate, scored: Scored) -> Head:
    """Fitted to all that the ending learns from, as sure as it was right on held-out rows."""
    lessons = turns.lessons
    learned = lessons.all if ending.names else lessons.rows
    others = turns.read_others() if ending.unlabelled else embedded[:0]
    labels = lessons.texts.labels[learned]
    head = fit_with(embedded[learned], labels, others, neighbours=ending.neighbours)
    apply_temperature(head, scored.temperature)
    return head.to(turns.model.encoder.body.device)
