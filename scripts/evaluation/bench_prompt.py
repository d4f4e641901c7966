"""Prompt first: what an untrained model makes of two jobs, by instruction and by examples.

    .venv/bin/python scripts/evaluation/bench_prompt.py DATA [--only NAME] [--base MODEL]

DATA holds bitext_support/train.csv (what customers want, 27 categories; 540 rows from all of it) and
sroie/receipts.jsonl (fields of receipts; the first 300). In a home of its own each is imported, instructions are tried on practice
questions with none, one and three of the nearest examples, and the best is kept and sits the exam. Prints
the scores, seconds an answer, and the verdict as the page has it. No figure depends on the machine but
the seconds, which depend on nothing else.
"""

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from command_line import own_home, workbench  # noqa: E402

from workbench.core.tasks import CLASSIFICATION, EXTRACTION  # noqa: E402

SMOLLM2 = "SmolLM2-135M-Instruct"
INSTRUCTIONS = {
    "bitext": (
        "Decide which category fits the text best.",
        "You sort what customers of a web shop write by what they want to do.",
    ),
    "sroie": (
        "Find the fields in the text. Copy them exactly as they stand there.",
        'The text is a receipt. Answer with one JSON object: {"company": …, "date": …, "address": …, '
        '"total": …}, each value copied from the receipt.',
    ),
}


def main() -> int:
    """Print a table and a verdict for each set; 0 if all ran to their end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=tuple(INSTRUCTIONS))
    parser.add_argument("--base", default=SMOLLM2)
    told = parser.parse_args()
    with own_home() as folder:
        for name in [told.only] if told.only else INSTRUCTIONS:
            _tried(name, told.data, folder, told.base)
    return 0


def _tried(name: str, data: Path, folder: Path, base: str) -> None:
    made = {"bitext": _bitext, "sroie": _sroie}[name](data, folder)
    dataset = str(made["dataset_id"])
    best: tuple[float, str, int] = (-1.0, "", 0)
    print(f"\n{name}: {made['rows']} rows")
    for instruction in INSTRUCTIONS[name]:
        for shown in (0, 1, 3):
            found = _prompt(dataset, base, instruction, shown)
            score, said = _score(found["ladder"]["prompt"])
            best = max(best, (score, instruction, shown))
            print(
                f"  {said}, {found['seconds']:.2f} s an answer, {shown} shown: {instruction[:60]}",
                flush=True,
            )
    kept = _prompt(dataset, base, best[1], best[2], "--keep")
    for rung in kept["ladder"].values():
        print(f"  exam, {rung['title']}: {_score(rung)[1]}")
    print(f"  {kept['verdict']['level']}: {kept['verdict']['sentence']} {kept['verdict']['next']}")


def _score(rung: dict[str, Any]) -> tuple[float, str]:
    scores, ends = rung["scores"], rung["intervals"]
    main = "accuracy" if "accuracy" in scores else "exact_match"
    low, high = ends.get(main, (0.0, 0.0))
    beside = ", ".join(f"{k} {v:.3g}" for k, v in scores.items() if k != main)
    return scores[main], f"{main} {scores[main]:.3g} ({low:.3g} to {high:.3g}; {beside})"


def _prompt(dataset: str, base: str, instruction: str, shown: int, *more: str) -> dict[str, Any]:
    return workbench(
        "prompt", "--dataset", dataset, "--base", base, "--instruction", instruction,
        "--examples", str(shown), *more,
    )  # fmt: skip


def _bitext(data: Path, folder: Path) -> dict[str, Any]:
    with (data / "bitext_support" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = rows[:: len(rows) // 540][:540]
    path = folder / "wishes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return workbench(
        "import", str(path), "--project", "Wishes", "--task", CLASSIFICATION.name,
        "--map", "text=utterance", "--map", "label=intent",
    )  # fmt: skip


def _sroie(data: Path, folder: Path) -> dict[str, Any]:
    lines = (data / "sroie" / "receipts.jsonl").read_text("utf-8").splitlines()[:300]
    path = folder / "receipts.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return workbench(
        "import", str(path), "--project", "Receipts", "--task", EXTRACTION.name,
        "--map", "text=receipt_text",
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
