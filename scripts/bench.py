"""Prints every figure of docs/benchmarks.md, over the command line that users have.

    .venv/bin/python scripts/bench.py [banking77] [sample]

Each benchmark works in a fresh home. `banking77` needs the official files (train.csv and
test.csv, columns text and category) in the folder that WORKBENCH_BENCH_DATA names.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from command_line import own_home, workbench  # noqa: E402

from workbench.core.tasks import CLASSIFICATION  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")


def main() -> int:
    """Run the named benchmarks, or all of them."""
    benchmarks = {"banking77": banking77, "sample": sample}
    for name in sys.argv[1:] or benchmarks:
        with own_home():
            benchmarks[name]()
    return 0


def banking77() -> None:
    """BANKING77, official split, all-MiniLM-L6-v2, every preset."""
    folder = DATA / "banking77"
    if not folder.is_dir():
        print(f"banking77: skipped, there is no {folder}")
        return
    data = workbench(
        *("import", folder / "train.csv", "--test", folder / "test.csv"),
        *("--project", "Bench", "--task", CLASSIFICATION.name),
        *("--map", "text=text", "--map", "label=category"),
    )
    print("banking77", data["splits"])
    for preset in ("quick", "balanced", "thorough"):
        started = time.monotonic()
        run = workbench(
            *("train", "--dataset", data["dataset_id"], "--base", "all-MiniLM-L6-v2"),
            *("--preset", preset, "--wait"),
        )
        wall_s = time.monotonic() - started
        scores = workbench("evaluate", "--run", run["run_id"])
        told = "  ".join(
            f"{who} {scores[who]['accuracy']:.4f}" for who in ("baseline", "base", "tuned")
        )
        print(
            f"banking77 {preset:<9} {told}  macro-F1 {scores['tuned']['macro_f1']:.4f}  "
            f"{run['seconds']:.0f} s training and exam, {wall_s:.0f} s in all, "
            f"{run['peak_memory_mb']:.0f} MB",
            flush=True,
        )


def sample() -> None:
    """The sample project's replies, SmolLM2-135M-Instruct in NF4."""
    for preset in ("quick", "balanced"):
        started = time.monotonic()
        value = workbench("demo", "--preset", preset)
        wall_s = time.monotonic() - started
        for who in ("base", "tuned"):
            numbers = "  ".join(f"{name} {score:.3f}" for name, score in value[who].items())
            print(f"sample {preset:<9} {who:<6} {numbers}")
        print(
            f"sample {preset:<9} {value['seconds']:.0f} s training and exam, {wall_s:.0f} s in all, "
            f"{value['peak_memory_mb']:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    raise SystemExit(main())
