"""Tiny models for the tests of the server: random weights, a real tokenizer, real adapters."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from workbench.engine.serving.access.refusals import Refusals
from workbench.engine.serving.app import create_app
from workbench.engine.serving.http_server import HttpServer
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.loader import Loader
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% endif %}"
)
PEFT_USES_AN_OLD_NAME = "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
LABELS = ("refund", "delivery", "invoice", "invoice copy")
WORDS = [
    "Where is my parcel? I ordered a pen last week and it has not arrived.",
    "Thank you for writing to us. Your order is on its way — it should reach you on Friday.",
    "Größe, Café, naïve, 日本語, emoji 🙂🙃 and so on.",
    "<|im_start|>user assistant system refund delivery invoice",
]


def make_base(folder: Path, *, seed: int = 0, context: int = 256, endless: bool = False) -> Path:
    """A base model's folder with a tokenizer whose tokens are bytes and short words.

    An endless one writes until it is stopped: its likeliest token is never the one that ends.
    """
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=context,
            initializer_range=0.3,
            bos_token_id=None,
            eos_token_id=None if endless else tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    if endless:  # a score of 0 is below the best of some hundred random ones, on any processor
        model.lm_head.weight.data[tokenizer.eos_token_id] = 0
    model.save_pretrained(folder)
    return folder


def make_adapter(
    base: Path,
    folder: Path,
    *,
    seed: int,
    task: str = "completion",
    labels: tuple[str, ...] = (),
    system: str = "",
) -> Path:
    """An adapter with random weights that change every answer, as a training would leave it."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM.from_pretrained(base)
    config = LoraConfig(r=4, lora_alpha=16, target_modules="all-linear", init_lora_weights=False)
    get_peft_model(model, config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    about = {
        "task": task,
        "kind": "causal",
        "method": "lora",
        "base": {"name": "Tiny", "path": str(base), "revision": ""},
        "quantization": "none",
        "system": system,
        "labels": list(labels),
        "max_length": 256,
        "chat_template": TEMPLATE,
        "versions": {},
    }
    (folder / "workbench.json").write_text(json.dumps(about))
    return folder


def entry(id: str, base: Path, adapter: Path | None = None, **values: Any) -> dict[str, Any]:
    """An item of models.json."""
    return {
        "id": id,
        "title": id,
        "kind": "causal",
        "task": None,
        "base": {"name": "Tiny", "path": str(base), "revision": ""},
        "adapter": str(adapter) if adapter else None,
        "labels": [],
        "system": "",
        "quantization": "none",
        "created": 1_700_000_000,
        **values,
    }


def make_models(folder: Path) -> Path:
    """The folder with `base` and the adapters `replies` and `sorter`."""
    base = make_base(folder / "base")
    make_adapter(base, folder / "replies", seed=1, system="Be kind.")
    make_adapter(base, folder / "sorter", seed=2, task="classification", labels=LABELS)
    return folder


def write_registry(models: Path, path: Path) -> Path:
    """A models.json with a writer, a sorter and the base model."""
    base = models / "base"
    labels = list(LABELS)
    entries = [
        entry("run-1", base, models / "replies", task="completion", system="Be kind."),
        entry("run-2", base, models / "sorter", task="classification", labels=labels),
        entry("base:Tiny", base),
    ]
    return registry_of(entries, path)


def registry_of(entries: list[dict[str, Any]], path: Path) -> Path:
    """A models.json of these entries."""
    path.write_text(json.dumps(entries))
    return path


@contextlib.contextmanager
def running(
    registry: Path,
    shelf: ModelCache,
    *,
    idle_timeout_s: float = 0,
    name: str = "test",
    key_file: Path | None = None,
    refusals: Refusals | None = None,
) -> Iterator[HttpServer]:
    """The server in a thread, as a process would run it."""
    activity = Activity()
    app = create_app(Registry(registry), Inference(shelf), activity, name, key_file, refusals)
    server = HttpServer(app)
    ready, stop = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=server.run,
        args=(lambda _port: ready.set(), stop.is_set, activity, idle_timeout_s),
    )
    thread.start()
    try:
        assert ready.wait(20)
        yield server
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def _tokenizer() -> PreTrainedTokenizerFast:
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(WORDS * 3, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def shelf() -> ModelCache:
    """A shelf that loads the tiny models as the server loads real ones."""
    return ModelCache(Loader())
