"""One pass through a decoder for pieces of several texts at once, each with its own adapter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from workbench.engine.serving.engines.kv_pool import KeyValues
from workbench.engine.serving.engines.layers import Decoder, Layer, Norm, Sides
from workbench.engine.serving.engines.low_rank import Adapter, Addition
from workbench.engine.serving.engines.rotary import Rotary, Unfit

TOP = 16
"""Of each row's likeliest tokens so many are scored once more in float32: in bfloat16 there are
only 256 numbers between 16 and 32, and the first two tokens are often the same one."""


@dataclass(frozen=True)
class Piece:
    """Tokens of one text that are read now; those before them have been."""

    ids: Sequence[int]
    start: int
    """Tokens before these."""
    kv: KeyValues
    adapter: Adapter | None
    scored: int = 1
    """Behind so many of the last tokens the next is wanted."""


Group = tuple[slice, Adapter]


class Forward:
    """Passes through one decoder."""

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self._rotary = Rotary(decoder.rotary, decoder.sides.size)
        scales = {layer.scale for layer in decoder.layers}
        if len(scales) != 1:
            raise Unfit("its layers scale differently")
        self._scale = scales.pop()

    @torch.inference_mode()
    def __call__(self, pieces: Sequence[Piece]) -> Tensor:
        """Scores (rows, vocabulary) in float32 of what follows: for each piece so many rows as it
        wants. Pieces of one adapter stand together."""
        ids = torch.tensor([token for piece in pieces for token in piece.ids])
        x = self.decoder.embed(ids).float()
        spans = list(_spans(pieces))
        step = _Step(self, pieces, spans)
        for at, layer in enumerate(self.decoder.layers):
            step.attend(at, layer, x)
            step.think(at, layer, x)
        wanted = [
            row
            for piece, span in zip(pieces, spans, strict=True)
            for row in range(span.stop - piece.scored, span.stop)
        ]
        return self._scores(self.decoder.norm(x[torch.tensor(wanted)]))

    def turns(self, pieces: Sequence[Piece]) -> Tensor:
        """What heads are multiplied by (tokens, all heads, half of a head): queries are turned and
        scaled, keys turned, values left as they are."""
        places = [torch.arange(p.start, p.start + len(p.ids)) for p in pieces]
        found = self._rotary.at(places[0] if len(places) == 1 else torch.cat(places))[:, None]
        sides = self.decoder.sides
        return torch.cat(
            [
                (found * self._scale).expand(-1, sides.heads, -1),
                found.expand(-1, sides.kv_heads, -1),
                torch.ones_like(found).expand(-1, sides.kv_heads, -1),
            ],
            dim=1,
        )

    def _scores(self, hidden: Tensor) -> Tensor:
        decoder = self.decoder
        scores = decoder.head(hidden.to(decoder.dtype)).float()
        if decoder.dtype == torch.float32:
            return scores
        top = scores.topk(min(TOP, scores.shape[1])).indices
        exact = torch.bmm(decoder.head_weight[top].float(), hidden[..., None]).squeeze(-1)
        return scores.scatter_(1, top, exact)


class _Step:
    """What all layers of one pass share."""

    def __init__(self, forward: Forward, pieces: Sequence[Piece], spans: list[slice]) -> None:
        self._decoder, self._pieces, self._spans = forward.decoder, pieces, spans
        self._groups = list(_groups(pieces, spans))
        self._turns = forward.turns(pieces)
        self._changed = [rows for rows, adapter in self._groups if adapter.changes_gates]
        self._plain = list(_between(self._changed, spans[-1].stop))
        self._masks: dict[tuple[int, int | None], Tensor | None] = {}

    def attend(self, at: int, layer: Layer, x: Tensor) -> None:
        """Add to x (tokens, size) what a layer's attention finds."""
        sides, dtype = self._decoder.sides, self._decoder.dtype
        normed = layer.before(x)
        qkv = layer.qkv(normed.to(dtype)).float()
        for rows, adapter in self._groups:
            _add(adapter.layers[at].qkv, qkv[rows], normed[rows])
        heads = qkv.view(len(x), sides.all, sides.size)
        if layer.head_norms:
            heads = _normed(heads, layer.head_norms, sides)
        pairs = torch.view_as_complex(heads.view(len(x), sides.all, -1, 2))
        heads = torch.view_as_real(pairs * self._turns).view(heads.shape)
        found = self._found(at, layer, heads)
        x.add_(layer.out(found.to(dtype)))
        for rows, adapter in self._groups:
            _add(adapter.layers[at].out, x[rows], found[rows])

    def think(self, at: int, layer: Layer, x: Tensor) -> None:
        """Add to x (tokens, size) what the rest of a layer makes of it."""
        dtype = self._decoder.dtype
        normed = layer.after(x)
        given = normed.to(dtype)
        if layer.is_silu and not self._changed:
            inner = layer.up.times(given, layer.gate.silu(given))
        else:
            inner = self._gated(at, layer, normed, given)
        x.add_(layer.down(inner.to(dtype)))
        for rows, adapter in self._groups:
            _add(adapter.layers[at].down, x[rows], inner[rows].float())

    def _gated(self, at: int, layer: Layer, normed: Tensor, given: Tensor) -> Tensor:
        """Inner states (tokens, inner) in float32 where adapters change gates; those of other rows are
        what they are without such company."""
        gate, up = layer.gate(given).float(), layer.up(given).float()
        for rows, adapter in self._groups:
            _add(adapter.layers[at].gate, gate[rows], normed[rows])
            _add(adapter.layers[at].up, up[rows], normed[rows])
        inner: Tensor = layer.act(gate).mul_(up)
        if layer.is_silu:
            for rows in self._plain:
                alone = given[rows]
                inner[rows] = layer.up.times(alone, layer.gate.silu(alone)).float()
        return inner

    def _found(self, at: int, layer: Layer, heads: Tensor) -> Tensor:
        """What each token's queries find in the keys before it (tokens, heads * size)."""
        sides = self._decoder.sides
        queries, own = heads[:, : sides.heads], heads[:, sides.heads :]
        found = []
        for number, (piece, span) in enumerate(zip(self._pieces, self._spans, strict=True)):
            start, stop = piece.start, piece.start + len(piece.ids)
            known = piece.kv.layers[at]
            known[:, start:stop] = own[span].transpose(0, 1)
            if stop - start == 1:
                first = 0 if layer.window is None else max(0, stop - layer.window)
                found.append(_look_up(queries[span], known[:, first:stop], sides))
            else:
                mask = self._mask(number, layer.window, start, stop)
                found.append(_read(queries[span], known[:, :stop], mask, sides))
        return found[0] if len(found) == 1 else torch.cat(found)

    def _mask(self, number: int, window: int | None, start: int, stop: int) -> Tensor:
        """What is added to products of a piece's queries with keys (tokens, tokens before and own)."""
        known = self._masks.get((number, window))
        if known is None:
            ahead = torch.arange(stop)[None] - torch.arange(start, stop)[:, None]
            hidden = ahead > 0
            if window is not None:
                hidden |= ahead <= -window
            known = torch.zeros(ahead.shape).masked_fill_(hidden, float("-inf"))
            self._masks[number, window] = known
        return known


def _look_up(query: Tensor, known: Tensor, sides: Sides) -> Tensor:
    """(1, heads * size) for one token's queries (1, heads, size); `known` as in `KeyValues`."""
    keys, values = known.split(sides.kv_heads)
    asked = query.reshape(sides.kv_heads, -1, sides.size)
    shares = torch.bmm(asked, keys.transpose(1, 2)).softmax(-1)
    return torch.bmm(shares, values).view(1, -1)


def _read(queries: Tensor, known: Tensor, mask: Tensor, sides: Sides) -> Tensor:
    """(tokens, heads * size) for queries (tokens, heads, size); `known` as in `KeyValues`.

    Heads that share keys are put side by side as if they were tokens.
    """
    tokens, shared = len(queries), sides.heads // sides.kv_heads
    asked = queries.reshape(tokens, sides.kv_heads, shared, sides.size).permute(1, 2, 0, 3)
    keys, values = known.split(sides.kv_heads)
    found = scaled_dot_product_attention(
        asked.reshape(1, sides.kv_heads, shared * tokens, sides.size),
        keys[None],
        values[None],
        attn_mask=mask.repeat(shared, 1),
        scale=1.0,
    )
    found = found.view(sides.kv_heads, shared, tokens, sides.size)
    return found.permute(2, 0, 1, 3).reshape(tokens, -1)


def _normed(heads: Tensor, norms: tuple[Norm, Norm], sides: Sides) -> Tensor:
    """Heads (tokens, all, size), those of queries and keys normed one by one."""
    first, second = norms
    queries, keys, values = heads.split([sides.heads, sides.kv_heads, sides.kv_heads], dim=1)
    return torch.cat([first(queries), second(keys), values], dim=1)


def _add(addition: Addition | None, out: Tensor, x: Tensor) -> None:
    if addition is not None:
        addition.add(out, x)


def _spans(pieces: Sequence[Piece]) -> Iterator[slice]:
    at = 0
    for piece in pieces:
        yield slice(at, at + len(piece.ids))
        at += len(piece.ids)


def _between(rows: Sequence[slice], count: int) -> Iterator[slice]:
    """The rows of `count` that are in none of the slices, which stand in order."""
    at = 0
    for one in (*rows, slice(count, count)):
        if one.start > at:
            yield slice(at, one.start)
        at = one.stop


def _groups(pieces: Sequence[Piece], spans: Sequence[slice]) -> Iterator[Group]:
    """The rows of each adapter."""
    together = groupby(zip(pieces, spans, strict=True), key=lambda both: id(both[0].adapter))
    for _, part in together:
        members = list(part)
        adapter = members[0][0].adapter
        if adapter is not None:
            yield slice(members[0][1].start, members[-1][1].stop), adapter
