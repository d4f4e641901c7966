"""Answers join and leave a batch, share what they read, and keep to their memory."""

import threading
from typing import Any

import pytest
import torch

from tests.engine.serving.engines import made
from tests.engine.serving.engines.made import (
    TOKEN_BYTES,
    Broken,
    Loaded,
    question,
    sizes_of,
    some_ids,
)
from workbench.core.errors import WorkbenchError
from workbench.engine.serving.engines.kv_pool import BLOCK
from workbench.engine.serving.engines.pace import Pace
from workbench.engine.serving.requests import Sampling

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_long_question_is_read_in_pieces_beside_others(loaded: Loaded) -> None:
    loaded.engine.scheduler._pace = Pace(40, 0.2)
    loaded.engine.scheduler._pace.measured = lambda tokens, seconds: None  # type: ignore[method-assign]
    sizes = sizes_of(loaded)
    asked = [question(some_ids(200)), question(some_ids(6, 1)), question(some_ids(90, 2))]
    assert loaded.by_us(*asked) == [loaded.by_transformers(one) for one in asked]
    assert max(sum(step) for step in sizes) <= 40 + 3 + 3 * 3
    assert len([step for step in sizes if max(step) >= 20]) >= 6


def test_what_two_questions_begin_with_is_read_once(loaded: Loaded) -> None:
    loaded.add("tuned", 5)
    system = some_ids(50, 9)
    first, second = question([*system, 5, 6]), question([*system, 7, 8, 9])
    tuned = question([*system, 7, 8, 9], "tuned")
    prefixes = loaded.engine.scheduler.prefixes
    assert loaded.by_us(first) == [loaded.by_transformers(first)]
    assert prefixes.reused_tokens == 0
    assert loaded.by_us(second) == [loaded.by_transformers(second)]
    assert prefixes.reused_tokens == 50
    assert loaded.by_us(tuned) == [loaded.by_transformers(tuned)], "read with another adapter"
    assert prefixes.reused_tokens == 50
    assert loaded.by_us(tuned) == [loaded.by_transformers(tuned)]
    assert prefixes.reused_tokens == 50 + 52


def test_an_adapter_of_the_same_name_is_another_one(loaded: Loaded) -> None:
    loaded.add("tuned", 5)
    asked = question(some_ids(40), "tuned")
    before = loaded.by_us(asked)
    loaded.engine.removed("tuned")
    assert loaded._peft is not None
    loaded._peft.delete_adapter("tuned")
    loaded.add("tuned", 6)
    after = loaded.by_us(asked)
    assert after == [loaded.by_transformers(asked)] != before


def test_an_adapter_that_is_more_than_lora_is_answered_by_transformers(loaded: Loaded) -> None:
    loaded.add("plain", 1)
    loaded.add("dora", 2, use_dora=True)
    for name, by_us in (("plain", True), ("dora", False)):
        sizes, asked = sizes_of(loaded), question(some_ids(9), name)
        assert loaded.by_us(asked) == [loaded.by_transformers(asked)]
        assert bool(sizes) == by_us


def test_who_leaves_frees_the_place_at_once(loaded: Loaded) -> None:
    left = threading.Event()
    seen: list[int] = []

    def took(token: int) -> bool:
        seen.append(token)
        if len(seen) == 5:
            left.set()
        return False

    loaded.engine.write(question(some_ids(9), most=100_000, gone=left), took)
    _wait_until_idle(loaded)
    assert 5 <= len(seen) < 1000
    asked = question(some_ids(8))
    assert loaded.by_us(asked) == [loaded.by_transformers(asked)]


def test_who_has_enough_stops_it(loaded: Loaded) -> None:
    loaded.engine.write(question(some_ids(9), most=100_000), lambda token: True)
    _wait_until_idle(loaded)


def _wait_until_idle(loaded: Loaded) -> None:
    thread = loaded.engine.scheduler._thread
    if thread is not None:
        thread.join(10)
        assert not thread.is_alive()
    assert not loaded.engine.scheduler._running


def test_an_end_ends_an_answer_and_is_told(loaded: Loaded) -> None:
    ids = some_ids(9)
    whole = loaded.by_transformers(question(ids))
    end = whole[6]
    asked = question(ids, ends=[end])
    assert loaded.by_us(asked) == [whole[: whole.index(end) + 1]]


def test_when_memory_is_full_answers_wait() -> None:
    loaded = Loaded(made.make(made.OURS["llama"]), budget_bytes=6 * BLOCK * TOKEN_BYTES)
    sizes = sizes_of(loaded)
    asked = [question(some_ids(50, n), most=30) for n in range(5)]
    expected = [loaded.by_transformers(one) for one in asked]
    assert loaded.by_us(*asked) == expected
    assert max(len(step) for step in sizes) == 3
    assert loaded.engine._pool.used_bytes <= loaded.engine._pool.budget_bytes


def test_who_outgrows_the_memory_is_read_anew_when_there_is_room() -> None:
    loaded = Loaded(made.make(made.OURS["llama"]), budget_bytes=4 * BLOCK * TOKEN_BYTES)
    asked = [question(some_ids(20, n), most=120) for n in range(3)]
    assert loaded.by_us(*asked) == [loaded.by_transformers(one) for one in asked]


def test_what_never_fits_is_said() -> None:
    loaded = Loaded(made.make(made.OURS["llama"]), budget_bytes=BLOCK * TOKEN_BYTES)
    with pytest.raises(WorkbenchError, match="too long for the memory"):
        loaded.engine.write(question(some_ids(100)), lambda token: False)
    asked = question(some_ids(8))
    assert loaded.by_us(asked) == [loaded.by_transformers(asked)]


def test_an_answer_that_fails_harms_no_other(loaded: Loaded) -> None:
    good = [question(some_ids(12, n)) for n in range(3)]
    failed: list[str] = []

    def fail() -> None:
        try:
            loaded.engine.write(
                question(some_ids(30), choice=Broken(Sampling())), lambda token: False
            )
        except WorkbenchError as error:
            failed.append(str(error))

    thread = threading.Thread(target=fail)
    thread.start()
    assert loaded.by_us(*good) == [loaded.by_transformers(one) for one in good]
    thread.join(10)
    assert failed == ["no such form"]


def test_a_pass_that_fails_is_tried_one_by_one(loaded: Loaded) -> None:
    forward = loaded.engine.scheduler._forward

    def choosy(pieces: Any) -> torch.Tensor:
        if any(96 in piece.ids for piece in pieces):
            raise RuntimeError("a bad token")
        return forward(pieces)

    good = [question([token for token in some_ids(12, n) if token != 96], most=1) for n in range(2)]
    expected = [loaded.by_transformers(one) for one in good]
    loaded.engine.scheduler._forward = choosy  # type: ignore[assignment]
    found: list[BaseException] = []

    def fail() -> None:
        try:
            loaded.engine.write(question([3, 96, 4]), lambda token: False)
        except RuntimeError as error:
            found.append(error)

    thread = threading.Thread(target=fail)
    thread.start()
    assert loaded.by_us(*good) == expected
    thread.join(10)
    assert [str(error) for error in found] == ["a bad token"]


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 1.0, "seed": 3},
        {"temperature": 0.7, "top_p": 0.6, "seed": 4},
        {"temperature": 1.9, "seed": -5},
        {"presence_penalty": 1.5, "frequency_penalty": 0.5},
        {"logit_bias": ((7, 50.0),)},
    ],
)
def test_draws_and_penalties_are_those_of_transformers(
    loaded: Loaded, settings: dict[str, Any]
) -> None:
    asked = [question(some_ids(9), **settings) for _ in range(2)]
    assert loaded.by_us(asked[0]) == [loaded.by_transformers(asked[1])]


def test_a_models_own_penalty_is_kept_to(loaded: Loaded) -> None:
    before = loaded.by_us(question(some_ids(9)))
    loaded.model.generation_config.repetition_penalty = 1.7
    asked = question(some_ids(9))
    assert loaded.by_us(asked) == [loaded.by_transformers(asked)] != before


def test_guesses_are_read_along_and_change_nothing(loaded: Loaded) -> None:
    again = some_ids(12) * 6
    asked = question(again, most=60)
    sizes = sizes_of(loaded)
    assert loaded.by_us(asked) == [loaded.by_transformers(asked)]
    assert len(sizes) < 60, "no guess came true"
