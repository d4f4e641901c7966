"""Training data of assistants."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers import Table, read_table

RASA = """
version: "3.1"
nlu:
- intent: no
  examples: |
    - rather not
    - not to [Holm](place) and not [Nax]{"entity": "place"}
- intent: faq/price
  examples:
  - text: |
      - how much
    metadata: {sentiment: neutral}
- synonym: Holm
  examples: |
    - the island
stories:
- story: happy
  steps:
  - intent: no
"""
PLACE = [{"text": "to "}, {"text": "Holm", "alias": "place", "slot_name": "place"}]
ONE = {"text": "to Holm", "intent": "go"}

FILES: dict[str, Any] = {
    "LUIS": {
        "luis_schema_version": "7.0.0",
        "intents": [{"name": "go"}],
        "utterances": [{**ONE, "entities": [{"entity": "place", "startPos": 3, "endPos": 6}]}],
        "patterns": [],
    },
    "CLU": {
        "projectFileVersion": "2022",
        "assets": {
            "intents": [{"category": "go"}],
            "utterances": [
                {**ONE, "entities": [{"category": "place", "offset": 3, "length": 4}]},
            ],
        },
    },
    "Rasa JSON": {
        "rasa_nlu_data": {
            "common_examples": [{**ONE, "entities": [{"start": 3, "end": 7, "entity": "place"}]}],
            "regex_features": [],
        }
    },
    "Wit": {
        "utterances": [{**ONE, "entities": [{"entity": "place", "start": 3, "end": 7}]}],
    },
    "Snips": {"language": "en", "intents": {"go": {"utterances": [{"data": PLACE}]}}},
    "Dialogflow": [{"name": "go", "userSays": [{"data": PLACE, "count": 1}], "auto": True}],
    "Dialogflow CX": {
        "displayName": "go",
        "trainingPhrases": [{"parts": [{"text": "to "}, {"text": "Holm", "parameterId": "place"}]}],
    },
}
PLAIN: dict[str, Any] = {
    "Lex": {"resource": {"name": "Bot", "intents": [{"name": "go", "sampleUtterances": ["to it"]}]}},
    "Lex V2": {"name": "go", "sampleUtterances": [{"utterance": "to it"}], "slots": [{"a": 1}]},
    "Alexa": {
        "interactionModel": {"languageModel": {"intents": [{"name": "go", "samples": ["to it"]}]}}
    },
    "Watson": {"intents": [{"intent": "go", "examples": [{"text": "to it"}]}], "dialog_nodes": []},
    "patterns": {"intents": [{"tag": "go", "patterns": ["to it"], "responses": ["Right away."]}]},
}  # fmt: skip


def _read(tmp_path: Path, value: Any) -> Table:
    path = tmp_path / "bot.json"
    path.write_text(json.dumps(value))
    return read_table(path)


def test_rasa_gives_a_row_for_each_phrase(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(RASA)
    table = two_ways.read(tmp_path / "nlu.yml")
    assert table.cells("text") == ["rather not", "not to Holm and not Nax", "how much"]
    assert table.cells("intent") == ["no", "no", "faq/price"]
    assert table.cells("fields") == [None, '{"place": ["Holm", "Nax"]}', None]
    assert guessing.guess_task(table).task == "classification"
    roles = guessing.guess_all_roles(table, "classification")
    assert roles == {"text": "text", "label": "intent"}
    assert table.left_out == {"list of words (synonym), not an intent": (3,)}
    assert table.unused["stories"] == 1
    assert "3 parts gave 3 rows" in " ".join(table.notes)


@pytest.mark.parametrize("program", FILES)
def test_phrases_with_their_intents_and_marks(tmp_path: Path, program: str) -> None:
    table = _read(tmp_path, FILES[program])
    assert table.cells("text") == ["to Holm"]
    assert table.cells("intent") == ["go"]
    assert table.cells("fields") == ['{"place": ["Holm"]}']
    assert guessing.guess_task(table).task == "classification"


@pytest.mark.parametrize("program", PLAIN)
def test_phrases_of_intents(tmp_path: Path, program: str) -> None:
    table = _read(tmp_path, PLAIN[program])
    assert table.data.to_pylist() == [{"text": "to it", "intent": "go"}]


def test_what_else_stands_in_the_file_is_said(tmp_path: Path) -> None:
    table = _read(tmp_path, PLAIN["patterns"])
    assert table.unused == {"responses": 1}


def test_phrases_without_marks_are_a_plain_table(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, [ONE] * 3)
    assert table.meant is None
    assert table.columns == ["text", "intent"]
