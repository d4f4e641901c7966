"""Encoders: models that read a text and give one vector for it, and a category from that."""

import contextlib
import json
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.functional import normalize
from transformers import AutoModel

from workbench.core.long_texts.joins import MEAN as MEAN_OF_WINDOWS
from workbench.engine.encoder import windows
from workbench.engine.encoder.joins.logits import joined
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.probe import Head
from workbench.engine.models.config import load_config, unreadable
from workbench.engine.models.whole import check_whole
from workbench.engine.runtime import device

MEAN, CLS = "mean", "cls"
POOLER = "pooler"
TOKENS_AT_ONCE = {"cpu": 4096, "cuda": 32_768}
"""Tokens, padding included, that are learned from together: bounds the memory of long texts. Contrasted
texts that need several groups are computed twice, so fewer make a training a third slower."""
READ_AT_ONCE = {"cpu": 1024, "cuda": 32_768}
"""The same where nothing is learned: keeps what lies between two products of a CPU in its cache."""


class Encoder(nn.Module):
    """A transformers encoder; the states of its last layer become one vector of length 1."""

    second_after: int | None = None
    """The token behind which a pair's second text begins, where the encoder tells the two apart by
    segments (token types)."""

    def __init__(self, body: Any, pooling: str, window: int | None = None) -> None:
        """
        Args:
            window: tokens of a window, where longer texts come as windows; None where none do.
        """
        super().__init__()
        self.body, self.pooling, self.window = body, pooling, window

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Embeddings (texts, hidden) in float32 of token ids and mask, both (texts, tokens)."""
        with precision():
            return normalize(self.vectors(input_ids, attention_mask), dim=1)

    def vectors(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The same of any length, in the precision that is set."""
        if not self.in_windows(input_ids):
            return pooled(self._states(input_ids, attention_mask), attention_mask, self.pooling)
        sums, counts, owner = self._windows(input_ids, attention_mask)
        return windows.joined(sums, counts, owner, len(input_ids))

    def seen(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        focus: torch.Tensor | None = None,
    ) -> Seen:
        """Embeddings of texts and of each of their windows, in float32.

        Args:
            focus: of each text, windows that a step learns from in any case, -1 for none
                (texts, windows); the others are drawn.
        """
        with precision():
            if not self.in_windows(input_ids):
                return Seen.of_means(self(input_ids, attention_mask))
            sums, counts, owner = self._windows(input_ids, attention_mask, focus)
            means = windows.joined(sums, counts, owner, len(input_ids))
            return Seen(normalize(means, dim=1), normalize(sums, dim=1), owner)

    def in_windows(self, input_ids: torch.Tensor) -> bool:
        """Whether a batch has texts that are read window by window."""
        return self.window is not None and input_ids.shape[1] > self.window

    def _windows(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        focus: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of each window the sum over its tokens, how many these are, and the number of its text."""
        assert self.window is not None
        ids, mask, owner = windows.split(
            input_ids, attention_mask, self.window, learning=self.training, focus=focus
        )
        size = len(ids)
        if not self.training:  # one that learns goes twice through the same chances
            size = max(1, READ_AT_ONCE[ids.device.type] // self.window)
        found = [self._sums(*part) for part in zip(ids.split(size), mask.split(size), strict=True)]
        return torch.cat(found), mask.sum(1).float(), owner

    def _states(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        more = segments(input_ids, self.second_after)
        states = self.body(input_ids=input_ids, attention_mask=attention_mask, **more)
        hidden: torch.Tensor = states.last_hidden_state.float()
        return hidden

    def _sums(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What each window gives, as often as it has tokens (windows, hidden)."""
        return pooled(self._states(ids, mask), mask, self.pooling) * mask.sum(1, keepdim=True)


def segments(input_ids: torch.Tensor, second_after: int | None) -> dict[str, torch.Tensor]:
    """Which of a pair's two texts each token of (texts, tokens) is of, as an encoder is told it; nothing
    where it is not told."""
    if second_after is None:
        return {}
    ends = (input_ids == second_after).long()
    return {"token_type_ids": ((ends.cumsum(1) - ends) > 0).long()}


def pooled(hidden: torch.Tensor, attention_mask: torch.Tensor, pooling: str) -> torch.Tensor:
    """One vector of each text, (texts, hidden), from the states (texts, tokens, hidden)."""
    if pooling == CLS:
        return hidden[:, 0]
    seen = attention_mask[..., None].float()
    return (hidden * seen).sum(1) / seen.sum(1)


class Classifier(nn.Module):
    """An encoder and the head that gives each category a score."""

    def __init__(self, encoder: Encoder, head: Head, join: str = MEAN_OF_WINDOWS) -> None:
        """
        Args:
            join: how one answer comes of a long text's windows (`core.long_texts.joins`).
        """
        super().__init__()
        self.encoder, self.head, self.join = encoder, head, join

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        focus: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Logits (texts, labels).

        Args:
            focus: see `Encoder.seen`.
        """
        return self.with_vectors(input_ids, attention_mask, focus)[0]

    def with_vectors(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        focus: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (texts, labels) and embeddings (texts, hidden)."""
        if self.join == MEAN_OF_WINDOWS or not self.encoder.in_windows(input_ids):
            vectors = self.encoder(input_ids, attention_mask)
            return self.head(vectors), vectors
        seen = self.encoder.seen(input_ids, attention_mask, focus)
        logits = joined(self.head(seen.windows).float(), seen.owner, len(seen), self.join)
        return logits, seen.means

    def activation_checkpointing_enable(self, **settings: Any) -> None:
        """What the training loop calls to save memory: concerns the encoder's layers."""
        self.encoder.body.activation_checkpointing_enable(**settings)


def precision() -> contextlib.AbstractContextManager[Any]:
    """Products in bfloat16 where the machine has it, else all in float32.

    float16, which older GPUs would take, has too small a range to train in without more ado, and
    encoders are small.
    """
    if device.dtype() != torch.bfloat16:
        return contextlib.nullcontext()
    return torch.autocast(device.device().type, torch.bfloat16)


def load_encoder(folder: Path, pooling: str | None = None) -> Encoder:
    """The encoder in `folder`, in float32 on the device it runs on, ready to read.

    Args:
        pooling: mean or cls; None for what the folder says.

    Raises:
        WorkbenchError: there is none.
    """
    on_cpu = device.device().type == "cpu"
    try:
        body, info = AutoModel.from_pretrained(
            folder,
            config=_without_attention_dropout(load_config(folder, "encoder")),
            dtype=torch.float32,
            # On a CPU the fused attention's backward pass in bfloat16 takes twice as long as all
            # the rest of a step (measured: MiniLM, torch 2.13).
            attn_implementation="eager" if on_cpu else None,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise unreadable(folder, "encoder", error) from error
    check_whole(body, info, folder, unused=[POOLER])
    if getattr(body, POOLER, None) is not None:
        body.pooler = None  # a layer for another purpose, which we would carry along untrained
    return Encoder(body, pooling or pooling_of(folder)).to(device.device()).eval()


def _without_attention_dropout(config: Any) -> Any:
    """Dropout of hidden states alone: so it was in all that was measured."""
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(config, name):
            setattr(config, name, 0.0)
    return config


def pooling_of(folder: Path) -> str:
    """What a sentence-transformers folder says in 1_Pooling; mean without it."""
    try:
        told = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return MEAN
    is_cls = told.get("pooling_mode_cls_token") or told.get("pooling_mode") == "cls"
    return CLS if is_cls else MEAN


def normalises(folder: Path) -> bool:
    """Whether vectors have the length 1: what a sentence-transformers folder says in modules.json; yes
    without it."""
    try:
        told = json.loads((folder / "modules.json").read_text("utf-8"))
        return any("Normalize" in str(part.get("type", "")) for part in told)
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return True


def longest_text(folder: Path) -> int:
    """Tokens of a text that a sentence-transformers folder reads; very many without a word of it."""
    try:
        told = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))
        return int(told["max_seq_length"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 2**20
