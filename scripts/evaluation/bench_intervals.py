"""How often 95 % intervals hold, and how often a verdict is wrong, on exams that are made up.

    nice .venv/bin/python scripts/evaluation/bench_intervals.py                2,000 exams a line
    nice .venv/bin/python scripts/evaluation/bench_intervals.py --trials 200

Each exam's truth is known: of rows drawn from a large population, its score. The ends are counted
apart, since an interval should lie too high as often as too low. Wilson's interval of a share near 1
of few questions cannot hold 95 %: there are only a few whole numbers that may be right.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.core.tasks import CLASSIFICATION  # noqa: E402
from workbench.evaluation.ladder import Ladder, ladder  # noqa: E402
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of  # noqa: E402
from workbench.evaluation.scoring.intervals import wilson_interval  # noqa: E402
from workbench.evaluation.scoring.paired import tango_interval  # noqa: E402
from workbench.evaluation.scoring.resampling import difference_interval, exchange_test, interval  # noqa: E402
from workbench.evaluation.scoring.sums import Sums, macro_f1_sums, mean_sums  # noqa: E402
from workbench.evaluation.verdict import NOT_YET, SIMPLE, USE_TUNED, WORSE, verdict_on  # noqa: E402

Rng = np.random.Generator
Interval = tuple[float, float]
POPULATION = 20_000
WORDS = [
    "parcel",
    "invoice",
    "refund",
    "late",
    "lost",
    "order",
    "please",
    "send",
    "again",
    "thanks",
]


def covered(name: str, truth: float, trial: Callable[[Rng], Interval], trials: int) -> None:
    """Print how often the interval of a trial holds the truth."""
    ends = np.array([trial(np.random.default_rng(seed)) for seed in range(trials)])
    high, low = (ends[:, 0] > truth).mean(), (ends[:, 1] < truth).mean()
    print(f"{name:<68} {1 - high - low:7.1%}   too low {low:.1%}, too high {high:.1%}")


def shares(trials: int) -> None:
    """Wilson's interval of one share; Tango's of the difference of two on the same questions."""
    for n, p in ((50, 0.8), (200, 0.9), (1000, 0.7), (50, 0.98)):
        name = f"share right, {n} questions, {p:.0%} (Wilson)"
        covered(name, p, lambda rng, n=n, p=p: wilson_interval(int(rng.binomial(n, p)), n), trials)
    for n, only, lost in ((50, 0.2, 0.1), (200, 0.08, 0.04), (1000, 0.05, 0.05)):
        parts = [only, lost, 1 - only - lost]

        def trial(rng: Rng, n: int = n, parts: list[float] = parts) -> Interval:
            first, second, _ = rng.multinomial(n, parts)
            return tango_interval(int(first), int(second), n)

        name = f"difference of shares, {n} questions, {only:.0%} and {lost:.0%} (Tango)"
        covered(name, only - lost, trial, trials)


def drawn(whole: Sums, n: int, rng: Rng) -> Sums:
    """So many rows of a population."""
    return Sums(whole.rows[rng.integers(0, len(whole), n)], whole.of)


def bootstrapped(name: str, whole: Sums, sizes: tuple[int, ...], trials: int) -> None:
    """The interval of a score that follows from sums."""
    for n in sizes:
        covered(
            f"{name}, {n} questions (bootstrap)",
            whole.score,
            lambda rng, n=n: interval(drawn(whole, n, rng)),
            trials,
        )


def compared(name: str, first: Sums, second: Sums, n: int, trials: int) -> None:
    """The interval of the difference of two models."""

    def trial(rng: Rng) -> Interval:
        rows = rng.integers(0, len(first), n)
        return difference_interval(
            Sums(first.rows[rows], first.of), Sums(second.rows[rows], second.of)
        )

    title = f"difference of {name}, {n} questions (bootstrap)"
    covered(title, first.score - second.score, trial, trials)


def sorted_by(rng: Rng, expected: np.ndarray, right: float) -> list[str]:
    """Answers of a model that is right so often, less often in rare categories."""
    known = rng.random(len(expected)) < right + 0.1 - 0.03 * expected
    wrong = rng.integers(0, 8, len(expected))
    return np.where(known, expected, wrong).astype(str).tolist()


def written(rng: Rng, kept: float, rows: int = 4000) -> tuple[list[str], list[str]]:
    """Texts of 4 to 30 words, and answers that keep so many of them, more or fewer from row to row."""
    texts = [rng.choice(WORDS, rng.integers(4, 31)).tolist() for _ in range(rows)]
    shares_kept = rng.beta(4 * kept, 4 * (1 - kept), rows)
    answers = [
        [word if rng.random() < share else str(rng.choice(WORDS)) for word in text]
        for text, share in zip(texts, shares_kept, strict=True)
    ]
    return [" ".join(text) for text in texts], [" ".join(text) for text in answers]


def told_apart(name: str, one: Sums, other: Sums, n: int, trials: int) -> None:
    """Print how often two models that are equally good are told to differ."""
    found = []
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        rows, swap = rng.integers(0, len(one), n), rng.integers(0, 2, n)[:, None] == 1
        first = np.where(swap, other.rows[rows], one.rows[rows])
        second = np.where(swap, one.rows[rows], other.rows[rows])
        found.append(exchange_test(Sums(first, one.of), Sums(second, one.of)) < 0.05)
    title = f"equal models told apart by {name}, {n} questions (exchange test)"
    print(f"{title:<68} {np.mean(found):7.1%}")


def sums(trials: int) -> None:
    """Means, macro-F1 and chrF."""
    rng = np.random.default_rng(0)
    bootstrapped("mean of rows", mean_sums(rng.beta(1, 3, POPULATION)), (30, 200), trials)
    weights = np.arange(8, 0, -1) / 36
    expected = rng.choice(8, POPULATION, p=weights)
    labels = expected.astype(str).tolist()
    good, fair = (macro_f1_sums(labels, sorted_by(rng, expected, p)) for p in (0.85, 0.75))
    bootstrapped("macro-F1 of 8 categories", good, (100, 300, 1000), trials)
    compared("macro-F1 of 8 categories", good, fair, 300, trials)
    many = rng.choice(77, POPULATION)
    labels = many.astype(str).tolist()
    known = rng.random(POPULATION) < rng.uniform(0.6, 0.98, 77)[many]
    given = np.where(known, many, rng.integers(0, 77, POPULATION)).astype(str).tolist()
    name = "macro-F1 of 77 categories"
    bootstrapped(name, macro_f1_sums(labels, given), (385, 770, 3080), trials)
    texts, answers = written(rng, 0.6)
    _, others = written(np.random.default_rng(0), 0.5)
    better = Sums(chrf_counts(texts, answers), chrf_of)
    bootstrapped("chrF", better, (50, 200), trials)
    worse = Sums(chrf_counts(texts, others), chrf_of)
    compared("chrF", better, worse, 200, trials)
    told_apart("chrF", better, worse, 100, trials)


def exam(rng: Rng, n: int, right: dict[str, float]) -> Ladder:
    """One whose questions are hard or easy for all alike."""
    ease = rng.normal(0, 1, n)
    frame, scores = {}, {}
    for who, share in right.items():
        mark = (0.7 * ease + 0.71 * rng.normal(0, 1, n)) < norm.ppf(share)
        frame[f"right_{who}"], scores[who] = mark, {"accuracy": float(mark.mean())}
    return ladder(CLASSIFICATION.name, scores, pd.DataFrame(frame))


def judged(name: str, n: int, right: dict[str, float], level: str, trials: int) -> None:
    """Print how often the verdict has a level."""
    found = [
        verdict_on(exam(np.random.default_rng(seed), n, right)).level == level
        for seed in range(trials)
    ]
    print(f"{name:<92} {np.mean(found):7.1%}")


def verdicts(trials: int) -> None:
    """How often chance alone makes a verdict."""
    others = {"frequent": 0.2, "nearest": 0.6}
    one_equal = {**others, "baseline": 0.8, "base": 0.7, "tuned": 0.8}
    all_equal = dict.fromkeys(("frequent", "baseline", "nearest", "base", "tuned"), 0.8)
    equal = "the baseline is exactly as good, 300 questions"
    judged(f"'use the trained model' though {equal}", 300, one_equal, USE_TUNED, trials)
    name = "'use the trained model' though all are exactly as good, 300 questions"
    judged(name, 300, all_equal, USE_TUNED, trials)
    judged(f"'do not use it' though {equal}", 300, one_equal, WORSE, trials)
    name = "'do not use it' though all four others are exactly as good, 300 questions"
    judged(name, 300, all_equal, WORSE, trials)
    at_margin = {**others, "baseline": 0.8, "base": 0.6, "tuned": 0.82}
    name = "'the simple one is as good' though it is 2 points worse, 2,000 questions"
    judged(name, 2000, at_margin, SIMPLE, trials)
    name = "'the simple one is as good' where it is exactly as good, 5,000 questions"
    judged(name, 5000, one_equal, SIMPLE, trials)
    clear = {**others, "baseline": 0.7, "base": 0.65, "tuned": 0.8}
    judged("'use the trained model' where it is 10 points better, 300 questions", 300, clear,
           USE_TUNED, trials)  # fmt: skip
    judged("'not yet' in the same case of 40 questions", 40, clear, NOT_YET, trials)


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    trials = parser.parse_args().trials
    print(f"95 % intervals, {trials:,} exams each:")
    shares(trials)
    sums(trials)
    print(f"\nVerdicts, {trials:,} exams each:")
    verdicts(trials)


if __name__ == "__main__":
    main()
