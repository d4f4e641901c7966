"""A model is asked in the ids that it learned from, and stops where it learned to."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from transformers import AutoTokenizer

from tests.helpers import tiny
from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import BEGIN, CHATML, beginning, changed, make_writer
from workbench.core.recipe import Recipe
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.encode import Wording, encode
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.reading import Beginning, answer_of, ends_of, ends_set, text_ids
from workbench.engine.causal.systems import prompt_of
from workbench.engine.encoding.opening import opening
from workbench.engine.models.load import load_tokenizer
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.model_types import MODEL_TYPES

pytestmark = pytest.mark.filterwarnings(PEFT_WARNS)
DOCUMENTS = "language-modelling"
TEXT = "Where is my pen?"


def loaded(folder: Path, task: str = "completion") -> CausalModel:
    return load_causal(BaseModelRef("w", folder), None, Recipe(quantization="none"), task=task)


def always_writes(model: CausalModel, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model write these tokens, one behind the other, and then the first for ever."""
    read: list[int] = []

    def forward(input_ids: torch.Tensor, **_: Any) -> Any:
        at = len(read)
        read.append(at)
        logits = torch.zeros(len(input_ids), input_ids.shape[1], len(model.tokenizer))
        logits[..., ids[at] if at < len(ids) else ids[0]] = 1.0
        from transformers.modeling_outputs import CausalLMOutputWithPast

        return CausalLMOutputWithPast(logits=logits)

    monkeypatch.setattr(model.model, "forward", forward)


def written(model: CausalModel) -> str:
    return write_answers(model, [TEXT], 30, Stop(), lambda done: None)[0]


def test_a_document_and_the_prompt_that_it_goes_on_from_begin_alike(tmp_path: Path) -> None:
    folder = beginning(make_writer(tmp_path / "w"))
    model = loaded(folder, DOCUMENTS)
    row = {"row_id": 1, "text": f"{TEXT} It is here."}
    learned = encode([row], model.wording, model.tokenizer, 200)[0].input_ids.tolist()
    asked = model.encode(prompt_of(model, {"row_id": 1, "text": TEXT}))["input_ids"][0].tolist()
    assert learned[0] == asked[0] == 1
    assert learned[: len(asked)] == asked != [1]  # the exam shows the first words of a document


def test_every_piece_of_a_long_document_begins_so(tmp_path: Path) -> None:
    folder = beginning(make_writer(tmp_path / "w"))
    tokenizer = load_tokenizer(folder)
    wording = Wording(DOCUMENTS, ChatTemplate(CHATML))
    pieces = encode([{"row_id": 1, "text": "my pen " * 40}], wording, tokenizer, 16)
    found = [pieces[i] for i in range(len(pieces))]
    assert len(found) > 2
    assert all(one.input_ids[0] == 1 and len(one.input_ids) <= 16 for one in found)
    assert [int(i) for one in found for i in one.input_ids[one.learned]] == [
        *tokenizer("my pen " * 40, add_special_tokens=False)["input_ids"],
        tokenizer.eos_token_id,
    ]
    assert [int(one.learned[0]) for one in found] == [0] * len(found), "marks are only read"


def test_a_begin_mark_that_is_there_is_not_put_twice(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(beginning(make_writer(tmp_path / "w")))
    once = tokenizer(TEXT)["input_ids"]
    assert text_ids(Beginning(f"{BEGIN}{TEXT}"), tokenizer) == once
    assert text_ids(Beginning(TEXT), tokenizer) == once
    assert text_ids(TEXT, tokenizer) == once[1:]


def test_a_tokenizer_that_puts_nothing_before_texts_stays_so(writer: Path) -> None:
    tokenizer = load_tokenizer(writer)
    assert opening(tokenizer) == ()
    assert text_ids(Beginning(TEXT), tokenizer) == text_ids(TEXT, tokenizer)


def test_a_type_that_needs_a_begin_mark_gets_one_and_keeps_it(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "w", "gemma2")
    changed(folder, "tokenizer_config.json", lambda plan: plan.update(bos_token=BEGIN))
    assert MODEL_TYPES["gemma2"].begins
    tokenizer = load_tokenizer(folder)
    assert opening(tokenizer) == (1,)
    tokenizer.save_pretrained(tmp_path / "again")
    assert opening(AutoTokenizer.from_pretrained(tmp_path / "again")) == (1,)


def test_a_text_to_go_on_from_begins_with_it_in_the_server_too(tmp_path: Path) -> None:
    base = beginning(make_writer(tmp_path / "w"))
    registry = tiny.registry_of([tiny.entry("base:w", base)], tmp_path / "models.json")
    asked = {"model": "base:w", "prompt": TEXT, "max_tokens": 1}
    with tiny.running(registry, tiny.shelf()) as server:
        url = f"http://127.0.0.1:{server.port}/v1/completions"
        usage = httpx.post(url, json=asked).json()["usage"]
    assert usage["prompt_tokens"] == len(load_tokenizer(base)(TEXT)["input_ids"])


@pytest.mark.parametrize("special", [True, False])
def test_an_end_mark_that_no_file_but_the_vocabulary_names_ends_answers(
    tmp_path: Path, special: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writer(tmp_path / "w")
    changed(folder, "tokenizer_config.json", lambda c: c.update(eos_token="<|endoftext|>"))

    def only_there(plan: dict[str, Any]) -> None:
        plan["added_tokens"][2]["special"] = special

    changed(folder, "tokenizer.json", only_there)
    changed(folder, "config.json", lambda c: c.update(eos_token_id=0))
    changed(folder, "generation_config.json", lambda c: c.update(eos_token_id=0))
    model = loaded(folder)
    assert 2 not in model.tokenizer.all_special_ids
    assert ends_set(model.model).ids == {0, 2}
    said = model.tokenizer("my pen", add_special_tokens=False)["input_ids"]
    always_writes(model, [*said, 2, *said], monkeypatch)
    assert written(model) == "my pen"


def test_all_ends_of_the_models_settings_end_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writer(tmp_path / "w")
    changed(folder, "generation_config.json", lambda c: c.update(eos_token_id=[2, 1]))
    model = loaded(folder)
    assert ends_set(model.model).ids == {1, 2}
    said = model.tokenizer("my pen", add_special_tokens=False)["input_ids"]
    always_writes(model, [*said, 1, *said], monkeypatch)
    assert written(model) == "my pen"


def test_an_end_that_is_a_text_of_several_tokens_ends_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writer(tmp_path / "w", template=CHATML.replace("<|im_end|>", "[/END]"))
    model = loaded(folder)
    assert ends_set(model.model).text == "[/END]"
    said = model.tokenizer("my pen[/END] and more", add_special_tokens=False)["input_ids"]
    always_writes(model, said, monkeypatch)
    assert written(model) == "my pen"


def test_the_server_stops_at_such_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the engine whose model can be made to say something; all end by the same `StreamDecoder`."""
    monkeypatch.setenv("WORKBENCH_SERVING_ENGINE", "transformers")
    folder = make_writer(tmp_path / "w", template=CHATML.replace("<|im_end|>", "pen"))
    registry = tiny.registry_of([tiny.entry("base:w", folder)], tmp_path / "models.json")
    shelf = tiny.shelf()
    asked = {"model": "base:w", "messages": [{"role": "user", "content": TEXT}], "max_tokens": 60}
    with tiny.running(registry, shelf) as server:
        url = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        httpx.post(url, json={**asked, "max_tokens": 1})
        (kept,) = shelf._loaded.values()
        said = kept.tokenizer("my other pen there", add_special_tokens=False)["input_ids"]
        with pytest.MonkeyPatch.context() as patch:
            always_writes(kept, said, patch)
            choice = httpx.post(url, json=asked).json()["choices"][0]
    assert choice["message"]["content"].strip() == "my other"
    assert choice["finish_reason"] == "stop"


def test_a_row_of_its_type_names_further_ends(writer: Path) -> None:
    tokenizer = load_tokenizer(writer)
    plain = ChatTemplate("{% for m in messages %}{{ m.content + eos_token }}{% endfor %}",
                         {"eos_token": "<|endoftext|>"})  # fmt: skip
    tokenizer.eos_token = "<|endoftext|>"
    assert ends_of(tokenizer, plain, [], "qwen2").ids == {0, 2}
    assert ends_of(tokenizer, plain, [], "gpt2").ids == {0}


def test_the_marks_of_an_answer_are_not_shown(writer: Path) -> None:
    tokenizer = load_tokenizer(writer)
    ends = ends_of(tokenizer, ChatTemplate(CHATML), [None], "llama")
    ids = tokenizer("my pen<|im_end|>\nmy", add_special_tokens=False)["input_ids"]
    assert answer_of(ids, tokenizer, ends) == "my pen"
