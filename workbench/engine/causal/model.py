"""A trained model as a folder, and that folder as a model: one way for every use.

The exam after training, evaluation on another file, batch prediction and the model server all
load through here, so a model answers the same everywhere: same weights, same template, same
system prompt, same wording of the question.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from workbench.core.fields.field import Fields, read
from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION, task_named
from workbench.core.tools.tool import Tools
from workbench.core.tools.tool import read as read_tools
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.batching import Batching
from workbench.engine.causal.encode import Wording
from workbench.engine.causal.reading import set_ends, text_ids
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.model import OWN, STARTED, Adapted, load_for_answers
from workbench.engine.models.load import base_folder, load_tokenizer
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.templates import template_of
from workbench.models.trained import read_trained


@dataclass
class CausalModel(Adapted):
    """A base model, with its adapter if it was trained, and how it is asked."""

    model: Any
    tokenizer: Any
    wording: Wording
    max_length: int
    fields: Fields = ()
    """Those that its answers hold; empty for other tasks, and where they are not known."""
    tools: Tools = ()
    """Those that its examples name or call."""
    calls_tools: bool = False
    """Whether its examples call any."""
    names_tools: bool = False
    """Whether questions that name no tools are told of those, as in the playground; an exam asks its
    questions as they are."""
    batching: Batching | None = None
    """Writes its answers, where `load_causal` was told that there are many."""

    @property
    def task(self) -> str:
        """What it was trained for."""
        return self.wording.task

    @contextlib.contextmanager
    def untrained(self) -> Iterator[None]:
        """The base model answers inside of this block: the adapter is switched off."""
        own = self.batching
        self.batching = own.plain() if own else None
        try:
            with super().untrained():
                yield
        finally:
            self.batching = own

    @contextlib.contextmanager
    def as_started(self, start: Path) -> Iterator[None]:
        """See `Adapted`."""
        own = self.batching
        with super().as_started(start):
            self.batching = own.adapted(STARTED) if own else None
            try:
                yield
            finally:
                if own is not None:
                    own.engine.removed(STARTED)
                self.batching = own

    def encode(self, text: str) -> dict[str, Any]:
        """A prompt as tensors, one row, where the model is."""
        ids = torch.tensor([text_ids(text, self.tokenizer)], dtype=torch.long)
        ids = ids.to(self.model.device)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def load_causal(
    base: BaseModelRef,
    adapter: Path | None,
    recipe: Recipe,
    *,
    task: str = COMPLETION.name,
    system: str = "",
    fields: Fields = (),
    packs: float = 0.0,
) -> CausalModel:
    """A model that is ready to answer.

    Args:
        adapter: folder made by a training, which knows better than the other arguments; None
            for the base model as it is.
        packs: bytes of weights that may be packed once more, for an engine that writes many answers
            quickly; `generate` writes those of larger models.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    trained = read_trained(adapter) if adapter else None
    asked_for = task_named(trained.task if trained else task)
    chooses = bool(trained and trained.labels) and asked_for.answers_are_categories
    writes = not chooses and not asked_for.compares
    folder = base_folder(base)
    source = adapter or folder
    template = template_of(source, base.name)
    model = load_for_answers(folder, trained.quantization if trained else recipe.quantization)
    tokenizer = load_tokenizer(source, template)
    set_ends(model, tokenizer, template)
    batching = Batching.of(model, base.name, packs) if writes else None
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
        batching = batching.adapted(OWN) if batching else None
    length = longest_example(folder, trained.max_length if trained else recipe.max_length)
    wording = Wording(task, template, system)
    if adapter and trained:
        leaning = Leaning.read(adapter, length)
        wording = Wording(
            trained.task, template, trained.system, trained.labels, leaning, trained.long_texts
        )
    known = read(trained.fields) if trained else fields
    tools, calls = (read_tools(trained.tools), trained.calls_tools) if trained else ((), False)
    return CausalModel(
        model.eval(), tokenizer, wording, length, known, tools, calls, batching=batching
    )
