"""What is known of a model by its type: one row a type of config.json. Data, without torch.

Most types need no row: their folder says all that there is to know, and the rest is the same for
all. A row has what no file of theirs says, or what their files often leave out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.models import chat_forms as forms
from workbench.models.chat_forms import Form

TEXT_CONFIGS = ("text_config", "llm_config", "language_config")
"""Where a model that sees or hears as well describes its language model."""


@dataclass(frozen=True)
class ModelType:
    """What is known of the models of a type."""

    auto_class: str = "AutoModelForCausalLM"
    """As what transformers loads it: one that sees as well is in no table of models that write."""
    form: Form = forms.PLAIN
    """How it was taught to talk, where neither template, nor marks, nor name tell another form."""
    begins: bool = False
    """Whether it never learned a text without its begin mark, so that every text needs one."""
    ends: tuple[str, ...] = ()
    """Marks that end its answers, where its vocabulary has them; beside those that its files name."""
    not_packed: tuple[str, ...] = ("dt_proj",)
    """Layers whose weights it multiplies by itself (Mamba's steps in time): they are never in few
    bits, and what is added to the layer would have no effect."""
    not_adapted: tuple[str, ...] = ()
    """Others for which that is so, since a kernel takes their weights alone."""


_GEMMA = ModelType(begins=True, ends=("<end_of_turn>", "<turn|>"))
_LLAMA = ModelType(ends=("<|eot_id|>", "<|eom_id|>"))
_MISTRAL = ModelType(form=forms.MISTRAL)
_SEES = ModelType(auto_class="AutoModelForImageTextToText")
_CHATML = ModelType(ends=("<|im_end|>",))
_MAMBA = ModelType(not_adapted=("out_proj",))

MODEL_TYPES: Mapping[str, ModelType] = {
    **dict.fromkeys(
        ("gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text", "gemma4",
         "gemma4_text", "recurrent_gemma"), _GEMMA,
    ),
    **dict.fromkeys(("llama", "mllama", "llama4", "llama4_text"), _LLAMA),
    **dict.fromkeys(("mistral", "mixtral", "ministral", "ministral3"), _MISTRAL),
    **dict.fromkeys(
        ("qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "qwen3_5", "qwen3_5_text", "smollm3", "lfm2",
         "stablelm"), _CHATML,
    ),
    **dict.fromkeys(
        ("idefics3", "internvl", "lfm2_vl", "llava", "mistral3", "smolvlm"), _SEES,
    ),
    "phi": ModelType(form=forms.PHI),
    "phi3": ModelType(ends=("<|end|>", "<|im_end|>")),
    "phimoe": ModelType(ends=("<|end|>",)),
    "opt": ModelType(begins=True),
    **dict.fromkeys(
        ("mamba", "mamba2", "falcon_mamba", "zamba", "zamba2", "falcon_h1", "nemotron_h"), _MAMBA,
    ),
}  # fmt: skip
_OTHERS = ModelType()


def type_facts(model_type: str) -> ModelType:
    """What is known of models of this type; what is true of most, where there is no row."""
    return MODEL_TYPES.get(model_type, _OTHERS)


def sees(model_type: str) -> bool:
    """Whether models of this type see as well, so that the library lists them apart."""
    return type_facts(model_type).auto_class != _OTHERS.auto_class


def text_config(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a config.json that describes the language model."""
    for name in TEXT_CONFIGS:
        inner = config.get(name)
        if isinstance(inner, dict):
            return {**config, **inner}
    return config
