"""Every score of an exam that fits its task, each with its interval and what it means.

Pages, command line and report take them from here, so that they all say the same.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.core.metrics import (
    ACCURACY,
    CHRF,
    EXACT_MATCH,
    EXACT_SETS,
    INVENTED,
    LOSS,
    MACRO_F1,
    METRICS,
    MICRO_F1,
)
from workbench.core.tasks import task_named
from workbench.core.units import NATS, OF_HUNDRED, SHARE
from workbench.evaluation.scoring.by_task import fields, texts
from workbench.evaluation.scoring.by_task.calls_told import of_calls
from workbench.evaluation.scoring.by_task.categories import Counts, Estimated
from workbench.evaluation.scoring.by_task.category_sets import macro_f1_sums, micro_f1_sums
from workbench.evaluation.scoring.by_task.documents import of_documents
from workbench.evaluation.scoring.by_task.meanings import CATEGORIES, FIELDS, SETS, TEXTS
from workbench.evaluation.scoring.by_task.numbers_told import of_numbers
from workbench.evaluation.scoring.by_task.pairs import of_pairs
from workbench.evaluation.scoring.by_task.yes_or_no import two_categories
from workbench.evaluation.scoring.intervals import SPREAD
from workbench.evaluation.scoring.reliability import bins, calibration_error
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.evaluation.scoring.score import RATIO, Score, counted, scored
from workbench.evaluation.scoring.sums import chrf_sums

LIKENESS = "likeness"
_TURN = "turn"


def all_scores(
    task: str, answers: pd.DataFrame, who: str, stored: Mapping[str, Any] | None = None
) -> list[Score]:
    """The scores of one of those who took an exam, the one that counts first.

    Args:
        answers: the judged rows, as `row_scores.score_rows` gives them.
        who: baseline, base or tuned.
        stored: its scores as the evaluation has them; some (the loss) cannot be told from answers.
    """
    about, stored = task_named(task), dict(stored or {})
    told: list[Score] = []
    if who in answers and len(answers):
        if about.answers_are_categories:
            told = _of_categories(answers, who)
        elif about.answers_are_sets:
            told = _of_sets(answers, who)
        elif about.answers_are_numbers:
            told = of_numbers(answers, who)
        elif about.answers_are_json:
            told = _of_fields(answers, who)
        elif about.compares:
            told = of_pairs(answers, who)
        elif about.answers_are_free_text:
            told = [*_of_texts(answers, who, stored), *of_calls(answers, who)]
    if isinstance(stored.get(LOSS), int | float):
        if about.rows_are_documents:
            told += of_documents(answers, who, stored)
        else:
            told += _of_loss(float(stored[LOSS]))
    known = {score.name for score in told}
    rest = [m for m in METRICS.values() if m.name in stored and m.name not in known]
    return told + [
        Score(
            m.name, m.title, float(stored[m.name]), None, None, "", m.unit, m.higher_is_better
        )
        for m in rest
    ]  # fmt: skip


def _of_categories(answers: pd.DataFrame, who: str) -> list[Score]:
    expected, given = (answers[name].astype(str).tolist() for name in ("expected", who))
    spread = SPREAD if _TURN in answers else 1.0
    counts = Counts(expected, given)
    found = [_share_right(answers, who, spread)]
    estimates = counts.estimates(spread)
    for name, value in counts.scores().items():
        label, meaning = CATEGORIES[name]
        ends = score_interval(METRICS[name], who, value, answers) if name in METRICS else None
        if ends is None and (own := estimates.get(name)):
            ends = own.low, own.high
        low, high = ends or (None, None)
        found.append(Score(name, label, value, low, high, meaning))
    if who == "tuned" and "probability" in answers and answers["probability"].notna().all():
        found += _of_sureness(answers, expected, given, spread)
    return found


def _of_sets(answers: pd.DataFrame, who: str) -> list[Score]:
    """Micro- and macro-F1 with the bootstrap's intervals, the share of exact sets with Wilson's."""
    spread = SPREAD if _TURN in answers else 1.0
    expected, given = (answers[name].astype(str).tolist() for name in ("expected", who))
    found = []
    for name, sums in ((MICRO_F1, micro_f1_sums), (MACRO_F1, macro_f1_sums)):
        value = sums(expected, given).score
        low, high = score_interval(METRICS[name], who, value, answers) or (None, None)
        found.append(Score(name, SETS[name][0], value, low, high, SETS[name][1]))
    right = int(answers[f"right_{who}"].sum())
    label, meaning = SETS[EXACT_SETS]
    return [*found, scored(EXACT_SETS, label, counted(right, len(answers), spread), meaning)]


def _share_right(answers: pd.DataFrame, who: str, spread: float) -> Score:
    n, right = len(answers), int(answers[f"right_{who}"].sum())
    often = answers["expected"].value_counts(normalize=True).max()
    meaning = (
        "The share of the questions with the right category. Always naming the most frequent one "
        f"would give {SHARE.exact(often)}: good is well above that, and above the simple baseline."
    )
    return scored(ACCURACY, METRICS[ACCURACY].title, counted(right, n, spread), meaning)


def _of_sureness(
    answers: pd.DataFrame, expected: list[str], given: list[str], spread: float
) -> list[Score]:
    sure = answers["probability"].to_numpy(float)
    gap = calibration_error(bins(sure, answers["right_tuned"].to_numpy(bool)))
    found = [
        Score(
            "ece", "how far sure and right are apart (expected calibration error, ECE)", gap, None,
            None, "If it says 80 %, about 80 % should be right; this is the mean gap, over groups of "
            "equally many answers. Smaller is better: below 3 % its sureness can be taken at its "
            "word. Few questions alone make a gap.", SHARE, False,
        )
    ]  # fmt: skip
    curves = two_categories(expected, given, sure.tolist(), spread)
    if curves is not None:
        found += [
            scored(
                "roc_auc", "tells the two categories apart (ROC AUC)", curves.auc,
                f"How often it finds a '{curves.positive}' likelier than a '{curves.negative}' to be "
                f"'{curves.positive}', whatever limit one takes: 50 % is guessing, 100 % perfect.",
            ),
            scored(
                "average_precision", "finds the rarer category (average precision)",
                curves.average_precision,
                f"The share right among what it calls '{curves.positive}', averaged over all limits. "
                f"Guessing gives {SHARE.exact(curves.share)}; 100 % is perfect.",
            ),
        ]  # fmt: skip
    return found


def _of_texts(answers: pd.DataFrame, who: str, stored: Mapping[str, Any]) -> list[Score]:
    expected, given = (answers[name].astype(str).tolist() for name in ("expected", who))
    found = [_chrf(answers, who, expected, given, stored)]
    rouge = texts.rouge(expected, given)
    for name, own in (*rouge.items(), ("bleu", texts.bleu(expected, given))):
        label, meaning = TEXTS[name]
        found.append(scored(name, label, own, meaning, OF_HUNDRED))
    if f"{LIKENESS}_{who}" in answers:
        label, meaning = TEXTS[LIKENESS]
        near = answers[f"{LIKENESS}_{who}"].dropna().tolist()
        found += [scored(LIKENESS, label, texts.mean(near), meaning, RATIO)] if near else []
    found.append(_exact(answers, who, TEXTS[EXACT_MATCH][1]))
    if f"{INVENTED}_{who}" in answers:
        made = answers[f"{INVENTED}_{who}"].map(lambda own: len(own) > 0)
        own = counted(int(made.sum()), len(made))
        label, meaning = TEXTS[INVENTED]
        found.append(scored(INVENTED, label, own, meaning, SHARE, False))
    label, meaning = TEXTS["length_ratio"]
    found.append(
        scored("length_ratio", label, texts.length_ratio(expected, given), meaning, RATIO, None)
    )
    own_share = SHARE.exact(texts.repetition(expected).value)
    label, meaning = TEXTS["repetition"]
    found.append(
        scored(
            "repetition", label, texts.repetition(given), meaning.format(own_share), SHARE, False
        )
    )
    return found


def _chrf(
    answers: pd.DataFrame,
    who: str,
    expected: list[str],
    given: list[str],
    stored: Mapping[str, Any],
) -> Score:
    """Over the whole exam, as it was kept."""
    value = stored.get(CHRF)
    value = float(value) if isinstance(value, int | float) else chrf_sums(expected, given).score
    label, meaning = TEXTS[CHRF]
    low, high = score_interval(METRICS[CHRF], who, value, answers) or (None, None)
    return Score(CHRF, label, value, low, high, meaning, OF_HUNDRED)


def _of_fields(answers: pd.DataFrame, who: str) -> list[Score]:
    expected, given = (answers[name].astype(str).tolist() for name in ("expected", who))
    found = fields.extraction(expected, given)
    scores = [_exact(answers, who, FIELDS[EXACT_MATCH][1])]
    own: dict[str, tuple[Estimated, bool]] = {
        "fields_right": (found.right, True),
        **({"fields_near": (found.near, True)} if found.near else {}),
        "fields_missing": (found.missing, False),
        "fields_wrong": (found.wrong, False),
        "fields_too_much": (found.too_much, False),
        "readable": (found.readable, True),
    }
    for name, (estimated, better) in own.items():
        label, meaning = FIELDS[name]
        scores.append(scored(name, label, estimated, meaning, SHARE, better))
    return scores


def _exact(answers: pd.DataFrame, who: str, meaning: str) -> Score:
    right = answers[f"right_{who}"]
    own = counted(int(right.sum()), len(right))
    return scored(EXACT_MATCH, METRICS[EXACT_MATCH].title, own, meaning)


def _of_loss(loss: float) -> list[Score]:
    return [
        Score(
            LOSS, METRICS[LOSS].title, loss, None, None,
            "How surprised the model is by the right answers, a word piece at a time (mean negative "
            "log likelihood). Smaller is better; it serves to compare models on the same texts.",
            NATS, False,
        )
    ]  # fmt: skip
