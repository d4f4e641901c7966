"""The scores of answers that are numbers, in words, each with its interval."""

import pandas as pd

from workbench.core.metrics import MAE, METRICS, R2, SPEARMAN, WITHIN
from workbench.core.tasks.number_answers import tolerance
from workbench.core.units import AMOUNT, few_figures, figures
from workbench.evaluation.scoring.by_task.numbers import covered, numbers_in, scores_of
from workbench.evaluation.scoring.row_sums import TURN, score_interval
from workbench.evaluation.scoring.score import Score, counted, scored

COVERED = "coverage"
LOW, HIGH = "low", "high"
_RMSE = "rmse"
_TUNED = "tuned"


def near_words(wanted: list[float]) -> str:
    """What is near enough, in words: "at most 1 off"."""
    return f"at most {few_figures(tolerance(wanted))} off"


def of_numbers(answers: pd.DataFrame, who: str) -> list[Score]:
    """How far off on average, near enough, R², order; of the trained model also how often the true number
    lies where it says."""
    wanted, given = (numbers_in(answers[name]) for name in ("expected", who))
    values = scores_of(wanted, given)
    found = [_scored(name, values[name], answers, who) for name in (MAE, WITHIN, R2, SPEARMAN)]
    found[0] = Score(**{**vars(found[0]), "meaning": _usual(wanted.tolist())})
    near = near_words(wanted.tolist())
    label = f"answers that are {near} (within tolerance)"
    found[1] = Score(**{**vars(found[1]), "label": label, "meaning": _NEAR})
    off = answers[f"{MAE}_{who}"].to_numpy(float)
    rmse = float((off**2).mean() ** 0.5)
    found.append(
        Score(
            _RMSE, "the same where large errors count more (RMSE)", rmse, None, None,
            "The root of the mean squared error. Much larger than the first means that a few answers "
            "are far off: see the rows, the worst first.",
            AMOUNT, False,
        )
    )  # fmt: skip
    if who == _TUNED and LOW in answers and answers[LOW].notna().all() and TURN not in answers:
        inside = covered(wanted, answers[LOW].tolist(), answers[HIGH].tolist())
        width = float((answers[HIGH] - answers[LOW]).mean())
        found.append(
            scored(
                COVERED, "your numbers that lie where it says (coverage)",
                counted(int(inside.sum()), len(inside)),
                "Beside each estimate it says between which two numbers yours lies, nine times of ten. "
                f"Good is about 90 %: these ranges are {figures(width)} wide on average.",
            )
        )  # fmt: skip
    return found


def _scored(name: str, value: float, answers: pd.DataFrame, who: str) -> Score:
    metric = METRICS[name]
    low, high = score_interval(metric, who, value, answers) or (None, None)
    meaning = _MEANINGS.get(name, "")
    return Score(
        name, metric.title, value, low, high, meaning, metric.unit, metric.higher_is_better
    )


def _usual(wanted: list[float]) -> str:
    middle = sorted(wanted)[len(wanted) // 2]
    usual = sum(abs(number - middle) for number in wanted) / len(wanted)
    return (
        "The mean distance of an answer from your number, in its own units. Smaller is better; always "
        f"giving the median of these would be off by {figures(usual)}."
    )


_NEAR = (
    "The share of the answers that are no farther off than that: one step of a score, else a round part "
    "of how far your numbers usually lie from their median."
)
_MEANINGS = {
    R2: "How much of the squared differences between your numbers it explains: 1 is all, 0 is no more "
    "than always giving their mean, and below 0 it is worse than that.",
    SPEARMAN: "Whether what it puts higher is higher in your data, however far: 1 is your very order, 0 is "
    "none. It counts where the model is to sort rows rather than to measure.",
}
