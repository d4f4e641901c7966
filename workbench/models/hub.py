"""Facts about a model on the Hugging Face hub; asks the network, and gives up within seconds."""

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.models.formats import is_weights, wanted_files
from workbench.models.inspect import PICKLED, FolderFacts, facts_of, refuse_programs
from workbench.models.online import token
from workbench.models.online.answers import GatedModel, answered
from workbench.models.online.session import TIMEOUT_S, without_address

__all__ = ["TIMEOUT_S", "GatedModel", "HubModel", "answered", "clean_id", "look_up"]


@dataclass(frozen=True)
class HubModel:
    """A model on the hub, at one revision."""

    hub_id: str
    revision: str
    facts: FolderFacts
    download_bytes: int
    is_gated: bool = False
    """Given out only to who has accepted its owner's terms."""


def look_up(hub_id: str) -> HubModel:
    """What the hub knows about a model.

    Raises:
        GatedModel: it is given out only with a token.
        WorkbenchError: there is no network, no such model, or it cannot be trained here.
    """
    hub_id = clean_id(hub_id)
    info = _ask(hub_id)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
    wanted = {path: sizes[path] for path in wanted_files(hub_id, sizes)}
    weights = {path: size for path, size in wanted.items() if is_weights(path)}
    config = _config(hub_id, info.sha)
    refuse_programs(f"'{hub_id}'", config)
    pickled = next((name for name in weights if name.endswith(".bin")), None)
    facts = facts_of(
        config,
        parameters=getattr(info.safetensors, "total", None)
        or sum(weights.values()) // (4 if pickled else 2),
        size_bytes=sum(weights.values()),
        licence=_licence(info.card_data),
    )
    if pickled:
        facts = replace(facts, conversions=(PICKLED.format(pickled),))
    gated = bool(getattr(info, "gated", False))
    return HubModel(hub_id, str(info.sha), facts, sum(wanted.values()), gated)


def _licence(card: Any) -> str:
    """As the card names it, with the name and address of one of its own."""
    told = dict(card or {}) if isinstance(card, dict) else card.to_dict() if card else {}
    licence = told.get("license") or ""
    licence = ", ".join(map(str, licence)) if isinstance(licence, list) else str(licence)
    own = [str(told[key]) for key in ("license_name", "license_link") if told.get(key)]
    return f"{licence} ({', '.join(own)})" if licence == "other" and own else licence


def clean_id(text: str) -> str:
    """The id in what was typed or pasted: "owner/name", also out of a hub address.

    Raises:
        WorkbenchError: there is none in it.
    """
    text = without_address(text).strip("/")
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

    try:
        found = answered(hub_id, "model", lambda: _read_config(hub_id, revision))
    except WorkbenchError as error:
        if not isinstance(error.__cause__, hub.RemoteEntryNotFoundError):
            raise
        raise WorkbenchError(
            f"'{hub_id}' has no config.json, so it is not a model for transformers: choose another."
        ) from error
    except ValueError as error:
        raise WorkbenchError(
            f"The config.json of '{hub_id}' is damaged ({error}): choose another model."
        ) from error
    if not isinstance(found, dict):
        raise WorkbenchError(f"The config.json of '{hub_id}' is damaged: choose another model.")
    return found


def _read_config(hub_id: str, revision: str | None) -> Any:
    """Nothing of it stays on the disk, not in the hub's own folder either."""
    from huggingface_hub import hf_hub_download

    with tempfile.TemporaryDirectory() as folder:
        path = hf_hub_download(
            hub_id,
            "config.json",
            revision=revision,
            etag_timeout=TIMEOUT_S,
            token=token.value(),
            local_dir=folder,
        )
        return json.loads(Path(path).read_text("utf-8"))
