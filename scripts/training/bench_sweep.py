"""A sweep of six tries of the bundled encoder on the sample's categories, killed once in the middle.

    .venv/bin/python scripts/training/bench_sweep.py [MINUTES] [TOKENS]

While the second try learns, worker, conductor and trainer get SIGKILL at once; then a new worker is started,
as the next page or command would. Printed are the tries with settings, seconds and practice score, the
best one with its exam, and the time used against the time given (default: 9 minutes). A try is one pass or
two over the beginnings of the e-mails (64 tokens), so that six fit also where the cores do other work as well.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from command_line import workbench  # noqa: E402

from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from workbench.evaluation.sweeps import sweeps  # noqa: E402
from workbench.models import catalogue  # noqa: E402
from workbench.models.families import family_named  # noqa: E402
from workbench.models.model_info import ModelInfo  # noqa: E402
from workbench.projects import projects, samples  # noqa: E402

MINUTES, TRIES, TOKENS = 9.0, 6, 64
SETTINGS = (
    "objective=classes",
    "max_steps=-1",
    "num_train_epochs=1",
    "learning_rate=4e-4",
    "per_device_train_batch_size=32",
    "evals_per_epoch=3",
    "long_texts=head",
)
KILLED_IN = 2
"""The try that is at work when everything is killed."""
LOOK_S = 0.5


def main(minutes: float, tokens: int) -> None:
    """Sweep, kill, go on, and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder) / "home")
        store = open_store()
        project_id = samples.create_sample_project(store)
        model = next(one for one in catalogue.list_models(store) if is_encoder(one))
        projects.choose_model(store, project_id, model.id)
        began = time.monotonic()
        try:
            sweep_id = int(workbench(
                "sweep", "--project", samples.NAME, "--minutes", minutes, "--runs", TRIES,
                "--preset", "quick", "--no-wait", "--set", f"max_length={tokens}",
                *(part for setting in SETTINGS for part in ("--set", setting)),
            )["sweep_id"])  # fmt: skip
            wait(lambda: is_learning(store, sweep_id))
            print(f"Killed in try {KILLED_IN}: {kill_all()} processes.")
            workbench("sweep", "--sweep", sweep_id)  # a worker is started again
            wait(lambda: sweeps.get_sweep(store, sweep_id).job.is_over)
            show(workbench("sweep", "--sweep", sweep_id), time.monotonic() - began)
        finally:
            kill_all()
            store.close()


def kill_all() -> int:
    """SIGKILL for every process of this home but this one; how many there were."""
    home, mine = os.environ["WORKBENCH_HOME"], psutil.Process()
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("WORKBENCH_HOME") == home and process.pid != mine.pid:
                found.append(process)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=30)
    return len(found)


def is_encoder(model: ModelInfo) -> bool:
    """Whether it sorts."""
    return not family_named(model.family).writes_text


def is_learning(store: Store, sweep_id: int) -> bool:
    """Whether the try that is to be killed learns."""
    trials = sweeps.get_sweep(store, sweep_id).trials
    run = trials[KILLED_IN - 1].run if len(trials) >= KILLED_IN else None
    return run is not None and run.job.progress.get("phase") in ("training", "trying")


def wait(condition: Callable[[], bool]) -> None:
    """Until it holds."""
    while not condition():
        time.sleep(LOOK_S)


def show(told: dict[str, Any], whole_s: float) -> None:
    """A table of the tries, and what came out."""
    varied = list(told["varied"])
    head = ["Try", *varied, "Seconds", "Practice score", "95 %", "State"]
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for run in told["runs"]:
        practice = run["practice"] or {}
        low, high = practice.get("interval") or (float("nan"),) * 2
        settings = [f"{run['settings'][name]}" for name in varied]
        cells = [
            run["number"], *settings, f"{run['seconds'] or 0:.0f}",
            f"{practice.get('score', float('nan')):.3f}", f"{low:.3f} to {high:.3f}", run["told"],
        ]  # fmt: skip
        print(f"| {' | '.join(map(str, cells))} |")
    for sentence in told["sentences"]:
        print(sentence)
    print(f"Used {told['seconds']:.0f} s of {60 * told['minutes']:.0f} s; {whole_s:.0f} s in all.")
    numbers = [run["number"] for run in told["runs"]]
    print(f"Tries {numbers}, each once: {numbers == sorted(set(numbers))}; {told['status']}.")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        float(arguments[0]) if arguments else MINUTES,
        int(arguments[1]) if len(arguments) > 1 else TOKENS,
    )
