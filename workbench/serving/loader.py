"""Reads models from disk, in the way that evaluation does."""

from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer

from workbench.serving.registry import Entry
from workbench.serving.text_model import TextModel
from workbench.serving.turns import Turns


class Loader:
    """Loads what an entry names; all models share one processor and so one line of turns."""

    def __init__(self) -> None:
        self.turns = Turns()

    def text_model(self, entry: Entry) -> TextModel:
        """The base model of the entry, without adapters."""
        model = AutoModelForCausalLM.from_pretrained(entry.base["path"])
        return TextModel(model, AutoTokenizer.from_pretrained(entry.template_from), self.turns)

    def classifier(self, entry: Entry) -> Any:
        """The encoder of the entry with its head."""
        from workbench.trainer.bundle import load_bundle

        return load_bundle(entry.base, entry.adapter)
