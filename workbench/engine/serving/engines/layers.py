"""The layers of a decoder of Llama's kind, read from a model that transformers has loaded.

Llama, SmolLM, Mistral, Qwen2, Qwen3 and whoever else has just these parts: what has others is
unfit, and what has others under the same names shows in its numbers (`agreement`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import Tensor, nn

from workbench.engine.models.products import Product, product
from workbench.engine.serving.engines.rotary import Unfit, paired

PARTS = {
    "": {"self_attn", "mlp", "input_layernorm", "post_attention_layernorm"},
    "self_attn": {"q_proj", "k_proj", "v_proj", "o_proj"},
    "mlp": {"gate_proj", "up_proj", "down_proj", "act_fn"},
}
HEAD_NORMS = {"q_norm", "k_norm"}


@dataclass(frozen=True)
class Norm:
    """RMS norm (Zhang and Sennrich 2019)."""

    gain: Tensor
    eps: float

    def __call__(self, x: Tensor) -> Tensor:
        """Of x (…, size) in float32.

        The mean of a row and its negative is 0 and their variance the mean of its squares, so that
        this is one half of what torch's layer norm makes of both, in one pass instead of six.
        """
        size = len(self.gain)
        both = torch.cat([x, -x], -1)
        return torch.layer_norm(both, (2 * size,), self._both_gains, None, self.eps)[..., :size]

    @cached_property
    def _both_gains(self) -> Tensor:
        return torch.cat([self.gain, torch.zeros_like(self.gain)])


@dataclass(frozen=True)
class Sides:
    """Heads of queries, of keys and values, and the numbers of each."""

    heads: int
    kv_heads: int
    size: int

    @property
    def all(self) -> int:
        """Heads of queries, keys and values together."""
        return self.heads + 2 * self.kv_heads

    @property
    def order(self) -> Tensor:
        """Where rows of queries, keys and values stand (see `rotary.paired`)."""
        turned = self.heads + self.kv_heads
        rest = torch.arange(self.kv_heads * self.size) + turned * self.size
        return torch.cat([paired(turned, self.size), rest])


@dataclass(frozen=True)
class Layer:
    """One layer, its weights packed."""

    before: Norm
    qkv: Product
    head_norms: tuple[Norm, Norm] | None
    out: Product
    after: Norm
    gate: Product
    up: Product
    down: Product
    act: nn.Module
    is_silu: bool
    """Whether `act` is what products can apply themselves."""
    scale: float
    """Of the products of queries and keys."""
    window: int | None
    """Tokens that a token sees, itself among them; None for all before it."""


@dataclass(frozen=True)
class Decoder:
    """All of a model but its adapters."""

    embed: nn.Module
    layers: list[Layer]
    norm: Norm
    head: Product
    head_weight: Tensor
    """(vocabulary, size), as it was loaded."""
    sides: Sides
    rotary: nn.Module
    dtype: torch.dtype

    @property
    def bytes(self) -> int:
        """What the packed weights take beside the loaded ones."""
        products = [self.head]
        for layer in self.layers:
            products += [layer.qkv, layer.out, layer.gate, layer.up, layer.down]
        return sum(one.bytes for one in products)


def read_decoder(model: Any, dtype: torch.dtype) -> Decoder:
    """The decoder in a model without adapters; its weights are packed in `dtype`.

    Raises:
        Unfit: it is of another kind.
    """
    config, body, head = model.config, _inner(model, "model"), _inner(model, "lm_head")
    if config.get_text_config() is not config or not hasattr(body, "rotary_emb"):
        raise Unfit("it is not built as Llama is")
    for name in ("final_logit_softcapping", "attn_logit_softcapping"):
        if getattr(config, name, None):
            raise Unfit(f"it has {name}")
    sides = _sides(config, body.layers[0].self_attn)
    layers = [_layer(layer, sides, config, at, dtype) for at, layer in enumerate(body.layers)]
    weight = _plain(head).weight.detach()
    return Decoder(
        embed=body.embed_tokens,
        layers=layers,
        norm=_norm(body.norm),
        head=_product([head], dtype),
        head_weight=weight,
        sides=sides,
        rotary=body.rotary_emb,
        dtype=dtype,
    )


def _inner(module: Any, name: str) -> Any:
    found = getattr(module, name, None)
    if not isinstance(found, nn.Module):
        raise Unfit(f"it has no '{name}'")
    return found


def _sides(config: Any, attention: Any) -> Sides:
    heads = config.num_attention_heads
    size = int(getattr(attention, "head_dim", config.hidden_size // heads))
    return Sides(heads, config.num_key_value_heads, size)


def _layer(layer: Any, sides: Sides, config: Any, at: int, dtype: torch.dtype) -> Layer:
    for path, names in PARTS.items():
        module = layer.get_submodule(path)
        own = {name for name, _ in module.named_children()}
        if not names <= own or own - names - (HEAD_NORMS if path == "self_attn" else set()):
            raise Unfit(f"its layers have other parts ({', '.join(sorted(own ^ names))})")
    attention, mlp = layer.self_attn, layer.mlp
    return Layer(
        before=_norm(layer.input_layernorm),
        qkv=_product([attention.q_proj, attention.k_proj, attention.v_proj], dtype, sides.order),
        head_norms=_head_norms(attention, sides),
        out=_product([attention.o_proj], dtype),
        after=_norm(layer.post_attention_layernorm),
        gate=_product([mlp.gate_proj], dtype),
        up=_product([mlp.up_proj], dtype),
        down=_product([mlp.down_proj], dtype),
        act=mlp.act_fn,
        is_silu=_is_silu(mlp.act_fn),
        scale=float(attention.scaling),
        window=_window(config, at),
    )


def _head_norms(attention: Any, sides: Sides) -> tuple[Norm, Norm] | None:
    if not hasattr(attention, "q_norm"):
        return None
    order = paired(1, sides.size)
    found = [_norm(attention.q_norm), _norm(attention.k_norm)]
    if any(norm.gain.shape != order.shape for norm in found):
        raise Unfit("its heads are not normed one by one")
    first, second = (Norm(norm.gain[order], norm.eps) for norm in found)
    return first, second


def _norm(module: Any) -> Norm:
    """A norm by what it does: its gain may be its weight, or one more than that."""
    eps = getattr(module, "variance_epsilon", getattr(module, "eps", None))
    weight = getattr(module, "weight", None)
    if eps is None or weight is None or getattr(module, "bias", None) is not None:
        raise Unfit(f"its norms are of another kind ({type(module).__name__})")
    with torch.inference_mode():
        gain = module(torch.ones(weight.shape)).float() * (1 + eps) ** 0.5
    return Norm(gain, float(eps))


def _is_silu(act: Any) -> bool:
    tried = torch.linspace(-8, 8, 33)
    with torch.inference_mode():
        return torch.allclose(act(tried.clone()), nn.functional.silu(tried), atol=1e-6)


def _window(config: Any, at: int) -> int | None:
    width = getattr(config, "sliding_window", None)
    kinds = getattr(config, "layer_types", None)
    if kinds:
        if kinds[at] not in ("full_attention", "sliding_attention"):
            raise Unfit(f"it has layers of '{kinds[at]}'")
        return width if kinds[at] == "sliding_attention" else None
    return width if getattr(config, "use_sliding_window", True) else None


def _product(modules: Iterable[Any], dtype: torch.dtype, order: Tensor | None = None) -> Product:
    plain = [_plain(module) for module in modules]
    weight = torch.cat([one.weight.detach() for one in plain])
    biases = [one.bias for one in plain]
    bias = None
    if any(one is not None for one in biases):
        bias = torch.cat([_bias(one) for one in plain])
    if order is not None:
        weight, bias = weight[order], None if bias is None else bias[order]
    return product(weight, bias, dtype)


def _bias(layer: nn.Linear) -> Tensor:
    if layer.bias is None:
        return layer.weight.new_zeros(layer.out_features)
    return layer.bias.detach()


def _plain(module: Any) -> nn.Linear:
    base = module.get_base_layer() if isinstance(module, BaseTunerLayer) else module
    if type(base) is not nn.Linear or not base.weight.is_floating_point():
        raise Unfit(f"its layers are of another kind ({type(base).__name__})")
    return base
