"""What a model's config.json says of its shape; which programs run it is not for it to say."""

from pathlib import Path
from typing import Any

import transformers
from transformers import AutoConfig

from workbench.core.errors import WorkbenchError
from workbench.models.model_types import type_facts


def load_config(folder: Path, what: str = "model") -> Any:
    """The configuration of the model in `folder`, without its choice of attention.

    That may name a package that is not installed, or compiled code on the hub.

    Raises:
        WorkbenchError: there is none that transformers knows without the folder's own programs.
    """
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise unreadable(folder, what, error) from error
    config._attn_implementation = None
    return config


def writer_class(config: Any) -> Any:
    """As what transformers loads a model that writes: one that sees as well has another class than the rest."""
    return getattr(transformers, type_facts(str(config.model_type)).auto_class)


def unreadable(folder: Path, what: str, error: Exception) -> WorkbenchError:
    """The sentence of a folder whose model, encoder or tokenizer cannot be loaded."""
    if "trust_remote_code" in str(error):
        return WorkbenchError(
            f"The {what} in {folder} cannot be loaded without running programs that come with it, "
            "which is never done: choose another model."
        )
    reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else repr(error)
    return WorkbenchError(
        f"The {what} in {folder} cannot be loaded ({reason}): check that the folder holds a "
        "model of this kind with safetensors weights, or choose another model."
    )
