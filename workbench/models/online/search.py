"""Models of the hub by words of their names; nothing is sent but the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.models.families import family_named
from workbench.models.inspect import facts_of, refuse_programs
from workbench.models.online import session
from workbench.models.online.answers import answered

MOST = 20
LONGEST = 100
_TOLD = (
    "downloads",
    "gated",
    "cardData",
    "config",
    "safetensors",
    "pipeline_tag",
    "tags",
    "library_name",
)
_WIDTHS = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2}
"""Bytes of a number by what safetensors calls its form; 1 of the others."""


@dataclass(frozen=True)
class Found:
    """A model that was found, as far as the hub's list tells; its texts are somebody else's."""

    hub_id: str
    does: str
    """What it is for; empty where that is not told."""
    downloads: int | None
    """In the last month."""
    parameters: int | None
    size_bytes: int | None
    """Of the weights."""
    licence: str
    is_gated: bool
    family: str
    """Empty where it cannot be trained here."""
    refused: str
    """Why it cannot; empty where it can, as far as that is known before the download."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "model": self.hub_id,
            "does": self.does,
            "downloads": self.downloads,
            "parameters": self.parameters,
            "size_bytes": self.size_bytes,
            "licence": self.licence,
            "gated": self.is_gated,
            "family": self.family,
            "refused": self.refused,
        }


def search(words: str) -> list[Found]:
    """Up to `MOST` models whose names have the words, those first that are downloaded most.

    Raises:
        WorkbenchError: no words, or the hub cannot be reached.
    """
    words = " ".join(words.split())
    if not words:
        raise WorkbenchError("Type a part of a model's name to search for, such as smollm.")
    if len(words) > LONGEST:
        raise WorkbenchError(f"Search for a part of a name, of at most {LONGEST} characters.")

    def ask() -> Any:
        return session.get(
            "api/models", False, search=words, limit=MOST, sort="downloads", expand=list(_TOLD)
        )

    listed = answered(f"Models with '{names.shown(words)}'", "model", ask)
    entries = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    return [found_from(entry) for entry in entries[:MOST] if _id_of(entry)]


def found_from(entry: Mapping[str, Any]) -> Found:
    """What an entry of the hub's list says."""
    family, refused = "", ""
    try:
        family = _family_of(entry)
    except WorkbenchError as error:
        refused = str(error)
    weights = _dict(entry.get("safetensors"))
    parts = {k: n for k, n in _dict(weights.get("parameters")).items() if isinstance(n, int)}
    size = sum(_WIDTHS.get(str(kind), 1) * number for kind, number in parts.items())
    licence = _dict(entry.get("cardData")).get("license")
    told = str(entry.get("pipeline_tag") or "").replace("-", " ")
    return Found(
        hub_id=_id_of(entry),
        does=family_named(family).does if family else told,
        downloads=_whole(entry.get("downloads")),
        parameters=_whole(weights.get("total")) or sum(parts.values()) or None,
        size_bytes=size or None,
        licence=", ".join(map(str, licence)) if isinstance(licence, list) else str(licence or ""),
        is_gated=bool(entry.get("gated")),
        family=family,
        refused=refused,
    )


def _family_of(entry: Mapping[str, Any]) -> str:
    """
    Raises:
        WorkbenchError: it cannot be trained here.
    """
    hub_id, tags = _id_of(entry), {str(tag) for tag in _list(entry.get("tags"))}
    if "peft" in tags or entry.get("library_name") == "peft":
        raise WorkbenchError("It is an adapter, a part that is put on another model: add that one.")
    config = _dict(entry.get("config"))
    if "gguf" in tags and not tags & {"safetensors", "pytorch"}:
        raise WorkbenchError(
            "It has GGUF files, one for each way of packing: download the one that you want from its "
            "page, and add it as a file."
        )
    if not config.get("model_type") and not config.get("architectures"):
        raise WorkbenchError("It is no model for the library transformers.")
    if tags and not tags & {"safetensors", "pytorch"}:
        raise WorkbenchError("Its weights are in the form of another program.")
    refuse_programs(f"'{hub_id}'", config)
    return facts_of(config, parameters=0, size_bytes=0, licence="").family


def _id_of(entry: Mapping[str, Any]) -> str:
    return str(entry.get("id") or entry.get("modelId") or "")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
