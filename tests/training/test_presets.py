"""The three presets."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe, from_dict
from workbench.core.tasks import TASKS
from workbench.training.presets import PRESETS, preset

SIZES = (10, 320, 1_000, 5_000, 100_000)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("kind", ["causal", "encoder"])
def test_every_preset_is_a_recipe_that_can_be_kept(kind: str, name: str, task: str) -> None:
    for rows in SIZES:
        recipe = preset(name, task=task, family=kind, rows=rows)
        assert from_dict(recipe.as_dict()) == recipe


@pytest.mark.parametrize("kind", ["causal", "encoder"])
@pytest.mark.parametrize("rows", SIZES)
def test_each_preset_sees_more_than_the_one_before(kind: str, rows: int) -> None:
    passes = [
        preset(n, task="completion", family=kind, rows=rows).num_train_epochs for n in PRESETS
    ]
    assert passes == sorted(set(passes))


def test_a_quick_look_stays_quick_however_many_rows_there_are() -> None:
    for rows in SIZES:
        recipe = preset("quick", task="completion", family="causal", rows=rows)
        assert rows * recipe.num_train_epochs <= 500
        checks = recipe.evals_per_epoch * recipe.num_train_epochs
        assert checks == pytest.approx(3, rel=0.01)


def test_writing_models_learn_in_four_bits_and_encoders_in_their_own_precision() -> None:
    writing = preset("balanced", task="completion", family="causal", rows=320)
    assert (writing.method, writing.quantization, writing.double_quant) == ("lora", "nf4", True)
    encoder = preset("balanced", task="classification", family="encoder", rows=320)
    assert encoder.quantization == "none"


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="quick, balanced, thorough"):
        preset("fast", task="completion", family="causal", rows=320)


@pytest.mark.parametrize("name", PRESETS)
def test_few_rows_with_turns_are_all_asked(name: str) -> None:
    recipe = preset(name, task="classification", family="encoder", rows=320, turns=True)
    assert recipe.asks_by_turns
    assert recipe.turn_steps(100) < 100
    assert recipe.turn_steps(10) == 10
    for rows, family, turns in (
        (320, "encoder", False),
        (5000, "encoder", True),
        (320, "causal", True),
    ):
        other = preset(name, task="classification", family=family, rows=rows, turns=turns)
        assert not other.asks_by_turns
        assert other.turn_steps(100) == 100


@pytest.mark.parametrize("name", PRESETS)
def test_few_pairs_of_texts_are_learned_by_their_categories(name: str) -> None:
    def recipe(rows: int, pair: bool) -> Recipe:
        return preset(
            name, task="classification", family="encoder", rows=rows, turns=True, pair=pair
        )

    few = recipe(700, pair=True)
    assert (few.objective, few.asks_by_turns) == ("classes", False)
    assert recipe(700, pair=False).objective == "contrastive"
    assert few.num_train_epochs > recipe(5_000, pair=True).num_train_epochs
    assert recipe(5_000, pair=True) == recipe(5_000, pair=False)


def test_answers_to_few_questions_may_lean_on_examples_and_nothing_else_does() -> None:
    def wanted(task: str, family: str, rows: int) -> str:
        return preset("balanced", task=task, family=family, rows=rows).lean_on_examples

    assert wanted("completion", "causal", 300) == "auto"
    assert wanted("completion", "causal", 3_000) == "no"
    assert {wanted(task, "causal", 300) for task in TASKS if task != "completion"} == {"no"}
    assert wanted("completion", "seq2seq", 300) == "no"
