"""The forms in which families were taught to talk, held against what their cards and programs show."""

import pytest

from workbench.core.messages import end_marks, render_prompt, segments
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models import chat_forms as forms
from workbench.models.chat_forms import FORMS, MARKS, PLAIN, Form, form_by_marks, form_by_name

TALK = [("user", "1?"), ("assistant", "2."), ("user", "3?"), ("assistant", "4.")]
TOLD = [("system", "Be kind."), *TALK[:2]]
ALL = (*FORMS, PLAIN, forms.PHI)


def template(form: Form) -> ChatTemplate:
    return ChatTemplate(form.source, {"bos_token": "<s>", "eos_token": "</s>"})


def turns(talk: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in talk]


@pytest.mark.parametrize(
    ("form", "talk", "told"),
    [
        (
            forms.VICUNA,
            "<s>A chat between a curious user and an artificial intelligence assistant. The "
            "assistant gives helpful, detailed, and polite answers to the user's questions. "
            "USER: 1? ASSISTANT: 2.</s>USER: 3? ASSISTANT: 4.</s>",
            "<s>Be kind. USER: 1? ASSISTANT: 2.</s>",
        ),
        (
            forms.CHATML,
            "<s><|im_start|>user\n1?<|im_end|>\n<|im_start|>assistant\n2.<|im_end|>\n"
            "<|im_start|>user\n3?<|im_end|>\n<|im_start|>assistant\n4.<|im_end|>\n",
            "<s><|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n1?<|im_end|>\n"
            "<|im_start|>assistant\n2.<|im_end|>\n",
        ),
        (
            forms.GEMMA,
            "<s><start_of_turn>user\n1?<end_of_turn>\n<start_of_turn>model\n2.<end_of_turn>\n"
            "<start_of_turn>user\n3?<end_of_turn>\n<start_of_turn>model\n4.<end_of_turn>\n",
            "<s><start_of_turn>user\nBe kind.\n\n1?<end_of_turn>\n"
            "<start_of_turn>model\n2.<end_of_turn>\n",
        ),
        (
            forms.LLAMA_2,
            "<s>[INST] 1? [/INST] 2. </s><s>[INST] 3? [/INST] 4. </s>",
            "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\n1? [/INST] 2. </s>",
        ),
        (
            forms.LLAMA_3,
            "<s><|start_header_id|>user<|end_header_id|>\n\n1?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n2.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\n3?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n4.<|eot_id|>",
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\n1?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n2.<|eot_id|>",
        ),
        (
            forms.MISTRAL,
            "<s>[INST] 1? [/INST] 2.</s>[INST] 3? [/INST] 4.</s>",
            "<s>[INST] Be kind.\n\n1? [/INST] 2.</s>",
        ),
        (
            forms.PHI,
            "Instruct: 1?\nOutput: 2.</s>\nInstruct: 3?\nOutput: 4.</s>\n",
            "Be kind.\nInstruct: 1?\nOutput: 2.</s>\n",
        ),
        (
            forms.PHI_3,
            "<|user|>\n1?<|end|>\n<|assistant|>\n2.<|end|>\n"
            "<|user|>\n3?<|end|>\n<|assistant|>\n4.<|end|>\n",
            "<|system|>\nBe kind.<|end|>\n<|user|>\n1?<|end|>\n<|assistant|>\n2.<|end|>\n",
        ),
        (
            forms.PHI_4,
            "<|im_start|>user<|im_sep|>1?<|im_end|><|im_start|>assistant<|im_sep|>2.<|im_end|>"
            "<|im_start|>user<|im_sep|>3?<|im_end|><|im_start|>assistant<|im_sep|>4.<|im_end|>",
            "<|im_start|>system<|im_sep|>Be kind.<|im_end|><|im_start|>user<|im_sep|>1?<|im_end|>"
            "<|im_start|>assistant<|im_sep|>2.<|im_end|>",
        ),
        (
            forms.ALPACA,
            "<s>Below is an instruction that describes a task. Write a response that appropriately "
            "completes the request.\n\n### Instruction:\n1?\n\n### Response:\n2.</s>\n\n"
            "### Instruction:\n3?\n\n### Response:\n4.</s>\n\n",
            "<s>Be kind.\n\n### Instruction:\n1?\n\n### Response:\n2.</s>\n\n",
        ),
        (
            forms.ZEPHYR,
            "<|user|>\n1?</s>\n<|assistant|>\n2.</s>\n<|user|>\n3?</s>\n<|assistant|>\n4.</s>\n",
            "<|system|>\nBe kind.</s>\n<|user|>\n1?</s>\n<|assistant|>\n2.</s>\n",
        ),
        (
            forms.TULU,
            "<s><|user|>\n1?\n<|assistant|>\n2.</s>\n<|user|>\n3?\n<|assistant|>\n4.</s>\n",
            "<s><|system|>\nBe kind.\n<|user|>\n1?\n<|assistant|>\n2.</s>\n",
        ),
        (
            forms.FALCON,
            "User: 1?\n\nAssistant: 2.</s>\n\nUser: 3?\n\nAssistant: 4.</s>\n\n",
            "Be kind.\n\nUser: 1?\n\nAssistant: 2.</s>\n\n",
        ),
        (
            forms.GRANITE,
            "<|start_of_role|>user<|end_of_role|>1?</s>\n<|start_of_role|>assistant<|end_of_role|>"
            "2.</s>\n<|start_of_role|>user<|end_of_role|>3?</s>\n"
            "<|start_of_role|>assistant<|end_of_role|>4.</s>\n",
            "<|start_of_role|>system<|end_of_role|>Be kind.</s>\n<|start_of_role|>user"
            "<|end_of_role|>1?</s>\n<|start_of_role|>assistant<|end_of_role|>2.</s>\n",
        ),
        (
            forms.OPEN_ASSISTANT,
            "<|prompter|>1?</s><|assistant|>2.</s><|prompter|>3?</s><|assistant|>4.</s>",
            "<|system|>Be kind.</s><|prompter|>1?</s><|assistant|>2.</s>",
        ),
    ],
    ids=lambda value: value.title if isinstance(value, Form) else "",
)
def test_a_form_is_the_familys_own(form: Form, talk: str, told: str) -> None:
    assert template(form).render(turns(TALK)) == talk
    assert template(form).render(turns(TOLD)) == told


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.title)
def test_what_is_asked_begins_what_is_learned_and_every_answer_has_its_end(form: Form) -> None:
    own, talk = template(form), turns(TALK)
    pieces = segments(talk, own)
    assert "".join(piece.text for piece in pieces) == own.render(talk)
    assert own.render(talk).startswith(render_prompt(talk[:1], own))
    end = end_marks(own)
    assert end.between == end.last != ""
    learned = [piece.text.strip() for piece in pieces if piece.learned]
    assert learned == [f"2.{end.last}", f"4.{end.last}"]
    assert not own.hides_system


@pytest.mark.parametrize("form", [form for form in FORMS if form.marks], ids=lambda f: f.title)
def test_marks_of_a_vocabulary_tell_its_form(form: Form) -> None:
    assert form_by_marks({*form.marks, "<pad>"}) is form
    assert form_by_marks(set(form.marks[1:])) is not form
    assert set(form.marks) <= MARKS


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("vicuna-7b-v1.5", forms.VICUNA),
        ("lmsys--vicuna-13b", forms.VICUNA),
        ("Orca-2-7b", forms.CHATML),
        ("alpaca-lora-merged", forms.ALPACA),
        ("Llama-2-7b-chat-hf", forms.LLAMA_2),
        ("Mistral-7B-Instruct-v0.1", forms.MISTRAL),
        ("TinyLlama-1.1B-Chat-v1.0", forms.ZEPHYR),
        ("stablelm-zephyr-3b", forms.ZEPHYR),
        ("falcon-7b-instruct", forms.FALCON),
        ("OLMo-7B-Instruct", forms.TULU),
    ],
)
def test_names_of_models_tell_a_form(name: str, form: Form) -> None:
    assert form_by_name(["model", name]) is form


@pytest.mark.parametrize("name", ["gpt2", "Llama-3.2-1B", "pythia-70m", "llama-20b", "falcon-7b"])
def test_other_names_tell_none(name: str) -> None:
    assert form_by_name([name]) is None


def test_a_begin_mark_that_is_another_one_is_not_written_twice() -> None:
    for begin, end in (("<|im_start|>", "<|im_end|>"), ("<|endoftext|>", "<|endoftext|>")):
        own = ChatTemplate(forms.CHATML.source, {"bos_token": begin, "eos_token": end})
        assert own.render(turns(TALK[:1])).startswith("<|im_start|>user\n")
