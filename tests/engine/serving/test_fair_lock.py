"""Turns are fair: whoever waits goes before whoever just went."""

import threading

from workbench.engine.serving.fair_lock import FairLock


def test_two_workers_alternate() -> None:
    turns, order = FairLock(), []
    both_wait = threading.Barrier(3)

    def work(name: str) -> None:
        both_wait.wait()
        with turns:
            for _ in range(3):
                order.append(name)
                turns.pass_on()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    with turns:
        both_wait.wait()
        while len(turns._queue) < 3:
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join(5)
    assert "".join(order) in ("ababab", "bababa")


def test_nobody_waits_behind_a_single_holder() -> None:
    with FairLock(slice_s=0) as turns:
        assert not turns.is_over()
        turns.pass_on()


def test_a_turn_is_over_once_it_has_lasted_and_somebody_waits() -> None:
    for slice_s, over in ((0.0, True), (3600.0, False)):
        with FairLock(slice_s) as turns:
            other = threading.Thread(target=turns.__enter__)
            other.start()
            while len(turns._queue) < 2:
                threading.Event().wait(0.001)
            assert turns.is_over() is over
        other.join(5)
