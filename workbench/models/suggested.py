"""Models that are suggested to download: what `suggested.toml` says of each, and where from."""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.models.inspect import FolderFacts, facts_of

FILE = Path(__file__).with_name("suggested.toml")
YES, CONDITIONS, NO = "yes", "conditions", "no"
STORED_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}
"""Bytes of a weight, by how it is kept."""
_MOST_STORED = max(STORED_BYTES.values())
MANY = 100
"""A model of so many languages, not listed one by one, knows those in which people write to firms."""


@dataclass(frozen=True)
class Source:
    """Where a fact was looked up, and when."""

    address: str
    looked_up: dt.date


@dataclass(frozen=True)
class Suggestion:
    """A model of the hub, as far as it could be looked up."""

    hub_id: str
    group: str
    """The series that it belongs to: "Qwen3"."""
    model_type: str
    parameters: int
    purpose: str
    """What it is good at, and what not, in a sentence."""
    config: Mapping[str, Any]
    """What its config.json says of its size."""
    sources: Mapping[str, tuple[Source, ...]]
    """Name of a fact → where it was looked up."""
    licence: str = ""
    """Empty where it was not looked up."""
    commercial_use: str = ""
    """Whether a company may use it: yes, conditions or no; empty where that is not known."""
    conditions: str = ""
    """Under which conditions, or why not."""
    gated: bool = False
    """Whether its owner is known to ask who downloads it."""
    context: int | None = None
    """How many tokens it reads at once."""
    languages: tuple[str, ...] = ()
    """ISO 639 codes."""
    many_languages: int = 0
    """How many languages it knows, where they were not found listed one by one."""
    stored: str = ""
    """How its weights are kept: bfloat16, float16 or float32; empty where that is not known."""
    download_bytes: int | None = None
    """What its files were seen to take."""
    instructed: bool = False
    """Whether it was taught to follow instructions."""
    sentences: bool = False
    """Whether it was taught to compare sentences, so that few examples are enough."""

    @property
    def name(self) -> str:
        """The name without its owner's."""
        return self.hub_id.split("/")[1]

    @property
    def family(self) -> str:
        """The name of its family."""
        return self.facts.family

    @functools.cached_property
    def facts(self) -> FolderFacts:
        """What the config tells of it."""
        return facts_of(
            {**self.config, "model_type": self.model_type},
            parameters=self.parameters,
            size_bytes=self.expected_bytes,
            licence=self.licence,
        )

    @property
    def expected_bytes(self) -> int:
        """What has to be downloaded: as seen, else counted; where nobody says how the weights are
        kept, at most."""
        per_weight = STORED_BYTES.get(self.stored, _MOST_STORED)
        return self.download_bytes or self.parameters * per_weight

    @property
    def download_told_by(self) -> str:
        """What `expected_bytes` rests on: "files", "weights", or "most" where it is an upper limit."""
        return "files" if self.download_bytes else "weights" if self.stored else "most"

    def knows(self, language: str) -> bool | None:
        """Whether it knows a language (its ISO code); None where that was not looked up."""
        if language in self.languages or self.many_languages >= MANY:
            return True
        return False if self.languages and not self.many_languages else None


@functools.cache
def suggestions() -> tuple[Suggestion, ...]:
    """All of them, in the order of the file."""
    values = tomllib.loads(FILE.read_text("utf-8"))
    looked_up = values["looked_up"]
    places = {name: Source(address, looked_up) for name, address in values["sources"].items()}
    return tuple(_suggestion(model, places, values["languages"]) for model in values["models"])


def suggestion_of(hub_id: str) -> Suggestion | None:
    """What is said of the model of this id; None where it is none of them."""
    place = place_of(hub_id)
    return suggestions()[place] if place is not None else None


def place_of(hub_id: str) -> int | None:
    """Where the model of this id stands among them; None where it is none of them."""
    return _places().get(hub_id.lower())


@functools.cache
def _places() -> dict[str, int]:
    return {model.hub_id.lower(): place for place, model in enumerate(suggestions())}


def _suggestion(
    model: Mapping[str, Any],
    places: Mapping[str, Source],
    lists: Mapping[str, Sequence[str]],
) -> Suggestion:
    spoken = model.get("languages", ())
    languages = lists[spoken] if isinstance(spoken, str) else spoken
    sources = {
        fact: tuple(places[name] for name in names) for fact, names in model["sources"].items()
    }
    return Suggestion(**{**model, "languages": tuple(languages), "sources": sources})
