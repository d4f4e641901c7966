"""A trained model as a folder, and that folder as a model: one way for every use.

The exam after training, evaluation on another file, batch prediction and the model server all
load through here, so a model answers the same everywhere: same weights, same template, same
system prompt, same wording of the question.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch
from peft import PeftModel

from workbench.core.chat_template import ChatTemplate, template_of
from workbench.core.errors import WorkbenchError
from workbench.core.messages import segments
from workbench.core.recipe import Recipe
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.encode import Wording
from workbench.engine.models.load import base_folder, load_base, load_tokenizer
from workbench.engine.runtime import device as machine
from workbench.engine.runtime.versions import versions
from workbench.jobs.process.job_dir import read_json, write_json

FACTS = "workbench.json"
ROOM = 1.3
"""Free memory needed to unpack 4-bit weights, in sizes of the unpacked ones."""


@dataclass
class Bundle:
    """A base model, with its adapter if it was trained, and how it is asked."""

    kind: str
    """causal or encoder."""
    model: Any
    tokenizer: Any
    wording: Wording
    max_length: int
    facts: dict[str, Any]
    """What workbench.json says; empty for a base model."""

    @property
    def task(self) -> str:
        """What it was trained for."""
        return self.wording.task

    @contextlib.contextmanager
    def untrained(self) -> Iterator[None]:
        """The base model answers inside of this block: the adapter is switched off."""
        if not isinstance(self.model, PeftModel):
            yield
            return
        with self.model.disable_adapter():
            yield

    def encode(self, text: str) -> dict[str, Any]:
        """A prompt as tensors, one row, where the model is."""
        ids = self.tokenizer(text, add_special_tokens=False, return_tensors="pt")
        return {name: ids[name].to(self.model.device) for name in ("input_ids", "attention_mask")}


def load_bundle(
    base: Mapping[str, Any],
    adapter: Path | None,
    *,
    task: str = "completion",
    system: str = "",
    quantization: str = "none",
    max_length: int = 2048,
) -> Bundle:
    """The model of a job's spec, ready to answer.

    Args:
        base: name, path, kind and revision.
        adapter: folder made by `save_bundle`, whose facts win over the other arguments; None
            for the base model as it is.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    facts = read_facts(adapter) if adapter else {}
    folder = base_folder(base)
    source = adapter or folder
    template = template_of(source)
    model = load_for_answers(folder, facts.get("quantization", quantization))
    tokenizer = load_tokenizer(source, template)
    set_end_tokens(model, tokenizer, template)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    wording = Wording(
        facts.get("task", task), template, facts.get("system", system), facts.get("labels", ())
    )
    length = longest_example(folder, facts.get("max_length", max_length))
    return Bundle("causal", model.eval(), tokenizer, wording, length, facts)


def read_facts(adapter: Path) -> dict[str, Any]:
    """What workbench.json in a trained model's folder says.

    Raises:
        WorkbenchError: the folder is no trained model.
    """
    facts = read_json(adapter / FACTS)
    if not isinstance(facts, dict):
        raise WorkbenchError(
            f"{adapter} holds no trained model ({FACTS} is missing): train it again."
        )
    return facts


def load_for_answers(folder: Path, quantization: str) -> Any:
    """A base model that writes quickly: its weights are those it was trained with.

    Unpacking each 4-bit layer anew for every token takes most of the time of a small model
    (112 tokens/s against 294, batch of 16, SmolLM2-135M on 2 cores). So the weights are unpacked
    once, the values staying what 4 bits could hold, where memory allows.
    """
    model = load_base(folder, quantization)
    if quantization == "nf4" and _has_room(model):
        model = model.dequantize(dtype=machine.dtype())
    model.requires_grad_(False)
    model.config.use_cache = True
    return model.eval()


def _has_room(model: Any) -> bool:
    needed = model.num_parameters() * machine.dtype().itemsize * ROOM
    if machine.device().type == "cuda":
        return torch.cuda.mem_get_info()[0] > needed
    return psutil.virtual_memory().available > needed


def set_end_tokens(model: Any, tokenizer: Any, template: ChatTemplate) -> None:
    """Stop writing where the template ends a turn, also if the model's files name another end."""
    given = model.generation_config.eos_token_id
    ends = {tokenizer.eos_token_id, *(given if isinstance(given, list) else [given])}
    turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}]
    mark = [piece for piece in segments(turns, template) if piece.learned][-1].text
    ids = tokenizer(mark, add_special_tokens=False)["input_ids"]
    if ids and ids[-1] in tokenizer.all_special_ids:
        ends.add(ids[-1])
    model.generation_config.eos_token_id = sorted(end for end in ends if end is not None)
    model.generation_config.pad_token_id = tokenizer.pad_token_id


def save_bundle(
    target: Path,
    checkpoint: Path,
    tokenizer: Any,
    wording: Wording,
    base: Mapping[str, Any],
    recipe: Recipe,
    data: str,
) -> None:
    """Put a checkpoint's adapter and all that belongs to it in one folder, whole or not at all.

    Args:
        data: the Parquet file it was trained on, for baselines that learn from it again.
    """
    part = Path(tempfile.mkdtemp(prefix=".adapter-", dir=target.parent))
    try:
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            shutil.copy2(checkpoint / name, part / name)
        tokenizer.save_pretrained(part)
        write_json(part / FACTS, facts_of(wording, base, recipe, data))
        part.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def facts_of(
    wording: Wording, base: Mapping[str, Any], recipe: Recipe, data: str
) -> dict[str, Any]:
    """What workbench.json says about a trained model."""
    return {
        "task": wording.task,
        "kind": base["kind"],
        "method": recipe.method,
        "base": {name: base.get(name) for name in ("name", "path", "revision")},
        "quantization": recipe.quantization,
        "system": wording.system,
        "labels": list(wording.labels),
        "max_length": recipe.max_length,
        "chat_template": wording.template.source,
        "data": data,
        "versions": versions(),
    }
