"""Many answers in the thread that asks: each as it would be alone, in the same steps each time."""

import threading
from collections.abc import Iterable, Iterator

import pytest

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
from workbench.engine.serving.engines.protocol import Asked
from workbench.engine.serving.engines.scheduler import TOGETHER
from workbench.engine.serving.requests import Sampling

pytestmark = pytest.mark.usefixtures("one_thread")


def _all_written(loaded: Loaded, asked: Iterable[Asked]) -> dict[int, list[int] | None]:
    found: dict[int, list[int] | None] = {}
    loaded.engine.write_all(asked, found.__setitem__)
    return found


def test_many_answers_in_the_callers_thread_are_those_of_each_alone(loaded: Loaded) -> None:
    loaded.add("tuned", 5)
    mine = threading.active_count()
    asked = [
        question(some_ids(5 + n % 30, n), ["tuned", None][n % 2], most=4 + n % 9) for n in range(70)
    ]
    taken: list[int] = []
    over: list[int] = []

    def coming() -> Iterator[Asked]:
        for n, one in enumerate(asked):
            taken.append(n)
            assert len(taken) - len(over) <= TOGETHER
            assert threading.active_count() == mine
            yield one

    found: dict[int, list[int] | None] = {}

    def ended(place: int, tokens: list[int] | None) -> None:
        over.append(place)
        found[place] = tokens

    loaded.engine.write_all(coming(), ended)
    assert [found[n] for n in range(70)] == [loaded.by_transformers(one) for one in asked]
    assert over != sorted(over), "the shorter ones are over before longer ones that came first"
    assert loaded.engine.scheduler._running == []


def test_the_same_answers_are_computed_in_the_same_steps(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = sizes_of(loaded)
    now = [0.0]
    slower = iter(range(10**9))
    monkeypatch.setattr(
        "workbench.engine.serving.engines.scheduler.time.perf_counter",
        lambda: now.__setitem__(0, now[0] + next(slower)) or now[0],
    )
    asked = [question(some_ids(180 + n, n % 3), most=6) for n in range(40)]
    steps = []
    for _ in range(2):
        first = len(sizes)
        _all_written(loaded, asked)
        steps.append(sizes[first:])
    assert steps[0] == steps[1]
    assert max(sum(step) for step in steps[0]) > 256


def test_one_that_never_fits_is_told_and_the_others_are_written() -> None:
    loaded = Loaded(made.make(made.OURS["llama"]), budget_bytes=2 * BLOCK * TOKEN_BYTES)
    asked = [question(some_ids(20), most=9), question(some_ids(200)), question(some_ids(30))]
    found = _all_written(loaded, asked)
    assert found[1] is None
    assert [found[0], found[2]] == [
        loaded.by_transformers(asked[0]),
        loaded.by_transformers(asked[2]),
    ]


def test_what_is_raised_when_one_is_over_gives_all_up(loaded: Loaded) -> None:
    class Enough(Exception):
        pass

    def enough(place: int, tokens: list[int] | None) -> None:
        raise Enough

    asked = [question(some_ids(9, n), most=3 + 50 * (n > 0)) for n in range(8)]
    with pytest.raises(Enough):
        loaded.engine.write_all(asked, enough)
    assert loaded.engine.scheduler._running == []
    assert loaded.engine._pool.used_bytes == loaded.engine.scheduler.prefixes.bytes
    assert _all_written(loaded, asked[:1]) == {0: loaded.by_transformers(asked[0])}


def test_one_that_fails_fails_all_of_them(loaded: Loaded) -> None:
    asked = [question(some_ids(9)), question(some_ids(30), choice=Broken(Sampling()))]
    with pytest.raises(WorkbenchError, match="no such form"):
        _all_written(loaded, asked)
