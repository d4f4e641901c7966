"""Facts of a model's layers: read with care, guessed where nobody asked the layers."""

import json
from typing import Any

import pytest

from workbench.models.bundled_layers import LAYER_FACTS
from workbench.models.layer_facts import ALL, LONG, LORA, guessed, read_facts

FACTS = LAYER_FACTS["SmolLM2-135M-Instruct"]


def test_what_was_written_is_read_again() -> None:
    assert read_facts(json.loads(json.dumps(FACTS.as_dict()))) == FACTS


@pytest.mark.parametrize(
    "change",
    [
        {"layers": "thirty"},
        {"kept": {}},
        {"kept": {"bfloat16": {"lora": [[1, 2], [3, 4]]}}},
        {"kept": {"bfloat16": FACTS.kept["bfloat16"], "float32": {"lora": [["x"] * 6] * 2}}},
        {"targets": {"all-linear": [1]}},
        {"targets": {"all-linear": ["many", 2]}},
    ],
)
def test_facts_that_are_not_whole_are_none(change: dict[str, Any]) -> None:
    assert read_facts({**FACTS.as_dict(), **change}) is None
    assert read_facts(None) is None
    assert read_facts([1]) is None


def test_longer_examples_never_keep_less() -> None:
    kept = [FACTS.kept_bytes(LORA, "bfloat16", tokens) for tokens in range(16, 2048, 16)]
    assert kept == sorted(kept)
    assert FACTS.kept_bytes(LORA, "bfloat16", LONG + 16) >= kept[LONG // 16 - 1]


def test_layers_are_adapted_by_their_names() -> None:
    layers, sides = FACTS.adapted(ALL)
    assert layers == 7 * FACTS.layers
    assert FACTS.adapted("q_proj,v_proj")[0] == 2 * FACTS.layers
    assert FACTS.adapted("attention")[1] < sides
    assert FACTS.adapted("no_such_layer") == (layers, sides)  # a training refuses it by its name


def test_a_guess_is_near_what_was_traced() -> None:
    found = guessed(FACTS.parameters, FACTS.hidden, FACTS.layers, FACTS.vocab)
    assert found.parameters == FACTS.parameters
    for way in (LORA, "lora_dropout"):
        ratio = found.kept_bytes(way, "bfloat16", 200) / FACTS.kept_bytes(way, "bfloat16", 200)
        assert 0.8 < ratio < 1.25
