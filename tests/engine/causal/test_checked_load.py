"""What a model's card says of the texts that it will read, found by trying it."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import CHATML, beginning, changed, make_writer
from workbench.engine.causal.checked_load import checked_load

pytestmark = pytest.mark.filterwarnings(PEFT_WARNS)


def checks_of(folder: Path) -> dict[str, str]:
    return checked_load(folder, lambda *_: None).checks


def test_a_template_that_hides_the_system_prompt_is_told(tmp_path: Path) -> None:
    hiding = CHATML.replace("in messages", "in messages if message['role'] != 'system'")
    found = checks_of(make_writer(tmp_path / "w", template=hiding))
    assert "stands in the first question" in found["template"]
    assert found["begin"] == "Nothing is put before a text."
    assert found["end"] == "An answer ends with <|im_end|>."


def test_other_ends_and_the_begin_of_documents_are_told(tmp_path: Path) -> None:
    folder = beginning(make_writer(tmp_path / "w", template=None))
    changed(folder, "generation_config.json", lambda c: c.update(eos_token_id=[2, 0]))
    found = checks_of(folder)
    assert found["template"] == "It has no chat template: the form of ChatML is used."
    assert found["end"] == "An answer ends with <|im_end|>. <|endoftext|> would end it, too."
    assert found["begin"].startswith("A text begins with <|im_start|>")


def test_an_end_that_is_a_text_is_told(tmp_path: Path) -> None:
    found = checks_of(make_writer(tmp_path / "w", template=CHATML.replace("<|im_end|>", "[/END]")))
    assert found["end"].startswith("An answer ends with [/END].")


def test_marks_that_were_never_learned_are_told(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "w", template=None)
    assert "never learned" not in checks_of(folder)["template"]
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.get_input_embeddings().weight[1:3] = 0.001
    model.save_pretrained(folder)
    assert "never learned the marks <|im_start|>, <|im_end|>:" in checks_of(folder)["template"]
