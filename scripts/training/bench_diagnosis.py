"""How often the run doctor misreads noise, and how often it sees what is there, on simulated trainings.

    .venv/bin/python scripts/training/bench_diagnosis.py [TRIALS]

A training has 300 steps, each of whose losses wavers as batches of eight do, and some checks of the practice
questions, whose loss wavers from check to check, each time anew or slowly (half of it stays). With early
stopping it ends after three checks without improvement, as the presets do. In three kinds of trainings
nothing happens that a diagnosis should be made of; a false alarm is any that says otherwise.
"""

import itertools
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.core.recipe import Recipe  # noqa: E402
from workbench.training.diagnosis import diagnosis as kinds  # noqa: E402
from workbench.training.diagnosis.diagnosis import Told  # noqa: E402
from workbench.training.diagnosis.rules import diagnose  # noqa: E402

Curve = Callable[[np.ndarray], np.ndarray]
TRIALS, STEPS, PATIENCE = 1000, 300, 3
CHECKS, NOISES, STAYS = (4, 6, 12), (0.003, 0.01, 0.02), (0.0, 0.5)
"""Checks of a training; how far the practice loss wavers, as a share of it; how much of that stays."""
BATCHES = 0.2
"""How far the loss of a step wavers."""


def falls(to: float, speed: float) -> Curve:
    return lambda t: to + (2.5 - to) * np.exp(-speed * t)


def flat(t: np.ndarray) -> np.ndarray:
    return np.full_like(t, 2.5)


def by_heart(t: np.ndarray) -> np.ndarray:
    """The practice loss: best after a third of the way, then a fifth higher at the end."""
    return falls(1.2, 12)(t) + 0.4 * np.maximum(0.0, t - 0.33)


def jumps(t: np.ndarray) -> np.ndarray:
    return np.where(t < 0.4, falls(1.2, 8)(t), 3.0)


QUIET = {
    "nothing learned": (flat, flat, {kinds.NO_LEARNING}),
    "learned, then flat": (falls(1.2, 20), falls(1.4, 20), {kinds.FINE}),
    "examples go on falling": (lambda t: falls(1.3, 20)(t) - 0.5 * t, falls(1.4, 20), {kinds.FINE}),
}
"""Loss of the examples, of the practice questions, and what may be said."""
LOUD = {
    "by heart": (lambda t: falls(1.3, 12)(t) - 0.8 * t, by_heart, {kinds.BY_HEART}),
    "still improving": (falls(1.0, 1.5), falls(1.1, 1.5), {kinds.STILL_IMPROVING}),
    "unstable": (jumps, jumps, {kinds.UNSTABLE}),
    "nothing learned": (flat, flat, {kinds.NO_LEARNING}),
}


def main(trials: int) -> None:
    """Print the share of false alarms and of what is seen."""
    rng = np.random.default_rng(7)
    worst = [0.0] * len(NOISES)
    print("False alarms (per cent), by how far the practice loss wavers")
    for name, (learned, checked, right) in QUIET.items():
        for early, stays in itertools.product((False, True), STAYS):
            row = [said(rng, trials, learned, checked, noise, stays, early) for noise in NOISES]
            shares = [1 - sum(one[kind] for kind in right | {kinds.FEW_CHECKS}) for one in row]
            worst = [max(pair) for pair in zip(worst, shares, strict=True)]
            how = f"{'early stopping' if early else 'to its end':<15} {stays:.1f} stays"
            print(f"  {name:<24} {how}  " + "  ".join(f"{100 * one:5.1f}" for one in shares))
    for noise, share in zip(NOISES, worst, strict=True):
        print(f"At most {share:.1%} are misread where the practice loss wavers by {noise:.1%}.")
    print("Seen (per cent)")
    for name, (learned, checked, right) in LOUD.items():
        row = [
            said(rng, trials, learned, checked, noise, 0.0, name == "by heart") for noise in NOISES
        ]
        shares = [sum(one[kind] for kind in right) for one in row]
        print(f"  {name:<24} " + "  ".join(f"{100 * one:5.1f}" for one in shares))


def said(
    rng: np.random.Generator,
    trials: int,
    learned: Curve,
    checked: Curve,
    noise: float,
    stays: float,
    early: bool,
) -> Counter[str]:
    """Kind of diagnosis → its share, over trainings with few checks and with many."""
    found: Counter[str] = Counter()
    for number in CHECKS:
        for _ in range(trials // len(CHECKS)):
            made = diagnose(training(rng, learned, checked, number, noise, stays, early))
            found[made.kind if made else kinds.FINE] += 1
    total = found.total()
    return Counter({kind: times / total for kind, times in found.items()})


def training(
    rng: np.random.Generator,
    learned: Curve,
    checked: Curve,
    checks: int,
    noise: float,
    stays: float,
    early: bool,
) -> Told:
    """One simulated training, as it would have been recorded."""
    at = np.linspace(STEPS / checks, STEPS, checks).round().astype(int)
    wavers = np.zeros(checks)
    for i in range(checks):
        before = wavers[i - 1] if i else rng.normal()
        wavers[i] = stays * before + np.sqrt(1 - stays**2) * rng.normal()
    values = checked(at / STEPS) * (1 + noise * wavers)
    last = checks
    if early:
        for i in range(PATIENCE, checks):
            if values[: i + 1].argmin() <= i - PATIENCE:
                last = i + 1
                break
    end = int(at[last - 1])
    steps = np.arange(1, end + 1)
    losses = learned(steps / STEPS) * (1 + BATCHES * rng.normal(size=end))
    points = [(int(step), float(value)) for step, value in zip(at[:last], values, strict=False)]
    return Told(
        recipe=Recipe(),
        learned=[{"step": int(s), "loss": float(v)} for s, v in zip(steps, losses, strict=True)],
        checked=[{"step": step, "loss": value} for step, value in points],
        practice_rows=100,
        best_step=min(points, key=lambda point: point[1])[0],
        steps=end,
        planned_steps=STEPS,
        stopped_early=last < checks,
        usual_learning_rate=5e-4,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS)
