"""From a conversation to the text that a model reads, and which parts of it are learned."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from workbench.core.chats.thoughts import MARKS
from workbench.core.errors import WorkbenchError
from workbench.core.messages import EndMarks, asked, end_marks, render_prompt, segments
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import PLAIN
from workbench.models.templates import in_form, template_of

CHATML = ChatTemplate(
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TRIMMED = ChatTemplate(CHATML.source.replace("m.content", "m.content | trim"))
MISTRAL = ChatTemplate(
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + "
    "' [/INST]' }}{% elif m.role == 'assistant' %}{{ ' ' + m.content + eos_token }}{% else %}"
    "{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}",
    {"bos_token": "<s>", "eos_token": "</s>"},
)
THINKING = ChatTemplate(
    "{% for m in messages %}{% set text = m.content.split('</think>')[-1].lstrip('\n') %}"
    "{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ text + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""As Qwen 3: an empty thought before the last answer only, thoughts of earlier turns dropped."""
PROMPTED = ChatTemplate(
    CHATML.source.replace("'<|im_start|>assistant\n'", "'<|im_start|>assistant\n<think>\n'")
)
"""As DeepSeek R1: the question ends with a mark that is not there once it is answered."""


def talk(*texts: str) -> list[dict[str, str]]:
    roles = ("user", "assistant")
    return [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]


def learned(messages: Sequence[Mapping[str, Any]], template: ChatTemplate) -> list[str]:
    return [piece.text for piece in segments(messages, template) if piece.learned]


def text(messages: Sequence[Mapping[str, Any]], template: ChatTemplate) -> str:
    return "".join(piece.text for piece in segments(messages, template))


@pytest.mark.parametrize("template", [CHATML, TRIMMED, MISTRAL, THINKING, PROMPTED])
def test_the_text_starts_with_the_question_as_it_is_asked(template: ChatTemplate) -> None:
    for turns in (talk("1?", "2."), talk("1?", "2.", "3?", "4.")):
        prompt = render_prompt(turns[:-1], template)
        assert text(turns, template).startswith(prompt)
        assert (
            text(turns, template)[len(prompt) :]
            .lstrip()
            .startswith(learned(turns, template)[-1].lstrip())
        )


def test_every_answer_is_learned_with_its_end() -> None:
    turns = talk("1?", "2.", "3?", "4.")
    assert learned(turns, CHATML) == ["2.<|im_end|>", "4.<|im_end|>"]
    assert learned(turns, MISTRAL) == [" 2.</s>", " 4.</s>"]
    assert text(turns, CHATML) == CHATML.render(turns)


def test_a_template_that_trims_answers_still_marks_them() -> None:
    turns = talk("1?", " 2. \n", "3?", "\n4.")
    assert learned(turns, TRIMMED) == ["2.<|im_end|>", "4.<|im_end|>"]


def test_the_same_words_elsewhere_are_not_learned() -> None:
    turns = talk("2. user", "user", "user", "2. user")
    assert learned(turns, CHATML) == ["user<|im_end|>", "2. user<|im_end|>"]
    assert text(turns, CHATML) == CHATML.render(turns)


def test_an_empty_thought_before_the_answer_is_part_of_the_question() -> None:
    assert learned(talk("1?", "2."), THINKING) == ["2.<|im_end|>"]
    both = learned(talk("1?", "<think>x</think>2.", "3?", "4."), THINKING)
    assert both == ["2.<|im_end|>", "4.<|im_end|>"]
    asked = render_prompt(talk("1?"), THINKING)
    assert asked.endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    assert text(talk("1?", "2."), THINKING) == THINKING.render(talk("1?", "2."))


def test_a_thought_that_the_question_opens_is_closed() -> None:
    turns = talk("1?", "2.", "3?", "4.")
    assert learned(turns, PROMPTED) == ["4.<|im_end|>"]
    closed = "<|im_start|>assistant\n<think>\n\n</think>\n\n"
    assert text(turns, PROMPTED).endswith(f"{closed}4.<|im_end|>")
    assert render_prompt(turns[:-1], PROMPTED).endswith(closed)


def test_a_template_without_system_turns_gets_the_prompt_in_the_first_question() -> None:
    turns = [{"role": "system", "content": "Be kind."}, *talk("1?", "2.")]
    assert MISTRAL.render(turns) == "<s>[INST] Be kind.\n\n1? [/INST] 2.</s>"
    assert learned(turns, MISTRAL) == [" 2.</s>"]


def test_a_template_that_refuses_is_explained() -> None:
    with pytest.raises(WorkbenchError, match="only user and assistant"):
        MISTRAL.render([{"role": "tool", "content": "x"}])


def test_a_conversation_without_an_answer_teaches_nothing() -> None:
    with pytest.raises(WorkbenchError, match="no answer"):
        segments(talk("1?"), CHATML)


def test_the_plain_template_ends_an_answer_with_the_models_own_mark(tmp_path: Path) -> None:
    config = {"eos_token": {"content": "</s>"}, "bos_token": "<s>", "model_max_length": 5}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    assert ChatTemplate.load(tmp_path) is None
    template = template_of(tmp_path)
    turns = [{"role": "system", "content": "S"}, *talk("1?", "2.")]
    assert text(turns, template) == ("<s>S\n\n### User:\n1?\n\n### Assistant:\n2.</s>\n\n")
    assert learned(turns, template) == ["2.</s>"]
    assert learned(talk("1?", "2."), in_form(PLAIN)) == ["2."]


def test_templates_are_found_wherever_models_keep_them(tmp_path: Path) -> None:
    named = [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]
    config = tmp_path / "tokenizer_config.json"
    config.write_text(json.dumps({"chat_template": named}))
    assert template_of(tmp_path).source == "D"
    config.write_text(json.dumps({"chat_template": "C"}))
    assert template_of(tmp_path).source == "C"
    (tmp_path / "chat_template.jinja").write_text("J")
    assert template_of(tmp_path).source == "J"


def test_a_broken_template_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "chat_template.jinja").write_text("a\n{% if %}")
    with pytest.raises(WorkbenchError, match="line 2"):
        template_of(tmp_path).render(talk("a"))


def test_a_template_cannot_reach_into_the_program() -> None:
    for source in (
        "{{ ''.__class__.__mro__ }}",
        "{% set ns = namespace(__class__=1) %}",
        "{{ messages.append('x') }}",
    ):
        with pytest.raises(WorkbenchError):
            ChatTemplate(source).render(talk("a"))


def test_an_answer_that_is_not_to_be_learned_is_read_only() -> None:
    turns: list[dict[str, Any]] = [dict(turn) for turn in talk("1?", "bad", "3?", "4.", "5?", "no")]
    turns[1]["learn"] = turns[5]["learn"] = False

    assert learned(turns, CHATML) == ["4.<|im_end|>"]
    assert text(turns, CHATML) == CHATML.render(talk("1?", "bad", "3?", "4.", "5?", "no"))
    assert render_prompt(turns, CHATML) == render_prompt(
        talk("1?", "bad", "3?", "4.", "5?", "no"), CHATML
    )


def test_an_exam_asks_for_the_last_answer_that_is_learned() -> None:
    turns: list[dict[str, Any]] = [dict(turn) for turn in talk("1?", "2.", "3?", "no")]
    turns[3]["learn"] = False

    assert asked(turns) == turns[:1]
    assert asked(turns[:3]) == turns[:3]
    assert asked(talk("1?", "2.")) == talk("1?")


def test_a_conversation_in_which_nothing_is_learned_is_refused() -> None:
    turns: list[dict[str, Any]] = [dict(turn) for turn in talk("1?", "2.")]
    turns[1]["learn"] = False
    with pytest.raises(WorkbenchError, match="no answer to learn from"):
        segments(turns, CHATML)


HIDING = ChatTemplate(
    "{% for m in messages if m.role != 'system' %}{{ '<' + m.role + '>' + m.content + '</s>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
)
"""Writes nothing of system turns, and does not say so."""
FIRST_ONLY = ChatTemplate(
    "{% if messages[0].role == 'system' %}{{ '<sys>' + messages[0].content }}{% endif %}"
    + HIDING.source
)
PHI = ChatTemplate(
    "{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + '<|end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
    {"eos_token": "<|endoftext|>"},
)
"""As Phi-3 and 4 mini: the whole text ends with a mark more."""
SYSTEM = {"role": "system", "content": "Be kind."}


def test_a_system_prompt_that_the_template_hides_stands_in_the_first_question() -> None:
    turns = [SYSTEM, *talk("1?", "2.")]
    assert HIDING.hides_system
    assert text(turns, HIDING) == "<user>Be kind.\n\n1?</s><assistant>2.</s>"
    assert render_prompt(turns[:2], HIDING) == "<user>Be kind.\n\n1?</s><assistant>"
    assert learned(turns, HIDING) == ["2.</s>"]
    refusing = ChatTemplate("{% if messages[0].role == 'system' %}{{ raise_exception('no') }}"
                            "{% endif %}" + HIDING.source)  # fmt: skip
    assert refusing.hides_system
    assert text(turns, refusing) == text(turns, HIDING)


def test_a_system_turn_later_on_is_not_lost_either() -> None:
    assert not FIRST_ONLY.hides_system
    later = [SYSTEM, *talk("1?", "2."), {"role": "system", "content": "Hurry."}, talk("3?")[0]]
    assert render_prompt(later, FIRST_ONLY) == (
        "<sys>Be kind.<user>1?</s><assistant>2.</s><user>Hurry.\n\n3?</s><assistant>"
    )


def test_what_the_system_says_before_an_answer_is_no_answer() -> None:
    told = [*talk("1?"), SYSTEM, {"role": "assistant", "content": "2."}]
    assert text(told, HIDING) == "<user>1?\n\nBe kind.</s><assistant>2.</s>"
    assert learned(told, HIDING) == ["2.</s>"]
    first = [SYSTEM, {"role": "assistant", "content": "Hello."}, *talk("1?", "2.")]
    assert text(first, HIDING).startswith("<user>Be kind.</s><assistant>Hello.</s>")


def test_the_end_of_every_answer_is_learned_where_the_text_ends_with_a_mark_more() -> None:
    turns = talk("1?", "2.", "3?", "4.")
    assert end_marks(PHI) == EndMarks("<|end|>", "<|end|>")
    assert learned(turns, PHI) == ["2.<|end|>", "4.<|end|>"]
    assert text(turns, PHI) == PHI.render(turns)


def test_an_end_that_only_the_last_answer_has_stays_its_own() -> None:
    last = ChatTemplate(
        "{% for m in messages %}{{ m.role + ':' + m.content }}{{ '</s>' if loop.last else '|' }}"
        "{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
    )
    assert end_marks(last) == EndMarks("", "</s>")
    assert learned(talk("1?", "2.", "3?", "4."), last)[-1] == "4.</s>"


def test_an_answer_that_the_template_does_not_end_is_ended() -> None:
    endless = ChatTemplate(
        "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
        {"eos_token": "</s>"},
    )
    turns = talk("1?", "2.", "3?", "4.")
    assert end_marks(endless) == EndMarks("", "")
    assert learned(turns, endless) == ["2.", "4.</s>"]
    assert text(turns, endless).startswith(render_prompt(turns[:-1], endless) + "4.</s>")


@pytest.mark.parametrize(("opens", "closes"), MARKS)
def test_every_kind_of_thought_is_closed(opens: str, closes: str) -> None:
    asking = ChatTemplate(
        "{% for m in messages %}{{ m.content + '|' }}{% endfor %}"
        f"{{% if add_generation_prompt %}}{{{{ 'A:{opens}\n' }}}}{{% endif %}}"
    )
    assert render_prompt(talk("1?"), asking) == f"1?|A:{opens}\n\n{closes}\n\n"


def test_a_template_that_can_leave_thoughts_out_is_told_to() -> None:
    asking = ChatTemplate(
        "{% for m in messages %}{{ m.role + ':' + m.content + '|' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'assistant:' }}{% if enable_thinking is defined and "
        "enable_thinking is false %}{{ '<think></think>' }}{% endif %}{% endif %}"
    )
    assert render_prompt(talk("1?"), asking) == "user:1?|assistant:<think></think>"
