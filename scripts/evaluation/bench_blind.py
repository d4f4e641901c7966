"""Prints how often a blind test is wrong, and how soon it is decided, when it is looked at after every vote.

    .venv/bin/python scripts/evaluation/bench_blind.py [--trials 2000]

For each true share of people who prefer one model: how many of the trials were decided, and wrongly (alpha
is 0.05), after how many votes in the middle, and in how many the 95 % interval held the true share after
every single vote. One vote in six sees no difference. `naive` is the exact binomial test at 0.05, looked at
in the same way.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.evaluation.people.blind_tests import MOST_PAIRS  # noqa: E402
from workbench.evaluation.scoring.sequential import ALPHA, decided, evidence  # noqa: E402

SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)
TIES = 1 / 6


def main() -> int:
    """Simulate; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    trials = parser.parse_args().trials
    rng, broken = np.random.default_rng(1), False
    table = _evidence_by_counts()
    for share in SHARES:
        votes = np.where(rng.random((trials, MOST_PAIRS)) < share, 1, -1)
        votes[rng.random(votes.shape) < TIES] = 0
        ends = [decided(row.tolist()) for row in votes]
        wrong = _wrong(votes, ends, share)
        stops = [end for end in ends if end is not None]
        covered = _covered(votes, share)
        middle = f"{np.median(stops):.0f}" if stops else "-"
        print(
            f"blind: share {share:.0%}, {trials} trials: decided {len(stops) / trials:.1%}, wrongly "
            f"{wrong / trials:.1%}, median {middle} of {MOST_PAIRS} votes; interval held throughout "
            f"{covered:.1%}",
            flush=True,
        )
        broken |= wrong / trials > ALPHA or covered < 1 - ALPHA
        if share == 0.5:
            print(f"blind: naive test at the same votes, wrongly {_naive(votes, table):.1%}")
    return int(broken)


def _wrong(votes: np.ndarray, ends: list[int | None], share: float) -> int:
    """Trials decided for the model that is not the better one; of two alike any decision is wrong."""
    wrong = 0
    for row, end in zip(votes, ends, strict=True):
        if end is not None:
            wrong += share == 0.5 or row[:end].sum() < 0
    return wrong


def _covered(votes: np.ndarray, share: float) -> float:
    """Trials whose interval held the true share after every vote: its evidence never reached 1/alpha."""
    held = 0
    for row in votes:
        wins, losses = np.cumsum(row > 0), np.cumsum(row < 0)
        held += all(
            evidence(int(w), int(n), share) < 1 / ALPHA for w, n in zip(wins, losses, strict=True)
        )
    return held / len(votes)


def _evidence_by_counts() -> np.ndarray:
    """p-values of the exact binomial test by wins and losses."""
    size = MOST_PAIRS + 1
    found = np.ones((size, size))
    for wins in range(size):
        for losses in range(size - wins):
            if wins + losses:
                found[wins, losses] = binomtest(wins, wins + losses).pvalue
    return found


def _naive(votes: np.ndarray, p_values: np.ndarray) -> float:
    wins, losses = np.cumsum(votes > 0, axis=1), np.cumsum(votes < 0, axis=1)
    return float((p_values[wins, losses] < ALPHA).any(axis=1).mean())


if __name__ == "__main__":
    raise SystemExit(main())
