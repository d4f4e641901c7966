"""Where a training does not fit: what helps, the smallest harm first, and no more than is needed."""

import dataclasses
import itertools

import pytest

from storage.database import Store
from tests.training.test_estimate import MACHINE
from workbench.core.recipe import Recipe
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.training.ladder import Asked, ladder
from workbench.training.lengths import Lengths

LONG = Lengths(495, 500, 490, 490, quantiles=tuple(range(100, 502, 2)))
RECIPE = Recipe(
    per_device_train_batch_size=16, max_length=512, lora_dropout=0.0, eval_max_new_tokens=16
)


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


def asked(model: ModelInfo, memory_gb: float, recipe: Recipe = RECIPE) -> Asked:
    machine = dataclasses.replace(MACHINE, memory_gb=memory_gb)
    return Asked(machine, model, recipe, "completion", LONG, 320)


def test_what_fits_needs_no_step(writer: ModelInfo) -> None:
    assert ladder(asked(writer, 200)) == []


def within(model: ModelInfo, recipe: Recipe, share: float) -> Asked:
    """A machine that gives this share of what the settings need."""
    most = asked(model, 200).memory_mb(recipe) * share
    return dataclasses.replace(asked(model, 200), most_mb=most)


def test_fewer_at_a_time_come_first_and_make_up_the_same_correction(writer: ModelInfo) -> None:
    tight = within(writer, RECIPE, 0.6)
    (rung,) = ladder(tight)
    assert rung.name == "batch"
    assert rung.fits
    changed = RECIPE.changed(**rung.settings)
    assert changed.per_device_train_batch_size * changed.gradient_accumulation_steps == 16
    assert set(rung.settings) == {"per_device_train_batch_size", "gradient_accumulation_steps"}
    assert "what is learned stays the same" in rung.sentence
    twice = changed.changed(per_device_train_batch_size=2 * changed.per_device_train_batch_size)
    assert tight.memory_mb(twice) > (tight.most_mb or 0)


def test_each_step_builds_on_those_before_and_the_first_that_fits_is_the_last(
    writer: ModelInfo,
) -> None:
    strong = RECIPE.changed(r=256)
    one = strong.changed(per_device_train_batch_size=1)
    rungs = ladder(dataclasses.replace(within(writer, one, 0.95), recipe=strong))
    assert [rung.name for rung in rungs[:2]] == ["batch", "checkpointing"]
    needs = [rung.memory_mb for rung in rungs]
    assert needs == sorted(needs, reverse=True)
    assert [rung.fits for rung in rungs] == [False] * (len(rungs) - 1) + [True]
    for former, rung in itertools.pairwise(rungs):
        assert former.settings.items() <= rung.settings.items()


def test_shorter_examples_say_how_many_lose_a_part(writer: ModelInfo) -> None:
    recipe = RECIPE.changed(per_device_train_batch_size=1, gradient_checkpointing=True,
                            optim="adamw_bnb_8bit", max_length=4096)  # fmt: skip
    lengths = Lengths(2000, 4000, 100, 200, quantiles=tuple(range(0, 4020, 20)))
    own = dataclasses.replace(asked(writer, 200, recipe), lengths=lengths)
    (rung,) = ladder(dataclasses.replace(own, most_mb=own.memory_mb(recipe) * 0.93))
    assert rung.name == "length"
    assert rung.settings == {"max_length": 2048}
    assert "(48.8 %)" in rung.sentence
    assert "156 of 320 examples" in rung.sentence


def test_last_comes_another_model_that_can_learn_the_same(writer: ModelInfo) -> None:
    huge = dataclasses.replace(
        writer, id=99, name="huge", parameters=30_000_000_000, hidden_size=6000, layers=60,
        traced=None,
    )  # fmt: skip
    reader = dataclasses.replace(writer, id=98, family="encoder")
    rungs = ladder(asked(huge, 16, RECIPE.changed(per_device_train_batch_size=1)),
                   [writer, huge, reader])  # fmt: skip
    assert rungs[-1].name == "model"
    assert rungs[-1].model_id == writer.id
    assert not any(rung.fits for rung in rungs[:-1])


def test_what_was_measured_corrects_what_is_estimated(writer: ModelInfo) -> None:
    fits = asked(writer, 99)
    assert ladder(fits) == []
    assert ladder(dataclasses.replace(fits, correction=10.0))
