"""Long questions are read in part by the server just as they are in training and exam."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from tests.helpers import tiny
from workbench.core.chats.calls import INTRO
from workbench.core.recipe import Recipe
from workbench.core.tools.tool import Tool
from workbench.engine.causal.encode import encode
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import asked_of as asked_in_exam
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.prompts import asked_of, conversation
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.served import ServedModel

ROOM = 120
LONG = "\n".join(["When?", *(f"line {n} is about the invoice" for n in range(60)), "Thanks"])


@pytest.fixture
def adapter(models: Path, tmp_path: Path) -> Path:
    """A model that learned from beginnings and ends."""
    folder = shutil.copytree(models / "replies", tmp_path / "replies")
    about = json.loads((folder / "workbench.json").read_text())
    about |= {"long_texts": "head_tail", "max_length": ROOM}
    (folder / "workbench.json").write_text(json.dumps(about))
    return folder


def item(models: Path, adapter: Path, **values: object) -> dict[str, object]:
    told = {"task": "completion", "system": "Be kind.", "max_length": ROOM, **values}
    return tiny.entry("run-9", models / "base", adapter, long_texts="head_tail", **told)


def test_server_and_exam_read_the_same_of_a_long_question(
    models: Path, adapter: Path, shelf: ModelCache
) -> None:
    entry = ServedModel.from_dict(item(models, adapter))
    loaded = shelf.text_model(entry)
    text, said = asked_of(entry, [{"role": "user", "content": LONG}], loaded)
    exam = load_causal(BaseModelRef("Tiny", models / "base"), adapter, Recipe())
    longest = exam.max_length
    assert (text, said) == asked_in_exam(exam, {"row_id": 1, "prompt": LONG}, longest)
    assert said.startswith("read ")
    assert "When?" in text
    assert "Thanks" in text
    assert "line 30 " not in text
    row = {"row_id": 1, "prompt": LONG, "response": "ok"}
    (learned,) = encode([row], exam.wording, exam.tokenizer, longest)
    assert "[…]" in exam.tokenizer.decode(learned.input_ids)
    short = asked_of(entry, [{"role": "user", "content": "When?"}], loaded)
    assert short[1] == ""


def test_a_talk_of_several_turns_is_read_as_it_stands(
    models: Path, adapter: Path, shelf: ModelCache
) -> None:
    entry = ServedModel.from_dict(item(models, adapter))
    talk = [
        {"role": "user", "content": LONG},
        {"role": "assistant", "content": "Soon."},
        {"role": "user", "content": "Thanks"},
    ]
    text, said = asked_of(entry, talk, shelf.text_model(entry))
    assert (LONG in text, said) == (True, "")


def test_programs_are_told_how_much_was_read(models: Path, adapter: Path, tmp_path: Path) -> None:
    registry = tiny.registry_of([item(models, adapter)], tmp_path / "models.json")
    with tiny.running(registry, tiny.shelf()) as server:
        asked = {"model": "run-9", "messages": [{"role": "user", "content": LONG}], "max_tokens": 4}
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        reply = httpx.post(url, json=asked, timeout=30).json()
    assert reply["workbench"]["read"].startswith("read ")
    assert reply["usage"]["prompt_tokens"] <= ROOM


def test_a_model_is_told_of_the_tools_that_its_examples_name(models: Path) -> None:
    tools = [Tool("room", line="room(floor): Books.", calls=3).as_dict()]
    told = tiny.entry("run-9", models / "base", task="chat", system="Be kind.", tools=tools)
    asked = [{"role": "user", "content": "Hi"}]
    for entry in (ServedModel.from_dict(told), ServedModel.from_dict(told).untrained()):
        first, last = conversation(entry, asked)
        assert first == {"role": "system", "content": f"Be kind.\n\n{INTRO}\n- room(floor): Books."}
        assert last == asked[0]
    plain = ServedModel.from_dict({**told, "tools": []})
    assert conversation(plain, asked)[0]["content"] == "Be kind."
