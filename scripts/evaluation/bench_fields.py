"""Pull out fields: what SmolLM2 reads in receipts before training, shown an example, and trained.

    .venv/bin/python scripts/evaluation/bench_fields.py DATA [--rows N] [--passes N] [--base MODEL]

DATA holds sroie/receipts.jsonl (texts of scanned receipts with their fields). The first N of those that
have at most 600 characters are imported in a home of its own, one in ten for practice and one in
ten for the exam; the model is trained for some passes, and everyone sits the exam, held to the form of
the fields. Prints the share of answers that parse, and of each field the share that is met (texts
exactly, numbers and dates by value) with its 95 % interval. No figure depends on the machine but seconds.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from command_line import own_home, workbench  # noqa: E402

LONGEST = 600
RUNGS = ("nearest", "base", "examples", "tuned")


def main() -> int:
    """Print the table; 1 if an answer of a model did not parse."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--passes", type=float, default=1)
    parser.add_argument("--base", default="SmolLM2-135M-Instruct")
    told = parser.parse_args()
    with own_home() as folder:
        return _measured(told, folder)


def _measured(told: argparse.Namespace, folder: Path) -> int:
    made = _imported(told.data, folder, told.rows)
    print(f"{made['rows']} receipts: {made['splits']}", flush=True)
    for field in made["fields"]:
        print(f"  {field['name']}: {field['kind']}", flush=True)
    begun = time.monotonic()
    run = workbench(
        "train", "--dataset", str(made["dataset_id"]), "--base", told.base, "--wait",
        "--set", f"num_train_epochs={told.passes}", "--set", "per_device_train_batch_size=4",
        "--set", "max_length=768", "--set", "quantization=none", "--set", "evals_per_epoch=1",
        "--set", "eval_max_rows=1", "--set", "eval_max_new_tokens=160",
    )  # fmt: skip
    print(f"trained in {time.monotonic() - begun:.0f} s", flush=True)
    found = workbench("evaluate", "--run", str(run["run_id"]), "--rungs", "all")
    return _table(found)


def _table(found: dict[str, Any]) -> int:
    """The answers of each rung, field by field."""
    told, ladder = found["fields"], found["ladder"]
    names = [field["name"] for field in told["tuned"]["fields"]]
    names = sorted(names)
    print("| who | parses | whole answers right | " + " | ".join(names) + " |")
    print("|---" * (3 + len(names)) + "|")
    for rung in (name for name in RUNGS if name in told):
        scores = {s["name"]: s for s in found["all_scores"][rung]}
        fields = {field["name"]: field for field in told[rung]["fields"]}
        cells = [_share(fields[name]["right"]) for name in names]
        parses, whole = (_share(scores[name]) for name in ("readable", "exact_match"))
        print(f"| {ladder[rung]['title']} | {parses} | {whole} | " + " | ".join(cells) + " |")
    for rung in (name for name in RUNGS if name in told):
        each = ", ".join(
            f"{f['name']} near {f['near']['value']:.2f}" for f in told[rung]["fields"] if f["near"]
        )
        cut, parts = told[rung]["cut"], told[rung]["in_parts"]
        print(f"{ladder[rung]['title']}: {each}; {cut} answers cut, {parts} texts read in parts")
    whole = [s["value"] for rung in RUNGS[1:] for s in found["all_scores"].get(rung, ())
             if s["name"] == "readable"]  # fmt: skip
    return 0 if whole and min(whole) == 1 else 1


def _share(told: dict[str, Any]) -> str:
    return f"{told['value']:.0%} ({told['low']:.0%} to {told['high']:.0%})"


def _imported(data: Path, folder: Path, rows: int) -> dict[str, Any]:
    lines = (data / "sroie" / "receipts.jsonl").read_text("utf-8").splitlines()
    short = [line for line in lines if len(json.loads(line)["receipt_text"]) <= LONGEST]
    path = folder / "receipts.jsonl"
    path.write_text("\n".join(short[:rows]), "utf-8")
    return workbench("import", str(path), "--project", "Receipts", "--map", "text=receipt_text")


if __name__ == "__main__":
    raise SystemExit(main())
