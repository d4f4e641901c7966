"""`drift`: whether a newer file is like what a model learned from and was examined on."""

import argparse
import sys
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli.data import existing, pairs
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import mapped_file
from workbench.data.mapped_file import MappedFile
from workbench.data.versions import get_version
from workbench.evaluation import drift, evaluations
from workbench.evaluation.drift import Drift
from workbench.evaluation.rows.learned_rows import LearnedRows, learned_by
from workbench.use import batch


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    found = command(commands, "drift", _drift, "Tell whether a newer file is like the exam.")
    found.add_argument("--run", type=int, required=True, metavar="ID")
    found.add_argument("--file", type=Path, required=True, help="with or without answers")
    found.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help="which column of the file plays a role, where it is called otherwise",
    )
    found.add_argument(
        "--texts-only", action="store_true", help="look at the texts alone: the model is not asked"
    )


def _drift(options: argparse.Namespace) -> int:
    store = working_store()
    learned = learned_by(store, options.run, numbers=False)
    if learned is None:
        raise WorkbenchError(drift.NOTHING_LEARNED)
    found = _compared(store, options, learned)
    emit(options, found.as_dict(), drift.sentence(found))
    return 0


def _compared(store: Store, options: argparse.Namespace, learned: LearnedRows) -> Drift:
    path, columns = existing(options.file), pairs(options.map, "--map")
    version = get_version(store, evaluations.version_of(store, options.run))
    table = mapped_file.open_file(store, version.id, path)
    scored = drift.has_answers(version, table, columns)
    file = mapped_file.map_table(store, version.id, table, need_answers=scored, columns=columns)
    for note in file.notes:
        print(note, file=sys.stderr, flush=True)
    if options.texts_only:
        return drift.of_texts(store, options.run, file, learned)
    if scored:
        return drift.of_evaluation(store, _scored(store, options.run, file), learned)
    if not task_named(version.task).answers_are_categories:  # how sure it is it does not say
        return drift.of_texts(store, options.run, file, learned)
    job_id = batch.start_prediction(store, options.run, path, columns=columns)
    finished(store, job_id)
    return drift.of_prediction(store, job_id, learned)


def _scored(store: Store, run_id: int, file: MappedFile) -> evaluations.EvaluationInfo:
    job_id = evaluations.start_evaluation(store, run_id, file)
    digest = (finished(store, job_id).result or {}).get("predictions_hash")
    made = evaluations.list_evaluations(store, run_id)
    found = next((one for one in made if one.predictions_hash == digest), None)
    if found is None:
        raise WorkbenchError(f"{file.name} was not scored: see the log of job {job_id}.")
    return found
