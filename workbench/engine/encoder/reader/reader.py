"""Texts, or pairs of them, as the token ids that an encoder takes."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn
from transformers import AutoTokenizer

from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, WINDOWS
from workbench.core.tasks.text_pair import Headings, parted
from workbench.engine.encoder import windows
from workbench.engine.encoding.cores import all_cores
from workbench.engine.models.config import unreadable

Ids = Sequence[int] | np.ndarray


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
