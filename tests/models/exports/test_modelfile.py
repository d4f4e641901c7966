"""Modelfiles: template, system prompt, and where an answer ends."""

import re

import pytest

from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import CHATML, GEMMA, LLAMA_3, PLAIN
from workbench.models.exports.modelfile import (
    for_documents,
    go_template,
    modelfile,
    stops_of,
    without_begin,
)
from workbench.models.exports.turn_pieces import pieces_of

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


def stops(text: str) -> list[str]:
    return re.findall(r'PARAMETER stop "(.*)"', text)


def test_it_names_file_template_system_context_and_each_stop() -> None:
    template = ChatTemplate(CHATML.source, {"bos_token": "", "eos_token": "<|endoftext|>"})
    text = modelfile(
        "m.gguf", template, ["<|endoftext|>", "<|im_end|>"], system="Be kind.", context=2048
    )
    assert text is not None
    assert text.startswith('FROM ./m.gguf\n\nTEMPLATE """{{ if .System }}')
    assert 'SYSTEM """Be kind."""\n' in text
    assert "PARAMETER num_ctx 2048\n" in text
    assert stops(text) == ["<|im_end|>", "<|endoftext|>"]


@pytest.mark.parametrize(
    ("form", "learned"), [(GEMMA, "<end_of_turn>"), (LLAMA_3, "<|eot_id|>"), (PLAIN, "</s>")]
)
def test_the_learned_end_mark_is_the_first_stop(form: object, learned: str) -> None:
    template = ChatTemplate(form.source, TOKENS)  # type: ignore[attr-defined]
    assert (modelfile("m", template, ["</s>"]) or "").index(f'stop "{learned}"') > 0


def test_no_mark_that_opens_a_turn_is_a_stop() -> None:
    template = ChatTemplate(CHATML.source, TOKENS)
    pieces = pieces_of(template)
    assert pieces is not None
    assert stops_of(template, pieces, ["<|im_start|>", "</s>"]) == ["<|im_end|>", "</s>"]


def test_a_system_prompt_that_would_end_the_text_goes_into_the_template() -> None:
    text = modelfile("m", ChatTemplate(CHATML.source, TOKENS), [], system='Say """hi""".')
    assert text is not None
    assert "\nSYSTEM" not in text
    assert text.count('"""') == 2
    assert r"Say \"\"\"hi\"\"\"." in text


def test_a_begin_mark_that_the_program_writes_itself_is_left_out() -> None:
    pieces = pieces_of(ChatTemplate(LLAMA_3.source, TOKENS))
    assert pieces is not None
    assert pieces.head.startswith("<s>")
    assert "<s>" not in go_template(without_begin(pieces, "<s>"))


def test_a_template_that_does_more_gets_no_modelfile() -> None:
    template = ChatTemplate("{% for m in messages %}{{ m['content'] | upper }}{% endfor %}", TOKENS)
    assert modelfile("m", template, []) is None


def test_documents_have_no_turns() -> None:
    text = for_documents("m.gguf", ["<eos>", "<eos>"], 100_000)
    assert 'TEMPLATE """{{ .Prompt }}"""' in text
    assert stops(text) == ["<eos>"]
    assert "PARAMETER num_ctx 8192\n" in text
