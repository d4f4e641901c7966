"""How often a threshold's promised cost is kept: 95 % intervals on simulated data.

    .venv/bin/python scripts/evaluation/bench_threshold.py [TRIALS]

Each trial draws practice questions, on which the cheapest threshold is chosen, and an exam, on which it
is reported. What that threshold costs in truth is counted on a million further texts. The kinds of
models: right as often as they say; surer than they should be; hardly better when they are sure.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.evaluation.scoring.choosing import PRACTICE, Choice  # noqa: E402
from workbench.evaluation.scoring.deferral import Judged, Prices, curve  # noqa: E402

Draw = Callable[[np.random.Generator, int], Judged]
MANY = 1_000_000
PRICES = (Prices(5, 0.5), Prices(20, 1), Prices(100, 1))
SIZES = ((60, 100), (200, 400), (1000, 2000))
"""Practice questions, exam questions."""


def calibrated(rng: np.random.Generator, n: int) -> Judged:
    sure = rng.beta(5, 1, n)
    return Judged(sure, rng.random(n) < sure)


def overconfident(rng: np.random.Generator, n: int) -> Judged:
    sure = rng.beta(8, 0.5, n)
    return Judged(sure, rng.random(n) < 0.55 + 0.4 * sure**4)


def unknowing(rng: np.random.Generator, n: int) -> Judged:
    sure = rng.uniform(0.3, 1, n)
    return Judged(sure, rng.random(n) < 0.7 + 0.1 * sure)


KINDS: dict[str, Draw] = {
    "right as often as it says": calibrated,
    "surer than it should be": overconfident,
    "hardly better when sure": unknowing,
}


def main(trials: int) -> None:
    """Print the share of trials in which the true value lies within the interval."""
    print(f"{trials} trials each; share within the 95 % interval: cost, saved, right among alone")
    every = []
    for name, draw in KINDS.items():
        truth = draw(np.random.default_rng(1), MANY)
        for prices in PRICES:
            for practice, exam in SIZES:
                kept = [
                    trial(np.random.default_rng([seed, exam]), draw, truth, prices, practice, exam)
                    for seed in range(trials)
                ]
                every += kept
                told = ", ".join(f"{share:.1%}" for share in np.nanmean(kept, axis=0))
                print(f"{name}; {prices.error:g} / {prices.check:g}; {practice} + {exam}: {told}")
    print("all: " + ", ".join(f"{share:.1%}" for share in np.nanmean(every, axis=0)))


def trial(
    rng: np.random.Generator, draw: Draw, truth: Judged, prices: Prices, practice: int, exam: int
) -> list[float]:
    """Whether cost, saving and share right lie within their intervals."""
    choice = Choice(PRACTICE, draw(rng, practice), draw(rng, exam))
    limit = choice.cheapest(prices)
    found = choice.report(limit, prices)
    true, blind = _true(truth, prices, limit), _true(truth, prices, 0.0)
    saved = blind[0] - true[0]
    right = float("nan")
    if found.right is not None:
        right = float(found.right.low <= true[1] <= found.right.high)
    return [
        float(found.cost.low <= true[0] <= found.cost.high),
        float(found.saved.low <= saved <= found.saved.high),
        right,
    ]


_known: dict[tuple[int, Prices], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}


def _true(truth: Judged, prices: Prices, limit: float) -> tuple[float, float]:
    """Cost of 100 texts and share right among those answered alone, at a limit."""
    key = (id(truth), prices)
    if key not in _known:
        found = curve(truth, prices)
        _known[key] = (found.threshold, found.cost, found.right)
    at = int(np.searchsorted(_known[key][0], limit))
    return float(_known[key][1][at]), float(_known[key][2][at])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
