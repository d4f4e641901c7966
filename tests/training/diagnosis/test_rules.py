"""What simulated curves are read as, and that noise fools no rule."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from workbench.core.recipe import Recipe
from workbench.training.diagnosis import diagnosis as kinds
from workbench.training.diagnosis.diagnosis import Change, Diagnosis, Told
from workbench.training.diagnosis.rules import diagnose

STEPS = 240
Curve = Callable[[Any], Any]


def _falls(to: float, speed: float) -> Curve:
    return lambda t: to + (2.5 - to) * np.exp(-speed * t)


def _flat(t: Any) -> Any:
    return 2.5 + 0 * t


def _turns(t: Any) -> Any:
    """Best at a third of the way, well higher at its end."""
    return _falls(1.2, 12)(t) + 0.4 * np.maximum(0.0, t - 1 / 3)


def _goes_on(t: Any) -> Any:
    return _falls(1.3, 12)(t) - 0.8 * t


def _told(
    learned: Curve,
    checked: Curve,
    *,
    seed: int = 0,
    checks: int = 6,
    steps: int = STEPS,
    noise: float = 0.003,
    **more: Any,
) -> Told:
    rng = np.random.default_rng(seed)
    at = np.linspace(STEPS / checks, STEPS, checks).round().astype(int)
    at = at[at <= steps]
    values = checked(at / STEPS) * (1 + noise * rng.normal(size=len(at)))
    every = np.arange(1, steps + 1)
    losses = learned(every / STEPS) * (1 + 0.2 * rng.normal(size=steps))
    told = Told(
        recipe=Recipe(learning_rate=5e-4),
        learned=[{"step": int(s), "loss": float(v)} for s, v in zip(every, losses, strict=True)],
        checked=[{"step": int(s), "loss": float(v)} for s, v in zip(at, values, strict=True)],
        practice_rows=100,
        best_step=int(at[values.argmin()]) if len(at) else None,
        steps=steps,
        planned_steps=STEPS,
        usual_learning_rate=5e-4,
    )
    return replace(told, **more)


def _found(told: Told) -> Diagnosis:
    found = diagnose(told)
    assert found is not None
    assert found.kind in kinds.KINDS
    assert found.sentence.endswith((".", ")."))
    return found


def test_learning_by_heart_is_told_with_its_step_and_fewer_passes() -> None:
    found = _found(_told(_goes_on, _turns, steps=200, stopped_early=True))
    assert found.kind == kinds.BY_HEART
    assert "began to learn by heart at step 80" in found.sentence
    assert "The state of step 80 was kept" in found.sentence
    assert found.change == Change("num_train_epochs", 1.0, 3.0)
    assert found.change.sentence == "Passes over the data (epochs): 1 instead of 3"


def test_passes_are_counted_by_those_that_were_done() -> None:
    told = _told(_goes_on, _turns, steps=200, planned_steps=None, epochs=2.5)
    assert _found(told).change == Change("num_train_epochs", 1.0, 3.0)
    assert _found(replace(told, epochs=4.0, recipe=Recipe(num_train_epochs=5.0))).change == Change(
        "num_train_epochs", 2.0, 5.0
    )


def test_by_heart_from_the_first_check_on_takes_smaller_corrections() -> None:
    told = _told(_goes_on, lambda t: 1.2 + 0.5 * t, steps=160, recipe=Recipe(num_train_epochs=0.5))
    assert _found(told).change == Change("learning_rate", 1e-4, 2e-4)
    limited = replace(told, recipe=Recipe(max_steps=240))
    assert _found(limited).change == Change("max_steps", 40, 240)


def test_a_practice_loss_that_rises_with_the_examples_is_not_by_heart() -> None:
    told = _told(lambda t: 1.2 + 0.1 * t, _turns)
    assert _found(told).kind != kinds.BY_HEART


def test_still_improving_wants_more_passes() -> None:
    found = _found(_told(_falls(1.0, 1.5), _falls(1.1, 1.5)))
    assert found.kind == kinds.STILL_IMPROVING
    assert found.change == Change("num_train_epochs", 4.5, 3.0)
    limited = _told(_falls(1.0, 1.5), _falls(1.1, 1.5), recipe=Recipe(max_steps=240))
    assert _found(limited).change == Change("max_steps", 360, 240)


def test_no_learning_goes_by_the_pace() -> None:
    slow = _found(_told(_flat, _flat, recipe=Recipe(learning_rate=1e-6)))
    assert (slow.kind, slow.change) == (
        kinds.NO_LEARNING, Change("learning_rate", 5e-4, 1e-6),
    )  # fmt: skip
    assert "too small" in slow.sentence
    fast = _found(_told(_flat, _flat, recipe=Recipe(learning_rate=0.1)))
    assert fast.change == Change("learning_rate", 5e-4, 0.1)
    usual = _found(_told(_flat, _flat))
    assert (usual.kind, usual.change) == (kinds.NO_LEARNING, None)
    assert "Look whether the answers follow from the texts" in usual.sentence


def test_what_jumps_or_is_no_number_is_unstable() -> None:
    jumped = _found(_told(lambda t: np.where(t < 0.4, _falls(1.2, 8)(t), 3.0), _flat))
    assert (jumped.kind, jumped.change) == (
        kinds.UNSTABLE, Change("learning_rate", 1e-4, 5e-4),
    )  # fmt: skip
    assert _found(_told(_flat, _flat, steps=3, broke=True)).kind == kinds.UNSTABLE
    told = _told(_falls(1, 9), _falls(1, 9))
    lost = [*told.learned, {"step": STEPS + 1, "learning_rate": 1e-4}]
    assert "no longer a number" in _found(replace(told, learned=lost)).sentence


def test_few_practice_questions_tell_nothing() -> None:
    told = _told(_goes_on, _turns, practice_rows=19)
    assert _found(told).kind == kinds.FEW_PRACTICE
    assert "only 19 practice questions" in _found(told).sentence
    without = replace(told, practice_rows=0, checked=[])
    assert "put some rows aside" in _found(without).sentence


def test_few_checks_want_more_of_them() -> None:
    told = _told(_falls(1.1, 9), _falls(1.2, 9), checks=2, recipe=Recipe(evals_per_epoch=0.5))
    found = _found(told)
    assert (found.kind, found.change) == (
        kinds.FEW_CHECKS, Change("evals_per_epoch", 2.0, 0.5),
    )  # fmt: skip


def test_who_ends_it_is_told_whether_it_was_improving() -> None:
    stopped = _told(_falls(1.0, 1.5), _falls(1.1, 1.5), steps=160, was_cancelled=True)
    found = _found(stopped)
    assert (found.kind, found.change) == (kinds.STOPPED, None)
    assert "You ended it at step 160 of 240: it was still getting better" in found.sentence
    flat = _told(_falls(1.0, 20), _falls(1.1, 20), steps=160, was_cancelled=True)
    assert "its checks do not tell" in _found(flat).sentence


def test_fine_is_told_as_well() -> None:
    found = _found(_told(_falls(1.2, 20), _falls(1.4, 20)))
    assert (found.kind, found.change) == (kinds.FINE, None)
    early = _told(_falls(1.2, 20), _falls(1.4, 20), steps=160, stopped_early=True)
    assert "It ended by itself at step 160" in _found(early).sentence


def test_a_handful_of_points_says_nothing() -> None:
    assert diagnose(_told(_flat, _flat, steps=7)) is None
    assert diagnose(replace(_told(_flat, _flat), learned=[], checked=[])) is None


@pytest.mark.parametrize("checks", [4, 6, 12])
@pytest.mark.parametrize(
    ("learned", "checked", "right"),
    [
        (_flat, _flat, kinds.NO_LEARNING),
        (_falls(1.2, 20), _falls(1.4, 20), kinds.FINE),
        (lambda t: _falls(1.3, 20)(t) - 0.5 * t, _falls(1.4, 20), kinds.FINE),
    ],
    ids=["nothing learned", "flat", "examples go on"],
)
def test_noise_is_no_news(learned: Curve, checked: Curve, right: str, checks: int) -> None:
    """The practice loss wavers by 1 %, the loss of a step by 20 %."""
    told = (_told(learned, checked, seed=s, checks=checks, noise=0.01) for s in range(60))
    counts = Counter(_found(one).kind for one in told)
    assert counts[right] >= 56, counts


@pytest.mark.parametrize("noise", [0.003, 0.01])
def test_what_is_there_is_seen_through_noise(noise: float) -> None:
    heart = (_told(_goes_on, _turns, seed=s, steps=200, noise=noise) for s in range(40))
    assert sum(_found(one).kind == kinds.BY_HEART for one in heart) >= 34
    more = (_told(_falls(1, 1.5), _falls(1.1, 1.5), seed=s, noise=noise) for s in range(40))
    assert sum(_found(one).kind == kinds.STILL_IMPROVING for one in more) >= 38
