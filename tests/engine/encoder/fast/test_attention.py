"""Attention over tokens without padding: each sees those of its own text, and no other."""

import pytest
import torch

from workbench.engine.encoder.fast import attention as attentions
from workbench.engine.encoder.fast.attention import Places, attention

HEADS, WIDTH = 2, 8
HIDDEN = HEADS * WIDTH


def _there(lengths: list[int]) -> torch.Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


def _seen(there: torch.Tensor) -> torch.Tensor:
    draw = torch.manual_seed(0)
    return torch.randn(int(there.sum()), 3 * HIDDEN, generator=draw).bfloat16()


def _expected(seen: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    """Text by text, in float64."""
    found = []
    for own in seen.double().split(there.sum(1).tolist()):
        query, key, value = own.view(len(own), 3, HEADS, WIDTH).permute(1, 2, 0, 3)
        shares = (query @ key.transpose(1, 2)).softmax(-1)
        found.append((shares @ value).transpose(0, 1).flatten(1))
    return torch.cat(found)


LENGTHS = [[5], [16, 3], [17, 17], [33, 20, 1], [64, 64, 40], [70]]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_each_token_sees_those_of_its_text(lengths: list[int]) -> None:
    there = _there(lengths)
    seen = _seen(there)
    found = attention(seen, Places(there), HEADS)
    torch.testing.assert_close(found.double(), _expected(seen, there), rtol=0, atol=6e-2)


def test_tokens_may_be_anywhere_in_their_text() -> None:
    there = _there([9, 7])
    there[0, 3:5] = False
    seen = _seen(there)
    found = attention(seen, Places(there), HEADS)
    torch.testing.assert_close(found.double(), _expected(seen, there), rtol=0, atol=6e-2)


def test_scores_far_below_zero_are_told_from_padding() -> None:
    there = _there([20, 3])
    seen = _seen(there)
    seen[:, :HIDDEN], seen[:, HIDDEN : 2 * HIDDEN] = -12.0, 12.0
    found = attention(seen, Places(there), HEADS)
    torch.testing.assert_close(found.double(), _expected(seen, there), rtol=0, atol=6e-2)


def test_scores_that_are_many_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    there = _there([40, 33, 12, 2])
    seen, places = _seen(there), Places(there)
    whole = attention(seen, places, HEADS)
    monkeypatch.setattr(attentions, "SCORES", HEADS * 64 * 64 * 3)
    torch.testing.assert_close(attention(seen, places, HEADS), whole, rtol=0, atol=1e-2)
    monkeypatch.setattr(attentions, "SCORES", 1)
    torch.testing.assert_close(attention(seen, places, HEADS), whole, rtol=0, atol=1e-2)


def test_a_text_without_tokens_harms_no_other() -> None:
    there = _there([6, 4])
    alone = attention(_seen(there), Places(there), HEADS)
    with_empty = Places(torch.cat([there, torch.zeros(1, 6, dtype=torch.bool)]))
    found = attention(_seen(there), with_empty, HEADS)
    torch.testing.assert_close(found, alone, rtol=0, atol=1e-2)
    assert with_empty.texts(found)[2].abs().sum() == 0


@pytest.mark.parametrize("lengths", LENGTHS)
def test_tokens_find_their_way_back(lengths: list[int]) -> None:
    there = _there(lengths)
    places, tokens = Places(there), torch.randn(sum(lengths), 3)
    assert torch.equal(places.tokens(places.texts(tokens)), tokens)
    assert not places.texts(tokens)[~there].any()
    assert places.width % 16 == 0
    assert places.width >= max(lengths)
    assert torch.equal(places.gathered(places.spread(tokens)), tokens)
