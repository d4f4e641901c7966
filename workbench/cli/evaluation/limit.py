"""`limit`: how sure a model must be to answer alone, what that costs, and keeping it."""

import argparse
import dataclasses
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.words import percent
from workbench.evaluation import evaluations
from workbench.evaluation.scoring.choosing import Choice
from workbench.evaluation.scoring.deferral import Deferral, Prices
from workbench.evaluation.sureness import threshold
from workbench.training import runs
from workbench.use import served_models


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    limit = command(
        commands, "limit", _limit, "How sure a model must be to answer alone, and what that costs."
    )
    limit.add_argument("--run", type=int, required=True, metavar="ID")
    limit.add_argument("--error", type=float, metavar="PRICE", help="what a wrong answer costs")
    limit.add_argument("--check", type=float, metavar="PRICE", help="what a manual check costs")
    limit.add_argument("--at", type=float, metavar="SHARE", help="0 to 1; without: the cheapest")
    kept = limit.add_mutually_exclusive_group()
    kept.add_argument("--keep", action="store_true", help="keep the limit with the model")
    kept.add_argument("--forget", action="store_true", help="keep no limit with the model")


def _limit(options: argparse.Namespace) -> int:
    store = open_store()
    prices = _prices(store, options)
    choice = _choice(store, options.run)
    cheapest = choice.cheapest(prices)
    at = cheapest if options.at is None else options.at
    if not 0 <= at <= 1:
        raise WorkbenchError(f"--at takes a share from 0 to 1, not {at}.")
    if options.keep or options.forget:
        threshold.keep_threshold(store, options.run, at if options.keep else None, prices)
        served_models.refresh(store)
    kept = threshold.kept_threshold(store, options.run)
    found = choice.report(at, prices)
    value = {
        "run_id": options.run,
        "limit": at,
        "cheapest": cheapest,
        "kept": kept.value if kept else None,
        "prices": dataclasses.asdict(prices),
        "chosen_on": choice.way,
        **dataclasses.asdict(found),
    }
    emit(options, value, _told(at, found, choice))
    return 0


def _prices(store: Store, options: argparse.Namespace) -> Prices:
    """Those of the command, else those of the project."""
    known = threshold.prices_of(store, runs.get_run(store, options.run).project_id)
    error = known.error if options.error is None else options.error
    check = known.check if options.check is None else options.check
    try:
        return Prices(error, check)
    except ValueError:
        raise WorkbenchError("--error and --check take prices: numbers from 0 up.") from None


def _choice(store: Store, run_id: int) -> Choice:
    exam = next((own for own in evaluations.list_evaluations(store, run_id) if own.is_exam), None)
    if exam is None:
        raise WorkbenchError(
            f"Run {run_id} has taken no exam: score it first (evaluate --run {run_id})."
        )
    choice = threshold.choice_of(store, exam, evaluations.predictions(store, exam.id))
    if choice is None:
        raise WorkbenchError(
            f"Run {run_id} does not tell how sure it is of its answers: a limit needs a model that "
            "sorts into categories."
        )
    return choice


def _told(at: float, found: Deferral, choice: Choice) -> str:
    right = f", {percent(found.right.value)} of those right" if found.right else ""
    cost = found.cost
    return (
        f"Surer than {100 * at:g} % it answers alone: {percent(found.alone.value)} of the texts{right}. "
        f"100 texts cost {cost.value:.2f} ({cost.low:.2f} to {cost.high:.2f}), all answered alone "
        f"{found.all_alone.value:.2f}, all by hand {found.by_hand:.2f}. {choice.sentence}"
    )
