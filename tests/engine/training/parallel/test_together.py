"""Processes that learn one model together: what they learn, when they stop, what becomes of one alone."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.fakes.harness import until
from tests.helpers.engine_jobs import events, losses
from tests.helpers.together import LONG_S, ended, run_together, started
from tests.helpers.writers import recipe, split_replies, write_job
from workbench.core.errors import NotEnoughMemory
from workbench.core.recipe import Recipe
from workbench.engine.training.batches import LengthBatches
from workbench.engine.training.parallel.together import Together
from workbench.jobs.process import checkpoints
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.remote.rank import Rank
from workbench.jobs.process.shell import ORPHANED
from workbench.jobs.process.stop import Cancelled, Orphaned, Stop

ADAPTER = "adapter_model.safetensors"


def practice(job: JobDir) -> list[float]:
    told = (event for event in events(job, "metric") if event["kind"] == "validation")
    return [event["values"]["loss"] for event in told]


def are_alike(one: JobDir, other: JobDir) -> bool:
    """Whether two adapters are the same up to rounding."""
    weights = [load_file(job.adapter / ADAPTER) for job in (one, other)]
    return all(torch.allclose(weights[0][n], weights[1][n], atol=2e-4) for n in weights[0])


@pytest.mark.parametrize(
    ("batch", "accumulation", "count"),
    [(4, 1, 2), pytest.param(2, 3, 3, marks=pytest.mark.release)],
)
def test_several_processes_learn_what_one_learns(
    tmp_path: Path, writer: Path, batch: int, accumulation: int, count: int
) -> None:
    data = split_replies(tmp_path / "replies.parquet", train=19, validation=5)
    settings = recipe(
        lora_dropout=0.0,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
    )
    alone, *others = (
        write_job(tmp_path / str(number), writer, data, recipe=settings)
        for number in range(count + 1)
    )
    assert run_together(alone) == [0]
    assert run_together(*others) == [0] * count
    one, all_ = read_json(alone.result), read_json(others[0].result)
    assert all_["status"] == "succeeded"
    for name in ("steps", "best_step", "tokens"):
        assert all_[name] == one[name]
    assert losses(others[0]) == pytest.approx(losses(alone), abs=2e-4)
    assert losses(others[1]) == losses(others[0])
    assert practice(others[0]) == pytest.approx(practice(alone), abs=2e-4)
    assert are_alike(others[0], alone)
    assert not list(others[1].checkpoints.glob("*"))
    assert not others[1].adapter.exists()


def test_a_pause_is_at_the_same_step_for_all_and_one_alone_goes_on(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(lora_dropout=0.0, num_train_epochs=40)
    whole, leader, helper = (
        write_job(tmp_path / name, writer, data, recipe=settings)
        for name in ("whole", "leader", "helper")
    )
    assert run_together(whole) == [0]
    with started(leader, helper) as processes:
        until(lambda: losses(leader), LONG_S)
        leader.pause.touch()
        processes[0].terminate()
        assert ended(processes) == [ORPHANED, ORPHANED]
    last = checkpoints.last_whole(leader.checkpoints)
    assert last is not None
    step = checkpoints.step_of(last)
    assert max(losses(leader)) == max(losses(helper)) == step < 160
    leader.pause.unlink()
    write_json(leader.spec, {**read_json(leader.spec), "attempt": 2})
    assert run_together(leader) == [0]
    assert sorted(losses(leader)) == list(range(1, 161))
    assert losses(leader) == pytest.approx(losses(whole), abs=2e-3)


def test_what_one_has_begun_several_go_on_with(tmp_path: Path, writer: Path, data: Path) -> None:
    settings = recipe(lora_dropout=0.0, num_train_epochs=16)
    whole, begun = (
        write_job(tmp_path / name, writer, data, recipe=settings) for name in ("whole", "begun")
    )
    assert run_together(whole) == [0]
    with started(begun) as processes:
        until(lambda: losses(begun), LONG_S)
        begun.pause.touch()
        processes[0].terminate()
        assert ended(processes) == [ORPHANED]
    begun.pause.unlink()
    write_json(begun.spec, {**read_json(begun.spec), "attempt": 2})
    helper = JobDir(Path(shutil.copytree(begun.path, tmp_path / "helper")))
    assert run_together(begun, helper) == [0, 0]
    assert sorted(losses(begun)) == list(range(1, 65))
    assert losses(begun) == pytest.approx(losses(whole), abs=2e-3)
    assert are_alike(begun, whole)


def test_who_leads_leaves_for_another_attempt_if_another_process_is_lost(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(num_train_epochs=100)
    leader, helper = (
        write_job(tmp_path / name, writer, data, recipe=settings) for name in ("leader", "helper")
    )
    with started(leader, helper) as (leads, helps):
        until(lambda: len(losses(leader)) > 5, LONG_S)
        helps.kill()
        assert ended([leads]) == [ORPHANED]
    assert not leader.result.exists()
    assert checkpoints.last_whole(leader.checkpoints) is not None


def test_machines_that_prepared_other_examples_do_not_learn_together(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    other = split_replies(tmp_path / "other.parquet", train=15)
    leader = write_job(tmp_path / "leader", writer, data)
    helper = write_job(tmp_path / "helper", writer, other)
    assert run_together(leader, helper) == [0, 0]
    for job in (leader, helper):
        assert "prepared this training in different ways" in read_json(job.result)["reason"]


class Others:
    """What the other processes say."""

    def __init__(self, *, sums: list[float] | None = None, told: Any = None) -> None:
        self._sums, self._told = sums or [0.0, 0.0], told
        self.heard: list[list[float]] = []

    def sums(self, values: list[float]) -> list[float]:
        self.heard.append(values)
        return self._sums

    def add_gradients(self, _weights: list[torch.Tensor]) -> None:
        """There is none."""

    def told(self, value: Any) -> list[Any]:
        return [value, self._told]


def one_of_two(number: int, others: Others, stop: Stop) -> Together:
    order = LengthBatches(np.ones(8), 4, 42)
    together = Together(Rank(number, 2, "", 0), Recipe(), order, stop)
    together._peers = others  # type: ignore[assignment]
    return together


def test_if_one_machine_has_not_enough_memory_none_begins() -> None:
    told = {"sentence": "It needs more.", "needed_mb": 2.0, "there_mb": 1.0}
    with pytest.raises(NotEnoughMemory, match=r"It needs more\.") as refused:
        one_of_two(0, Others(told=told), Stop()).agreed(lambda: "measured")
    assert (refused.value.needed_mb, refused.value.there_mb) == (2.0, 1.0)
    assert one_of_two(0, Others(), Stop()).agreed(lambda: "measured") == "measured"


def test_who_is_told_to_leave_while_it_measures_takes_the_others_along() -> None:
    with pytest.raises(Orphaned):
        one_of_two(1, Others(told={}), Stop()).agreed(lambda: "measured")


def test_all_leave_a_check_at_once_and_only_who_leads_is_asked() -> None:
    leads, helps = Stop(), Stop()
    leads.cancel()
    others = Others(sums=[1.0, 0.0])
    with pytest.raises(Cancelled):
        one_of_two(0, others, leads).mean([1, 2], lambda _: (torch.ones(()), 1))
    with pytest.raises(Cancelled):
        one_of_two(1, others, helps).mean([1, 2], lambda _: (torch.ones(()), 1))
    assert others.heard == [[1.0, 0.0], [0.0, 0.0]]


def test_a_helper_that_alone_is_told_to_leave_does_so_and_asks_nobody_else_to() -> None:
    stop, others = Stop(), Others(sums=[0.0, 0.0, 0.0, 0.0])
    stop.cancel()
    with pytest.raises(Cancelled):
        one_of_two(1, others, stop).step([], 0)
    assert others.heard == [[0.0, 0, 0.0, 0.0]]
