"""The order of pairs."""

import numpy as np

from workbench.engine.encoder.few.pairs import PairBatches

LABELS = np.array([0, 1, 0, 2, 1, 0, 1, 0])


def test_each_text_has_a_partner_of_its_category_beside_it() -> None:
    order = list(PairBatches(LABELS, seed=1))
    assert len(order) == len(PairBatches(LABELS, seed=1)) == 10
    assert set(order) == set(range(8))
    assert all(LABELS[a] == LABELS[b] for a, b in zip(order[::2], order[1::2], strict=True))
    assert order.count(3) == 2  # it is alone


def test_the_order_depends_on_seed_and_pass_alone() -> None:
    pairs = PairBatches(LABELS, seed=1)
    first = list(pairs)
    assert list(pairs) == first
    pairs.set_epoch(1)
    assert list(pairs) != first
    assert list(PairBatches(LABELS, seed=2)) == list(pairs)
