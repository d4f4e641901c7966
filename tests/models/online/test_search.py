"""Searching the hub by name: what is found, what is said of it, and what cannot be trained here."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from huggingface_hub import constants

from storage.database import Store
from tests.fakes.hub import FakeHub, Trouble, hub_here
from workbench.cli import main
from workbench.core.errors import WorkbenchError
from workbench.models.online import session, token
from workbench.models.online.search import MOST, found_from, search

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
SAFE = {"tags": ["transformers", "safetensors"]}


def entry(**about: Any) -> dict[str, Any]:
    return {"id": "harbour/small", "config": LLAMA, **SAFE, **about}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.models = {"harbour/small-writer": {}, "harbour/large-reader": {}, "quay/other": {}}
        hub.cards["harbour/small-writer"] = {"license": "mit"}
        weights = {"parameters": {"BF16": 100, "F32": 10}, "total": 110}
        hub.about["harbour/small-writer"] = entry(
            id="harbour/small-writer", downloads=1200, safetensors=weights
        )
        bert = {"model_type": "bert", "architectures": ["BertModel"]}
        hub.about["harbour/large-reader"] = entry(id="harbour/large-reader", config=bert)
        hub.gated.add("harbour/large-reader")
        yield hub


def test_what_is_found_has_its_facts(hub: FakeHub) -> None:
    (found,) = search("  small   harbour ")
    assert (found.hub_id, found.does, found.downloads) == (
        "harbour/small-writer", "writes text", 1200,
    )  # fmt: skip
    assert (found.parameters, found.size_bytes, found.licence) == (110, 240, "mit")
    assert (found.family, found.refused, found.is_gated) == ("causal", "", False)
    assert search("reader")[0].is_gated
    assert search("no-such-thing") == []


def test_nothing_is_sent_but_the_words(store: Store, hub: FakeHub) -> None:
    hub.tokens["hf_a_token_of_mine"] = "ann"
    token.keep(store, "hf_a_token_of_mine")
    hub.asked.clear()
    hub.headers.clear()
    search("writer")
    (asked,) = hub.asked
    assert asked.startswith("GET /api/models?search=writer&limit=20&sort=downloads")
    assert "authorization" not in {name.lower() for name in hub.headers[0]}
    assert hub.sent == 0


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"config": {"model_type": "clap", "architectures": ["ClapModel"]}}, "cannot be trained"),
        ({"config": {"model_type": "strange_type"}}, "'strange_type' cannot be trained here"),
        (
            {"config": {"model_type": "own", "auto_map": {"AutoModel": "own.py"}}},
            "program of its own",
        ),
        ({"config": {}}, "no model for the library"),
        ({"config": None, "tags": ["peft", "safetensors"]}, "an adapter"),
        ({"tags": ["gguf"]}, "GGUF files"),
        ({"tags": ["onnx"]}, "form of another program"),
    ],
)
def test_what_cannot_be_trained_here_has_its_reason(about: dict[str, Any], says: str) -> None:
    found = found_from(entry(**about))
    assert says in found.refused
    assert found.family == ""


@pytest.mark.parametrize(
    "odd",
    [
        {
            "safetensors": [1],
            "cardData": "x",
            "downloads": "many",
            "tags": "all",
            "gated": "manual",
        },
        {
            "safetensors": {"parameters": {"F32": "x"}, "total": "y"},
            "cardData": {"license": [1, 2]},
        },
        {"config": {"model_type": ["llama"], "architectures": {"a": 1}}},
    ],
)
def test_odd_answers_are_no_trouble(odd: dict[str, Any]) -> None:
    assert found_from(entry(**odd)).hub_id == "harbour/small"


def test_no_more_than_a_page_is_taken(hub: FakeHub) -> None:
    hub.models = {f"quay/ship-{i}": {} for i in range(50)}
    assert len(search("ship")) == MOST


@pytest.mark.parametrize("words", ["", "   ", "x" * 101])
def test_what_is_no_search_is_not_sent(hub: FakeHub, words: str) -> None:
    with pytest.raises(WorkbenchError, match="part of a"):
        search(words)
    assert not hub.asked


def test_offline_is_said_at_once(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    begun = time.monotonic()
    with pytest.raises(WorkbenchError, match="HF_HUB_OFFLINE bars it"):
        search("small")
    assert time.monotonic() - begun < 1
    assert not hub.asked


def test_a_hub_that_does_not_answer_is_said(hub: FakeHub) -> None:
    hub.troubles.append(Trouble("/api/models", status=503))
    with pytest.raises(WorkbenchError, match="trouble of its own"):
        search("small")


def test_a_hub_that_hangs_is_not_waited_for(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "TIMEOUT_S", 0.2)
    hub.troubles.append(Trouble("/api/models", hangs=True))
    begun = time.monotonic()
    with pytest.raises(WorkbenchError, match="cannot be reached"):
        search("small")
    assert time.monotonic() - begun < 3


def test_the_command_line_lists_the_same(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "search", "small", "writer", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["models"]
    assert (found["model"], found["family"], found["refused"]) == (
        "harbour/small-writer", "causal", "",
    )  # fmt: skip
    assert main(["models", "search", "harbour"]) == 0
    said = capsys.readouterr().out
    assert "harbour/large-reader: reads and sorts" in said
    assert "licence mit" in said
    assert main(["models", "search", "nothing-like-it"]) == 0
    assert "no model" in capsys.readouterr().out
