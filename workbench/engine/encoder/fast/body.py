"""BERT's layers over the tokens of many texts, one behind the other: no product has padding in it.

Queries, keys and values are one product, GELU is part of the one before it, and what is added up from
layer to layer stays float32, as under autocast. Only attention sees texts as rows of a batch.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm
from transformers import BertModel, RobertaModel, XLMRobertaModel
from transformers.modeling_outputs import BaseModelOutput

from workbench.engine.encoder.fast.attention import Places, attention
from workbench.engine.models.products import Packed

ROWS = 512
"""Tokens of a usual group of texts."""

Norm = Callable[[Tensor], Tensor]


def is_known(body: Any) -> bool:
    """Whether an encoder's layers are those that are computed here."""
    config = body.config
    return (
        type(body) in (BertModel, RobertaModel, XLMRobertaModel)
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and not config.add_cross_attention
    )


class FastBody(nn.Module):
    """Takes and gives what the encoder that it stands for does; weights are packed copies."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self.config, self.embeddings = body.config, body.embeddings
        self._layers = [
            _Layer(layer, body.config.num_attention_heads) for layer in body.encoder.layer
        ]

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return torch.device("cpu")

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **more: Any) -> BaseModelOutput:
        """States (texts, tokens, hidden) in float32, 0 where there is padding."""
        states: Tensor = self.embeddings(input_ids=input_ids, **more)
        places = Places(attention_mask.bool())
        x = places.tokens(states)
        for layer in self._layers:
            x = layer(x, places)
        return BaseModelOutput(last_hidden_state=places.texts(x))


class _Layer:
    def __init__(self, layer: Any, heads: int) -> None:
        own, self._heads = layer.attention.self, heads
        self._seen = _product(_of(own.query, own.scaling), _of(own.key), _of(own.value))
        self._told = _product(_of(layer.attention.output.dense))
        self._wide = _product(_of(layer.intermediate.dense))
        self._narrow = _product(_of(layer.output.dense))
        self._norms = _norm(layer.attention.output.LayerNorm), _norm(layer.output.LayerNorm)

    def __call__(self, x: Tensor, places: Places) -> Tensor:
        first, second = self._norms
        seen = attention(self._seen(x.bfloat16()), places, self._heads)
        x = first(x.add_(self._told(seen)))
        return second(x.add_(self._narrow(self._wide.gelu(x.bfloat16()))))


def _of(layer: nn.Linear, scale: float = 1.0) -> tuple[Tensor, Tensor]:
    return layer.weight.detach() * scale, layer.bias.detach() * scale


def _product(*layers: tuple[Tensor, Tensor]) -> Packed:
    """One product for linear layers, weights and bias, that read the same."""
    weights, biases = zip(*layers, strict=True)
    return Packed(torch.cat(weights), torch.cat(biases), ROWS)


def _norm(layer: nn.LayerNorm) -> Norm:
    weight, bias = layer.weight.detach(), layer.bias.detach()
    return lambda x: layer_norm(x, layer.normalized_shape, weight, bias, layer.eps)
