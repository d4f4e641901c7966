"""Would more data help? Probes on a part of the examples, and a curve through their errors.

Logistic regression on frozen embeddings is fitted to 25, 50 and 100 % of the rows that are
learned from and asked the questions that are not. The share that it gets wrong falls with the
number of examples as a power law, err = b · n^-c (Hestness et al. 2017), fitted to the logarithms;
its uncertainty comes from drawing the questions again (bootstrap).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from workbench.trainer.probe import fit_probe

SHARES = (0.25, 0.5, 1.0)
REPEATS = {0.25: 3, 0.5: 2, 1.0: 1}
"""Small parts vary more by what is drawn, and cost less."""
DRAWS = 400
FEWEST_TRAIN, FEWEST_TEST = 40, 20
ENOUGH = 0.01
"""Fewer points than this (as a share) are not worth the work of doubling the data."""
_SHOWN = 3

Bools = npt.NDArray[np.bool_]


def measure(
    embeddings: torch.Tensor,
    labels: Sequence[str],
    learned: Sequence[bool],
    seed: int,
    done: Callable[[float], None] = lambda share: None,
) -> dict[str, Any] | None:
    """The curve, as plain values; None where there are too few rows for one.

    Args:
        embeddings: (rows, hidden).
        learned: which rows are learned from; the others ask.

    Returns:
        `points`: list of `rows`, `accuracy`, `low` and `high` (95 %, 0 to 1);
        `double`: expected `gain` in accuracy from twice the rows, with `low` and `high`;
        `helps`: whether even its lower end is worth it, `yes`, `maybe` or `no`;
        `categories`: those where more rows would help most: `label`, `rows` (there are), `more`
        (to add), `gain` (in accuracy over all questions), `recall` (of its own questions).
    """
    names, numbers = np.unique(np.asarray(labels), return_inverse=True)
    inside = np.flatnonzero(np.asarray(learned))
    known = np.unique(numbers[inside])
    asked = np.flatnonzero(~np.asarray(learned) & np.isin(numbers, known))
    if len(inside) < FEWEST_TRAIN or len(asked) < FEWEST_TEST or len(known) < 2:
        return None
    answers = _answers(embeddings, numbers, inside, asked, seed, done)
    points, fits = _points(answers, seed)
    curve: dict[str, Any] = {"points": points, "questions": len(asked)}
    wrong = 1 - answers[-1][1].mean(0)
    exponents = np.maximum(0.0, np.array([exponent for _, exponent in fits]))
    # Not the fitted line's value but the measured one, so that the forecast begins where it is.
    gains = float(wrong.mean()) * (1 - 2.0**-exponents)
    low, middle, high = np.quantile(gains, (0.025, 0.5, 0.975))
    curve["double"] = {"gain": float(middle), "low": float(low), "high": float(high)}
    curve["helps"] = "yes" if low >= ENOUGH else "maybe" if high >= ENOUGH else "no"
    middle_exponent = float(np.median(exponents))
    curve["categories"] = _categories(names, numbers, inside, asked, wrong, middle_exponent)
    return curve


def _answers(
    embeddings: torch.Tensor,
    numbers: npt.NDArray[np.int64],
    inside: npt.NDArray[np.int64],
    asked: npt.NDArray[np.int64],
    seed: int,
    done: Callable[[float], None],
) -> list[tuple[int, npt.NDArray[np.float64]]]:
    """For each share: rows, and which questions were answered rightly (repeats, questions)."""
    random = np.random.default_rng(seed)
    found = []
    total, spent = sum(share * REPEATS[share] for share in SHARES), 0.0
    for share in SHARES:
        right, size = [], 0
        for _ in range(REPEATS[share]):
            part = _part(numbers, inside, share, random)
            size = len(part)
            known = np.unique(numbers[part])
            again = np.searchsorted(known, numbers[part])
            head = fit_probe(embeddings[torch.from_numpy(part)], again.tolist())
            with torch.no_grad():
                best = head(embeddings[torch.from_numpy(asked)]).argmax(1).numpy()
            right.append((known[best] == numbers[asked]).astype(np.float64))
            spent += share
            done(spent / total)
        found.append((size, np.array(right)))
    return found


def _part(
    numbers: npt.NDArray[np.int64],
    inside: npt.NDArray[np.int64],
    share: float,
    random: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """A share of each category's rows, one at least."""
    parts = []
    for label in np.unique(numbers[inside]):
        mine = random.permutation(inside[numbers[inside] == label])
        parts.append(mine[: max(1, round(share * len(mine)))])
    return np.sort(np.concatenate(parts))


def _points(
    answers: Sequence[tuple[int, npt.NDArray[np.float64]]], seed: int
) -> tuple[list[dict[str, float]], list[tuple[float, float]]]:
    """The measured points with their range, and (b, c) of the curve for each draw of questions."""
    random = np.random.default_rng(seed)
    questions = answers[0][1].shape[1]
    sizes = np.array([size for size, _ in answers], np.float64)
    means = np.array([right.mean(0) for _, right in answers])  # (shares, questions)
    draws = random.integers(0, questions, (DRAWS, questions))
    errors = np.array([1 - means[:, draw].mean(1) for draw in draws])  # (draws, shares)
    low, high = np.quantile(1 - errors, (0.025, 0.975), axis=0)
    points = [
        {"rows": int(size), "accuracy": float(mean), "low": float(least), "high": float(most)}
        for size, mean, least, most in zip(sizes, means.mean(1), low, high, strict=True)
    ]
    floor = 0.5 / questions  # no wrong answer at all is still half a one
    fits = [_fit(sizes, np.maximum(error, floor)) for error in errors]
    return points, fits


def _fit(sizes: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]) -> tuple[float, float]:
    """b and c of err = b · n^-c, by least squares of the logarithms."""
    slope, height = np.polyfit(np.log(sizes), np.log(errors), 1)
    return float(np.exp(height)), float(-slope)


def _categories(
    names: npt.NDArray[np.str_],
    numbers: npt.NDArray[np.int64],
    inside: npt.NDArray[np.int64],
    asked: npt.NDArray[np.int64],
    wrong: npt.NDArray[np.float64],
    exponent: float,
) -> list[dict[str, Any]]:
    """Where twice the rows of one category would gain most, each on the common curve."""
    found = []
    for label in np.unique(numbers[inside]):
        mine = numbers[asked] == label
        own = int((numbers[inside] == label).sum())
        if not mine.any():
            continue
        gain = float(wrong[mine].sum()) / len(asked) * (1 - 2.0**-exponent)
        recall = 1 - float(wrong[mine].mean())
        found.append(
            {"label": str(names[label]), "rows": own, "more": own, "gain": gain, "recall": recall}
        )
    found.sort(key=lambda entry: (-entry["gain"], entry["label"]))
    return [entry for entry in found[:_SHOWN] if entry["gain"] > 0]
