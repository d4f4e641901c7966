"""Texts that an encoder cannot read at once, laid out as windows, and what it sees in them joined.

A long text is one row of token ids like any other: its windows lie one behind the other, each with the
tokenizer's marks around it, all of one length but the last. So whatever counts, sorts or keeps texts
needs to know nothing of windows. Its vector is the mean over all its tokens, window by window: that of
a text that fits is what it ever was, and a long text counts as one, however many windows it has.
"""

from dataclasses import dataclass
from typing import Any

import torch

from workbench.core.long_texts.ways import LEARNED_WINDOWS

OVERLAP = 8
"""A window begins this share (one part of so many) before the last one's end, so that a sentence at
the seam is whole in one of the two."""
HEAD_SHARE = 0.5
"""Of the tokens that are read of a text whose middle is left out, those of its beginning."""

Ids = list[int]


@dataclass(frozen=True)
class Marks:
    """The tokens that a tokenizer puts around a text."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    def around(self, ids: Ids) -> Ids:
        """The text with them."""
        return [*self.before, *ids, *self.after]

    def inside(self, ids: Ids) -> Ids:
        """The text without them."""
        return ids[len(self.before) : len(ids) - len(self.after)]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.before) + len(self.after)


def marks_of(tokenizer: Any) -> Marks:
    """What a tokenizer puts around a text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    first = next(
        (at for at in range(len(whole)) if whole[at : at + len(plain)] == plain), len(whole)
    )
    return Marks(tuple(whole[:first]), tuple(whole[first + len(plain) :]))


def as_windows(ids: Ids, marks: Marks, window: int) -> Ids:
    """A text's windows one behind the other, each of `window` tokens but the last.

    Args:
        ids: the whole text, marks included.
    """
    inside, room = marks.inside(ids), max(1, window - marks.count)
    step = max(1, room - room // OVERLAP)
    found: Ids = []
    for start in range(0, len(inside), step):
        found += marks.around(inside[start : start + room])
        if start + room >= len(inside):
            break
    return found


def head_and_tail(ids: Ids, marks: Marks, most: int) -> Ids:
    """The beginning and the end of a text, `most` tokens together, marks included."""
    inside, room = marks.inside(ids), max(1, most - marks.count)
    head = max(1, round(room * HEAD_SHARE))
    tail = room - head
    return marks.around([*inside[:head], *(inside[-tail:] if tail else [])])


def windows_in(tokens: Any, window: int) -> Any:
    """How many windows a row of so many token ids has; or each of several rows."""
    return -(-tokens // window)


def learned_tokens(tokens: int, window: int | None) -> int:
    """As many of a row's tokens as go through the encoder in a step that learns."""
    return tokens if window is None else min(tokens, LEARNED_WINDOWS * window)


def split(
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    window: int,
    *,
    learning: bool,
    focus: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The windows of a batch of texts, those without a token left out.

    Args:
        input_ids, attention_mask: (texts, tokens).
        learning: of each text at most `LEARNED_WINDOWS`, drawn by chance.
        focus: those that are drawn in any case, -1 for none (texts, windows).

    Returns:
        ids and mask (windows, window), and the number of each window's text (windows,).
    """
    texts, tokens = input_ids.shape
    fill = windows_in(tokens, window) * window - tokens
    ids = torch.nn.functional.pad(input_ids, (0, fill)).view(-1, window)
    mask = torch.nn.functional.pad(attention_mask, (0, fill)).view(-1, window)
    owner = torch.arange(texts, device=ids.device).repeat_interleave(len(ids) // texts)
    there = mask.any(1)
    if learning:
        there &= _drawn(there.view(texts, -1), focus).view(-1)
    kept = there.nonzero()[:, 0]
    return ids[kept], mask[kept], owner[kept]


def _drawn(there: torch.Tensor, focus: torch.Tensor | None = None) -> torch.Tensor:
    """At most `LEARNED_WINDOWS` of each text's windows, bool (texts, windows)."""
    chance = torch.rand(there.shape, device=there.device)
    if focus is not None:
        wanted = torch.zeros_like(chance).scatter_add_(
            1, focus.clamp(min=0), (focus >= 0).to(chance.dtype)
        )
        chance += wanted
    chance = chance.masked_fill(~there, -1.0)
    best = chance.topk(min(LEARNED_WINDOWS, there.shape[1]), dim=1).indices
    return torch.zeros_like(there).scatter_(1, best, True)


def joined(
    sums: torch.Tensor, counts: torch.Tensor, owner: torch.Tensor, texts: int
) -> torch.Tensor:
    """One vector of each text (texts, hidden): the mean over the tokens of its windows.

    Args:
        sums: of each window, the sum over its tokens (windows, hidden).
        counts: of each window, its tokens (windows,).
        owner: the number of each window's text (windows,).
    """
    total = sums.new_zeros(texts, sums.shape[1]).index_add(0, owner, sums)
    tokens = counts.new_zeros(texts).index_add(0, owner, counts)
    return total / tokens[:, None]
