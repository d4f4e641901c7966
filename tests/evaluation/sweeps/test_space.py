"""What of a recipe may vary, and between what."""

import json

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.evaluation.sweeps.space import (
    VARIABLE,
    Range,
    able_to_vary,
    read_range,
    read_space,
    suggested,
    usual_space,
    with_settings,
)
from workbench.models.families import CAUSAL, ENCODER
from workbench.training.presets import preset


def test_the_usual_space_lies_around_the_recipe_and_holds_it() -> None:
    for family, task, rows in (
        (CAUSAL.name, COMPLETION.name, 400),
        (ENCODER.name, CLASSIFICATION.name, 400),
        (ENCODER.name, CLASSIFICATION.name, 9000),
    ):
        recipe = preset("balanced", task=task, family=family, rows=rows)
        space = usual_space(recipe, family=family, task=task)
        assert len(space) >= 3
        assert all(span.contains(getattr(recipe, name)) for name, span in space.items())
        assert set(space) <= set(able_to_vary(recipe, family=family, task=task))
        assert (
            read_space(json.loads(json.dumps({n: s.as_dict() for n, s in space.items()}))) == space
        )


def test_every_setting_that_may_vary_has_a_range_that_holds_it_and_can_be_typed() -> None:
    recipe = Recipe()
    for name in VARIABLE:
        span = suggested(name, recipe.changed(max_steps=60))
        assert span.contains(getattr(recipe.changed(max_steps=60), name)), name
        assert read_range(name, span.words, recipe) == span


def test_what_means_nothing_for_a_training_does_not_vary() -> None:
    tuned = Recipe(method="full", quantization="none")
    able = able_to_vary(tuned, family=ENCODER.name, task=CLASSIFICATION.name)
    assert "r" not in able
    assert "max_steps" not in able
    assert "num_train_epochs" in able
    contrast = tuned.changed(objective="contrastive", max_steps=60)
    few = able_to_vary(contrast, family=ENCODER.name, task=CLASSIFICATION.name)
    assert {"max_steps", "learning_rate"} <= set(few)
    assert not {"num_train_epochs", "label_smoothing_factor"} & set(few)


@pytest.mark.parametrize(
    ("name", "text", "span"),
    [
        ("learning_rate", "1e-5:1e-3", Range(1e-5, 1e-3, log=True)),
        ("r", "8, 16,32", Range(choices=(8, 16, 32))),
        ("r", "4:64", Range(4, 64)),
        ("lr_scheduler_type", "cosine,linear", Range(choices=("cosine", "linear"))),
        ("use_rslora", "yes,no", Range(choices=(True, False))),
    ],
)
def test_a_range_is_read_as_it_is_typed(name: str, text: str, span: Range) -> None:
    assert read_range(name, text, Recipe()) == span
    assert read_range(name, span.words, Recipe()) == span


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("seed", "1,2", "'seed' cannot be tried out"),
        ("learning_rate", "1e-3:1e-5", "goes from less to more"),
        ("r", "8", "at least two values"),
        ("r", "8,8", "at least two values"),
        ("r", "8,many", "must be a whole number"),
        ("r", "0,8", "must be from 1 to 256"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(name: str, text: str, sentence: str) -> None:
    with pytest.raises(WorkbenchError, match=sentence):
        read_range(name, text, Recipe())


def test_alpha_goes_with_the_rank() -> None:
    recipe = Recipe(r=16, lora_alpha=32)
    assert with_settings(recipe, {"r": 64}).lora_alpha == 128
    assert with_settings(recipe, {"r": 16}) == recipe
