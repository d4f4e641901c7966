"""Base models from disk: in 4 bits, 8 bits or their own precision, with LoRA added to them."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn
from transformers import AutoTokenizer, BitsAndBytesConfig

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.encoding.opening import begin_texts
from workbench.engine.models.attention import use_best_attention
from workbench.engine.models.config import load_config, unreadable, writer_class
from workbench.engine.models.packed_layers import (
    has_merged_experts,
    misshapen,
    packing_all,
    text_model,
)
from workbench.engine.models.poured import Earlier, pour, widened
from workbench.engine.models.prepare import ensure_ready
from workbench.engine.models.whole import check_whole
from workbench.engine.runtime import device
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.bundled import BUNDLED, bundled_path
from workbench.models.model_types import type_facts
from workbench.models.templates import model_type_of, template_of

ATTENTION = ("attn", "attention")


def base_folder(base: BaseModelRef) -> Path:
    """The folder of a base model of a job's spec; a bundled one is prepared if it is missing."""
    if base.name in BUNDLED and base.path == bundled_path(base.name):
        return ensure_ready(base.name)
    return base.path


def load_tokenizer(folder: Path, template: ChatTemplate | None = None) -> Any:
    """The tokenizer with the chat template that is stored with it from now on.

    Raises:
        WorkbenchError: the folder has none, or it has no end-of-text token.
    """
    tokenizer = read_tokenizer(folder)
    begin_texts(tokenizer, model_type_of(folder))
    tokenizer.chat_template = (template or template_of(folder)).source
    return tokenizer


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer in `folder`, with an end-of-text and a padding token.

    Raises:
        WorkbenchError: the folder has none, or it has no end-of-text token.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise unreadable(folder, "tokenizer", error) from error
    if tokenizer.eos_token is None:
        tokenizer.eos_token = tokenizer.sep_token  # ProphetNet's, say: as BERT's, it ends a text
    if tokenizer.eos_token is None:
        raise WorkbenchError(
            f"The tokenizer in {folder} has no end-of-text token, so the model could never stop "
            "writing: choose another model."
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_base(
    folder: Path,
    quantization: str = "none",
    double_quant: bool = True,
    auto_class: Any = None,
    *,
    strict: bool = False,
) -> Any:
    """A model that writes, without adapters, on the device it runs on.

    Args:
        quantization: nf4, int8 or none; weights that bitsandbytes packed already stay as they are.
        auto_class: of transformers; what the model is loaded as, by its type unless it is told.
        strict: see `check_whole`.

    Raises:
        WorkbenchError: the folder holds no such model, or not all of it.
    """
    dtype, config = device.dtype(), load_config(folder)
    is_packed = getattr(config, "quantization_config", None) is not None
    try:
        with packing_all():
            model, info = (auto_class or writer_class(config)).from_pretrained(
                folder,
                config=config,
                dtype=dtype,
                quantization_config=(
                    None if is_packed else _quantization(quantization, double_quant, dtype)
                ),
                device_map={"": device.device()},
                use_safetensors=True,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
        use_best_attention(model)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise unreadable(folder, "model", error) from error
    unfit = [*info["mismatched_keys"], *((name,) for name in misshapen(model))]
    check_whole(model, {**info, "mismatched_keys": unfit}, folder, strict=strict)
    for module in model.modules():
        # On some processors bitsandbytes repacks 4-bit weights in the first forward pass without
        # gradients, in place: no gradient flows through them any more, so training would learn
        # nothing after its first check of the practice questions.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return model


def _quantization(name: str, double_quant: bool, dtype: torch.dtype) -> BitsAndBytesConfig | None:
    if name == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=double_quant,
            bnb_4bit_compute_dtype=dtype,
        )
    return BitsAndBytesConfig(load_in_8bit=True) if name == "int8" else None


def add_lora(
    model: Any,
    recipe: Recipe,
    task_type: str | None = "CAUSAL_LM",
    start: Path | None = None,
) -> PeftModel:
    """The model with trainable LoRA matrices (Hu et al. 2021) in the recipe's layers.

    The added matrices are float32: corrections are too small for 16 bits to add up. The frozen
    weights stay as they are: peft's `prepare_model_for_kbit_training` would turn norms,
    embeddings and head into float32, which makes the product with the vocabulary three times
    slower and no better.

    Args:
        start: folder of an earlier adapter, as which the new matrices begin (see `poured`).

    Raises:
        WorkbenchError: the recipe names layers that the model does not have, or the earlier adapter
            does not fit.
    """
    earlier = Earlier.read(start) if start else None
    targets = _targets(model, recipe.target_modules)
    if earlier is not None:
        recipe = widened(recipe, earlier)
        targets = targets if isinstance(targets, str) else sorted({*targets, *earlier.weights})
    config = LoraConfig(
        r=recipe.r,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        use_rslora=recipe.use_rslora,
        target_modules=targets,
        fan_in_fan_out=any(is_conv1d(module) for module in model.modules()),
        task_type=task_type,
    )
    try:
        added = get_peft_model(model, config)
    except ValueError as error:
        raise WorkbenchError(
            f"The layers to adapt '{recipe.target_modules}' do not fit this model ({error}); "
            f"its layers are {', '.join(layer_names(model))}."
        ) from error
    for module in added.modules():
        # What goes in is multiplied in the machine's precision (`runtime.precision`) whatever the
        # matrices are kept in; turned to float32 before, it would only be turned back.
        if isinstance(module, BaseTunerLayer):
            module.cast_input_dtype_enabled = False  # type: ignore[assignment]
    if earlier is not None:
        pour(added, earlier)
    return added


def adapted_paths(model: Any, wanted: str) -> list[str]:
    """Whole paths of the layers that get LoRA matrices, for all-linear or attention."""
    found = _targets(model, wanted)
    return _linear_paths(model) if isinstance(found, str) else found


def _targets(model: Any, wanted: str) -> str | list[str]:
    if wanted == "all-linear":
        # Of a model that sees or hears as well, the language model alone; merged experts and what
        # peft cannot adapt are left as they are.
        paths = _linear_paths(model)
        left = [path for path in paths if _is_fused(model, path)]
        whole = text_model(model) is model and not left and not has_merged_experts(model)
        return wanted if whole else [path for path in paths if path not in left]
    if wanted == "attention":
        # Whole paths: GPT-2, say, calls layers outside of its attention by the same names.
        return [path for path in _linear_paths(model) if any(w in path.lower() for w in ATTENTION)]
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    there = layer_names(model)
    missing = [name for name in names if name not in there]
    if missing or not names:
        raise WorkbenchError(
            f"The model has no layer '{', '.join(missing)}' to adapt: choose from "
            f"{', '.join(there)}, or write all-linear."
        )
    if text_model(model) is not model:
        return [path for path in _linear_paths(model) if path.rsplit(".", 1)[-1] in names]
    return names


def layer_names(model: Any) -> list[str]:
    """Short names of the linear layers, as `target_modules` takes them."""
    return sorted({path.rsplit(".", 1)[-1] for path in _linear_paths(model)})


def _linear_paths(model: Any) -> list[str]:
    head = getattr(model, "get_output_embeddings", lambda: None)()
    own = set(map(id, text_model(model).modules()))
    return [
        path
        for path, module in model.named_modules()
        if _is_linear(module) and module is not head and id(module) in own
    ]


def _is_fused(model: Any, path: str) -> bool:
    """Whether corrections of a layer would have no effect: a kernel takes its weights alone."""
    kind, name = str(model.config.get_text_config().model_type), path.rsplit(".", 1)[-1]
    return name in (*type_facts(kind).not_adapted, *type_facts(kind).not_packed)


def _is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear) or is_conv1d(module)


def is_conv1d(module: nn.Module) -> bool:
    """Whether a layer is GPT-2's linear one, which keeps its weights the other way round."""
    return type(module).__name__ == "Conv1D"
