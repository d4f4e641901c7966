"""A model's layers, counted and traced from its configuration: no weight is read, none is made.

The model is built of tensors that have a shape and no content (torch's fake tensors, whose device
is `meta` underneath), LoRA is put beside its layers, and a few examples go through it. What autograd
keeps of each for the way back is added up by the tensors' sizes; since it grows with the tokens and
with their pairs, a few lengths tell it for all.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.initialization import no_init_weights

from workbench.engine.models.attention import use_best_attention
from workbench.engine.models.config import load_config
from workbench.engine.models.load import adapted_paths, is_conv1d
from workbench.engine.models.packed_layers import packable_layers, text_model
from workbench.engine.runtime import device
from workbench.models.families import Family
from workbench.models.layer_facts import (
    ALL,
    ATTENTION,
    DROPOUT,
    FULL,
    LONG,
    LORA,
    TRACED_R,
    LayerFacts,
)

logger = logging.getLogger(__name__)

DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}
SHORT_TOKENS, LONG_TOKENS = (64, 160, LONG), (512, 768, 1024)
LEAST_TOKENS = 12

Lengths = tuple[int, int]
"""Tokens of the source and of the target, 0 where there is none."""


def layer_facts(folder: Path, family: Family) -> LayerFacts | None:
    """What the layers of the model in `folder` say; None where it cannot be traced."""
    try:
        counted = _counted(folder, family)
        return replace(counted, kept={name: _kept(folder, family, name) for name in DTYPES})
    except Exception:  # of whatever a model's code does with tensors that have no content
        logger.warning("The layers of the model in %s cannot be traced", folder, exc_info=True)
        return None


def _counted(folder: Path, family: Family) -> LayerFacts:
    with _fake():
        model = _built(folder, family, torch.bfloat16)
        config = model.config.get_text_config()
        packed = packable_layers(model) if family.packs_weights else []
        sizes = [module.weight.numel() for module in packed]
        own = {id(weight): weight.numel() for weight in text_model(model).parameters()}
        linears = _linears(model)
        return LayerFacts(
            packable=sum(sizes),
            other=sum(own.values()) - sum(sizes),
            layers=_layers(config),
            hidden=int(config.hidden_size),
            vocab=int(config.vocab_size),
            widest=max(sizes, default=0),
            inner=max((_sides(m)[1] for _, m in linears), default=0),
            cache=_cache(config),
            targets=_targets(model, linears),
            whole_logits=family.reads_apart,
        )


def _layers(config: Any) -> int:
    own = int(getattr(config, "num_hidden_layers", 0) or 0)
    if not getattr(config, "is_encoder_decoder", False):
        return own
    return own + int(
        getattr(config, "decoder_layers", 0) or getattr(config, "num_decoder_layers", 0) or own
    )


def _cache(config: Any) -> int:
    """Keys and values of one token, in all layers that write."""
    heads = int(getattr(config, "num_attention_heads", 0) or 0)
    size = getattr(config, "head_dim", None) or (int(config.hidden_size) // max(1, heads))
    own = int(getattr(config, "num_key_value_heads", None) or heads)
    both = 2 if getattr(config, "is_encoder_decoder", False) else 1  # the source's, too
    return 2 * own * int(size) * int(config.num_hidden_layers) * both


def _targets(model: Any, linears: Sequence[tuple[str, nn.Module]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    attention = set(adapted_paths(model, ATTENTION))
    for path, module in linears:
        names = [path.rsplit(".", 1)[-1], ALL, *([ATTENTION] if path in attention else [])]
        for name in names:
            found[name][0] += 1
            found[name][1] += sum(_sides(module))
    return dict(found)


def _kept(folder: Path, family: Family, dtype: str) -> dict[str, Any]:
    """Way → what is kept of examples up to `LONG` tokens, and of longer ones."""
    ways = (LORA,) if family.writes_text else (LORA, FULL)
    kept = {way: _traced(folder, family, DTYPES[dtype], way) for way in ways}
    kept[DROPOUT] = _with_dropout(folder, family, DTYPES[dtype], kept[LORA])
    return kept


def _traced(folder: Path, family: Family, dtype: torch.dtype, way: str) -> list[list[float]]:
    with _fake():
        model = _trained(folder, family, dtype, way)
        changes = family.writes_text and dtype == torch.bfloat16  # `engine.models.attention`
        found = []
        for tokens in (SHORT_TOKENS, LONG_TOKENS) if changes else (SHORT_TOKENS,):
            pairs = _pairs(_lengths(model, tokens), family.reads_apart)
            found.append(_shape({pair: _saved(model, family, pair, dtype) for pair in pairs}))
    return [found[0], found[-1]]


def _with_dropout(
    folder: Path, family: Family, dtype: torch.dtype, plain: list[list[float]]
) -> list[list[float]]:
    """The shapes without dropout, and what dropout adds to each token."""
    with _fake():
        model = _trained(folder, family, dtype, DROPOUT)
        tokens = _lengths(model, SHORT_TOKENS)[1]
        source, target = _pairs((tokens,) * 3, family.reads_apart)[0]
        saved = _saved(model, family, (source, target), dtype)
    parts = (1, source, target, source**2, target**2, source * target)
    known = sum(a * b for a, b in zip(plain[0], parts, strict=True))
    more = max(0.0, saved - known) / (source + target)
    return [[fixed, s + more, t + more * bool(target), *pairs] for fixed, s, t, *pairs in plain]


def _lengths(model: Any, tokens: tuple[int, ...]) -> tuple[int, ...]:
    most = _positions(model)
    return tokens if most >= tokens[-1] else _within(min(most, tokens[-1]))


def _within(most: int) -> tuple[int, ...]:
    """Three lengths that a model with few positions can read."""
    most = max(LEAST_TOKENS, most)
    return (most // 3, most * 2 // 3, most)


def _pairs(lengths: Sequence[int], apart: bool) -> list[Lengths]:
    if not apart:
        return [(tokens, 0) for tokens in lengths]
    a, b, c = lengths
    return [(a, a), (b, a), (c, a), (a, b), (a, c), (c, c)]


def _positions(model: Any) -> int:
    config = model.config.get_text_config()
    found = [getattr(config, name, None) for name in ("max_position_embeddings", "n_positions")]
    known = [int(n) for n in found if isinstance(n, int) and n > 0]
    # RoBERTa and its kin number positions from behind the padding's.
    return min(known) - 2 if known else LONG_TOKENS[-1]


def _shape(points: dict[Lengths, int]) -> list[float]:
    """The sizes as a sum: fixed, source, target, source², target², both; what does not occur is 0."""
    columns = np.array([[1, s, t, s * s, t * t, s * t] for s, t in points], float)
    used = [i for i in range(columns.shape[1]) if columns[:, i].any()]
    scale = columns[:, used].max(0)
    solved, *_ = np.linalg.lstsq(columns[:, used] / scale, np.array([*points.values()]), rcond=None)
    found = np.zeros(columns.shape[1])
    found[used] = solved / scale
    return [round(max(0.0, float(value)), 4) for value in found]


def _fake() -> FakeTensorMode:
    return FakeTensorMode(allow_non_fake_inputs=True)


def _built(folder: Path, family: Family, dtype: torch.dtype) -> Any:
    """The model without content, as its family's loader makes it on a CPU."""
    config = load_config(folder)
    auto: Any = AutoModelForSeq2SeqLM if family.reads_apart else AutoModelForCausalLM
    with no_init_weights():
        if not family.writes_text:
            config._attn_implementation = "eager"
            model = AutoModel.from_config(config, dtype=torch.float32)
            if getattr(model, "pooler", None) is not None:
                model.pooler = None
            return model
        model = auto.from_config(config, dtype=dtype)
        model.tie_weights()
    if dtype == torch.bfloat16 and device.device().type == "cpu":
        use_best_attention(model)
    return model


def _linears(model: Any) -> list[tuple[str, nn.Module]]:
    return [(path, model.get_submodule(path)) for path in adapted_paths(model, ALL)]


def _sides(module: Any) -> tuple[int, int]:
    """Numbers in and out of a linear layer."""
    out, into = module.weight.shape
    return (out, into) if is_conv1d(module) else (into, out)


def _trained(folder: Path, family: Family, dtype: torch.dtype, way: str) -> Any:
    """The model as it learns."""
    model = _built(folder, family, dtype).train()
    model.requires_grad_(way == FULL)
    if way == FULL:
        return model
    for path, module in _linears(model):
        parent, _, name = path.rpartition(".")
        adapted = _Adapted(module, way == DROPOUT, fused=family.packs_weights)
        setattr(model.get_submodule(parent), name, adapted)
    return model


class _Adapted(nn.Module):
    """A frozen layer with LoRA matrices beside it, as `fused_lora` or peft computes it."""

    def __init__(self, base: Any, dropout: bool, *, fused: bool) -> None:
        super().__init__()
        self.base, self.fused = base, fused and not dropout
        self.dropout = nn.Dropout(0.1) if dropout else nn.Identity()
        into, out = _sides(base)
        self.a = nn.Parameter(torch.empty(TRACED_R, into))
        self.b = nn.Parameter(torch.empty(out, TRACED_R))

    @property
    def weight(self) -> Tensor:
        """The frozen weight: models look at its type."""
        found: Tensor = self.base.weight
        return found

    @property
    def bias(self) -> Tensor | None:
        """The frozen layer's."""
        found: Tensor | None = getattr(self.base, "bias", None)
        return found

    def forward(self, x: Tensor) -> Tensor:
        if self.fused:
            kept: Tensor = _Fused.apply(x, self.a, self.b, self.base)  # type: ignore[no-untyped-call]
            return kept
        beside = nn.functional.linear(nn.functional.linear(self.dropout(x), self.a), self.b)
        out: Tensor = self.base(x) + beside
        return out


class _Fused(torch.autograd.Function):
    """Keeps what `fused_lora` keeps, and gives what has its shape."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, a: Tensor, b: Tensor, base: nn.Module) -> Tensor:
        out: Tensor = base(x)
        rows = x.reshape(-1, x.shape[-1]).to(out.dtype)
        a, b = a.to(out.dtype), b.to(out.dtype)
        ctx.save_for_backward(rows, rows @ a.T, a, b)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise NotImplementedError


def _saved(model: Any, family: Family, lengths: Lengths, dtype: torch.dtype) -> int:
    """Bytes that autograd keeps of one example, the model's own weights left out."""
    own = {t.untyped_storage()._cdata for t in [*model.parameters(), *model.buffers()]}
    held: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            held[storage._cdata] = storage  # held, so that its number is not given again
        return tensor

    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with hooks, torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        _forward(model, family)(*lengths)
    return sum(storage.nbytes() for storage in held.values())


def _forward(model: Any, family: Family) -> Callable[[int, int], Any]:
    def text(tokens: int) -> Tensor:
        return torch.zeros(1, tokens, dtype=torch.long)

    def forward(source: int, target: int) -> Any:
        seen = {"input_ids": text(source), "attention_mask": torch.ones_like(text(source))}
        if family.reads_apart:
            return model(**seen, decoder_input_ids=text(target), use_cache=False)
        if not family.writes_text:
            return model(**seen)
        return model.base_model(**seen, use_cache=False)

    return forward
