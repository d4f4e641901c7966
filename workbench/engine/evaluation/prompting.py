"""Prompt first: a model that was never trained answers questions after an instruction of the user's."""

from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import CHEAP, PROMPT
from workbench.engine.evaluation.jobs import Engine
from workbench.engine.evaluation.predict import predict
from workbench.engine.evaluation.simple_rungs import add_simple
from workbench.engine.evaluation.systems import Answers, Evaluation, take
from workbench.engine.evaluation.systems import write_evaluation as write
from workbench.engine.rows import Row, read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.parts import PREDICTIONS
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import PromptSpec
from workbench.jobs.process.stop import Stop


def ask(engine: Engine, spec: PromptSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Answer the questions, and score the answers beside those of whoever needs no model.

    Raises:
        Cancelled, Orphaned: the process is to leave; what is answered so far stands in the job's
            folder, and is not asked again.
        WorkbenchError: a row or the model cannot be used.
    """
    found = predict(engine, spec, job, report, stop)
    if found.get("status"):
        return {**found, "predictions": None}
    about = task_named(spec.task)
    rows: list[Row] = list(read_rows(spec.data))
    exam = Evaluation(
        rows, [about.question(row) for row in rows], [about.answer(row) or "" for row in rows]
    )
    texts = [str(row["output"] or "") for row in read_rows(job.path / PREDICTIONS)]
    take(exam, PROMPT, spec.task, Answers(texts, seconds=found.get("row_seconds")))
    add_simple(exam, spec.task, spec.learned_from, stop.check, rungs=CHEAP)
    return write(job.path, exam)
