"""Compares what workbench/models/suggested.toml says of each model with the model itself, as far as
its config tells: `.venv/bin/python scripts/check_suggested.py`. Nothing is downloaded.

Each model is made of its config on torch's meta device, where weights take no memory, and its weights
are counted. Ends with 1 where a number differs, or where the config and the file disagree.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import transformers
from transformers import AutoConfig

from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ
from workbench.models.suggested import Suggestion, suggestions

_CLASSES: dict[str, Any] = {
    ENCODER.name: transformers.AutoModel,
    CAUSAL.name: transformers.AutoModelForCausalLM,
    SEQ2SEQ.name: transformers.AutoModelForSeq2SeqLM,
}


def count_weights(model: Suggestion) -> int:
    """How many weights a model's files hold.

    An output layer that the config unties from the input is counted by its size, since the library
    ties those of T5 until it finds weights for both in the files.
    """
    config = AutoConfig.for_model(model.model_type, **model.config)
    with torch.device("meta"):
        made = _CLASSES[model.family].from_config(config)
    count = sum(weights.numel() for weights in made.parameters())
    untied = model.config.get("tie_word_embeddings") is False
    head = made.get_output_embeddings() if untied else None
    shared = head is not None and head.weight is made.get_input_embeddings().weight
    return count + (head.weight.numel() if shared else 0)


def main() -> int:
    """Print a line a model; 1 where a number is wrong."""
    wrong = 0
    print(f"{'model':62} {'counted':>15}  {'layers':>6} {'width':>6} {'words':>8}")
    for model in suggestions():
        counted, facts = count_weights(model), model.facts
        right = counted == model.parameters and all(
            (facts.layers, facts.hidden_size, facts.vocab_size)
        )
        wrong += not right
        print(
            f"{model.hub_id:62} {counted:15,}  {facts.layers:6} {facts.hidden_size:6} "
            f"{facts.vocab_size:8,}{'' if right else f'   the file says {model.parameters:,}'}"
        )
    print(f"{len(suggestions())} models, {wrong} wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
