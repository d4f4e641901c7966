"""How far off estimates may be, told from rows that were not learned.

Split conformal prediction (Lei et al. 2018, "Distribution-Free Predictive Inference for Regression"): the
true number of a new row lies no farther from its estimate than this quantile of the absolute errors, in
at least so large a share of all cases, whatever the distribution.
"""

import math

import numpy as np
import numpy.typing as npt

from workbench.jobs.process.number_range import SHARE


def half_width(errors: npt.NDArray[np.float64], share: float = SHARE) -> float | None:
    """The ⌈(n + 1) · share⌉-th smallest error; None where there are too few to tell.

    Args:
        errors: absolute, (rows,).
    """
    place = math.ceil((len(errors) + 1) * share)
    return float(np.sort(errors)[place - 1]) if 0 < place <= len(errors) else None
