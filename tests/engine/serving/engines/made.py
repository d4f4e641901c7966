"""Tiny models of real configurations, with random weights, and questions to the engines."""

import threading
from collections.abc import Sequence
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    SmolLM3Config,
    SmolLM3ForCausalLM,
)

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.engines.batching_engine import BatchingEngine
from workbench.engine.serving.engines.protocol import Asked, Choice
from workbench.engine.serving.engines.transformers_engine import TransformersEngine
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.requests import Sampling

VOCABULARY = 97
TOKEN_BYTES = 3 * 2 * 2 * 8 * 4
"""Of the tiny Llama: layers, keys and values, heads, numbers of a head, bytes of one."""
SIDES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
SCALED = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}

OURS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "llama": (LlamaConfig, LlamaForCausalLM, {}),
    "llama, tied": (LlamaConfig, LlamaForCausalLM, {"tie_word_embeddings": True}),
    "llama, biases": (LlamaConfig, LlamaForCausalLM, {"attention_bias": True}),
    "llama, one head of keys": (LlamaConfig, LlamaForCausalLM, {"num_key_value_heads": 1}),
    "llama, scaled places": (LlamaConfig, LlamaForCausalLM, {"rope_parameters": SCALED}),
    "llama 3": (LlamaConfig, LlamaForCausalLM, {"rope_parameters": LLAMA3}),
    "mistral": (MistralConfig, MistralForCausalLM, {"head_dim": 16, "sliding_window": None}),
    "mistral, window": (MistralConfig, MistralForCausalLM, {"sliding_window": 9}),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, {}),
    "qwen2, window": (
        Qwen2Config,
        Qwen2ForCausalLM,
        {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1},
    ),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, {"head_dim": 16}),
}
OTHERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "gemma 2": (Gemma2Config, Gemma2ForCausalLM, {"head_dim": 16}),
    "gemma 3": (Gemma3TextConfig, Gemma3ForCausalLM, {"head_dim": 16}),
    "granite": (GraniteConfig, GraniteForCausalLM, {"residual_multiplier": 0.5}),
    "smollm 3": (SmolLM3Config, SmolLM3ForCausalLM, {"no_rope_layers": [1, 0, 1]}),
    "phi 3": (Phi3Config, Phi3ForCausalLM, {}),
    "llama, places that change": (
        LlamaConfig,
        LlamaForCausalLM,
        {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}},
    ),
}
EITHER: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "gemma": (GemmaConfig, GemmaForCausalLM, {"head_dim": 16}),
}


def make(kind: tuple[Any, Any, dict[str, Any]], seed: int = 0) -> Any:
    """A model of a kind, its weights random, also those that usually begin as 0 or 1."""
    torch.manual_seed(seed)
    config, model, values = kind
    made = model(config(**{**SIDES, **values})).eval().requires_grad_(False)
    for name, weight in made.named_parameters():
        if "norm" in name or name.endswith("bias"):
            weight.add_(torch.randn_like(weight) * 0.2)
    made.generation_config.eos_token_id = None
    return made


def gpt2() -> Any:
    """A model of quite another build."""
    return GPT2LMHeadModel(GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=2)).eval()


class Loaded:
    """A tiny model as both engines take it; adapters are random."""

    def __init__(self, model: Any, budget_bytes: int = 2**26) -> None:
        self.model, self.turns = model, FairLock()
        self._peft: PeftModel | None = None
        self._selected: str | None = None
        self.plain = TransformersEngine(self)
        self.engine = BatchingEngine(model, self.turns, self.plain, torch.float32, budget_bytes)

    def add(self, name: str, seed: int, **values: Any) -> None:
        """Put an adapter beside the others."""
        torch.manual_seed(seed)
        settings = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear", **values}
        config = LoraConfig(init_lora_weights=False, **settings)
        if self._peft is None:
            self._peft = get_peft_model(self.model, config, adapter_name=name)
        else:
            self._peft.add_adapter(name, config)
        self._peft.eval().requires_grad_(False)
        self._selected = "?"
        self.engine.added(name)

    def select(self, name: str | None) -> None:
        """See `transformers_engine.Loaded`."""
        if self._peft is None or name == self._selected:
            return
        tuner: Any = self._peft.base_model
        if name is None:
            tuner.disable_adapter_layers()
        else:
            tuner.enable_adapter_layers()
            tuner.set_adapter(name, inference_mode=True)
        self._selected = name

    def by_transformers(self, asked: Asked) -> list[int]:
        """The answer of the road that always works, in float32."""
        return _written(self.plain, asked)

    def by_us(self, *asked: Asked) -> list[list[int]]:
        """Answers of the batching engine to questions that come together."""
        found: list[list[int]] = [[] for _ in asked]

        def ask(at: int) -> None:
            found[at] = _written(self.engine, asked[at])

        threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(asked))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return found


def _written(engine: Any, asked: Asked) -> list[int]:
    found: list[int] = []

    def took(token: int) -> bool:
        found.append(token)
        return False

    engine.write(asked, took)
    return found


def question(
    ids: Sequence[int],
    adapter: str | None = None,
    most: int = 20,
    ends: Sequence[int] = (),
    choice: Choice | None = None,
    gone: threading.Event | None = None,
    **sampling: Any,
) -> Asked:
    """A question of token ids."""
    settings = Sampling(max_tokens=most, **sampling)
    read = torch.tensor([list(ids)])
    return Asked(
        inputs={"input_ids": read, "attention_mask": torch.ones_like(read)},
        adapter=adapter,
        sampling=settings,
        most=most,
        ends=frozenset(ends),
        pad=0,
        choice=choice or TokenChoice(settings),
        gone=(gone or threading.Event()).is_set,
    )


def some_ids(length: int, seed: int = 0) -> list[int]:
    """Token ids of a question."""
    drawn = torch.Generator().manual_seed(seed)
    return torch.randint(3, VOCABULARY, (length,), generator=drawn).tolist()


def sizes_of(loaded: Loaded) -> list[list[int]]:
    """The lengths of the pieces of each step, from now on."""
    sizes: list[list[int]] = []
    forward = loaded.engine.scheduler._forward

    def noted(pieces: Any) -> torch.Tensor:
        sizes.append([len(piece.ids) for piece in pieces])
        return forward(pieces)

    loaded.engine.scheduler._forward = noted  # type: ignore[assignment]
    return sizes


class Broken(TokenChoice):
    """Fails at the third token."""

    is_needed = True  # type: ignore[assignment]
    times = 0

    def scored(self, scores: torch.Tensor) -> torch.Tensor:
        self.times += 1
        if self.times == 3:
            raise WorkbenchError("no such form")
        return scores
