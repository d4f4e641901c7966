"""How often the 95 % intervals of an exam's scores hold the true score, on simulated exams.

    .venv/bin/python scripts/evaluation/bench_scores.py [TRIALS]

Categories are confused as a random table says, of which the true scores are computed; scores of two
categories and of texts come from distributions whose true scores are counted on very many questions.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.evaluation.scoring.by_task import texts  # noqa: E402
from workbench.evaluation.scoring.by_task.categories import Counts, Estimated  # noqa: E402
from workbench.evaluation.scoring.by_task.yes_or_no import TwoCategories, two_categories  # noqa: E402
from workbench.evaluation.scoring.intervals import wilson_interval  # noqa: E402
from workbench.evaluation.scoring.sums import Sums  # noqa: E402

EXAMS = ((100, 3, 0.8), (400, 8, 0.9), (400, 30, 0.85), (1000, 77, 0.9))
"""Questions, categories, share right."""
MANY = 400_000
WORDS = np.array(
    [
        "we",
        "will",
        "send",
        "your",
        "parcel",
        "back",
        "by",
        "monday",
        "with",
        "a",
        "new",
        "label",
        "as",
        "you",
        "asked",
    ]
)


def main(trials: int) -> None:
    """Print a line for each kind of score and exam."""
    print(f"share of {trials} trials in which the true score lies within the 95 % interval")
    rng = np.random.default_rng(0)
    for n, size, right in EXAMS:
        told = ", ".join(f"{name} {share:.1%}" for name, share in of_categories(
            rng, trials, n, size, right
        ).items())  # fmt: skip
        print(f"{n} questions, {size} categories: {told}")
    for n in (100, 400):
        auc, average = of_two(rng, trials, n)
        print(f"{n} questions, two categories: ROC AUC {auc:.1%}, average precision {average:.1%}")
    for n in (60, 200):
        told = ", ".join(f"{name} {share:.1%}" for name, share in of_texts(rng, trials, n).items())
        print(f"{n} texts: {told}")


def of_categories(
    rng: np.random.Generator, trials: int, n: int, size: int, right: float
) -> dict[str, float]:
    """A new table of confusions every hundred trials."""
    held: dict[str, list[bool]] = {}
    for trial in range(trials):
        if trial % 100 == 0:
            table = _confusions(rng, size, right)
            truth = _true(table)
        wanted, given = np.divmod(rng.choice(size * size, n, p=table.ravel()), size)
        found = Counts(list(map(str, wanted)), list(map(str, given))).estimates()
        share = wilson_interval(int((wanted == given).sum()), n)
        found["accuracy"] = Estimated(0.0, *share)
        for name, own in found.items():
            held.setdefault(name, []).append(own.low <= truth[name] <= own.high)
    return {name: float(np.mean(own)) for name, own in held.items()}


def _confusions(rng: np.random.Generator, size: int, right: float) -> np.ndarray:
    shares = rng.dirichlet(np.full(size, 3.0))
    own = np.clip(rng.normal(right, 0.06, size), 0.3, 0.99)
    table = np.zeros((size, size))
    for row in range(size):
        others = rng.dirichlet(np.full(size - 1, 0.5))
        table[row] = shares[row] * np.insert((1 - own[row]) * others, row, own[row])
    return table / table.sum()


def _true(table: np.ndarray) -> dict[str, float]:
    right, wanted, given = table.diagonal(), table.sum(1), table.sum(0)
    f1 = 2 * right / (wanted + given)
    return {
        "accuracy": float(right.sum()),
        "balanced_accuracy": float((right / wanted).mean()),
        "macro_f1": float(f1.mean()),
        "weighted_f1": float((f1 * wanted).sum()),
    }


def of_two(rng: np.random.Generator, trials: int, n: int) -> tuple[float, float]:
    truth = _two(rng, MANY)
    held = []
    for _ in range(trials):
        own = _two(rng, n)
        held.append([
            own.auc.low <= truth.auc.value <= own.auc.high,
            own.average_precision.low <= truth.average_precision.value
            <= own.average_precision.high,
        ])  # fmt: skip
    auc, average = np.mean(held, axis=0)
    return float(auc), float(average)


def _two(rng: np.random.Generator, n: int) -> TwoCategories:
    truth = rng.random(n) < 0.25
    score = 1 / (1 + np.exp(-(rng.normal(0, 1, n) + 1.8 * truth - 1)))
    expected = np.where(truth, "yes", "no").tolist()
    answers = np.where(score > 0.5, "yes", "no").tolist()
    found = two_categories(expected, answers, np.maximum(score, 1 - score).tolist())
    assert found is not None
    return found


def of_texts(rng: np.random.Generator, trials: int, n: int) -> dict[str, float]:
    """BLEU of exams drawn from many pairs of texts; means have a benchmark of their own."""
    wanted, given = map(list, zip(*(_pair(rng) for _ in range(4000)), strict=True))
    every, held = texts.bleu_sums(wanted, given), []
    for _ in range(trials):
        own = texts.of_sums(Sums(every.rows[rng.integers(0, len(every), n)], every.of))
        held.append(own.low <= every.score <= own.high)
    return {"BLEU": float(np.mean(held))}


def _pair(rng: np.random.Generator) -> tuple[str, str]:
    wanted = rng.choice(WORDS, rng.integers(6, 20))
    given = np.where(rng.random(len(wanted)) < rng.beta(3, 2), wanted, rng.choice(WORDS))
    return " ".join(wanted), " ".join(given[: rng.integers(4, 20)])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
