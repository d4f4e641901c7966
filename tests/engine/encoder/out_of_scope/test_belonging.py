"""How sure and how near a text is."""

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from workbench.engine.encoder.out_of_scope import belonging
from workbench.engine.encoder.out_of_scope.belonging import (
    Memory,
    kinship,
    nearness,
    remember,
    remembered,
    sureness,
)

TEXTS = torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
PLAIN = Memory(TEXTS, torch.tensor([0, 0, 1]), torch.zeros(2), nearest=1)


def drawn(rows: int, seed: int) -> torch.Tensor:
    return normalize(torch.randn(rows, 5, generator=torch.manual_seed(seed)), dim=1)


def test_kinship_is_the_cosine_to_the_nearest_text_there_and_its_lead_on_all_others() -> None:
    texts = torch.tensor([[0.8, 0.6]] * 3)
    found = kinship(texts, torch.tensor([0, 1, 2]), PLAIN)
    torch.testing.assert_close(found, torch.tensor([[0.96, 0.36], [0.6, -0.36], [-1.0, -1 - 0.96]]))


def test_each_text_is_compared_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mean of the three nearest of its category, from which what is usual there is taken."""
    texts, kept = drawn(9, 1), drawn(40, 2)
    chosen = torch.tensor([3, 0, 1, 3, 2, 0, 1, 3, 0])
    memory = remember(kept, torch.arange(40) * 7 % 4)
    found = kinship(texts, chosen, memory)
    assert torch.equal(nearness(texts, chosen, memory), found[:, 0])
    for text, label, (near, lead) in zip(texts, chosen.tolist(), found.tolist(), strict=True):
        own = (kept[memory.labels == label] @ text).sort(descending=True).values
        others = kept[memory.labels != label] @ text
        assert near == pytest.approx(float(own[:3].mean() - memory.usual[label]), abs=1e-5)
        assert lead == pytest.approx(float(own[0] - others.max()), abs=1e-5)
    assert kinship(texts[:0], chosen[:0], memory).shape == (0, 2)
    monkeypatch.setattr(belonging, "AT_ONCE", 4)
    torch.testing.assert_close(kinship(texts, chosen, memory), found)


def test_usual_is_how_near_the_texts_of_a_category_are_to_the_others_of_it() -> None:
    kept, labels = drawn(12, 3), torch.tensor([0] * 6 + [1] * 2 + [2] + [4] * 3)
    usual = remember(kept, labels).usual
    for label in (0, 1, 4):
        own = kept[labels == label]
        means = []
        for number, text in enumerate(own):
            others = torch.cat([own[:number], own[number + 1 :]]) @ text
            means.append(float(others.sort(descending=True).values[:3].mean()))
        assert float(usual[label]) == pytest.approx(np.mean(means), abs=1e-5)
    # A single text has no others: there it is as usual as elsewhere.
    assert float(usual[2]) == pytest.approx(float(usual[[0, 1, 4]].mean()), abs=1e-5)


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
