"""Teaches an encoder-decoder: from a job's spec to an adapter and its scores."""

from collections.abc import Sequence

from workbench.core.long_texts.told import LongTexts, counted
from workbench.core.long_texts.ways import HEAD_TAIL
from workbench.core.tasks import SPLITS, task_named
from workbench.engine.generative import train as generative
from workbench.engine.generative.long_texts import way_of
from workbench.engine.generative.train import Course, Setup, check_there_are_some
from workbench.engine.generative.turns import train as turns
from workbench.engine.models.load import base_folder
from workbench.engine.rows import categories_of, read_rows
from workbench.engine.seq2seq.encode import Examples, PairTokenizer, Wording, encode
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_rewriter
from workbench.engine.seq2seq.systems import systems
from workbench.engine.seq2seq.trainer import Seq2seqTrainer
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import MeasureSpec, TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import SEQ2SEQ

PEFT_TASK = "SEQ_2_SEQ_LM"


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


def prepare(spec: TrainSpec, _job: JobDir, report: Report, _stop: Stop) -> Setup:
    """Read the examples as pairs of texts."""
    folder = base_folder(spec.base)
    labels = tuple(categories_of(task_named(spec.task), spec.data))
    wording = Wording(spec.task, spec.system, labels)
    way = way_of(spec.recipe.long_texts, spec.task)
    tokenizer = load_pair_tokenizer(folder, folder, spec.recipe.max_length, way)
    train, validation, exam = (
        encode(read_rows(spec.data, split), wording, tokenizer) for split in SPLITS
    )
    check_there_are_some(train)
    report.log(f"{len(train)} examples to learn from, {train.lengths.sum()} tokens.")
    long_texts = _long_texts((train, validation, exam), tokenizer)
    return Setup(tokenizer, tokenizer.own, train, validation, labels, long_texts=long_texts)


def _long_texts(learned: Sequence[Examples], tokenizer: PairTokenizer) -> LongTexts:
    """Which rows were too long, those of the exam too."""
    limit, way = tokenizer.limits.source, tokenizer.long_texts or HEAD_TAIL
    found = LongTexts(limit, way, counted=True)
    for examples in learned:
        found = found.and_also(
            counted(limit, way, len(examples), dict(examples.long), examples.cut)
        )
    return found


COURSE = Course(SEQ2SEQ, PEFT_TASK, prepare, load_rewriter, Seq2seqTrainer, systems)
