"""Numbers as answers for `bench_tasks.py`: sets made from the data that lie beside, and scikit-learn's scores."""

import json
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("BENCH_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SENTENCES, SEED = 4, 1
Table = tuple[list[str], list[list[str]]]


def starred(rows: int) -> Table:
    """Sentences behind each other, and a star more than are positive."""
    path = DATA / "uci_sentiment" / "yelp_labelled.txt"
    lines = [line.rpartition("\t") for line in path.read_text("utf-8").splitlines() if line]
    by_mark = {own: [text.strip() for text, _, mark in lines if mark == own] for own in "01"}
    draw, table = random.Random(SEED), []
    for number in range(rows):
        good = number % (SENTENCES + 1)
        own = [draw.choice(by_mark["1"]) for _ in range(good)]
        own += [draw.choice(by_mark["0"]) for _ in range(SENTENCES - good)]
        draw.shuffle(own)
        table.append([" ".join(own), str(1 + good)])
    return ["review", "stars"], table


def counted(rows: int) -> Table:
    """Questions, and how many words their answers have."""
    with (DATA / "medquad" / "medquad_3000.jsonl").open(encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    some = random.Random(SEED).sample(found, min(rows, len(found)))
    return ["question", "words"], [[r["question"], str(len(r["answer"].split()))] for r in some]


NUMBERS: dict[str, Callable[[int], Table]] = {"stars": starred, "words": counted}


def ranges_told(answers: dict[str, list[Any]]) -> str:
    """How often the wanted number lies where the model says, and how wide that is."""
    both = zip(answers["expected"], answers["low"], answers["high"], strict=True)
    told = [(low <= float(wanted) <= high, high - low) for wanted, low, high in both]
    inside, width = (sum(own) / len(told) for own in zip(*told, strict=True))
    return f"ranges hold {inside:.1%} of the numbers; they are {width:.3g} wide"


def of_numbers(expected: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    """scikit-learn's and SciPy's scores; answers that are all the same have no order."""
    from scipy.stats import spearmanr
    from sklearn.metrics import mean_absolute_error, r2_score

    wanted, told = ([float(text) for text in texts] for texts in (expected, given))
    order = 0.0 if len({*told}) == 1 else float(spearmanr(wanted, told).statistic)
    return {
        "mae": float(mean_absolute_error(wanted, told)),
        "r2": float(r2_score(wanted, told)),
        "spearman": order,
    }
