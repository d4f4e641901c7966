"""Encoders: models that read a text and give one vector for it, and a category from that."""

import contextlib
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer

from workbench.core.long_texts.joins import MEAN as MEAN_OF_WINDOWS
from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, WINDOWS
from workbench.core.tasks.text_pair import Headings, parted
from workbench.engine.encoder import windows
from workbench.engine.encoder.joins.logits import joined
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.probe import Head
from workbench.engine.encoding.cores import all_cores
from workbench.engine.encoding.encoded_rows import IDS, EncodedRows
from workbench.engine.encoding.padding import filled_up
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
TEXTS_AT_ONCE = {"cpu": 64, "cuda": 256}

Ids = Sequence[int] | np.ndarray
Each = Callable[[Callable[[np.ndarray], torch.Tensor], list[np.ndarray]], Iterable[torch.Tensor]]


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


@dataclass(frozen=True)
class Reader:
    """Turns texts into the token ids that an encoder takes."""

    tokenizer: Any
    max_length: int
    pair: Headings = ()
    """The headings of the two texts that it reads as a pair; none where it reads one."""
    long_texts: str = HEAD
    """How longer texts are read (`core.long_texts.ways`)."""

    @property
    def window(self) -> int | None:
        """Tokens of a window, where texts are read window by window."""
        return self.max_length if self.long_texts == WINDOWS else None

    @property
    def pad_id(self) -> int:
        """Fills up shorter texts of a batch; the encoder does not look at it."""
        return self.tokenizer.pad_token_id or 0

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text; those of a long one as its way has it: windows one behind the other,
        its beginning and its end, or its beginning."""
        if not texts:
            return []
        if self.long_texts == HEAD:
            with all_cores():
                found = self._tokenized(texts, truncation=True, max_length=self.max_length)
            return [ids or [self.pad_id] for ids in found["input_ids"]]
        return [self._fitted(ids) or [self.pad_id] for ids in self._whole(texts)]

    def _tokenized(self, texts: Sequence[str], **how: Any) -> Any:
        """Texts, or pairs of them; one that has no second text is read alone."""
        if not self.pair:
            return self.tokenizer(list(texts), **how)
        both = [parted(self.pair, text) for text in texts]
        return self.tokenizer([(one, other) if other else one for one, other in both], **how)

    def long(self, texts: Sequence[str], ids: Sequence[Ids]) -> dict[int, int]:
        """The places of the texts that are longer than is read at once, given their `ids`; and all
        their tokens."""
        full = [place for place, own in enumerate(ids) if len(own) >= self.max_length]
        whole = self._whole([texts[place] for place in full]) if full else []
        lengths = {place: len(own) for place, own in zip(full, whole, strict=True)}
        return {place: length for place, length in lengths.items() if length > self.max_length}

    def cut(self, texts: Sequence[str], ids: Sequence[Ids]) -> dict[int, int]:
        """The same of those of which a part is not read: none where they are read by windows."""
        return {} if self.window is not None else self.long(texts, ids)

    def read(self, texts: Sequence[str], ids: Sequence[Ids] | None = None) -> list[str]:
        """How much of each text is read, in a few words; empty of those that are read at once.

        Args:
            ids: those of the texts, where they are there already.
        """
        ids = self.ids(texts) if ids is None else ids
        told = [""] * len(texts)
        for place, tokens in self.long(texts, ids).items():
            told[place] = f"read {self.max_length:,} of {tokens:,} tokens"
            if self.window is not None:
                told[place] = f"read in {windows.windows_in(len(ids[place]), self.window)} parts"
        return told

    def _whole(self, texts: Sequence[str]) -> list[list[int]]:
        with all_cores():  # verbose: it would warn of a length that is no mistake here
            found: list[list[int]] = self._tokenized(texts, verbose=False)["input_ids"]
        return found

    def _fitted(self, ids: list[int]) -> list[int]:
        if len(ids) <= self.max_length:
            return ids
        layout = windows.head_and_tail if self.long_texts == HEAD_TAIL else windows.as_windows
        return layout(ids, self._marks, self.max_length)

    @functools.cached_property
    def _marks(self) -> windows.Marks:
        return windows.marks_of(self.tokenizer)


def second_after(reader: Reader, body: Any) -> int | None:
    """The token behind which the second text of a pair begins; None where the encoder has no segments
    to tell them apart."""
    if not reader.pair or (getattr(body.config, "type_vocab_size", 0) or 0) < 2:
        return None
    told = reader.tokenizer("a", "b", return_token_type_ids=True)
    kinds, ids = told.get("token_type_ids") or [], told["input_ids"]
    if 1 not in kinds or kinds.index(1) == 0:
        return None
    mark = int(ids[kinds.index(1) - 1])
    return mark if mark in reader.tokenizer.all_special_ids else None


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


def load_reader(
    folder: Path, body: Any, max_length: int, pair: Headings = (), long_texts: str = HEAD
) -> Reader:
    """The tokenizer in `folder`; texts are long from `max_length` or from what the encoder can read. Of a
    pair that is too long the longer text is cut: two texts are told apart as a whole, so no windows of
    them can be.

    Raises:
        WorkbenchError: there is no tokenizer.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise unreadable(folder, "tokenizer", error) from error
    longest = min(max_length, tokenizer.model_max_length, positions_of(body))
    pair = pair if pair and _parts_pairs(tokenizer) else ()
    return Reader(tokenizer, longest, pair, HEAD if pair else long_texts)


def _parts_pairs(tokenizer: Any) -> bool:
    """Whether a tokenizer puts a mark between the two texts of a pair; else they stay one text."""
    alone, both = (tokenizer.num_special_tokens_to_add(pair=pair) for pair in (False, True))
    return bool(both > alone)


def positions_of(body: Any) -> int:
    """The longest text that an encoder can read, in tokens."""
    for name, module in body.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            # RoBERTa and its kin number positions from behind the padding's.
            first = 0 if module.padding_idx is None else module.padding_idx + 1
            return module.num_embeddings - first
    return getattr(body.config, "max_position_embeddings", None) or 2**20


def padded(ids: Sequence[Ids], pad_id: int) -> dict[str, torch.Tensor]:
    """Texts as one batch, `input_ids` and `attention_mask`, each (texts, longest)."""
    lengths = torch.tensor([len(own) for own in ids])
    longest = int(lengths.max())
    return {
        "input_ids": filled_up(ids, longest, pad_id),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
    }


def groups(lengths: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers of all texts in groups of like length that fit into memory together, the longest first."""
    kind = device.device().type
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        size = min(TEXTS_AT_ONCE[kind], max(1, READ_AT_ONCE[kind] // longest))
        yield order[start : start + size]
        start += size


@torch.no_grad()
def read(
    model: nn.Module,
    ids: Sequence[Ids] | EncodedRows,
    pad_id: int,
    done: Callable[[int], None] | None = None,
    each: Each = map,
) -> torch.Tensor:
    """What an Encoder or a Classifier gives for each text, in float32 on the CPU.

    Args:
        ids: token ids of each text.
        done: called with the number of texts that are read; may raise to leave.
        each: goes over the groups of texts, as `map` does.

    Returns:
        (texts, hidden) or (texts, labels).
    """
    model.eval()
    rows = ids if isinstance(ids, EncodedRows) else EncodedRows.of_ids(ids)
    found, told, order = torch.empty(0, 0), 0, list(groups(rows.lengths))

    def one(group: np.ndarray) -> torch.Tensor:
        batch = to_device(padded(rows.lists(IDS, group.tolist()), pad_id))
        with torch.no_grad(), precision():  # told again, since another thread knows nothing of it
            states: torch.Tensor = model(**batch)
            return states.float().cpu()

    with precision():  # entered once, so that the weights are rounded once for all groups
        for group, states in zip(order, each(one, order), strict=True):
            if not told:
                found = torch.empty(len(rows), states.shape[1])
            found[torch.from_numpy(group)] = states
            told += len(group)
            if done:
                done(told)
    return found


def to_device(batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The batch where the model is."""
    return {name: value.to(device.device()) for name, value in batch.items()}
