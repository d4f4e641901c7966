"""The suggestions: complete, each fact with where it was looked up, and trainable here."""

import dataclasses
import datetime as dt
import re
import tomllib
from typing import Any
from urllib.parse import urlsplit

import pytest

from storage.database import Store
from storage.tables import BaseModel
from tests.helpers.made import add_model
from workbench.models import catalogue, model_info
from workbench.models.architectures import family_of, knows_type
from workbench.models.bundled import BUNDLED
from workbench.models.suggested import (
    CONDITIONS,
    FILE,
    NO,
    STORED_BYTES,
    YES,
    Suggestion,
    suggestion_of,
    suggestions,
)

SIZES = {
    "DistilBERT": 1, "ALBERT": 1, "TinyBERT": 1, "MobileBERT": 1, "MiniLM": 2, "BERT": 5, "MPNet": 1,
    "RoBERTa": 1, "XLM-R": 1, "DeBERTa-v3": 3, "ModernBERT": 1, "e5": 1, "bge": 1,
    "multilingual MiniLM": 1, "multilingual e5": 1, "SmolLM2": 3, "SmolLM3": 1, "Qwen2.5": 2,
    "Qwen3": 3, "Gemma 1": 1, "Gemma 2": 1, "Gemma 3": 3, "Llama 3.2": 2, "Phi-2": 1,
    "Phi-3 mini": 1, "Phi-4 mini": 1, "Orca 2": 1, "Mistral 7B": 1, "TinyLlama": 1, "GPT-2": 1,
    "GPT-Neo": 1, "GPT-J": 1, "Pythia": 2, "OLMo 2": 2, "Granite": 1, "LFM2": 3, "T5": 2,
    "Flan-T5": 2, "mT5": 1, "BART": 1,
}  # fmt: skip
"""The series that are suggested, and how many of each there are at least."""
TO_BE_SOURCED = (
    "licence", "context", "languages", "many_languages", "stored", "download_bytes", "gated",
    "instructed", "sentences", "config",
)  # fmt: skip
ALL = pytest.mark.parametrize("model", suggestions(), ids=lambda model: model.hub_id)


def _raw() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def test_every_series_is_there_in_its_sizes() -> None:
    groups = [model.group for model in suggestions()]
    assert {name: n for name, n in SIZES.items() if groups.count(name) < n} == {}
    assert set(groups) == set(SIZES)
    named = {model.hub_id for model in suggestions()}
    assert len(named) == len(groups)
    for size in ("gemma-3-270m-it", "gemma-3-1b-it", "gemma-3-4b-it", "t5-small", "t5-base"):
        assert any(name.endswith(f"/{size}") for name in named)


@ALL
def test_every_fact_says_where_it_was_looked_up(model: Suggestion) -> None:
    stated = {name for name in TO_BE_SOURCED if getattr(model, name)}
    named = {"languages" if name == "many_languages" else name for name in stated}
    assert named == set(model.sources)
    for places in model.sources.values():
        assert places
        for place in places:
            address = urlsplit(place.address)
            assert address.scheme == "https"
            assert address.hostname
            assert address.path not in ("", "/")
            assert dt.date(2026, 1, 1) <= place.looked_up


@ALL
def test_a_model_can_be_asked_for_and_trained(model: Suggestion) -> None:
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.hub_id)
    assert knows_type(model.model_type)
    assert model.family == family_of(model.model_type, "")
    facts = model.facts
    assert min(facts.layers, facts.hidden_size, facts.vocab_size) > 0
    body = facts.parameters - facts.vocab_size * facts.hidden_size
    assert body > 0 or model.group == "ALBERT"
    assert model.expected_bytes >= model.parameters * 1.9


@ALL
def test_what_is_said_of_a_model_is_whole(model: Suggestion) -> None:
    assert model.purpose.endswith(".")
    assert 30 < len(model.purpose) < 160
    assert model.commercial_use in ({YES, CONDITIONS, NO} if model.licence else {""})
    assert bool(model.conditions) == (model.commercial_use in (CONDITIONS, NO))
    assert all(re.fullmatch(r"[a-z]{2,3}", code) for code in model.languages)
    assert model.stored in ("", *STORED_BYTES)


def test_no_source_stands_there_for_nothing() -> None:
    raw = _raw()
    used = {
        name for model in raw["models"] for names in model["sources"].values() for name in names
    }
    assert used == set(raw["sources"])
    lists = {m["languages"] for m in raw["models"] if isinstance(m.get("languages"), str)}
    assert lists == set(raw["languages"])
    known = {field.name for field in dataclasses.fields(Suggestion)}
    assert {key for model in raw["models"] for key in model} <= known


def test_the_bundled_models_are_among_them_with_the_same_facts() -> None:
    for about in BUNDLED.values():
        found = suggestion_of(about.source)
        assert found is not None
        assert (found.parameters, found.family) == (about.parameters, about.family)
        facts = found.facts
        assert (facts.layers, facts.hidden_size, facts.vocab_size) == (
            about.layers, about.hidden_size, about.vocab_size,
        )  # fmt: skip
        assert (found.context, found.licence) == (about.context_length, about.licence)


def test_the_size_of_a_download_says_what_it_rests_on() -> None:
    told = {model.download_told_by: model for model in suggestions()}
    assert set(told) == {"files", "weights", "most"}
    seen = told["files"]
    assert seen.expected_bytes == seen.download_bytes
    counted = told["weights"]
    assert counted.expected_bytes == counted.parameters * STORED_BYTES[counted.stored]
    most = told["most"]
    assert most.expected_bytes == most.parameters * 4


@pytest.mark.parametrize(
    ("hub_id", "language", "knows"),
    [
        ("intfloat/multilingual-e5-small", "de", True),
        ("sentence-transformers/all-MiniLM-L6-v2", "de", False),
        ("Qwen/Qwen3-0.6B", "de", True),  # of 119 languages, not listed one by one
        ("Qwen/Qwen3-0.6B", "en", True),
        ("EleutherAI/pythia-70m", "en", None),  # not looked up
        ("microsoft/Phi-4-mini-instruct", "de", None),  # of 24 languages that nobody listed
    ],
)
def test_a_language_is_known_not_known_or_was_not_looked_up(
    hub_id: str, language: str, knows: bool | None
) -> None:
    found = suggestion_of(hub_id)
    assert found is not None
    assert found.knows(language) is knows


def test_a_downloaded_model_says_what_its_suggestion_says(store: Store) -> None:
    suggestion = suggestion_of("Qwen/Qwen3-0.6B")
    assert suggestion is not None
    folder = catalogue.get_model(store, add_model(store, name="mine", kind="causal"))
    assert folder.purpose.startswith("Writes texts")
    with store.write() as session:
        model = session.get_one(BaseModel, folder.id)
        model.source, model.location = "hub", suggestion.hub_id
    found = catalogue.get_model(store, folder.id)
    assert found.purpose == suggestion.purpose
    assert model_info.suggestion_for(found) is suggestion
    assert model_info.suggestion_for(folder) is None


def test_a_model_that_is_not_here_can_be_looked_at_as_one_that_is() -> None:
    suggestion = suggestion_of("google/flan-t5-small")
    assert suggestion is not None
    model = model_info.suggested_model(suggestion)
    assert (model.state, model.source, model.family) == ("suggested", "hub", "seq2seq")
    assert (model.parameters, model.layers, model.hidden_size) == (76_961_152, 16, 512)
