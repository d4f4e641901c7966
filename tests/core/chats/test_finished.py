"""Finished prompts: what stands between a model's marks."""

import pytest

from workbench.core.chats.finished import is_finished, read

_TWO = (("user", "Hi"), ("assistant", "Hello"))
_FOUR = (*_TWO, ("user", "Bye"), ("assistant", "See you"))
_WITH_SYSTEM = (("system", "Be kind."), *_TWO)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("### Human: Hi### Assistant: Hello", _TWO),
        ("### Human: Hi### Assistant: Hello### Human: Bye### Assistant: See you", _FOUR),
        ("### User:\nHi\n\n### Assistant:\nHello", _TWO),
        (
            "Below is an instruction that describes a task. Write a response.\n\n"
            "### Instruction:\nHi\n\n### Response:\nHello",
            _TWO,
        ),
        ("<s>[INST] Hi [/INST] Hello </s>", _TWO),
        ("<s>[INST] Hi [/INST] Hello </s><s>[INST] Bye [/INST] See you </s>", _FOUR),
        ("[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] Hello", _WITH_SYSTEM),
        (
            "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
            "<|im_start|>assistant\nHello<|im_end|>\n",
            _WITH_SYSTEM,
        ),
        (
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>",
            _TWO,
        ),
        (
            "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>",
            _TWO,
        ),
        ("<|system|>\nBe kind.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello</s>", _WITH_SYSTEM),
        ("Be kind. USER: Hi ASSISTANT: Hello</s>", _WITH_SYSTEM),
        ("\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Bye\n\nAssistant: See you", _FOUR),
        ("Q: Hi\nA: Hello", _TWO),
        ("Instruction: Hi\nResponse: Hello", _TWO),
        ("<|User|>:Hi<eoh>\n<|Bot|>:Hello<eoa>", _TWO),
        (
            "<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n"
            "<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>",
            _TWO,
        ),
        (
            "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi<|END_OF_TURN_TOKEN|>"
            "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hello<|END_OF_TURN_TOKEN|>",
            _TWO,
        ),
        ("GPT4 Correct User: Hi<|end_of_turn|>GPT4 Correct Assistant: Hello<|end_of_turn|>", _TWO),
    ],
)
def test_the_marks_go_and_the_turns_stay(text: str, turns: tuple[tuple[str, str], ...]) -> None:
    found = read(text)
    assert found is not None
    assert found.turns == turns


def test_what_comes_with_an_instruction_is_part_of_the_question() -> None:
    found = read("### Instruction:\nTranslate\n\n### Input:\nHej\n\n### Response:\nHi")
    assert found is not None
    assert found.form == "### Instruction, ### Response"
    assert found.turns == (("user", "Translate"), ("user", "Hej"), ("assistant", "Hi"))


@pytest.mark.parametrize(
    "text",
    [
        "Dear team, one question: where is it? Answer: nowhere.",
        "Hello Bo,\nUser: bo77\nAgent: Eva",
        "User: first\nUser: second\nAgent: third",
        "Agent: How can I help?\nUser: Not at all.",
        "## Results\nWe found it.",
        "The array a[INST] is empty",
        "User: where is it?",
        "",
    ],
)
def test_an_ordinary_text_is_none(text: str) -> None:
    assert read(text) is None


def test_a_prompt_may_end_where_the_answer_is_to_be_written() -> None:
    begun = (
        "\n\nHuman: Hi\n\nAssistant:",
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
        "[INST] Hi [/INST]",
    )
    for text in begun:
        found = read(text)
        assert found is not None
        assert found.is_open
    told = read("[INST] Hi [/INST] Hello")
    assert told is not None
    assert not told.is_open
    assert is_finished(begun[0])
