"""Which examples of each step a process learns: all of them, once, at the same step as one process."""

import math

import numpy as np
import pytest

from workbench.engine.training.batches import LengthBatches
from workbench.engine.training.parallel.shares import Shares, Some

STEPS = [  # examples, examples of a batch, batches of a step, processes
    (19, 4, 1, 2),
    (19, 2, 2, 2),
    (19, 3, 3, 2),
    (17, 8, 1, 2),
    (24, 8, 1, 3),
    (30, 4, 4, 3),
    (30, 4, 6, 4),
    (9, 1, 3, 2),
    (5, 1, 1, 2),
    (3, 8, 1, 4),
    (40, 16, 2, 5),
]


def order_of(examples: int, batch: int) -> LengthBatches:
    return LengthBatches(np.arange(examples) % 7 + 1, batch, 42)


@pytest.mark.parametrize(("examples", "batch", "accumulation", "count"), STEPS)
def test_a_step_of_all_processes_has_the_examples_of_a_step_of_one(
    examples: int, batch: int, accumulation: int, count: int
) -> None:
    order = order_of(examples, batch)
    shares = [Shares(order, batch, accumulation, number, count) for number in range(count)]
    for epoch in range(2):
        order.set_epoch(epoch)
        rows, size = list(order), batch * accumulation
        of_one = [sorted(rows[start : start + size]) for start in range(0, examples, size)]
        own = [list(share) for share in shares]
        for share, batches in zip(shares, own, strict=True):
            assert len(share) == len(batches)
            assert max(map(len, batches)) <= share.rows
        at_once = shares[0].batches
        of_all = [
            sorted(row for batches in own for part in batches[at : at + at_once] for row in part)
            for at in range(0, len(shares[0]), at_once)
        ]
        assert of_all == of_one


def test_nobody_learns_much_more_of_a_step_than_the_others() -> None:
    for examples, batch, accumulation, count in STEPS:
        order = order_of(examples, batch)
        rows = batch * accumulation
        for number in range(count):
            share = Shares(order, batch, accumulation, number, count)
            most = max(
                sum(map(len, list(share)[at : at + share.batches]))
                for at in range(0, len(share), share.batches)
            )
            assert most <= math.ceil(rows / count) + math.ceil(batch / 2)


def test_batches_of_a_step_are_dealt_out_whole_where_there_are_enough() -> None:
    order = order_of(32, 4)
    whole = list(order)
    batches = [whole[start : start + 4] for start in range(0, 32, 4)]
    assert list(Shares(order, 4, 4, 1, 2)) == batches[1::2]


def test_no_examples_can_be_asked_for() -> None:
    some = Some(["a", "b", "c"])
    assert some.__getitems__([]) == []
    assert some.__getitems__([2, 0]) == ["c", "a"]
