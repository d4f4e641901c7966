"""Teaches an encoder-decoder: from a job's spec to an adapter and its scores."""

from workbench.core.tasks import task_named
from workbench.engine.generative import train as generative
from workbench.engine.generative.train import Course, Setup, check_there_are_some
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
    return generative.train(COURSE, spec, job, report, stop)


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
    tokenizer = load_pair_tokenizer(folder, folder, spec.recipe.max_length)
    train, validation = (
        encode(read_rows(spec.data, split), wording, tokenizer) for split in ("train", "validation")
    )
    check_there_are_some(train)
    _report_cuts(report, train, tokenizer)
    return Setup(tokenizer, tokenizer.own, train, validation, labels)


def _report_cuts(report: Report, examples: Examples, tokenizer: PairTokenizer) -> None:
    limits = tokenizer.limits
    report.log(f"{len(examples)} examples to learn from, {examples.lengths.sum()} tokens.")
    if examples.cut_questions or examples.cut_answers:
        report.log(
            f"Too long: {examples.cut_questions} questions (over {limits.source} tokens) lost "
            f"their middle and {examples.cut_answers} answers (over {limits.target}) their end. "
            "A larger 'Longest example' keeps them whole where the model can read so much."
        )


COURSE = Course(SEQ2SEQ, PEFT_TASK, prepare, load_rewriter, Seq2seqTrainer, systems)
