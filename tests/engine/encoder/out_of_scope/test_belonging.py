"""How sure and how near a text is."""

import numpy as np
import pytest
import torch

from workbench.engine.encoder.out_of_scope import belonging
from workbench.engine.encoder.out_of_scope.belonging import Memory, nearness, remembered, sureness

MEMORY = Memory(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), torch.tensor([0, 0, 1]))


def test_nearness_is_the_cosine_to_the_nearest_text_of_the_chosen_category() -> None:
    texts = torch.tensor([[0.8, 0.6], [0.8, 0.6], [0.8, 0.6]])
    found = nearness(texts, torch.tensor([0, 1, 2]), MEMORY)
    torch.testing.assert_close(found, torch.tensor([0.96, 0.6, -1.0]))


def test_each_text_is_compared_with_those_of_its_category_alone() -> None:
    draw = torch.manual_seed(1)
    texts, kept = (
        torch.nn.functional.normalize(torch.randn(rows, 5, generator=draw), dim=1)
        for rows in (9, 40)
    )
    chosen = torch.tensor([3, 0, 1, 3, 2, 0, 1, 3, 4])
    memory = Memory(kept, torch.arange(40) * 7 % 4)
    cosines = (texts @ kept.T).masked_fill(chosen[:, None] != memory.labels, -1.0)
    torch.testing.assert_close(nearness(texts, chosen, memory), cosines.max(1).values)
    assert nearness(texts[:0], chosen[:0], memory).shape == (0,)


def test_sureness_is_the_log_of_the_likeliest_probability() -> None:
    found = sureness(torch.tensor([[0.0, 0.0], [0.0, 50.0]]))
    torch.testing.assert_close(found, torch.tensor([-np.log(2.0), 0.0]).float())


def test_of_very_many_texts_those_of_small_categories_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.array([0] * 50 + [1] * 2 + [2] * 10)
    assert remembered(labels).tolist() == list(range(62))
    monkeypatch.setattr(belonging, "MOST", 12)
    kept = remembered(labels)
    assert np.bincount(labels[kept]).tolist() == [5, 2, 5]
    assert (np.diff(kept) > 0).all()
