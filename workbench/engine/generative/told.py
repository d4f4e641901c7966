"""A model that learns nothing: it is told what to do, and perhaps shown the user's nearest examples.

It is kept as every trained model is, with matrices that change nothing, so whatever a trained model
can do (exam, release, playground, files, programs, exports) it can do as well.
"""

import time
from dataclasses import replace
from functools import partial

from workbench.core.words import plural
from workbench.engine.evaluation.jobs import evaluate_trained
from workbench.engine.generative import train as training
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.leaning.trial import Choice
from workbench.engine.generative.model import save_adapter
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.runtime.versions import versions
from workbench.engine.training.measurement import untrained
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop


def make(
    course: "training.Course", spec: TrainSpec, job: JobDir, report: Report, stop: Stop
) -> Result:
    """Keep the model with its instruction (`spec.system`), and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled, Orphaned: the process is to leave.
    """
    began, recipe = time.monotonic(), spec.recipe
    report.phase("preparing", "Reading the examples")
    training.check_method(course, spec)
    setup = course.prepare(spec, job, report, stop)
    shown = spec.shows or 0
    if shown:
        labels, longest = setup.labels, recipe.max_length
        leaning = Leaning.to_show(spec.data, spec.task, longest, labels, shown)
        setup = replace(setup, choice=Choice(leaning))
    stop.check()
    trainer = training.loaded(course, spec, setup, job, report, stop)
    made = replace(training.trained_model(course.family, spec, setup), shows=shown)
    add = partial(training.add_kept, spec, setup)
    report.phase("saving", "Keeping the model with its instruction")
    save_adapter(job.adapter, untrained(trainer, job), setup.kept, made, add)
    with_these = f", with your nearest {plural(shown, 'example')} before it" if shown else ""
    report.log(f"Nothing is learned: each question is asked after your instruction{with_these}.")
    result = {
        "steps": 0, "best_step": 0, "epochs": 0.0, "stopped_early": False, "versions": versions(),
        "adapter": str(job.adapter), "scores": {}, "long_texts": setup.long_texts.as_dict(),
    }  # fmt: skip
    del trainer
    give_back_memory()
    sitting = course.systems(spec.base, job.adapter, recipe, recipe.eval_max_new_tokens)
    most = recipe.eval_max_rows
    exam = evaluate_trained(spec, sitting, job, report, stop, {}, max_rows=most)
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}
