"""Facts about a model on the Hugging Face hub; asks the network, and gives up within seconds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.models.formats import PICKLE_WEIGHTS
from workbench.models.inspect import PICKLED, FolderFacts, facts_of, refuse_programs
from workbench.models.online import token
from workbench.models.online.answers import GatedModel, answered
from workbench.models.online.session import TIMEOUT_S

__all__ = ["TIMEOUT_S", "GatedModel", "HubModel", "answered", "clean_id", "look_up"]

_WANTED = (".json", ".model", ".txt", ".jinja", ".safetensors", ".md")


@dataclass(frozen=True)
class HubModel:
    """A model on the hub, at one revision."""

    hub_id: str
    revision: str
    facts: FolderFacts
    download_bytes: int


def look_up(hub_id: str) -> HubModel:
    """What the hub knows about a model.

    Raises:
        GatedModel: it is given out only with a token.
        WorkbenchError: there is no network, no such model, or it cannot be trained here.
    """
    hub_id = clean_id(hub_id)
    info = _ask(hub_id)
    files = {file.rfilename: file.size or 0 for file in info.siblings or []}
    weights = _weights(hub_id, files)
    config = _config(hub_id, info.sha)
    refuse_programs(f"'{hub_id}'", config)
    pickled = next((name for name in weights if name.endswith(".bin")), None)
    facts = facts_of(
        config,
        parameters=getattr(info.safetensors, "total", None)
        or sum(weights.values()) // (4 if pickled else 2),
        size_bytes=sum(weights.values()),
        licence=str((info.card_data or {}).get("license") or ""),
    )
    if pickled:
        facts = replace(facts, conversions=(PICKLED.format(pickled),))
    others = {n: size for n, size in files.items() if n.endswith(_WANTED) and n not in weights}
    return HubModel(hub_id, str(info.sha), facts, sum({**others, **weights}.values()))


def _weights(hub_id: str, files: Mapping[str, int]) -> dict[str, int]:
    """Name → bytes of the files of weights: safetensors, else what torch pickled."""
    safe = {name: size for name, size in files.items() if name.endswith(".safetensors")}
    pickled = {
        name: size
        for name, size in files.items()
        if name.startswith(PICKLE_WEIGHTS) and name.endswith(".bin")
    }
    if found := safe or pickled:
        return found
    if any(name.endswith(".gguf") for name in files):
        raise WorkbenchError(
            f"'{hub_id}' has GGUF files only, one for each way of packing: download the one that "
            "you want, and add it as a file on this computer."
        )
    raise WorkbenchError(
        f"'{hub_id}' has no weights that can be read here (safetensors or pytorch_model.bin): "
        "choose another model."
    )


def clean_id(text: str) -> str:
    """The id in what was typed or pasted: "owner/name", also out of a hub address.

    Raises:
        WorkbenchError: there is none in it.
    """
    text = text.strip().removeprefix("https://huggingface.co/").strip("/")
    parts = text.split("/")
    if len(parts) < 2 or not all(parts[:2]) or any(c.isspace() for c in text):
        raise WorkbenchError(
            f"'{text}' is not the name of a model on the hub: it has two parts, such as "
            "HuggingFaceTB/SmolLM2-360M-Instruct."
        )
    return "/".join(parts[:2])


def _ask(hub_id: str) -> Any:
    from huggingface_hub import HfApi

    return answered(
        hub_id,
        "model",
        lambda: HfApi(token=token.value()).model_info(
            hub_id, files_metadata=True, timeout=TIMEOUT_S
        ),
    )


def _config(hub_id: str, revision: str | None) -> dict[str, Any]:
    from huggingface_hub import errors as hub
    from huggingface_hub import hf_hub_download

    def ask() -> str:
        return hf_hub_download(
            hub_id,
            "config.json",
            revision=revision,
            etag_timeout=TIMEOUT_S,
            token=token.value(),
        )

    try:
        path = answered(hub_id, "model", ask)
    except WorkbenchError as error:
        if not isinstance(error.__cause__, hub.RemoteEntryNotFoundError):
            raise
        raise WorkbenchError(
            f"'{hub_id}' has no config.json, so it is not a model for transformers: choose another."
        ) from error
    config: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    return config
