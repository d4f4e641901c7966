"""How often a threshold's promised cost is kept: 95 % intervals on simulated data.

    .venv/bin/python scripts/evaluation/bench_threshold.py [TRIALS]

Each trial draws practice questions, on which the cheapest threshold is chosen, and an exam, on which it
is reported; or rows asked by turns, of which each turn is reported with what the others choose, while the
models of the turns are a little better or worse than each other. What that threshold costs in truth is
counted on a million further texts. The kinds of models: right as often as they say; surer than they should
be; hardly better when they are sure.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.evaluation.scoring.choosing import PRACTICE, TURNS, Choice  # noqa: E402
from workbench.evaluation.scoring.deferral import Judged, Prices, curve  # noqa: E402
from workbench.evaluation.scoring.intervals import SPREAD  # noqa: E402

Draw = Callable[[np.random.Generator, int], Judged]
MANY = 1_000_000
PRICES = (Prices(5, 0.5), Prices(20, 1), Prices(100, 1))
SIZES = ((60, 100), (200, 400), (1000, 2000))
"""Practice questions, exam questions."""
BY_TURNS = (100, 200, 400, 800)
"""Rows that are asked by turns."""
PARTS, APART = 5, 0.02
"""Turns, and by how much their models' shares right differ (standard deviation)."""


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
    every: list[list[float]] = []
    by_turns: list[list[float]] = []
    for name, draw in KINDS.items():
        truth = draw(np.random.default_rng(1), MANY)
        for prices in PRICES:
            for practice, exam in SIZES:
                kept = [
                    trial(np.random.default_rng([seed, exam]), draw, truth, prices, practice, exam)
                    for seed in range(trials)
                ]
                every += kept
                _say(f"{name}; {prices.error:g} / {prices.check:g}; {practice} + {exam}", kept)
            for rows in BY_TURNS:
                kept = [
                    trial_by_turns(np.random.default_rng([seed, rows]), draw, truth, prices, rows)
                    for seed in range(trials)
                ]
                by_turns += kept
                _say(f"{name}; {prices.error:g} / {prices.check:g}; {rows} by turns", kept)
    _say("all by turns", by_turns)
    print("all: " + ", ".join(f"{share:.1%}" for share in np.nanmean(every, axis=0)))


def trial(
    rng: np.random.Generator, draw: Draw, truth: Judged, prices: Prices, practice: int, exam: int
) -> list[float]:
    """Whether cost, saving and share right of one trial lie within their intervals."""
    return _held(Choice(PRACTICE, draw(rng, practice), draw(rng, exam)), truth, prices)


def trial_by_turns(
    rng: np.random.Generator, draw: Draw, truth: Judged, prices: Prices, rows: int
) -> list[float]:
    """The same for rows that were asked by turns."""
    turns = np.arange(rows) % PARTS
    found = draw(rng, rows)
    shift = rng.normal(0, APART, PARTS)[turns]
    lost = found.right & (rng.random(rows) < -shift)
    won = ~found.right & (rng.random(rows) < np.clip(shift, 0, None) / (1 - found.right.mean()))
    judged = Judged(found.sure, (found.right & ~lost) | won, SPREAD)
    return _held(Choice(TURNS, judged, judged, turns), truth, prices)


def _say(title: str, kept: list[list[float]]) -> None:
    told = ", ".join(f"{share:.1%}" for share in np.nanmean(kept, axis=0))
    print(f"{title}: {told}", flush=True)


def _held(choice: Choice, truth: Judged, prices: Prices) -> list[float]:
    """Whether the true cost, saving and share right lie within their intervals."""
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
