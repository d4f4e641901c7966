"""What tokens take from the others of their text, where no token is padding but in attention itself.

Rows of scores have a length that a processor takes in whole steps (of 32 numbers in 16 bits): others
take half as long again, here and in torch's own attention. Scores, shares and sums are bfloat16, as
attention written out has them under autocast (`scripts/serving/bench_encoder.py`).
"""

import torch
from torch import Tensor

STEP = 32
SCORES = 2**21
"""That are held at once: bounds the memory, and keeps what lies between two products in the cache."""


class Places:
    """Which places of a batch (texts, tokens) have a token."""

    def __init__(self, there: Tensor) -> None:
        """
        Args:
            there: whether there is one (texts, tokens).
        """
        self.shape, (texts, width) = there.shape, there.shape
        self._at = there.flatten().nonzero()[:, 0]
        self.width = _whole_steps(width)
        """Tokens of a text in attention, with what fills it up."""
        wide = there.new_zeros(texts, self.width)
        wide[:, :width] = there
        self._at_wide = wide.flatten().nonzero()[:, 0]
        self._of_wide = torch.zeros(wide.numel(), dtype=torch.long)
        self._of_wide[self._at_wide] = torch.arange(len(self._at))
        never = torch.finfo(torch.bfloat16).min
        self.bias = torch.zeros(texts, 1, 1, self.width, dtype=torch.bfloat16)
        """Added to scores: so little where there is no token that none is taken from there."""
        self.bias.masked_fill_(~wide[:, None, None], never)

    def tokens(self, states: Tensor) -> Tensor:
        """Of (texts, tokens, width) the tokens one behind the other."""
        return states.reshape(-1, states.shape[-1]).index_select(0, self._at)

    def texts(self, tokens: Tensor) -> Tensor:
        """The way back, 0 where there is none."""
        flat = tokens.new_zeros(self.shape.numel(), tokens.shape[-1])
        return flat.index_copy_(0, self._at, tokens).view(*self.shape, -1)

    def spread(self, tokens: Tensor) -> Tensor:
        """Tokens as rows of their texts (texts, `width`, …), filled up with any."""
        found = tokens.index_select(0, self._of_wide)
        return found.view(len(self.bias), self.width, -1)

    def gathered(self, texts: Tensor) -> Tensor:
        """The way back."""
        return texts.reshape(-1, texts.shape[-1]).index_select(0, self._at_wide)


def attention(seen: Tensor, places: Places, heads: int) -> Tensor:
    """What each token takes from its text (tokens, hidden).

    Args:
        seen: queries, already divided by the root of a head's width, keys and values (tokens, 3 hidden).
    """
    size = max(1, SCORES // (heads * places.width**2))
    parts = zip(places.spread(seen).split(size), places.bias.split(size), strict=True)
    found = [_attended(part, bias, heads) for part, bias in parts]
    return places.gathered(found[0] if len(found) == 1 else torch.cat(found))


def _attended(seen: Tensor, bias: Tensor, heads: int) -> Tensor:
    texts, width, _ = seen.shape
    parts = seen.view(texts, width, 3, heads, -1).permute(2, 0, 3, 1, 4)
    query, key, value = parts.reshape(3, texts * heads, width, -1).unbind()
    bias = bias.expand(-1, heads, -1, -1).reshape(texts * heads, 1, width)
    shares = torch.baddbmm(bias, query, key.transpose(1, 2)).softmax(-1)
    found = torch.bmm(shares, value).view(texts, heads, width, -1)
    return found.transpose(1, 2).flatten(2)


def _whole_steps(tokens: int) -> int:
    return STEP // 2 if tokens <= STEP // 2 else -(-tokens // STEP) * STEP
