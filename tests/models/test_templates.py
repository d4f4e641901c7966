"""Which template a folder's model is asked by."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.models import chat_forms as forms
from workbench.models.chat_forms import PLAIN, Form
from workbench.models.templates import form_of, form_sentence, in_form, model_type_of, template_of

ROLES = "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
HIDES = "{% for m in messages if m.role != 'system' %}{{ m.content + '\n' }}{% endfor %}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    return made


def write(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(json.dumps(value))


def added(*marks: str) -> list[dict[str, Any]]:
    return [{"id": i, "content": mark, "special": True} for i, mark in enumerate(marks)]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tokenizer.json", {"added_tokens": added("<|im_start|>", "<|im_end|>"), "model": {}}),
        ("tokenizer.json", {"model": {"vocab": {"<|im_start|>": 5, "<|im_end|>": 6}}}),
        ("added_tokens.json", {"<|im_start|>": 32001, "<|im_end|>": 32002}),
        ("special_tokens_map.json", {"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]}),
        (
            "tokenizer_config.json",
            {"added_tokens_decoder": {"7": added("<|im_start|>")[0], "8": added("<|im_end|>")[0]}},
        ),
    ],
)
def test_a_form_is_known_by_marks_wherever_they_are_listed(
    folder: Path, file: str, content: Any
) -> None:
    write(folder, "config.json", {"model_type": "llama"})
    assert form_of(folder) is PLAIN
    write(folder, file, content)
    assert form_of(folder) is forms.CHATML


def test_a_sentencepiece_file_tells_it_too(folder: Path) -> None:
    (folder / "tokenizer.model").write_bytes(b"\n\x0f<start_of_turn>\x15\n\r<end_of_turn>\x15")
    assert form_of(folder) is forms.GEMMA


@pytest.mark.parametrize(
    ("config", "form"),
    [
        ({"model_type": "llama", "_name_or_path": "vicuna-7b-v1.5"}, forms.VICUNA),
        ({"model_type": "phi"}, forms.PHI),
        ({"model_type": "mistral"}, forms.MISTRAL),
        ({"model_type": "llava", "text_config": {"model_type": "mistral"}}, forms.MISTRAL),
        ({"model_type": "gpt2"}, PLAIN),
        ({}, PLAIN),
    ],
)
def test_else_by_its_name_and_its_type(folder: Path, config: Any, form: Form) -> None:
    write(folder, "config.json", config)
    assert form_of(folder) is form


def test_the_name_that_a_user_knows_counts(folder: Path) -> None:
    write(folder, "config.json", {"model_type": "llama"})
    assert form_of(folder, "Vicuna 7B") is forms.VICUNA
    assert template_of(folder, "Vicuna 7B").source == forms.VICUNA.source


def test_files_that_cannot_be_read_as_json_do_not_hinder(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    assert form_of(folder) is PLAIN
    assert model_type_of(folder) == ""


def test_the_folders_own_template_goes_first(folder: Path) -> None:
    write(folder, "tokenizer_config.json", {"chat_template": ROLES, "bos_token": "<|im_start|>"})
    assert template_of(folder).source == ROLES
    assert form_sentence(folder) == "Its own chat template is used."


def test_the_card_says_which_form_is_used(folder: Path) -> None:
    write(folder, "config.json", {"model_type": "gpt2"})
    assert form_sentence(folder).endswith("questions and answers are written plainly.")
    assert form_sentence(folder, "alpaca").endswith("no chat template: the form of Alpaca is used.")


def test_the_card_says_where_the_system_prompt_stands(folder: Path) -> None:
    write(folder, "tokenizer_config.json", {"chat_template": HIDES})
    assert form_sentence(folder).endswith("so what that says stands in the first question.")


def test_a_form_has_the_models_own_marks(folder: Path) -> None:
    write(folder, "tokenizer_config.json", {"bos_token": "<s>", "eos_token": {"content": "</s>"}})
    assert in_form(PLAIN, folder).tokens == {"bos_token": "<s>", "eos_token": "</s>"}
    assert in_form(PLAIN).tokens == {"bos_token": "", "eos_token": ""}
