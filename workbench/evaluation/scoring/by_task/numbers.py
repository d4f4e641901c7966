"""Scores of answers that are numbers, from how far off each is.

They are scikit-learn's mean_absolute_error and r2_score and SciPy's spearmanr; answers that are all the
same have no order, which counts as 0.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.core.metrics import MAE, R2, SPEARMAN, WITHIN
from workbench.core.tasks.number_answers import tolerance, value_of
from workbench.evaluation.scoring.sums import Sums

Floats = npt.NDArray[np.float64]
_NOTHING = 1e-12


def numbers_in(texts: Iterable[Any]) -> Floats:
    """The numbers in some answers; NaN where one is none."""
    return np.array([value_of(text) for text in texts], float)


def errors(wanted: Floats, given: Floats) -> Floats:
    """How far off each answer is; one that is no number as far as a number that is wanted may be. Where
    nothing is wanted nothing is off."""
    found: Floats = np.abs(wanted - given)
    if np.isnan(given).any() and not np.isnan(wanted).all():
        farthest = np.maximum(wanted - np.nanmin(wanted), np.nanmax(wanted) - wanted)
        found = np.where(np.isnan(given), farthest, found)
    return np.nan_to_num(found, nan=0.0)


def is_near(wanted: Floats, off: Floats) -> npt.NDArray[np.bool_]:
    """Which answers are near enough (`number_answers.tolerance`); of floats the last digit is spared."""
    found: npt.NDArray[np.bool_] = off <= tolerance(wanted.tolist()) * (1 + 1e-9) + _NOTHING
    return found


def scores_of(wanted: Floats, given: Floats) -> dict[str, float]:
    """mae, within, r2, spearman; nothing without rows."""
    if not len(wanted):
        return {}
    off = errors(wanted, given)
    return {
        MAE: float(off.mean()),
        WITHIN: float(is_near(wanted, off).mean()),
        R2: r2_sums(wanted, given).score,
        SPEARMAN: spearman_sums(wanted, given).score,
    }


def r2_sums(wanted: Floats, given: Floats) -> Sums:
    """R²: 1 less squared errors over squared distances from the mean."""
    wanted = _filled(wanted)
    unit = float(wanted.std()) or 1.0
    off, centred = errors(wanted, given) / unit, (wanted - wanted.mean()) / unit
    rows = np.stack([off**2, centred, centred**2, np.ones_like(centred)], axis=1)
    return Sums(rows, _r2)


def spearman_sums(wanted: Floats, given: Floats) -> Sums:
    """Spearman's rank correlation: that of the ranks, equal numbers sharing theirs."""
    first, second = (_ranks(_filled(own)) for own in (wanted, given))
    columns = [first, second, first**2, second**2, first * second, np.ones_like(first)]
    return Sums(np.stack(columns, axis=1), _correlation)


def _filled(numbers: Floats) -> Floats:
    return np.nan_to_num(numbers, nan=0.0)


def _ranks(numbers: Floats) -> Floats:
    """From -1/2 to 1/2."""
    from scipy.stats import rankdata  # only numbers need it

    found: Floats = (rankdata(numbers) - (len(numbers) + 1) / 2) / max(1, len(numbers))
    return found


def _r2(sums: Floats) -> Floats:
    wrong, total, squares, rows = np.moveaxis(sums, -1, 0)
    all_of_it = squares - total**2 / np.maximum(1, rows)
    left = np.divide(wrong, all_of_it, out=np.ones_like(wrong), where=all_of_it > _NOTHING)
    found: Floats = np.where((all_of_it <= _NOTHING) & (wrong <= _NOTHING), 1.0, 1 - left)
    return found


def _correlation(sums: Floats) -> Floats:
    a, b, aa, bb, ab, rows = np.moveaxis(sums, -1, 0)
    rows = np.maximum(1, rows)
    spread = np.sqrt(np.maximum(0, (aa - a**2 / rows) * (bb - b**2 / rows)))
    both = ab - a * b / rows
    found: Floats = np.divide(both, spread, out=np.zeros_like(both), where=spread > _NOTHING)
    return found


def covered(wanted: Floats, low: Sequence[float], high: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Which wanted numbers lie between the two that were told."""
    found: npt.NDArray[np.bool_] = (np.asarray(low) <= wanted) & (wanted <= np.asarray(high))
    return found
