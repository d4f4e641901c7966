"""The kinds of jobs that ask a model that writes text: evaluation and batch prediction."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import from_dict
from workbench.engine.causal.exam import choose, prompt_of, sit_exam
from workbench.engine.causal.generate import Pace, write_answers
from workbench.engine.causal.model import Bundle, load_bundle
from workbench.engine.evaluation.exam import Result, write_exam
from workbench.engine.rows import read_rows
from workbench.jobs.process.shell import Process


def evaluate(process: Process) -> Result:
    """Score base and tuned model on all rows of a file.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: a row or the trained model cannot be used.
    """
    process.phase("preparing", "Loading the model")
    bundle = _load(process)
    rows = read_rows(Path(process.spec["data"]))
    if not rows:
        raise WorkbenchError("The file has no rows to score: choose another file.")
    recipe = from_dict(process.spec["recipe"])
    exam = sit_exam(
        bundle,
        rows,
        process,
        max_rows=len(rows),
        max_new_tokens=recipe.eval_max_new_tokens,
        seed=recipe.seed,
    )
    learned_from = bundle.facts.get("data")
    return write_exam(process, exam, Path(learned_from) if learned_from else None)


def predict(process: Process) -> Result:
    """Answer every row of a file.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: a row or the trained model cannot be used.
    """
    process.phase("preparing", "Loading the model")
    bundle = _load(process)
    rows = read_rows(Path(process.spec["data"]))
    process.phase("evaluating", f"Answering {len(rows)} rows")
    pace = Pace(process, len(rows))
    answers: dict[str, list[Any]] = {}
    if bundle.task == "classification" and bundle.wording.labels:
        answers["output"], answers["probability"] = choose(bundle, rows, process, pace)
    else:
        prompts = [prompt_of(bundle, row) for row in rows]
        longest = from_dict(process.spec["recipe"]).eval_max_new_tokens
        answers["output"] = write_answers(bundle, prompts, longest, process, pace)
    path = process.job.path / "predictions.parquet"
    inputs = {name: [row[name] for row in rows] for name in rows[0]} if rows else {"row_id": []}
    pq.write_table(pa.table({**inputs, **answers}), path)
    return {"rows": len(rows), "predictions": str(path)}


def _load(process: Process) -> Bundle:
    spec = process.spec
    recipe = from_dict(spec["recipe"])
    adapter = Path(spec["adapter"]) if spec.get("adapter") else None
    bundle = load_bundle(
        spec["base"],
        adapter,
        task=spec["task"],
        system=spec.get("system", ""),
        quantization=recipe.quantization,
        max_length=recipe.max_length,
    )
    process.check()
    return bundle
