"""`predict`: a model answers a file, and the file comes back with its answers."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from storage.guard import private
from workbench.cli.data import existing, pairs
from workbench.cli.output import command, emit, finished, working_store
from workbench.cli.runs import add_map
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import CHEAP, cheap_for
from workbench.core.words import plural
from workbench.evaluation.release import releases
from workbench.projects import projects
from workbench.training import runs
from workbench.use import batch
from workbench.use.answered import written
from workbench.use.answered.answers import answers_of

CONVERTED = (".csv", ".xlsx")
"""What any file can become."""
BOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".ods")
"""Files for people; in others titles and words are those that programs read."""


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    predict = command(commands, "predict", _predict, "Answer every row of a file.")
    who = predict.add_mutually_exclusive_group(required=True)
    who.add_argument("--run", metavar="ID")
    who.add_argument("--project", metavar="NAME", help="ask the run that is live there")
    predict.add_argument("--file", type=Path, required=True)
    predict.add_argument("--sheet", default="", metavar="NAME", help="of a workbook")
    add_map(predict)
    predict.add_argument(
        "--rung",
        choices=CHEAP,
        help="who answers in the model's place, having learned from the same examples",
    )
    predict.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="ends as --file does: a copy of that file with the answers in new columns; else .csv or "
        ".xlsx: its table with the answers",
    )


def _predict(options: argparse.Namespace) -> int:
    path, out = existing(options.file), options.out
    patched = path.suffix.lower() == out.suffix.lower()
    if not patched and out.suffix.lower() not in CONVERTED:
        raise WorkbenchError(
            f"{out} must end in .csv or .xlsx, or as {path.name} does: name it so."
        )
    store = working_store()
    run_id, live_rung = _who(store, options)
    columns, rung = pairs(options.map, "--map"), options.rung or live_rung or None
    able = cheap_for(task_named(runs.get_run(store, run_id).task))
    if options.rung and options.rung not in able:
        raise WorkbenchError(f"'{options.rung}' cannot answer such questions: leave --rung out.")
    job_id = batch.start_prediction(
        store, run_id, path, columns=columns, rung=rung, sheet=options.sheet
    )
    finished(store, job_id)
    told = _patch(store, job_id, out) if patched else None
    value = _told(store, job_id, out) | (told or _convert(store, job_id, out))
    emit(options, value, "\n".join([_sentence(value), *value["notes"]]))
    return 0


def _who(store: Store, options: argparse.Namespace) -> tuple[int, str]:
    """The run that was named, or the one that is live in the project, and what answers in its place.

    Raises:
        WorkbenchError: there is none.
    """
    if options.run is not None:
        if not options.run.isdigit():
            raise WorkbenchError(f"--run takes the number of a finished run, not '{options.run}'.")
        return int(options.run), ""
    live = releases.live(store, projects.project_named(store, options.project))
    if live is None or live.run_id is None:
        raise WorkbenchError(
            f"Nothing is live in '{options.project}': release a run first, or name one with --run."
        )
    return live.run_id, live.rung


def _patch(store: Store, job_id: int, out: Path) -> dict[str, Any] | None:
    """Copy the user's file with the answers to `out`; None if nothing can be added to such a file."""
    found = answers_of(store, job_id)
    job = written.start(store, found, for_programs=out.suffix.lower() not in BOOKS)
    made = written.written_by(finished(store, job.id), found)
    if not made.patched and made.path.suffix.lower() != out.suffix.lower():
        return None
    _take(made.path, out)
    return {"patched": made.patched, "titles": list(made.titles), "notes": list(made.notes)}


def _convert(store: Store, job_id: int, out: Path) -> dict[str, Any]:
    """The file's table with the answers, as a file of the kind of `out`.

    Raises:
        WorkbenchError: there is no such kind.
    """
    if out.suffix.lower() not in CONVERTED:
        raise WorkbenchError(
            f"Nothing can be added to such a file as {out.name}: let --out end in .csv or .xlsx."
        )
    _take(batch.answers_file(store, job_id, out.suffix.lower().lstrip(".")), out)
    return {"patched": False, "titles": batch.titles(store, job_id), "notes": []}


def _take(path: Path, out: Path) -> None:
    with private.taken_elsewhere(out, files.home()):
        shutil.copyfile(path, out)


def _told(store: Store, job_id: int, out: Path) -> dict[str, Any]:
    return {
        "rows": batch.answered_rows(store, job_id),
        "rows_in_file": len(batch.answers(store, job_id)),
        "none_of_these": batch.none_of_these(store, job_id),
        "please_check": batch.please_check(store, job_id),
        "out": str(out),
    }


def _sentence(value: dict[str, Any]) -> str:
    rows, total = value["rows"], value["rows_in_file"]
    strangers, to_check = value["none_of_these"], value["please_check"]
    without = f"; {plural(total - rows, 'row')} had no question" if total > rows else ""
    fits = "fits" if strangers == 1 else "fit"
    none = f"; {plural(strangers, 'row')} {fits} none of the categories" if strangers else ""
    check = f"; please check {plural(to_check, 'row')}" if to_check else ""
    return f"{rows} answers are in {value['out']}{without}{none}{check}."
