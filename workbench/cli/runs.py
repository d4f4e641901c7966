"""`train`, `evaluate`: what is done with a dataset and a model."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli.data import existing, pairs
from workbench.cli.jobs import PLACES
from workbench.cli.models import ready
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.told import LongTexts, read_long_texts
from workbench.core.recipe import from_dict
from workbench.core.tasks.rungs import ALL, NAMES
from workbench.data import datasets, versions
from workbench.data.mapped_file import MappedFile, map_file
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.exam_ladder import more_rungs
from workbench.evaluation.told import told
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.training import presets, runs
from workbench.training.chain import told as told_of
from workbench.training.diagnosis.of_run import diagnosis_of
from workbench.training.energy import keep_price
from workbench.training.long_rows import is_of_pairs, long_rows
from workbench.training.repeated import again, seeds

CHEAP_RUNGS, ALL_RUNGS = "cheap", "all"


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    train = command(commands, "train", _train, "Train a base model on a dataset.")
    train.add_argument("--dataset", type=int, metavar="ID")
    train.add_argument(
        "--base",
        metavar="MODEL",
        help="name, folder or hub id; with --start-from that run's is taken",
    )
    train.add_argument(
        "--start-from",
        type=int,
        metavar="RUN",
        help="train the model of this run further, whatever it was taught",
    )
    train.add_argument(
        "--again",
        type=int,
        metavar="RUN",
        help="repeat a training exactly: its data, base model, recipe, seed and number of threads; "
        "what has changed since is said first",
    )
    train.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="with --again: N trainings with other random seeds in place of the same one; what their "
        "scores are on average stands in `seeds`",
    )
    train.add_argument("--preset", default="balanced", help=", ".join(presets.PRESETS))
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    train.add_argument("--name", default="", help="name of the run")
    train.add_argument(
        "--on",
        choices=list(PLACES),
        help="where it runs; without, where the project's trainings do (this computer, unless its "
        "Train page says otherwise)",
    )
    train.add_argument("--wait", action="store_true", help="wait until it has ended")
    evaluate = command(commands, "evaluate", _evaluate, "Score a run on its exam or on a file.")
    evaluate.add_argument("--run", type=int, required=True, metavar="ID")
    evaluate.add_argument("--file", type=Path, help="without: the dataset's own test split")
    add_map(evaluate)
    for name, of in (("--price-kwh", "a kWh"), ("--price-million-tokens", "a million tokens")):
        evaluate.add_argument(
            name,
            type=float,
            metavar="PRICE",
            help=f"what {of} costs you; kept with the project, the money stands in `costs`",
        )
    evaluate.add_argument(
        "--same-spelling",
        action="store_true",
        help="take a category of the file that differs from a known one in spelling only for it",
    )
    evaluate.add_argument(
        "--rungs",
        choices=(CHEAP_RUNGS, ALL_RUNGS),
        default=CHEAP_RUNGS,
        help="who answers beside the model: cheap, those that need no model; all, the model before "
        "training with an example before each question, too (takes as long again)",
    )


def add_map(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help="which column of the file plays a role, where it is called otherwise",
    )


def _train(options: argparse.Namespace) -> int:
    store = working_store()
    if options.seeds is not None:
        return _train_seeds(store, options)
    changes = again.before(store, options.again).changes if options.again else ()
    run, long = _started(store, options)
    for sentence in (*changes, *long.sentences):
        print(sentence, file=sys.stderr, flush=True)
    if options.wait:
        finished(store, run.job_id)
    view = runs.get_run(store, run.run_id)
    result = view.result or {}
    long = read_long_texts(result.get("long_texts")) or long
    value = {
        "run_id": run.run_id,
        "job_id": run.job_id,
        "status": view.status,
        "seconds": result.get("seconds"),
        "peak_memory_mb": result.get("peak_memory_mb"),
        "scores": _scores_by_split(result),
        "doctor": found.as_dict() if (found := diagnosis_of(store, view)) else None,
        "chain": told_of(view.chain),
        "digest": result.get("digest"),
        "energy": result.get("energy"),
        "long_texts": long.as_dict(),
        **({"again": result.get("again"), "changes": list(changes)} if options.again else {}),
    }
    words = f"Run {run.run_id} (job {run.job_id}): {view.status}. {view.reason}".strip()
    said = f"{words} {again.outcome(view)}".strip()
    emit(options, value, "\n".join([said, *long.sentences]))
    return 0


def _started(store: Store, options: argparse.Namespace) -> tuple[runs.StartedRun, LongTexts]:
    """The run, and which of its texts are longer than the model reads, as far as that is known now."""
    run = again.train_again(store, options.again) if options.again else _start(store, options)
    view = runs.get_run(store, run.run_id)
    version = versions.get_version(store, view.version_id)
    model = catalogue.get_model(store, view.base_model_id)
    return run, long_rows(version, model, from_dict(view.recipe))


def _train_seeds(store: Store, options: argparse.Namespace) -> int:
    """The training of `--again` with other seeds, one after the other."""
    if not options.again:
        raise WorkbenchError(
            "Other seeds are those of a training that is there: give it with --again RUN."
        )
    started = seeds.start_seeds(store, options.again, options.seeds)
    for run in started if options.wait else ():
        finished(store, run.job_id)
    found = seeds.seeds_of(store, options.again)
    numbers = [run.run_id for run in started]
    words = f"Runs {', '.join(map(str, numbers))}. {found.sentence}".strip()
    emit(options, {"run_ids": numbers, "seeds": found.as_dict()}, words)
    return 0


def _start(store: Store, options: argparse.Namespace) -> runs.StartedRun:
    if options.dataset is None:
        raise WorkbenchError("Say what to learn from: --dataset ID, or --again RUN to repeat one.")
    version = datasets.latest_version(store, options.dataset)
    model = _base(store, options)
    recipe = presets.preset(
        options.preset,
        task=version.task,
        family=model.family,
        rows=version.splits["train"],
        turns=version.has_turns,
        pair=is_of_pairs(version.task, version.mapping),
    ).changed(**pairs(options.set, "--set"))
    return runs.start_run(
        store,
        project_id=version.project_id,
        version_id=version.id,
        base_model_id=model.id,
        recipe=recipe,
        name=options.name,
        start_from=options.start_from,
        runs_at=PLACES[options.on] if options.on else None,
    )


def _base(store: Store, options: argparse.Namespace) -> ModelInfo:
    """The base model that is named, or that of the run that is trained further."""
    if options.base:
        return ready(store, catalogue.resolve_model(store, options.base))
    if options.start_from is None:
        raise WorkbenchError(
            "Say which model to train: --base NAME, or --start-from RUN to train a run's further."
        )
    return catalogue.get_model(store, runs.get_run(store, options.start_from).base_model_id)


def _scores_by_split(result: dict[str, Any]) -> dict[str, Any]:
    """The trained model's scores; the exam of base and baseline is `evaluate`'s."""
    scores = result.get("scores") or {}
    return {
        "validation": scores.get("validation") or {},
        "test": (scores.get("test") or {}).get("tuned") or {},
        **({"by_turns": scores["by_turns"]} if scores.get("by_turns") else {}),
    }


def _evaluate(options: argparse.Namespace) -> int:
    store = working_store()
    _keep_prices(store, options)
    if options.file is None:
        exam = evaluations.exam_of(store, options.run)
        if exam is not None and (options.rungs == CHEAP_RUNGS or not more_rungs(store, exam)):
            return _show_scores(options, store, exam)
    file = _mapped(store, options) if options.file else None
    for note in file.notes if file else ():
        print(note, file=sys.stderr, flush=True)
    rungs = ALL if options.rungs == ALL_RUNGS else None
    job_id = evaluations.start_evaluation(store, options.run, file, rungs)
    finished(store, job_id)
    scored = evaluations.list_evaluations(store, options.run)[0]
    return _show_scores(options, store, scored, file)


def _keep_prices(store: Store, options: argparse.Namespace) -> None:
    for name in ("kwh", "million_tokens"):
        value = getattr(options, f"price_{name}")
        if value is None:
            continue
        if not 0 <= value < math.inf:
            raise WorkbenchError("A price is a number from 0 up: give it like 0.35.")
        keep_price(store, runs.get_run(store, options.run).project_id, name, value)


def _mapped(store: Store, options: argparse.Namespace) -> MappedFile:
    return map_file(
        store,
        evaluations.version_of(store, options.run),
        existing(options.file),
        need_answers=True,
        columns=pairs(options.map, "--map"),
        same_spelling=options.same_spelling,
    )


def _show_scores(
    options: argparse.Namespace,
    store: Store,
    scored: EvaluationInfo,
    file: MappedFile | None = None,
) -> int:
    value = told(store, scored) | {
        "notes": file.notes if file else [],
        "left_out": file.left_out if file else {},
        "unknown_categories": [c.as_dict() for c in file.unknown] if file else [],
        "taken_for_known": [c.as_dict() for c in file.taken] if file else [],
    }
    lines = [*(file.notes if file else ()), f"{scored.rows} exam questions"]
    for system in NAMES:
        if scored.scores.get(system):
            own = scored.scores[system].items()
            lines.append(f"  {system:<8} {', '.join(f'{name} {score:.4g}' for name, score in own)}")
    lines += [value["verdict"]["sentence"], *value["verdict"]["evidence"]]
    lines += [
        f"Weaker where '{one['column']}' is '{one['value']}': {one['score']:.4g} on {one['rows']} rows"
        for one in value["slices"]
        if one["certain"] and one["difference"] < 0
    ]
    emit(options, value, "\n".join(lines))
    return 0
