"""The rules by which a training's curves are read; each minds the noise before it says anything.

Asked in this order, the first that holds is told:

unstable         the loss was no number any more, or lies a quarter above where it had been already
no_learning      neither the examples' loss nor the practice questions' has fallen
few_practice     fewer than 20 practice questions: their loss says little
few_checks       fewer than 3 checks, that of the start included
by_heart         since the best check the practice loss has risen steadily while that of the examples fell
                 (early stopping: Prechelt 1998, "Early stopping – but when?", LNCS 1524:55–69)
stopped          the user ended it
still_improving  the best check is one of the last two, and the practice loss fell steadily up to there
fine             none of these

A rise or fall is steady by the test of Mann and Kendall, and must also be larger than practice losses waver
by chance. `scripts/training/bench_diagnosis.py` counts how often flat and noisy curves are misread.
"""

import math
import statistics
from collections.abc import Sequence

from workbench.core.recipe import FIELDS
from workbench.core.words import count, plural
from workbench.training.diagnosis.diagnosis import (
    BY_HEART,
    FEW_CHECKS,
    FEW_PRACTICE,
    FINE,
    NO_LEARNING,
    STILL_IMPROVING,
    STOPPED,
    UNSTABLE,
    Change,
    Diagnosis,
    Told,
)
from workbench.training.diagnosis.series import lies_below, noise, smoothed, trend

FEWEST_PRACTICE, FEWEST_CHECKS, FEWEST_POINTS = 20, 3, 8
RISE = {1: 0.15, 2: 0.06}
"""How far the practice loss must have risen since its best, as a share of it: after one or two checks only
what no noise does, and"""
RISE_LATER = 0.04
"""after more of them."""
FALL, FALL_OF_FEW = 0.03, 0.05
"""How far it must have fallen at last, as a share of itself: over the later half of six checks or more, or
the last three of fewer."""
NEAR = 1.1
"""How much it wavers is told from the checks that lie at most so many times as high as the best."""
STEADY, NOISES = 0.05, 4.0
"""The chance that noise alone gives such a trend; so many standard deviations of the noise, where that
is known, must a rise or fall have."""
JUMP = 1.25
"""Unstable is a loss that ends so many times as high as it had been already."""
JUMP_NOISES, MEDIAN = 6.0, 1.25
"""So many standard deviations higher, since it is held against the lowest of many medians; a median wavers
so many times as much as a mean."""
LEARNED, LEARNED_AT_ONCE = 0.03, 0.1
"""A practice loss has fallen if it is lower by this share steadily, or by that one at all."""
SLOWER, MORE_PASSES = 5.0, 1.5


def diagnose(told: Told) -> Diagnosis | None:
    """What the curves of a training that is over say; None where there are too few points for anything."""
    losses = [float(point["loss"]) for point in told.learned if "loss" in point]
    lost = any("loss" not in point for point in told.learned)
    if told.broke or lost:
        return _unstable(told, "its error was no longer a number")
    if len(losses) < FEWEST_POINTS:
        return None
    if _has_jumped(losses):
        return _unstable(told, "its error rose far above where it had been already")
    checks = [(int(p["step"]), float(p["loss"])) for p in told.checked if "loss" in p]
    if not _has_learned(losses) and not _has_improved([loss for _, loss in checks]):
        return _no_learning(told)
    if told.practice_rows < FEWEST_PRACTICE or not checks:
        return _few_practice(told)
    return _by_checks(told, checks, losses)


def _by_checks(
    told: Told, checks: Sequence[tuple[int, float]], losses: Sequence[float]
) -> Diagnosis:
    values = [loss for _, loss in checks]
    best = min(range(len(values)), key=values.__getitem__)
    if _rises_after(values, best) and _falls_after(told, checks[best][0]):
        return _by_heart(told, checks[best][0])
    improving = _still_falls(values)
    if told.was_cancelled:
        return _stopped(told, improving=improving)
    if len(checks) < FEWEST_CHECKS:
        return _few_checks(told, len(checks))
    return _still_improving(told) if improving else _fine(told)


def _has_jumped(losses: Sequence[float]) -> bool:
    width = max(5, len(losses) // 6)
    if len(losses) < 2 * width:
        return False
    levels = smoothed(losses, width)
    lowest, last = min(levels[: len(levels) - width + 1]), levels[-1]
    wavers = MEDIAN * (noise(losses) or 0.0) * math.sqrt(2 / width)
    return last > JUMP * lowest and last - lowest > JUMP_NOISES * wavers


def _has_learned(losses: Sequence[float]) -> bool:
    """Whether the last third lies below the beginning beyond noise: most is learned within few steps."""
    number = len(losses)
    last = losses[-max(2, number // 3) :]
    starts = {max(5, number // 3), max(5, number // 10)}
    return any(lies_below(last, losses[:start], by=3.5) for start in starts)


def _has_improved(values: Sequence[float]) -> bool:
    if len(values) < 2:
        return False
    fell = 1 - min(values[1:]) / values[0] if values[0] > 0 else 0.0
    return fell > LEARNED_AT_ONCE or (fell > LEARNED and _trend_down(values) <= STEADY)


def _trend_down(values: Sequence[float]) -> float:
    return trend([-value for value in values])


def _rises_after(values: Sequence[float], best: int) -> bool:
    """Whether the practice loss has risen since its best: steadily, and further than by chance."""
    after = values[best + 1 :]
    if not after:
        return False
    rise = after[-1] - values[best]
    near = [value for value in values if value <= NEAR * values[best]]
    needed = max(RISE.get(len(after), RISE_LATER) * values[best], NOISES * (noise(near) or 0.0))
    steady = trend(after) <= STEADY if len(after) > 3 else list(after) == sorted(after)
    return steady and rise > needed


def _still_falls(values: Sequence[float]) -> bool:
    """Whether the practice loss fell to its end: its last checks fell steadily and far enough."""
    if len(values) < FEWEST_CHECKS or min(values[-2:]) > min(values):
        return False
    if len(values) < 6:
        last = values[-3:]
        return last[0] > last[1] > last[2] and last[0] - last[2] > FALL_OF_FEW * last[0]
    half = values[-max(4, len(values) // 2) :]
    fall = statistics.fmean(half[:2]) - statistics.fmean(half[-2:])
    return _trend_down(half) <= STEADY and fall > FALL * half[0]


def _falls_after(told: Told, step: int) -> bool:
    """Whether the examples' loss is lower after this step than just before it."""
    before = [float(p["loss"]) for p in told.learned if p["step"] <= step]
    after = [float(p["loss"]) for p in told.learned if p["step"] > step]
    return lies_below(after, before[-max(4, len(after)) :])


def _unstable(told: Told, why: str) -> Diagnosis:
    rate = told.recipe.learning_rate
    return Diagnosis(
        UNSTABLE,
        f"It became unstable: {why}. Each correction was too large; next time take smaller ones.",
        _change(told, "learning_rate", _rounded(rate / SLOWER)),
    )


def _no_learning(told: Told) -> Diagnosis:
    rate, usual = told.recipe.learning_rate, told.usual_learning_rate
    said = "It has learned nothing: what it gets wrong has not become less"
    if usual is not None and rate < usual / 2:
        return Diagnosis(
            NO_LEARNING,
            f"{said}. Each correction was too small; next time take larger ones.",
            _change(told, "learning_rate", usual),
        )
    if usual is not None and rate > usual * 2:
        return Diagnosis(
            NO_LEARNING,
            f"{said}. Each correction may have been too large from the start; next time take smaller ones.",
            _change(told, "learning_rate", usual),
        )
    return Diagnosis(
        NO_LEARNING,
        f"{said}, though the corrections had a usual size. Look whether the answers follow from the texts "
        "(Data, Check).",
    )


def _few_practice(told: Told) -> Diagnosis:
    if not told.practice_rows or not told.checked:
        return Diagnosis(
            FEW_PRACTICE,
            "Nothing was asked while it learned, so nobody can tell whether it learned by heart: put some "
            "rows aside as practice questions (Data).",
        )
    return Diagnosis(
        FEW_PRACTICE,
        f"It has only {plural(told.practice_rows, 'practice question')}: too few to tell whether it should "
        f"learn longer or shorter ({FEWEST_PRACTICE} are the fewest). More examples would help.",
    )


def _few_checks(told: Told, checks: int) -> Diagnosis:
    passes = max(told.recipe.num_train_epochs, 0.01)
    wanted = math.ceil(2 * FEWEST_CHECKS / passes * 10) / 10
    return Diagnosis(
        FEW_CHECKS,
        f"It was checked only {plural(checks, 'time')} while it learned: too seldom to tell whether it should "
        "learn longer or shorter. Next time check more often.",
        _change(told, "evals_per_epoch", wanted) if wanted > told.recipe.evals_per_epoch else None,
    )


def _by_heart(told: Told, step: int) -> Diagnosis:
    kept = told.kept
    kept_step = (
        f"The state of step {count(kept)} was kept" if kept is not None else "Nothing was kept"
    )
    return Diagnosis(
        BY_HEART,
        f"It began to learn by heart at step {count(step)}: from there on it got better at the examples and "
        f"worse at the practice questions. {kept_step}; next time a shorter training will do.",
        _shorter(told, step),
    )


def _shorter(told: Told, step: int) -> Change | None:
    """Passes that end about where it was best; where that is no fewer, smaller corrections."""
    recipe, last = told.recipe, max(1, told.last_step)
    if recipe.max_steps > 0:
        return _change(told, "max_steps", max(1, step)) if step < recipe.max_steps else None
    of, done = max(last, told.planned_steps or 0), recipe.num_train_epochs
    if told.epochs:
        of, done = last, told.epochs
    passes = max(0.5, math.ceil(2 * done * step / of) / 2)
    if passes < recipe.num_train_epochs:
        return _change(told, "num_train_epochs", passes)
    return _change(told, "learning_rate", _rounded(recipe.learning_rate / 2))


def _stopped(told: Told, *, improving: bool) -> Diagnosis:
    of = f" of {count(told.planned_steps)}" if told.planned_steps else ""
    more = (
        "it was still getting better, so let it go on if you have the time"
        if improving
        else "whether it would have become better, its checks do not tell"
    )
    kept = f" The state of step {count(told.kept)} was kept." if told.kept is not None else ""
    return Diagnosis(STOPPED, f"You ended it at step {count(told.last_step)}{of}: {more}.{kept}")


def _still_improving(told: Told) -> Diagnosis:
    recipe = told.recipe
    if recipe.max_steps > 0:
        change = _change(told, "max_steps", math.ceil(MORE_PASSES * recipe.max_steps))
        more = "next time more steps"
    else:
        passes = math.ceil(2 * MORE_PASSES * recipe.num_train_epochs) / 2
        change = _change(told, "num_train_epochs", passes)
        more = "next time more passes over the examples"
    return Diagnosis(
        STILL_IMPROVING,
        f"It was still getting better at the practice questions when it ended at step "
        f"{count(told.last_step)}: {more}.",
        change,
    )


def _fine(told: Told) -> Diagnosis:
    kept = f"; the state of step {count(told.kept)} was kept" if told.kept is not None else ""
    ended = (
        f"It ended by itself at step {count(told.last_step)}, when the practice questions no longer improved"
        if told.stopped_early
        else "It learned as it should: by the end the practice questions hardly improved any more, and it "
        "did not learn by heart"
    )
    return Diagnosis(FINE, f"{ended}{kept}.")


def _change(told: Told, setting: str, value: float) -> Change | None:
    """The change, within what the setting allows; None if that leaves it as it is."""
    about = FIELDS[setting].metadata
    value = min(about["high"], max(about["low"], value))
    former = getattr(told.recipe, setting)
    return Change(setting, value, former) if value != former else None


def _rounded(value: float) -> float:
    """To two digits, as one would type it."""
    return float(f"{value:.1e}")
