"""One loaded base model and the adapters that were put beside it.

The base weights are in memory once. An adapter is a small addition that is switched on, off or
for another, so base and tuned models answer from the same weights.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from workbench.engine.causal.label_scores import label_probabilities
from workbench.engine.causal.marks import Guard, guard_of
from workbench.engine.causal.reading import Ends, ends_set, text_ids
from workbench.engine.serving.engines.choose import engine_for
from workbench.engine.serving.fair_lock import FairLock

MAX_ADAPTERS = 8


class TextModel:
    """A model that writes, with switchable adapters; whoever uses it holds the `turns`."""

    def __init__(self, model: Any, tokenizer: Any, turns: FairLock, name: str = "") -> None:
        """`name` is the model's, for the log."""
        self.model = model.eval()
        """The transformers model; adapters live inside of it."""
        self.tokenizer = tokenizer
        self.turns = turns
        self.engine = engine_for(self, name)
        """Computes the tokens of answers."""
        self._peft: PeftModel | None = None
        self._adapters: OrderedDict[str, Path] = OrderedDict()
        self._selected: str | None = None

    def encode(self, text: str) -> dict[str, Any]:
        """The text as tensors for the model, one row, on its device."""
        ids = torch.tensor([text_ids(text, self.tokenizer)], dtype=torch.long)
        ids = ids.to(self.model.device)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}

    def longest_read(self, prompt: str, answers: Sequence[str]) -> int:
        """Tokens of the prompt with the longest of its answers, as far as they must fit."""
        longest = max(len(text_ids(answer, self.tokenizer)) for answer in answers)
        return len(text_ids(prompt, self.tokenizer)) + longest - 1

    def add(self, name: str, folder: Path) -> None:
        """Put the adapter in `folder` beside the others, if it is not there yet."""
        if self._adapters.get(name) == folder:
            self._adapters.move_to_end(name)
            return
        if name in self._adapters:
            self._remove(name)
        self._load(name, folder)
        self.engine.added(name)
        self._adapters[name] = folder
        self._selected = name
        while len(self._adapters) > MAX_ADAPTERS:
            self._remove(next(iter(self._adapters)))

    def has(self, name: str, folder: Path) -> bool:
        """Whether this adapter is in memory."""
        return self._adapters.get(name) == folder

    def select(self, name: str | None) -> None:
        """Answer with this adapter, or as the base model when it is None."""
        if self._peft is None or name == self._selected:
            return
        tuner: Any = self._peft.base_model
        if name is None:
            tuner.disable_adapter_layers()
        else:
            tuner.enable_adapter_layers()
            tuner.set_adapter(name, inference_mode=True)
        self._selected = name

    @property
    def guard(self) -> Guard:
        """Keeps a question from being read as the model's own marks."""
        return guard_of(self.tokenizer)

    @property
    def ends(self) -> Ends:
        """Where an answer is over."""
        return ends_set(self.model)

    @property
    def context_length(self) -> int | None:
        """Tokens that fit, question and answer together; None if the model does not say."""
        return getattr(self.model.config.get_text_config(), "max_position_embeddings", None)

    def room_after(self, read: int) -> int | None:
        """Tokens that an answer may have behind a question of `read`; None without an end.

        It is 0 or less where the question alone is too long.
        """
        return None if self.context_length is None else self.context_length - read

    def label_probabilities(
        self, prompt: str, answers: Sequence[str], between: Callable[[], None]
    ) -> list[float]:
        """One probability for each answer to the prompt; they add up to 1."""
        return label_probabilities(self, prompt, answers, between)

    def _load(self, name: str, folder: Path) -> None:
        if self._peft is None:
            self._peft = PeftModel.from_pretrained(self.model, folder, adapter_name=name)
        else:
            self._peft.load_adapter(folder, adapter_name=name)
            tuner: Any = self._peft.base_model
            tuner.enable_adapter_layers()
            tuner.set_adapter(name, inference_mode=True)
        self._peft.eval()

    def _remove(self, name: str) -> None:
        del self._adapters[name]
        self.engine.removed(name)
        if self._peft is not None:
            self._peft.delete_adapter(name)
        self._selected = "" if self._selected == name else self._selected
