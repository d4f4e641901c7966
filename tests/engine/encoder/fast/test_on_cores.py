"""Groups of texts are read at once, each by one thread."""

import threading
from collections.abc import Iterator

import pytest
import torch

from workbench.engine.encoder.fast.on_cores import on_cores
from workbench.engine.runtime import device


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(device, "device", lambda: torch.device("cpu"))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_each_group_is_computed_by_one_thread(two_cores: None) -> None:
    both = threading.Barrier(2, timeout=60)

    def read(group: int) -> tuple[int, int, int]:
        both.wait()  # passes only where two are at it
        return group, threading.get_ident(), torch.get_num_threads()

    found = list(on_cores(read, [3, 1, 4, 1]))
    assert [group for group, _, _ in found] == [3, 1, 4, 1]
    assert len({thread for _, thread, _ in found}) == 2
    assert {threads for _, _, threads in found} == {1}
    assert torch.get_num_threads() == 2


def test_threads_to_come_take_all_cores_still(two_cores: None) -> None:
    list(on_cores(abs, [1, 2]))
    told: list[int] = []
    other = threading.Thread(target=lambda: told.append(torch.get_num_threads()))
    other.start()
    other.join()
    assert told == [2]


def test_who_leaves_leaves_nothing_running(two_cores: None) -> None:
    asked: list[int] = []

    def read(group: int) -> int:
        asked.append(group)
        return group

    answers = on_cores(read, list(range(10)))
    assert next(answers) == 0
    assert sorted(asked) == [0, 1]


@pytest.mark.parametrize(("groups", "threads"), [(1, [2]), (3, [1, 1, 2])])
def test_a_group_that_is_left_over_has_all_cores(
    groups: int, threads: list[int], two_cores: None
) -> None:
    assert list(on_cores(lambda _: torch.get_num_threads(), range(groups))) == threads


def test_an_error_in_a_thread_reaches_who_asked(two_cores: None) -> None:
    with pytest.raises(ZeroDivisionError):
        list(on_cores(lambda group: 1 // group, [1, 0]))
