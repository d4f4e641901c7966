"""Teaches a model that writes text: from a job's spec to an adapter and its scores."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from workbench.core.long_texts.told import LongTexts, counted
from workbench.core.long_texts.ways import HEAD_TAIL
from workbench.core.tasks import task_named
from workbench.core.words import plural
from workbench.engine.causal.batches import batches_by_length, longest_example
from workbench.engine.causal.documents.packing import Blocks
from workbench.engine.causal.encode import FEATURES, Cuts, Examples, Wording, encode, encoded
from workbench.engine.causal.loss import AnswerLoss, mean_loss
from workbench.engine.causal.pairs.encode import encode_pairs, encoded_pairs
from workbench.engine.causal.pairs.pairs import Pairs
from workbench.engine.causal.pairs.trainer import PairTrainer
from workbench.engine.causal.systems import systems
from workbench.engine.causal.trainer import CausalTrainer
from workbench.engine.encoder.reader import meaning
from workbench.engine.encoding.cache import Facts, files_of
from workbench.engine.encoding.encoded_rows import Columns
from workbench.engine.encoding.version import encoded_splits
from workbench.engine.evaluation.jobs import EXAM
from workbench.engine.generative import train as generative
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.leaning.trial import ASKED, Choice, LossOn, choose
from workbench.engine.generative.long_texts import way_of
from workbench.engine.generative.systems import LOSS_BATCH
from workbench.engine.generative.train import Course, Setup, check_there_are_some
from workbench.engine.generative.turns import train as turns
from workbench.engine.models.load import base_folder, load_base, load_tokenizer
from workbench.engine.rows import Row, categories_of, read_rows
from workbench.engine.runtime import device
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import MeasureSpec, TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import CAUSAL
from workbench.models.templates import template_of


def train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train an adapter, keep the best checkpoint and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; a checkpoint was saved.
    """
    return turns.way_of(spec)(COURSE, spec, job, report, stop)


def measure(spec: MeasureSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """What a training of this spec takes; nothing is learned.

    Raises:
        WorkbenchError: the data or the settings cannot be used, or need too much memory.
        Cancelled, Orphaned: the process is to leave.
    """
    return generative.measure(COURSE, spec, job, report, stop)


def prepare(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Setup:
    """Read the examples and put them in the model's words."""
    folder = base_folder(spec.base)
    template = template_of(folder, spec.base.name)
    labels = categories_of(task_named(spec.task), spec.data)
    way = way_of(spec.recipe.long_texts, spec.task)
    wording = Wording(spec.task, template, spec.system, labels, long_texts=way)
    tokenizer = load_tokenizer(folder, template)
    longest = longest_example(folder, spec.recipe.max_length)
    choice = _chosen(spec, wording, tokenizer, longest, report, stop)
    wording = replace(wording, leaning=choice.leaning)
    report.phase("preparing", "Reading the examples")
    train, validation = examples_of(spec, job, wording, tokenizer, longest, report, stop)
    check_there_are_some(train)
    learned: Examples | Blocks | Pairs = train
    if task_named(spec.task).rows_are_documents:
        learned = Blocks.of(train, spec.recipe, longest)
        tokens = int(train.lengths.sum())
        report.log(f"{plural(len(train), 'piece')} of text to learn from, {tokens} tokens.")
    elif task_named(spec.task).compares:
        learned = Pairs(train)
        report.log(f"{len(learned)} pairs to learn from, {train.lengths.sum()} tokens.")
    else:
        report.log(f"{len(train)} examples to learn from, {train.lengths.sum()} tokens.")
    long_texts = _long_texts(spec, (train, validation), wording, tokenizer, longest)
    meaning.forget()  # nothing is looked up while the model learns
    return Setup(
        tokenizer,
        tokenizer,
        learned,
        validation,
        tuple(labels),
        template.source,
        choice,
        long_texts,
    )


def _chosen(
    spec: TrainSpec, wording: Wording, tokenizer: Any, longest: int, report: Report, stop: Stop
) -> Choice:
    """Whether answers lean on the user's examples."""

    def loss_on() -> LossOn:
        report.phase("preparing", "Trying whether your examples help")
        recipe = spec.recipe
        model = load_base(base_folder(spec.base), recipe.quantization, recipe.double_quant).eval()
        loss = AnswerLoss(model)

        def wrong(rows: Sequence[Row], leaning: Leaning | None) -> float:
            told = encode(rows, replace(wording, leaning=leaning), tokenizer, longest)
            batches = batches_by_length(told, LOSS_BATCH, tokenizer.pad_token_id)
            return mean_loss(loss, batches, stop.check)

        return wrong

    try:
        return choose(spec, longest, ASKED[device.device().type], loss_on, report, stop.check)
    finally:
        device.give_back_memory()


def examples_of(
    spec: TrainSpec,
    job: JobDir,
    wording: Wording,
    tokenizer: Any,
    longest: int,
    report: Report,
    stop: Stop,
) -> list[Examples]:
    """What is learned from, and the practice questions, in at most `longest` tokens each."""
    template = wording.template
    shape = {
        "system": wording.system,
        "labels": list(wording.labels),
        "template": [template.source, dict(template.tokens)],
        "day": str(date.today()) if "strftime_now" in template.source else "",
        "tokenizer": files_of(base_folder(spec.base)),
        "longest": longest,
        "leans": str(wording.leaning.way) if wording.leaning else "",
        "long_texts": wording.long_texts,
    }

    encoding = encoded_pairs if task_named(spec.task).compares else encoded

    def encode_all(batches: Iterable[list[Row]], facts: Facts) -> Iterator[Columns]:
        cuts = Cuts()
        yield from encoding(batches, wording, tokenizer, longest, cuts)
        facts |= vars(cuts)

    splits = encoded_splits(spec, job, shape, FEATURES, encode_all, report, stop)
    return [Examples(split.rows, Cuts(**split.facts)) for split in splits]


def _long_texts(
    spec: TrainSpec, learned: Sequence[Examples], wording: Wording, tokenizer: Any, longest: int
) -> LongTexts:
    """Which rows were too long, those of the exam too."""
    way = wording.long_texts or HEAD_TAIL
    found = LongTexts(longest, way, counted=True)
    if task_named(spec.task).rows_are_documents:
        return found
    rows, compares = read_rows(spec.data, EXAM), task_named(spec.task).compares
    exam = (encode_pairs if compares else encode)(rows, wording, tokenizer, longest)
    for examples in (*learned, exam):
        long = {int(row): int(tokens) for row, tokens in examples.cuts.long}
        number = len(examples) // 2 if compares else len(examples)
        found = found.and_also(counted(longest, way, number, long, examples.cuts.cut))
    return found


def trainer_for(*told: Any, **more: Any) -> CausalTrainer:
    """The loop that fits what is learned from; see `CausalTrainer` for what it is told."""
    kind = PairTrainer if any(isinstance(one, Pairs) for one in told) else CausalTrainer
    return kind(*told, **more)


COURSE = Course(CAUSAL, "CAUSAL_LM", prepare, load_base, trainer_for, systems)
