"""What a training of an encoder begins with: its texts as token ids, and the encoder itself."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.joins import MEAN
from workbench.core.long_texts.told import LongTexts, counted
from workbench.core.long_texts.ways import HEAD, way_for
from workbench.core.recipe import CONTRASTIVE
from workbench.core.tasks import SPLITS, task_named
from workbench.core.tasks.category_sets import labels_in
from workbench.data.splits.turns import Turns, turns_of
from workbench.engine.encoder.encoder import Encoder
from workbench.engine.encoder.goal import Goal, OneOf
from workbench.engine.encoder.numbers.one_number import OneNumber
from workbench.engine.encoder.out_of_scope.fitting import NOWHERE
from workbench.engine.encoder.reader.reader import Reader, load_reader, second_after
from workbench.engine.encoder.sets.any_of import AnyOf
from workbench.engine.encoder.start import encoder_to_start_from
from workbench.engine.encoder.trainer import FEATURES, LABEL, Texts
from workbench.engine.encoding.cache import Facts, files_of
from workbench.engine.encoding.encoded_rows import IDS, Columns, EncodedRows
from workbench.engine.encoding.version import EncodedSplit, encoded_splits
from workbench.engine.models.load import base_folder
from workbench.engine.models.start import kept_start
from workbench.engine.rows import Row, labels_of, read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop


@dataclass
class TrainingSetup:
    """All that a training needs to know of its examples, and the encoder that it begins with."""

    labels: list[str]
    encoder: Encoder
    reader: Reader
    train: Texts
    validation: Texts
    turns: Turns | None = None
    """Of an exam by turns: `train` has all rows then, `validation` none."""
    rows: Sequence[Row] = field(default=(), repr=False)
    """Those of `train`, in an exam by turns."""
    outside: int = NOWHERE
    """The number of the category of texts that belong to none of the others."""
    goal: Goal = field(default_factory=OneOf)
    """What is learned."""
    long_texts: LongTexts = field(default_factory=lambda: LongTexts(0, HEAD))
    """Those of all rows, the exam's too."""
    join: str = MEAN
    """How one answer comes of a long text's windows: chosen before tuning."""


def prepare(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> TrainingSetup:
    """Read the examples and load the encoder."""
    report.phase("preparing", "Reading the examples")
    by_turns = spec.recipe.asks_by_turns and task_named(spec.task).answers_are_categories
    by_turns = by_turns and spec.start is None  # a model before may have learned all that is asked
    turns = turns_of(spec.data) if by_turns else None
    labels = _labels(spec, by_turns=turns is not None)
    sets = labels if task_named(spec.task).answers_are_sets else []
    labels = labels_in(labels_of(spec.data)) if sets else labels
    numbers = task_named(spec.task).answers_are_numbers
    if numbers and len(labels_of(spec.data)) < 2:
        raise WorkbenchError(
            "All training examples have the same number: add examples with others, so that there is "
            "something to estimate."
        )
    if len(labels) < 2:
        raise WorkbenchError(
            f"All training examples are of one category{_named(labels)}: add examples of another "
            "one, so that there is something to tell apart."
        )
    outside = _outside(spec, labels, report)
    set_seed(spec.recipe.seed)
    folder = base_folder(spec.base)
    encoder = encoder_to_start_from(spec.base, kept_start(spec, job, report))
    way = way_for(spec.recipe.long_texts, writes_text=False)
    reader = load_reader(folder, encoder.body, spec.recipe.max_length, spec.pair or (), way)
    encoder.window, encoder.second_after = reader.window, second_after(reader, encoder.body)
    if turns is not None:
        rows = [row for row in read_rows(spec.data) if row["split"] in SPLITS]
        splits = [_held(part, labels, reader, report) for part in (rows, [])]
        asked: Sequence[Row] = []
    else:
        rows = []
        splits = splits_of(spec, job, sets or labels, reader, report, stop)
        asked = read_rows(spec.data, SPLITS[2])
    stop.check()
    train, validation = (Texts(split.rows) for split in splits)
    long_texts = _long_texts(reader, splits, asked)
    for sentence in long_texts.sentences:
        report.log(sentence)
    goal: Goal = AnyOf(sets, labels) if sets else OneOf()
    if numbers:
        goal, labels = OneNumber(labels, train.labels), []
    return TrainingSetup(
        labels, encoder, reader, train, validation, turns, rows, outside, goal, long_texts
    )


def _long_texts(reader: Reader, splits: Sequence[EncodedSplit], asked: Sequence[Row]) -> LongTexts:
    """What was found of both sides while they were encoded, and the exam's."""
    texts = [str(row["text"]) for row in asked]
    long = reader.long(texts, reader.ids(texts))
    own = {int(asked[place]["row_id"]): tokens for place, tokens in long.items()}
    found = counted(reader.max_length, reader.long_texts, len(asked), own)
    for split in splits:
        told = {int(row): int(tokens) for row, tokens in split.facts["long"]}
        more = counted(found.limit, found.way, len(split.rows), told)
        found = found.and_also(more)
    return found


def _labels(spec: TrainSpec, *, by_turns: bool) -> list[str]:
    """The categories, sorted; those that are only described count where descriptions are read."""
    every = by_turns or not task_named(spec.task).answers_are_categories
    found = labels_of(spec.data, SPLITS if every else SPLITS[:1])
    if spec.recipe.objective == CONTRASTIVE or not found:
        found = sorted({*found, *(spec.descriptions or {})})
    return found


def _outside(spec: TrainSpec, labels: Sequence[str], report: Report) -> int:
    """The number of the category of texts that belong to none of the others."""
    if not spec.out_of_scope:
        return NOWHERE
    if spec.out_of_scope in labels:
        return list(labels).index(spec.out_of_scope)
    report.log(
        f"No example to learn from is of '{spec.out_of_scope}', the category of texts that belong "
        "to none of the others, so the model learns nothing of it."
    )
    return NOWHERE


def _named(labels: Sequence[str]) -> str:
    return f" ('{labels[0]}')" if labels else ""


def splits_of(
    spec: TrainSpec,
    job: JobDir,
    labels: Sequence[str],
    reader: Reader,
    report: Report,
    stop: Stop,
) -> list[EncodedSplit]:
    """What is learned from, and the practice questions; those of a category without training
    examples teach nothing."""
    shape = {
        "labels": list(labels),
        "tokenizer": files_of(base_folder(spec.base)),
        "longest": reader.max_length,
        **({"pair": list(reader.pair)} if reader.pair else {}),
        "long_texts": reader.long_texts,
    }
    encode = functools.partial(_encode, labels, reader)
    splits = encoded_splits(spec, job, shape, FEATURES, encode, report, stop)
    for split in splits:
        _report_unknown(report, split)
    return splits


def _held(
    rows: Sequence[Row], labels: Sequence[str], reader: Reader, report: Report
) -> EncodedSplit:
    """Few rows as texts; of them nothing is kept on the disk."""
    facts: Facts = {}
    split = EncodedSplit(
        EncodedRows.held(_encode(labels, reader, [list(rows)] if rows else [], facts), FEATURES),
        facts,
    )
    _report_unknown(report, split)
    return split


def _encode(
    labels: Sequence[str], reader: Reader, batches: Iterable[list[Row]], facts: Facts
) -> Iterator[Columns]:
    place = {label: number for number, label in enumerate(labels)}
    facts |= {"unknown": 0, "long": []}
    for rows in batches:
        known = [row for row in rows if str(row["label"]) in place]
        texts = [str(row["text"]) for row in known]
        ids = reader.ids(texts)
        long = reader.long(texts, ids)
        facts["long"] += [(int(known[place]["row_id"]), long[place]) for place in long]
        facts["unknown"] += len(rows) - len(known)
        numbers = [place[str(row["label"])] for row in known]
        yield {IDS: pa.array(ids, pa.list_(pa.int32())), LABEL: pa.array(numbers, pa.int32())}


def _report_unknown(report: Report, split: EncodedSplit) -> None:
    if split.facts["unknown"]:
        report.log(
            f"{split.facts['unknown']} practice questions are left out: no training example has "
            "their category."
        )
