"""Would more data help? Probes on a part of the examples, and a curve through their errors.

A probe learns from 25, 50 and 100 % of the rows that are learned from and is asked the questions
that are not: for categories logistic regression on frozen embeddings, for written answers the
answer of the row whose question is most alike, judged by chrF. What it gets wrong falls with the
number of examples as a power law, err = b · n^-c (Hestness et al. 2017), fitted to the logarithms;
its uncertainty comes from drawing the questions again (bootstrap).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from workbench.core.metrics import ACCURACY, CHRF
from workbench.engine.encoder.probe import fit_probe

SHARES = (0.25, 0.5, 1.0)
REPEATS = {0.25: 3, 0.5: 2, 1.0: 1}
"""Small parts vary more by what is drawn, and cost less."""
DRAWS = 400
FEWEST_TRAIN, FEWEST_TEST = 40, 20
ENOUGH = 0.01
"""Fewer points than this (as a share) are not worth the work of doubling the data."""
_SHOWN = 3

MOST_QUESTIONS = 500
"""chrF takes about a millisecond for each answer."""
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Probe = Callable[[Ints], Floats]
"""From the rows to learn from (by index) to a score of every question, 0 to 1."""


def measure(
    embeddings: torch.Tensor,
    labels: Sequence[str],
    learned: Sequence[bool],
    seed: int,
    done: Callable[[float], None] = lambda share: None,
) -> dict[str, Any] | None:
    """The curve for categories, as plain values; None where there are too few rows for one.

    Args:
        embeddings: (rows, hidden).
        learned: which rows are learned from; the others ask.

    Returns:
        `measure` (accuracy or chrf) and number of `questions`;
        `points`: list of `rows`, `accuracy` (the mean score), `low` and `high` (95 %, 0 to 1);
        `double`: expected `gain` in score from twice the rows, with `low` and `high`;
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

    def probe(part: Ints) -> Floats:
        own = np.unique(numbers[part])
        again = np.searchsorted(own, numbers[part])
        head = fit_probe(embeddings[torch.from_numpy(part)], again.tolist())
        with torch.no_grad():
            best = head(embeddings[torch.from_numpy(asked)]).argmax(1).numpy()
        right: Floats = (own[best] == numbers[asked]).astype(np.float64)
        return right

    answers = _answers(probe, numbers, inside, seed, done)
    curve, exponent = _curve(answers, seed)
    wrong = 1 - answers[-1][1].mean(0)
    curve["categories"] = _categories(names, numbers, inside, asked, wrong, exponent)
    return {"measure": ACCURACY, **curve}


def measure_texts(
    embeddings: torch.Tensor,
    texts: Sequence[str],
    learned: Sequence[bool],
    seed: int,
    done: Callable[[float], None] = lambda share: None,
) -> dict[str, Any] | None:
    """The curve for written answers (`texts`), as `measure` gives it but without categories."""
    # Imported here: a trainer that needs none of it starts sooner.
    from sacrebleu.metrics.chrf import CHRF as Metric

    inside = np.flatnonzero(np.asarray(learned))
    asked = np.flatnonzero(~np.asarray(learned))
    if len(asked) > MOST_QUESTIONS:
        asked = np.sort(np.random.default_rng(seed).choice(asked, MOST_QUESTIONS, replace=False))
    if len(inside) < FEWEST_TRAIN or len(asked) < FEWEST_TEST:
        return None
    chrf = Metric()

    def probe(part: Ints) -> Floats:
        likeness = embeddings[torch.from_numpy(asked)] @ embeddings[torch.from_numpy(part)].T
        nearest = part[likeness.argmax(1).numpy()]
        pairs = zip(nearest.tolist(), asked.tolist(), strict=True)
        scores = [chrf.sentence_score(texts[own], [texts[row]]).score for own, row in pairs]
        return np.array(scores) / 100

    curve, _ = _curve(_answers(probe, np.zeros(len(texts), np.int64), inside, seed, done), seed)
    return {"measure": CHRF, **curve, "categories": []}


def _curve(answers: Sequence[tuple[int, Floats]], seed: int) -> tuple[dict[str, Any], float]:
    """What all curves have, and the exponent of the power law."""
    points, fits = _points(answers, seed)
    wrong = float(1 - answers[-1][1].mean())
    exponents = np.maximum(0.0, np.array([exponent for _, exponent in fits]))
    # Not the fitted line's value but the measured one, so that the forecast begins where it is.
    gains = wrong * (1 - 2.0**-exponents)
    low, middle, high = np.quantile(gains, (0.025, 0.5, 0.975))
    curve = {
        "points": points,
        "questions": answers[0][1].shape[1],
        "double": {"gain": float(middle), "low": float(low), "high": float(high)},
        "helps": "yes" if low >= ENOUGH else "maybe" if high >= ENOUGH else "no",
    }
    return curve, float(np.median(exponents))


def _answers(
    probe: Probe,
    numbers: Ints,
    inside: Ints,
    seed: int,
    done: Callable[[float], None],
) -> list[tuple[int, Floats]]:
    """For each share: rows, and the scores of the questions (repeats, questions)."""
    random = np.random.default_rng(seed)
    found = []
    total, spent = sum(share * REPEATS[share] for share in SHARES), 0.0
    for share in SHARES:
        scores, size = [], 0
        for _ in range(REPEATS[share]):
            part = _part(numbers, inside, share, random)
            size = len(part)
            scores.append(probe(part))
            spent += share
            done(spent / total)
        found.append((size, np.array(scores)))
    return found


def _part(
    numbers: Ints,
    inside: Ints,
    share: float,
    random: np.random.Generator,
) -> Ints:
    """A share of each category's rows, one at least."""
    parts = []
    for label in np.unique(numbers[inside]):
        mine = random.permutation(inside[numbers[inside] == label])
        parts.append(mine[: max(1, round(share * len(mine)))])
    return np.sort(np.concatenate(parts))


def _points(
    answers: Sequence[tuple[int, Floats]], seed: int
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


def _fit(sizes: Floats, errors: Floats) -> tuple[float, float]:
    """b and c of err = b · n^-c, by least squares of the logarithms."""
    slope, height = np.polyfit(np.log(sizes), np.log(errors), 1)
    return float(np.exp(height)), float(-slope)


def _categories(
    names: npt.NDArray[np.str_],
    numbers: Ints,
    inside: Ints,
    asked: Ints,
    wrong: Floats,
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
