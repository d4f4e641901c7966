"""Facts about a model on the Hugging Face hub; asks the network, and gives up within seconds."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from workbench.core.errors import WorkbenchError
from workbench.models.formats import PICKLE_WEIGHTS
from workbench.models.inspect import PICKLED, FolderFacts, facts_of, refuse_programs

TIMEOUT_S = 4.0
# The hub's client, when it is loaded, would tell with every question what else is installed here.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
T = TypeVar("T")
_WANTED = (".json", ".model", ".txt", ".jinja", ".safetensors", ".md")


class GatedModel(WorkbenchError):
    """The model's owner wants to know who downloads it: a token is needed."""


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


def save_token(token: str) -> None:
    """Keep a hub token where the hub's own programs look for it.

    Raises:
        WorkbenchError: the hub does not accept it, or cannot be reached.
    """
    import huggingface_hub
    from huggingface_hub import errors as hub

    try:
        huggingface_hub.login(token=token.strip(), add_to_git_credential=False)
    except (hub.HfHubHTTPError, ValueError):
        raise WorkbenchError(
            "The hub does not accept this token: copy it again from your hub settings, whole."
        ) from None
    except _no_answer() as error:
        raise _unreachable("The token") from error


def _ask(hub_id: str) -> Any:
    from huggingface_hub import HfApi

    return answered(
        hub_id,
        "model",
        lambda: HfApi().model_info(hub_id, files_metadata=True, timeout=TIMEOUT_S),
    )


def answered(hub_id: str, noun: str, question: Callable[[], T]) -> T:
    """What the hub answers to a question about something that it holds.

    Raises:
        GatedModel: it is given out only with a token.
        WorkbenchError: there is no network, or nothing of this name.
    """
    from huggingface_hub import errors as hub

    try:
        return question()
    except hub.GatedRepoError:
        raise _gated(hub_id) from None
    except (hub.RepositoryNotFoundError, hub.HFValidationError):
        raise WorkbenchError(
            f"There is no {noun} '{hub_id}' on the hub (or it is private): check the spelling."
        ) from None
    except hub.HfHubHTTPError as error:
        raise WorkbenchError(
            f"The hub answered with an error for '{hub_id}' ({error}): try again later."
        ) from None
    except _no_answer() as error:  # no network, offline mode, time out
        raise _unreachable(f"'{hub_id}'") from error


def _config(hub_id: str, revision: str | None) -> dict[str, Any]:
    from huggingface_hub import errors as hub
    from huggingface_hub import hf_hub_download

    try:
        path = hf_hub_download(hub_id, "config.json", revision=revision, etag_timeout=TIMEOUT_S)
    except hub.GatedRepoError:
        raise _gated(hub_id) from None
    except hub.RemoteEntryNotFoundError:
        raise WorkbenchError(
            f"'{hub_id}' has no config.json, so it is not a model for transformers: choose another."
        ) from None
    except _no_answer() as error:
        raise _unreachable(f"'{hub_id}'") from error
    config: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    return config


def _gated(hub_id: str) -> GatedModel:
    return GatedModel(
        f"The owner of '{hub_id}' wants to know who uses it: accept the terms on its hub page, "
        "then enter an access token from your hub settings."
    )


def _unreachable(what: str) -> WorkbenchError:
    return WorkbenchError(
        f"{what} cannot be looked up because the hub cannot be reached from this computer: "
        "connect to the internet, or take what is on this computer."
    )


def _no_answer() -> tuple[type[Exception], ...]:
    """What is raised when the hub does not answer: its client's own errors and the system's."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    return (HTTPError, OSError)
