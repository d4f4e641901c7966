"""Reads models from disk through the trainer's own code, so that they answer as in the exam."""

from typing import Any

from workbench.engine.causal.reading import set_ends
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.generative.model import load_for_answers
from workbench.engine.models.load import base_folder, load_tokenizer
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_to_answer
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.pair_model import PairModel
from workbench.engine.serving.text_model import TextModel
from workbench.models.served import ServedModel
from workbench.models.templates import template_of

LONGEST = 2**20
"""Tokens of a question to an encoder-decoder: as many as it has positions for."""


class Loader:
    """Loads what an entry names; all models share one processor and so one line of turns."""

    def __init__(self) -> None:
        self.turns = FairLock()

    def text_model(self, entry: ServedModel) -> TextModel:
        """The base model of the entry, without adapters.

        Raises:
            WorkbenchError: its files are missing or cannot be read.
        """
        folder = base_folder(entry.base)
        source = entry.adapter or folder
        if entry.family.reads_apart:
            texts = load_pair_tokenizer(source, folder, LONGEST)
            model = load_to_answer(folder, entry.quantization, texts.framing)
            return PairModel(model, texts, self.turns, entry.base.name)
        template = template_of(source, entry.base.name)
        model = load_for_answers(folder, entry.quantization)
        tokenizer = load_tokenizer(source, template)
        set_ends(model, tokenizer, template)
        return TextModel(model, tokenizer, self.turns, entry.base.name)

    def classifier(self, entry: ServedModel) -> Any:
        """The encoder of the entry with its head.

        Raises:
            WorkbenchError: its files are missing or cannot be read.
        """
        return load_encoder_model(entry.base, entry.adapter)
