"""What was read of earlier texts is found again, and takes no more than its share."""

import pytest
import torch

from workbench.engine.serving.engines import prefixes
from workbench.engine.serving.engines.kv_pool import BLOCK, Pool, Shape
from workbench.engine.serving.engines.low_rank import Adapter
from workbench.engine.serving.engines.prefixes import LEAST, Prefixes

SHAPE = Shape(layers=2, heads=1, size=4)


@pytest.fixture
def pool() -> Pool:
    return Pool(SHAPE, 10 * BLOCK * SHAPE.token_bytes)


def _keep(kept: Prefixes, pool: Pool, ids: list[int], adapter: Adapter | None = None) -> None:
    own = pool.take(len(ids))
    for layer in own.layers:
        layer.copy_(torch.arange(own.room).float()[None, :, None].expand_as(layer) + ids[0])
    kept.keep(adapter, ids, own)


def test_the_longest_beginning_of_the_same_adapter_is_taken(pool: Pool) -> None:
    kept, adapter = Prefixes(pool), Adapter([])
    _keep(kept, pool, [7] * LEAST + [1] * 10)
    _keep(kept, pool, [7] * LEAST + [2] * 10)
    own = pool.take(60)
    assert kept.begin(adapter, [7] * 50, own, []) == 0
    assert kept.begin(None, [7] * LEAST + [2] * 5 + [3], own, []) == LEAST + 5
    expected = torch.arange(LEAST + 5).float() + 7
    assert all(torch.equal(layer[0, : LEAST + 5, 0], expected) for layer in own.layers)


def test_the_last_token_is_read_anyway(pool: Pool) -> None:
    kept = Prefixes(pool)
    _keep(kept, pool, [7] * 30)
    assert kept.begin(None, [7] * 30, pool.take(30), []) == 29


def test_the_text_used_longest_ago_goes_when_room_is_needed(pool: Pool) -> None:
    kept = Prefixes(pool)
    for first in range(4):
        _keep(kept, pool, [first] * BLOCK * 2)
    assert kept.begin(None, [0] * 40, pool.take(BLOCK * 2), []) == 39  # 1 is now the oldest
    assert not pool.is_free(BLOCK)
    assert kept.make_room(BLOCK)
    assert kept.begin(None, [1] * 40, pool.take(40), []) == 0
    assert kept.begin(None, [0] * 40, pool.take(40), []) == 39


def test_what_is_kept_is_bounded(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefixes, "MOST_BYTES", 2 * BLOCK * SHAPE.token_bytes)
    kept = Prefixes(pool)
    for first in range(5):
        _keep(kept, pool, [first] * BLOCK)
    assert kept.bytes == pool.used_bytes == 2 * BLOCK * SHAPE.token_bytes
    _keep(kept, pool, [9] * BLOCK * 5)
    assert kept.begin(None, [9] * 50, pool.take(50), []) == 49


def test_an_adapter_that_is_gone_leaves_nothing(pool: Pool) -> None:
    kept, adapter = Prefixes(pool), Adapter([])
    _keep(kept, pool, [7] * 30, adapter)
    _keep(kept, pool, [7] * 30)
    kept.forget(adapter)
    assert pool.used_bytes == BLOCK * SHAPE.token_bytes
