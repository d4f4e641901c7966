"""Whether learning which answer is better works: a small model, pairs made here, and an exam of others.

    .venv/bin/python scripts/evaluation/bench_preferences.py [--model NAME] [--pairs N] [--exam N]
        [--loss dpo|orpo] [--beta B] [--preset NAME] [--set NAME=VALUE] [--kept FOLDER]

Each pair is a question of a shop's customer with a polite and a rude answer, of which the polite one is
better. In most of them it is the shorter one, in the others longer, so that length alone is a guess. The
exam has other questions and other wordings. Prints for how many pairs the better answer is found likelier
by the model before and after, and by taking the shorter or the longer one; the share with Wilson's
interval, McNemar's test against before, how far the training moved it, what it then writes, and the seconds.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402

from workbench.core.metrics import METRICS, PREFERRED  # noqa: E402
from workbench.core.tasks import PREFERENCES  # noqa: E402
from workbench.core.tasks.rungs import BASE, LONGER, SHORTER, TITLES, TUNED  # noqa: E402
from workbench.evaluation.scoring.all_scores import all_scores  # noqa: E402
from workbench.evaluation.scoring.comparison import compare  # noqa: E402
from workbench.evaluation.scoring.row_scores import score_rows  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

SEED, PRACTICE = 11, 16
SHORT_SHARE = 0.6
"""Of the pairs the better answer is the short one, as a customer would have it."""
THINGS = (
    "kettle", "lamp", "rucksack", "bicycle pump", "notebook", "raincoat", "tent", "desk chair",
    "headset", "coffee mill", "blender", "suitcase",
)  # fmt: skip
ASKED = (
    "Where is my {}?", "My {} arrived broken. What now?", "Can I send the {} back?",
    "How long is the warranty of the {}?", "Is the {} in stock?", "I was charged twice for the {}.",
    "Does the {} come in blue?", "Can I change the address for my {}?",
    "The {} is too small for me.", "Which battery does the {} take?",
    "Is there a manual for the {}?", "May I pick up the {} myself?",
)  # fmt: skip
KIND = (
    "Thank you for asking about the {}. We look into it at once and write to you today.",
    "I am sorry about the {}. Please send us your order number, and we put it right.",
    "Of course we help you with the {}. You hear from us this afternoon.",
    "Good question about the {}. Our colleagues answer it for you within the hour.",
)
KINDLY = (
    "Please accept our apologies for the trouble, and do write again whenever something is unclear.",
    "We know how annoying that is, and we are glad that you told us about it.",
)
RUDE = (
    "Stop bothering us about your {}. Read the website like everybody else.",
    "Not our problem. You should have thought of that before you bought the {}.",
    "Why do you people always ask about the {}? Nobody here has time for it.",
    "Deal with the {} yourself. We have better things to do than answer you.",
)
RUDELY = (
    "Honestly, questions like yours are a waste of everybody's time, and you will not get another answer.",
    "If you do not like it, go and buy somewhere else, since one customer more or less is all the same.",
)
Row = dict[str, Any]


def main() -> int:
    """Train once, print the table; 0 if it finds more better answers likelier than before, for sure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="SmolLM2-135M-Instruct")
    parser.add_argument("--pairs", type=int, default=80)
    parser.add_argument("--exam", type=int, default=40)
    parser.add_argument("--loss", default="dpo")
    parser.add_argument("--beta", type=float, default=0.1)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--kept", type=Path, default=None)
    told = parser.parse_args()
    kept = told.kept or Path(tempfile.mkdtemp(prefix="bench_preferences"))
    kept.mkdir(parents=True, exist_ok=True)
    rows = made(told.pairs + PRACTICE + told.exam)
    base = BaseModelRef(told.model, bundled_path(told.model), CAUSAL.name)
    recipe = preset(told.preset, task=PREFERENCES.name, family=CAUSAL.name, rows=told.pairs)
    recipe = recipe.changed(loss=told.loss, beta=told.beta, eval_max_new_tokens=48)
    recipe = recipe.changed(**dict(one.split("=", 1) for one in told.set))
    data = written(kept / "pairs.parquet", rows, told.pairs)
    began = time.monotonic()
    spec = TrainSpec(task=PREFERENCES.name, data=data, base=base, recipe=recipe)
    result = engine_job.trained(spec, kept / "job")
    answers = score_rows(pq.read_table(result["predictions"]).to_pandas(), PREFERENCES.name)
    print(f"\n{told.model}, {told.loss}, beta {told.beta:g}: {told.pairs} pairs to learn from, "
          f"{len(answers)} in the exam, {result['steps']} steps, "
          f"{time.monotonic() - began:.0f} s\n")  # fmt: skip
    return 0 if table(answers) else 1


def made(count: int) -> list[Row]:
    """Pairs of different questions, in an order of chance."""
    draw = random.Random(SEED)
    asked = [(one, thing) for one in ASKED for thing in THINGS]
    draw.shuffle(asked)
    return [_pair(draw, one.format(thing), thing) for one, thing in asked[:count]]


def _pair(draw: random.Random, question: str, thing: str) -> Row:
    kind, rude = draw.choice(KIND).format(thing), draw.choice(RUDE).format(thing)
    if draw.random() < SHORT_SHARE:
        rude = f"{rude} {draw.choice(RUDELY)}"
    else:
        kind = f"{kind} {draw.choice(KINDLY)}"
    return {"prompt": question, "chosen": kind, "rejected": rude}


def written(path: Path, rows: Sequence[Row], train: int) -> Path:
    """The pairs as a version's file."""
    splits = ["train"] * train + ["validation"] * PRACTICE
    splits += ["test"] * (len(rows) - len(splits))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    numbers = list(range(1, len(rows) + 1))
    pq.write_table(pa.table({"row_id": numbers, "split": splits, **columns}), path)
    return path


def table(answers: pd.DataFrame) -> bool:
    """Print who prefers the better answers; whether more do after than before, for sure."""
    shares: dict[str, float] = {}
    print("| who | better answer likelier | margin a word piece |\n| --- | --- | --- |")
    for who in (LONGER, SHORTER, BASE, TUNED):
        told = {score.name: score for score in all_scores(PREFERENCES.name, answers, who, {})}
        own = told[PREFERRED]
        shares[who] = own.value
        margin = told["margin"].words if "margin" in told else ""
        print(f"| {TITLES[who]} | {own.words} ({own.interval}) | {margin} |")
    lead = compare(METRICS[PREFERRED], answers, BASE, shares[BASE], shares[TUNED])
    moved = {score.name: score for score in all_scores(PREFERENCES.name, answers, TUNED, {})}
    print(f"\nafter against before: McNemar p = {lead.p:.2g}; moved towards the better answer in "
          f"{moved['moved_right'].words} ({moved['moved_right'].interval}) of the pairs; a word piece of "
          f"the better answers by {moved['better_moved'].value:+.2f} nats, of the worse ones by "
          f"{moved['worse_moved'].value:+.2f}")  # fmt: skip
    return bool(lead.is_certain) and lead.gain > 0


if __name__ == "__main__":
    raise SystemExit(main())
