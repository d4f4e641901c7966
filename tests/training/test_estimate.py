"""What a training will cost: it grows with what there is to do, and learns from earlier runs."""

import dataclasses

import pytest

from storage.database import Store
from tests.helpers.made import add_dataset, add_run
from workbench.core.recipe import Recipe
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.system.hardware import Hardware
from workbench.training import estimate, past_runs
from workbench.training.estimate import estimate_run, fit_of
from workbench.training.pace import PastRun

MACHINE = Hardware(
    processor="",
    cores=2,
    memory_gb=16,
    memory_free_gb=12,
    disk_free_gb=50,
    gpu_name=None,
    gpu_memory_gb=0,
    bf16=True,
    gflops=700,
    measured=True,
    dtype="bfloat16",
)
ONE = {"per_device_train_batch_size": 1, "lora_dropout": 0.0}
FULL = Recipe().changed(method="full", quantization="none")


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


@pytest.fixture
def encoder(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "all-MiniLM-L6-v2")


@pytest.mark.parametrize(
    ("rows", "epochs", "max_steps", "steps"),
    [(320, 3, -1, 60), (321, 3, -1, 63), (5, 1, -1, 1), (320, 3, 7, 7), (320, 0.5, -1, 10)],
)
def test_steps_are_batches_times_passes(
    rows: int, epochs: float, max_steps: int, steps: int
) -> None:
    recipe = Recipe().changed(num_train_epochs=epochs, max_steps=max_steps)
    assert estimate.step_count(recipe, rows) == steps


@pytest.mark.parametrize(
    "more",
    [
        {"rows": 3200},
        {"lengths": 400.0},
        {"recipe": Recipe().changed(num_train_epochs=9)},
        {"recipe": Recipe().changed(gradient_checkpointing=True)},
        {"hardware": dataclasses.replace(MACHINE, gflops=70)},
        {"written_rows": 40},
    ],
)
def test_more_work_takes_longer(writer: ModelInfo, more: dict[str, object]) -> None:
    usual: dict[str, object] = {
        "hardware": MACHINE, "model": writer, "recipe": Recipe(), "rows": 320, "lengths": 100.0
    }  # fmt: skip
    less = estimate_run(**usual)  # type: ignore[arg-type]
    assert estimate_run(**(usual | more)).seconds > less.seconds  # type: ignore[arg-type]


def test_an_unsure_estimate_is_a_range(writer: ModelInfo) -> None:
    found = estimate_run(MACHINE, writer, Recipe(), 3200, 100.0)
    assert found.low_s < found.seconds < found.high_s
    assert "–" in found.time


def test_earlier_runs_know_better(writer: ModelInfo) -> None:
    past = [PastRun(examples_per_second=2.0, mean_tokens=100.0, max_length=512)]
    found = estimate_run(MACHINE, writer, Recipe(), 3200, 100.0, past)
    assert found.seconds == pytest.approx(3 * 3200 / 2.0, rel=0.2)
    assert found.high_s / found.low_s < 1.6


def test_one_odd_run_does_not_decide(writer: ModelInfo) -> None:
    usual, odd = (PastRun(speed, mean_tokens=100.0, max_length=512) for speed in (2.0, 0.1))
    found = estimate_run(MACHINE, writer, Recipe(), 3200, 100.0, [odd, usual, usual])
    assert found.seconds == estimate_run(MACHINE, writer, Recipe(), 3200, 100.0, [usual]).seconds


def test_longer_examples_than_last_time_take_longer(writer: ModelInfo) -> None:
    past = [PastRun(examples_per_second=2.0, mean_tokens=100.0, max_length=512)]
    same, longer = (
        estimate_run(MACHINE, writer, Recipe(), 3200, tokens, past).seconds
        for tokens in (100.0, 200.0)
    )
    assert longer == pytest.approx(2 * same, rel=0.05)


def test_history_asks_runs_of_the_same_kind_only(store: Store, encoder: ModelInfo) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id = add_dataset(store, project_id)
    add_run(store, project_id, version_id, encoder.id, examples_per_second=40.0, steps=60)
    add_run(store, project_id, version_id, encoder.id, status="failed")
    add_run(store, project_id, version_id, encoder.id, examples_per_second=1.0, steps=3)
    add_run(store, project_id, version_id, encoder.id, examples_per_second=50.0, steps=60)
    assert [p.examples_per_second for p in past_runs.past_runs(store, encoder, Recipe())] == [
        50,
        40,
    ]
    assert past_runs.past_runs(store, encoder, FULL) == []


def test_memory_grows_with_batch_length_and_precision(writer: ModelInfo) -> None:
    def memory(**values: object) -> float:
        return estimate.memory_mb(MACHINE, writer, Recipe().changed(**values), 100.0)

    assert memory(per_device_train_batch_size=32) > memory()
    assert memory(gradient_checkpointing=True) < memory()
    assert memory(r=64) > memory(r=16) > memory(target_modules="attention")
    assert memory(lora_dropout=0.1) > memory(lora_dropout=0.0)
    assert memory(optim="adamw_bnb_8bit") < memory()
    assert estimate.memory_mb(MACHINE, writer, Recipe(), 50.0) < memory()


def test_windows_cost_what_is_read_of_long_texts_and_a_step_has_an_end(encoder: ModelInfo) -> None:
    def cost(tokens: float, way: str, batch: int = 8) -> tuple[float, float]:
        recipe = FULL.changed(max_length=256, long_texts=way, per_device_train_batch_size=batch)
        task = "classification"
        found = estimate_run(MACHINE, encoder, recipe, 200, tokens, written_rows=50, task=task)
        return found.seconds, found.memory_mb

    assert cost(3000, "windows")[0] > 3 * cost(3000, "head")[0]
    assert cost(12_000, "windows")[0] > cost(3000, "windows")[0]  # it has to be read
    assert cost(12_000, "windows")[1] == pytest.approx(cost(3000, "windows")[1], rel=0.02)
    assert cost(100, "windows") == cost(100, "head")


def test_weights_in_few_bits_save_the_more_the_larger_a_model_is(writer: ModelInfo) -> None:
    large = dataclasses.replace(
        writer, parameters=7_000_000_000, hidden_size=4096, layers=32, vocab_size=32_000,
        size_bytes=0, traced=None,
    )  # fmt: skip
    needs = [
        estimate.memory_mb(MACHINE, large, Recipe().changed(quantization=bits, **ONE), 100.0)
        for bits in ("nf4", "int8", "none")
    ]
    assert needs == sorted(needs)
    assert needs[2] > 1.5 * needs[0]


def test_a_model_of_which_nothing_is_packed_needs_the_memory_of_16_bits(writer: ModelInfo) -> None:
    unpacked = dataclasses.replace(writer, packed_layers=0)
    whole = estimate.memory_mb(MACHINE, writer, Recipe().changed(quantization="none"), 100)
    assert estimate.memory_mb(MACHINE, unpacked, Recipe(), 100) == whole
    assert estimate.memory_mb(MACHINE, writer, Recipe(), 100) != whole


def test_a_model_too_large_for_the_memory_says_so(writer: ModelInfo) -> None:
    assert fit_of(writer, MACHINE, Recipe(lora_dropout=0.0)).ok
    large = dataclasses.replace(
        writer, parameters=70_000_000_000, hidden_size=8192, layers=80, vocab_size=128_000,
        traced=None,
    )  # fmt: skip
    found = fit_of(large, MACHINE, Recipe())
    assert not found.ok
    assert found.sentence.startswith("Too large: needs about")
    assert found.sentence.endswith("of 16 GB")


def test_a_gpu_is_what_must_hold_the_model(writer: ModelInfo) -> None:
    machine = dataclasses.replace(MACHINE, gpu_name="A10", gpu_memory_gb=24.0)
    assert fit_of(writer, machine, Recipe()).sentence.endswith("of the GPU's 24 GB")
